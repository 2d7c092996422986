"""What became of reports that name nobody, read from what persons did with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Final

from tests.given import record
from tests.minimal import fact_of
from veinledger.domain.intake.entries import Nameless, NamelessDeed
from veinledger.domain.intake.outcome import TakenSince
from veinledger.domain.intake.whose.unassigned import Deed, with_what_became_of_them
from veinledger.domain.reports import Report, Source

BOTH: Final[tuple[NamelessDeed, NamelessDeed]] = ("assigned", "dismissed")
NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)


def report(key: str, position: int) -> Nameless:
    """A laboratory's result of nobody, kept at a position under a key."""
    of = record(fact_of("laboratory.resulted"), 0, key)
    told = Report(
        subject="encounter", name="", fact=of.fact, occurred=of.occurred, source=of.source,
        actor=of.actor, canonical=b"",
    )  # fmt: skip
    return Nameless(
        key=key, report=told, digest=key, stream="intake", position=position, recorded_at=NOON
    )


def deed(did: NamelessDeed, target: str, position: int) -> Deed:
    of = record(fact_of("report.assigned"), 1, f"{did} {target} {position}")
    return Deed(
        did=did, target=target, actor=of.actor, source=of.source, occurred_at=of.occurred.text,
        reason="the wristband says so", encounter="E1" if did == "assigned" else None,
        record="became" if did == "assigned" else None, position=position,
        recorded_at=NOON + timedelta(days=position),
    )  # fmt: skip


def told_since(source: Source) -> TakenSince | None:
    return TakenSince(encounter="E1", sequence=2, record=source.message, recorded_at=NOON)


def test_an_assignment_goes_before_a_discard_whichever_came_last() -> None:
    for first, last in permutations(BOTH):
        deeds = [deed(first, "r", 2), deed(last, "r", 3)]
        for told in permutations(deeds):
            (found,) = with_what_became_of_them([report("r", 1)], told, told_since)
            assert found.deed is not None
            assert (found.deed.did, found.deed.encounter) == ("assigned", "E1")


def test_of_two_deeds_of_one_kind_the_last_counts() -> None:
    deeds = [deed("dismissed", "r", 3), deed("dismissed", "r", 2)]
    (found,) = with_what_became_of_them([report("r", 1)], deeds, told_since)
    assert found.deed == deeds[0]


def test_only_a_report_that_waits_is_said_to_have_come_again_with_a_name() -> None:
    kept = [report("waits", 2), report("goes", 1)]
    found = list(with_what_became_of_them(kept, [deed("assigned", "goes", 3)], told_since))
    assert [(each.record, each.waits) for each in found] == [("goes", False), ("waits", True)]
    assert [each.told_since for each in found] == [None, told_since(kept[0].report.source)]
