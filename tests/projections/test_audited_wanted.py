"""A part of the audit trail keeps what is asked for, and never passes for the whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.given import collected, infused, made, opened
from tests.given_decisions import kept
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.projections.audit import Entry, audit_trail
from veinledger.projections.audited_wanted import EVERY_ENTRY, WantedEntries, how_many, only

WHOLE = audit_trail(
    kept([*opened(), *collected(), *made()], infused()),
    read_centre(Path(__file__).parents[2] / "examples" / "site"),
    shipped_rules("public"),
)
ONE = WHOLE.entries[len(WHOLE.entries) // 2]
ASKED = {
    "actor": WantedEntries(actor=ONE.actor.id),
    "role": WantedEntries(role=ONE.actor.role),
    "connection": WantedEntries(connection=ONE.source.connection),
    "message": WantedEntries(message=ONE.source.message),
    "type": WantedEntries(type=ONE.type),
    "kind": WantedEntries(type=ONE.type.split(".")[0]),
    "recorded": WantedEntries(since=ONE.recorded_at, until=ONE.recorded_at),
    "happened": WantedEntries(happened_since=ONE.day, happened_until=ONE.day),
}


@pytest.mark.parametrize("wanted", ASKED.values(), ids=ASKED)
def test_a_part_has_what_was_asked_for_as_it_is_in_the_whole(wanted: WantedEntries) -> None:
    part = only(WHOLE, wanted)
    assert ONE in part.entries
    left = [entry for entry in WHOLE.entries if entry not in part.entries]
    assert [e for e in WHOLE.entries if e in part.entries] == list(part.entries)
    assert left or wanted.actor or wanted.role or wanted.connection or wanted.since
    assert f"of {len(WHOLE.entries)} records: " in how_many(WHOLE, wanted)


def test_a_kind_is_not_the_beginning_of_a_word() -> None:
    assert not only(WHOLE, WantedEntries(type=ONE.type.split(".")[0][:-1])).entries


def test_both_ends_of_a_span_count_and_a_moment_before_or_after_does_not() -> None:
    moment, day = timedelta(microseconds=1), timedelta(days=1)

    def kept_by(wanted: WantedEntries) -> list[Entry]:
        return [entry for entry in only(WHOLE, wanted).entries if entry == ONE]

    assert kept_by(WantedEntries(since=ONE.recorded_at))
    assert kept_by(WantedEntries(until=ONE.recorded_at))
    assert not kept_by(WantedEntries(since=ONE.recorded_at + moment))
    assert not kept_by(WantedEntries(until=ONE.recorded_at - moment))
    assert not kept_by(WantedEntries(happened_since=ONE.day + day))
    assert not kept_by(WantedEntries(happened_until=ONE.day - day))


def test_two_questions_together_keep_what_answers_both() -> None:
    other = next(e for e in WHOLE.entries if e.source.message != ONE.source.message)
    wanted = WantedEntries(message=ONE.source.message, type=other.type)
    assert all(
        e.type == other.type and e.source.message == ONE.source.message
        for e in only(WHOLE, wanted).entries
    )


def test_the_whole_is_called_by_its_number_alone() -> None:
    assert only(WHOLE, EVERY_ENTRY) == WHOLE
    assert how_many(WHOLE, EVERY_ENTRY) == f"{len(WHOLE.entries)} records"
