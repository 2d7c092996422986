"""The audit trail as of a day has what had happened by then, and the decisions about that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.domain.test_histories import merged_pair
from tests.given import at, collected, day, infused, made, opened, record
from tests.given_decisions import confirming, correcting, discarding, kept, settling, the
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.standing.history import AsOf, History
from veinledger.projections.audit import AuditTrail, audit_trail
from veinledger.projections.audited_wanted import WantedEntries, how_many, only
from veinledger.projections.settling.found import findings

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site")
RULES = shipped_rules("public")
INFUSED = kept([*opened(), *collected(), *made()], infused(), record(CrsGraded(grade=1), 8))


def trail(history: History, as_of: AsOf) -> AuditTrail:
    return audit_trail(history, CENTRE, RULES, as_of)


def keys(told: AuditTrail) -> list[str]:
    return [each.record for each in told.entries]


def by(history: History, number: int) -> list[str]:
    return [each.key for each in history.records if each.day <= day(number)]


def test_before_the_opening_nothing_had_happened_and_it_says_of_how_many_records() -> None:
    told = trail(INFUSED, day(-900))
    assert (told.stage, told.entries) == (Stage.UNOPENED, ())
    assert (told.shown, told.of) == (0, len(INFUSED.records))
    assert told.asked == {"as_of": str(day(-900))}


def test_what_happened_after_the_day_is_no_entry_of_it() -> None:
    told = trail(INFUSED, day(0))
    assert keys(told) == by(INFUSED, 0)
    assert the(INFUSED, "crs.graded").key not in keys(told)
    assert f"{told.shown} of {told.of} records: as of {day(0)}" == how_many(told, WantedEntries())
    assert keys(trail(INFUSED, None)) == [each.key for each in INFUSED.records]


def test_an_opening_that_was_charted_late_is_an_entry_from_the_first_day_of_the_story_on() -> None:
    late = replace(opened()[0], occurred=record(opened()[0].fact, -30).occurred)
    told = trail(kept(late, *collected()), day(-40))
    assert told.entries[0].type == "encounter.opened"
    assert told.shown == told.of


def test_what_waited_or_was_taken_out_is_an_entry_from_its_own_day_on() -> None:
    waiting = kept(opened(), infused())
    assert the(waiting, "cells.infused").key not in keys(trail(waiting, day(-1)))
    assert the(waiting, "cells.infused").key in keys(trail(waiting, day(0)))
    voided = correcting(INFUSED, (the(INFUSED, "crs.graded"), None, None))
    assert the(voided, "crs.graded").key not in keys(trail(voided, day(0)))
    assert the(voided, "crs.graded").key in keys(trail(voided, day(8)))


def test_who_decided_about_an_entry_is_one_whenever_that_was_decided() -> None:
    """It counts for what is known, so the reader has to find who made it so."""
    waiting = kept(opened(), infused())
    for decided in (
        correcting(INFUSED, (the(INFUSED, "cells.infused"), None, None)),
        discarding(INFUSED, the(INFUSED, "cells.infused")),
        confirming(waiting, the(waiting, "cells.infused"), product_received=-2),
    ):
        act = decided.records[-1]
        assert act.day > day(100)
        assert act.key in keys(trail(decided, day(0)))
        assert act.key not in keys(trail(decided, day(-1)))


def test_who_settled_what_was_found_about_an_entry_is_one_and_who_took_that_out() -> None:
    infusion = the(INFUSED, "cells.infused").key
    made_of_it = findings(INFUSED, CENTRE, RULES).values()
    finding = next(m.finding for m in made_of_it if infusion in m.finding.records)
    settled = settling(INFUSED, finding.key)
    act = the(settled, "finding.settled")
    assert act.key in keys(trail(settled, day(0)))
    assert act.key not in keys(trail(settled, day(-900)))
    taken_out = correcting(settled, (act, None, None))
    assert {act.key, taken_out.records[-1].key} <= set(keys(trail(taken_out, day(0))))


def test_the_link_of_a_merge_is_an_entry_where_anything_that_it_brought_in_is() -> None:
    links, before = merged_pair(), day(-60)
    assert {each.type for each in trail(links, before).entries} == {
        "encounter.opened", "encounter.linked",
    }  # fmt: skip
    away = trail(links.merged[0], before)
    assert (away.merged_into, [each.type for each in away.entries][-1]) == ("A", "encounter.linked")
    assert not trail(links, day(-900)).entries


def test_one_instant_is_named_in_utc_and_what_it_is_narrowed_to_stands_beside_it() -> None:
    asked = datetime.fromisoformat(at(0, "23:30"))
    told = audit_trail(INFUSED, CENTRE, RULES, asked, 12)
    assert told.as_of == asked.astimezone(UTC)
    assert str(told.as_of) == str(asked.astimezone(UTC))
    assert told.known_at == 12
    part = only(told, WantedEntries(type="apheresis"))
    assert list(part.asked) == ["as_of", "known_at", "type"]
    assert part.of == 12
