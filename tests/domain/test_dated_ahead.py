"""How far ahead of the ledger's clock a fact may be dated: to the second, or by its day alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.intake.dates import a_fact_is_not_dated_more_than_a_day_ahead
from veinledger.domain.reports import Actor, Occurrence, Report, Source

NOW = datetime(2026, 5, 11, 12, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def told(occurred: Occurrence) -> Report:
    return Report(
        subject="encounter",
        name="E1",
        fact=PatientDied(reason="sepsis"),
        occurred=occurred,
        source=Source(connection="epic-adt", message="M1", item=1),
        actor=Actor(id="rn-1", role="nurse"),
        canonical=b"",
    )


def dated(begins: datetime | None, instant: datetime | None, day: date) -> bool:
    occurred = Occurrence(text="", local_day=day, zone="UTC", instant=instant, begins=begins)
    return a_fact_is_not_dated_more_than_a_day_ahead(told(occurred), NOW) is None


@pytest.mark.parametrize(
    ("ahead", "may"),
    [(timedelta(0), True), (timedelta(days=1), True), (timedelta(days=1) + A_SECOND, False)],
)
def test_a_fact_may_be_dated_24_hours_ahead_and_not_a_second_more(
    ahead: timedelta, may: bool
) -> None:
    then = NOW + ahead
    assert dated(then, then, then.date()) is may
    assert dated(None, then, then.date()) is may
    assert dated(then, None, then.date()) is may


def test_where_only_the_day_is_known_and_not_when_it_begins_the_day_decides() -> None:
    assert dated(None, None, date(2026, 5, 11))
    assert dated(None, None, date(2026, 5, 12))
    assert not dated(None, None, date(2026, 5, 13))


def test_the_beginning_of_the_day_goes_before_the_instant() -> None:
    late = NOW + timedelta(days=3)
    assert dated(NOW, late, NOW.date())
