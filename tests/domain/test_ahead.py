"""How far ahead of the ledger's clock a fact may be dated: to the minute where a clock was told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.given import record
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.intake.dates import a_fact_is_not_dated_more_than_a_day_ahead
from veinledger.domain.reports import Occurrence, Report

NOW = datetime(2026, 5, 11, 18, 30, tzinfo=UTC)


def told(occurred: Occurrence) -> Report:
    of = record(PatientDied(), 0)
    return Report(
        subject="encounter",
        name="E1",
        fact=of.fact,
        occurred=occurred,
        source=of.source,
        actor=of.actor,
        canonical=b"{}",
    )


def at(instant: datetime | None, day: date, begins: datetime | None = None) -> Occurrence:
    return Occurrence(text="", local_day=day, zone="UTC", instant=instant, begins=begins)


TOMORROW = date(2026, 5, 12)
AFTER = date(2026, 5, 13)


@pytest.mark.parametrize(
    ("occurred", "is_ahead"),
    [
        (at(datetime(2026, 5, 12, 18, 30, tzinfo=UTC), TOMORROW), False),
        (at(datetime(2026, 5, 12, 18, 31, tzinfo=UTC), TOMORROW), True),
        # a bare date is as far ahead as its midnight in its own zone
        (at(None, TOMORROW, datetime(2026, 5, 12, 5, 0, tzinfo=UTC)), False),
        (at(None, AFTER, datetime(2026, 5, 12, 18, 0, tzinfo=UTC)), False),
        (at(None, AFTER, datetime(2026, 5, 13, 5, 0, tzinfo=UTC)), True),
        # and by its date alone where nobody has worked out when that was
        (at(None, TOMORROW), False),
        (at(None, AFTER), True),
    ],
)
def test_a_fact_may_be_dated_a_day_ahead_and_no_further(
    occurred: Occurrence, is_ahead: bool
) -> None:
    against = a_fact_is_not_dated_more_than_a_day_ahead(told(occurred), NOW)
    assert (against is not None) is is_ahead
    if against is not None:
        assert against.reason == "it is dated more than 24 hours after the ledger's clock"
        assert against.field == "occurred_at"
        assert "plans are appointments" in against.remedy
