"""What the ledger answers, and what it keeps: intake and standing as a host program sees them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest

from tests.given_ledger import TODAY, centre_in_utc, ledger
from tests.minimal import MINIMAL
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.lifecycle.stages import Stage

Line = dict[str, Any]


def say(kind: str, day: str, message: str, encounter: str = "E1", **fields: Any) -> Line:
    return {
        "encounter": encounter,
        "type": kind,
        "occurred_at": day,
        "source": {"connection": "adt", "message": message, "item": 1},
        "actor": {"id": "rn-1", "role": "nurse"},
        **MINIMAL[kind],
        **fields,
    }


def opening(encounter: str = "E1") -> Line:
    return say("encounter.opened", "2026-03-01", f"open-{encounter}", encounter)


def opening_as(encounter: str, **fields: Any) -> Line:
    """An opening that says something else than the others."""
    return {**opening(encounter), **fields}


def collection(day: str, message: str, encounter: str = "E1", chain: str = "COI-1") -> Line:
    return say("apheresis.completed", day, message, encounter, chain_of_identity=chain)


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, store=request.param, centre=centre_in_utc("adt", "lab")) as opened:
        yield opened


def one(outcomes: tuple[Outcome, ...]) -> Outcome:
    assert len(outcomes) == 1
    return outcomes[0]


def test_the_same_bytes_again_are_a_duplicate_that_names_the_record(kept: Ledger) -> None:
    first = one(kept.record(opening()))
    again = one(kept.record(opening()))
    assert (first.answer, again.answer) == ("recorded", "duplicate")
    assert again.record == first.record
    assert again.standing == first.standing
    assert len(kept.history("E1").records) == 1


def test_the_same_message_with_other_bytes_is_kept_and_disputed(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    other = one(kept.record(collection("2026-03-03", "M1")))
    assert other.answer == "parked"
    assert other.standing is not None
    assert other.standing.objections[0].rule == "one_message_says_one_thing"
    assert one(kept.record(collection("2026-03-03", "M1"))).answer == "duplicate"
    assert kept.effective("E1").records[-1].day == date(2026, 3, 2)


def test_what_is_no_valid_report_is_refused_once_with_every_rule_and_its_bytes(
    kept: Ledger,
) -> None:
    bad = say("crs.graded", "2026-03-02", "M1", grade=7, onset="yesterday")
    outcome = one(kept.record(bad))
    assert outcome.answer == "refused"
    assert outcome.refusal is not None
    assert {o.field for o in outcome.refusal.objections} == {"grade", "onset"}
    assert one(kept.record(bad)).answer == "refused"
    item = one_refused(kept)
    assert json.loads(kept.original(item.original)) == bad
    assert item.refusal == outcome.refusal


def one_refused(kept: Ledger) -> Any:
    items = kept.refused()
    assert len(items) == 1
    return items[0]


def test_a_fact_dated_more_than_a_day_ahead_is_refused(kept: Ledger) -> None:
    soon = (TODAY + timedelta(hours=23)).isoformat()
    late = (TODAY + timedelta(hours=25)).isoformat()
    assert one(kept.record(say("patient.died", soon, "M1"))).answer == "parked"
    refused = one(kept.record(say("patient.died", late, "M2")))
    assert refused.refusal is not None
    rule = refused.refusal.objections[0].rule
    assert rule == "a_fact_is_not_dated_more_than_a_day_ahead"


def test_reports_whose_encounter_opens_later_wait_for_its_opening(kept: Ledger) -> None:
    waiting = one(kept.record(collection("2026-03-02", "M1")))
    assert waiting.standing is not None
    assert waiting.standing.waits_for == "encounter.opened"
    assert one(kept.record(opening())).stage is Stage.COLLECTED
    assert not kept.effective("E1").not_in_effect()


def test_a_strict_caller_is_refused_with_the_shortest_way_and_leaves_nothing(
    kept: Ledger,
) -> None:
    kept.record(opening())
    before = kept.rows()
    refused = one(kept.record(say("cells.infused", "2026-03-02", "M1"), strict=True))
    assert refused.answer == "refused"
    assert refused.refusal is not None
    assert refused.refusal.shortest_way == ("apheresis.completed", "product.received")
    assert kept.rows() == before


def appends(kept: Ledger) -> list[str]:
    """The types of the rows, those of one append joined: each append has a time of its own."""
    together: dict[datetime, list[str]] = {}
    for row in kept.rows()[1:]:
        together.setdefault(row.recorded_at, []).append(row.type)
    return ["+".join(types) for types in together.values()]


def a_clock_that_ticks() -> Callable[[], datetime]:
    ticks = count()
    return lambda: TODAY + timedelta(seconds=next(ticks))


def test_all_items_of_one_message_stand_in_one_append(tmp_path: Path) -> None:
    lines = [opening(), collection("2026-03-02", "x"), say("crs.graded", "2026-03-02", "x")]
    for number, line in enumerate(lines, start=1):
        line["source"] = {"connection": "adt", "message": "M1", "item": number}
    with ledger(tmp_path, centre=centre_in_utc("adt"), clock=a_clock_that_ticks()) as kept:
        answers = [outcome.answer for outcome in kept.record(*lines)]
        kept.record(collection("2026-03-03", "M2"))
        one_append = "encounter.opened+identity.claimed+apheresis.completed+crs.graded"
        assert appends(kept) == [one_append, "identity.claimed+apheresis.completed"]
    assert answers == ["recorded", "recorded", "parked"]


def test_without_a_message_id_the_digest_is_the_id(kept: Ledger) -> None:
    line = opening()
    line["source"] = {"connection": "adt"}
    assert [one(kept.record(line)).answer for _ in range(2)] == ["recorded", "duplicate"]


def test_a_voided_record_is_superseded_and_its_chain_is_free_again(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    seal = kept.history("E1").records[-1].seal
    change = {"kind": "void", "sequence": seal.sequence, "hash": seal.leaf}
    void = say("records.corrected", "2026-03-03", "M2", changes=[change])
    assert one(kept.record(void)).stage is Stage.REFERRED
    other = one(kept.record(opening("E2"), collection("2026-03-05", "M3", "E2"))[1:])
    assert other.answer == "recorded"


def test_a_correction_that_names_no_record_is_refused_by_rule(kept: Ledger) -> None:
    kept.record(opening())
    refused = one(kept.record(say("records.corrected", "2026-03-03", "M2")))
    assert refused.refusal is not None
    rule = refused.refusal.objections[0].rule
    assert rule == "a_correction_names_records_that_are_there"


def test_a_named_person_puts_a_waiting_infusion_in_effect_and_the_finding_holds(
    kept: Ledger,
) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    waiting = one(kept.record(say("cells.infused", "2026-04-02", "M2")))
    assert waiting.answer == "parked"
    confirmed = say("report.confirmed", "2026-04-03", "M3", target=waiting.record)
    assert one(kept.record(confirmed)).stage is Stage.INFUSED
    findings = kept.effective("E1").findings
    assert [(f.rule, f.holds) for f in findings] == [("what_a_person_confirmed_is_told", True)]


def test_a_record_in_effect_is_voided_not_discarded(kept: Ledger) -> None:
    first = one(kept.record(opening()))
    refused = one(kept.record(say("report.discarded", "2026-03-03", "M3", target=first.record)))
    assert refused.refusal is not None
    rule = refused.refusal.objections[0].rule
    assert rule == "a_decision_is_about_a_record_that_waits_or_is_disputed"


def test_a_chain_of_identity_belongs_to_the_first_claim_in_the_order_of_the_world(
    tmp_path: Path,
) -> None:
    lines = [
        opening("E1"),
        opening("E2"),
        collection("2026-03-04", "M1", "E1"),
        collection("2026-03-02", "M2", "E2"),
    ]
    for number, order in enumerate(permutations(lines)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with ledger(folder, centre=centre_in_utc("adt")) as kept:
            kept.record(*order)
            assert kept.effective("E2").stage is Stage.COLLECTED
            assert kept.effective("E1").stage is Stage.REFERRED
            record = kept.effective("E1").not_in_effect()[0]
            standing = kept.effective("E1").standings[record.key]
            assert standing.objections[0].rule == "a_chain_of_identity_has_one_holder"


def test_two_encounters_that_claim_one_chain_in_one_message_are_told_apart_at_once(
    kept: Ledger,
) -> None:
    kept.record(opening("E1"), opening("E2"))
    both = [collection("2026-03-04", "x", "E1"), collection("2026-03-02", "x", "E2")]
    for number, line in enumerate(both, start=1):
        line["source"] = {"connection": "adt", "message": "M9", "item": number}
    assert [outcome.answer for outcome in kept.record(*both)] == ["parked", "recorded"]


def test_the_two_axes_of_time_answer_different_questions(tmp_path: Path) -> None:
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    centre = centre_in_utc("adt")
    with ledger(tmp_path, centre=centre, clock=lambda: now[0]) as kept:
        kept.record(opening())
        now[0] = datetime(2026, 5, 10, tzinfo=UTC)
        kept.record(collection("2026-03-02", "M1"))
        assert kept.effective("E1", as_of=date(2026, 3, 1)).stage is Stage.REFERRED
        assert kept.effective("E1", known_at=datetime(2026, 5, 2, tzinfo=UTC)).stage is (
            Stage.REFERRED
        )
        assert kept.effective("E1", as_of=date(2026, 3, 2)).stage is Stage.COLLECTED


def test_a_certificate_stands_in_the_stream_of_its_centre(kept: Ledger) -> None:
    line = say("certification.recorded", "2026-03-01", "M1")
    line["centre"] = line.pop("encounter")
    assert one(kept.record(line)).answer == "recorded"
    assert kept.encounters() == ()


def test_an_encounter_that_nobody_named_is_not_found(kept: Ledger) -> None:
    with pytest.raises(NotFound, match="the ledger holds no record of this encounter"):
        kept.history("E7")


def test_a_report_from_nowhere_is_refused_with_what_to_add(tmp_path: Path) -> None:
    with ledger(tmp_path, centre=centre_in_utc("lab")) as kept:
        refused = one(kept.record(opening()))
        assert refused.refusal is not None
        assert "IANA zone" in refused.refusal.objections[0].remedy


def test_after_everything_the_ledger_verifies(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"), say("crs.graded", "2026-03-02", "M2"))
    assert kept.verify().consistent
