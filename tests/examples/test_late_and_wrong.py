"""Messages late, twice, in the wrong order and of the wrong patient end where clean ones do.

The clean version is made of the same facts: each once, under its right encounter, in true order.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.examples.stories import (
    AS_OF,
    content,
    just_after,
    moment,
    script,
    the_record,
    told,
    visits,
)
from tests.given_ledger import ledger
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.telling import Clock, tell
from veinledger.domain.lifecycle.stages import Stage
from veinledger.projections.audit import Entry

EXAMPLE = "late_and_wrong"
BOTH = ("E7", "E7-OTHER")
DECISIONS = {"records.corrected", "report.discarded"}
WRONG_BAG, RESULT, VISIT = "LAB-0512", "LIS-2209", "NEU-4471"

Line = dict[str, Any]


def clean_lines() -> list[Line]:
    once = {
        line["source"]["message"]: line for line in map(json.loads, content(EXAMPLE).splitlines())
    }
    del once[WRONG_BAG]
    for message in script(EXAMPLE).OF_THE_OTHER_PATIENT:
        once[message]["encounter"] = "E7-OTHER"
    return sorted(once.values(), key=_happened)


def _happened(line: Line) -> datetime:
    at: str = line["occurred_at"]
    return moment(at if "T" in at else f"{at}T23:00:00+00:00")


@contextmanager
def clean(folder: Path) -> Generator[Ledger, None, None]:
    clock = Clock()
    lines = "\n".join(map(json.dumps, clean_lines())).encode()
    with ledger(folder, clock=clock) as opened:
        answers = {outcome.answer for _, outcome in tell(opened, clock, lines)}
        assert answers == {"recorded"}
        yield opened


@contextmanager
def told_without_decisions(folder: Path) -> Generator[Ledger, None, None]:
    clock = Clock()
    with ledger(folder, clock=clock) as opened:
        list(tell(opened, clock, content(EXAMPLE), came=script(EXAMPLE).CAME))
        yield opened


def views(opened: Ledger, encounter: str) -> dict[str, Any]:
    """Facts in effect, claims, schedule and stage; a record by its message, not by its key."""
    seen = opened.effective(encounter)
    named = {r.key: f"{r.source.message}/{r.source.item}" for r in seen.known}
    return {
        "facts": [
            (r.fact, r.occurred, r.source, r.actor)
            for r in seen.records
            if r.fact.type not in DECISIONS
        ],
        "stage": seen.stage,
        "findings": _by_message(as_json(seen.findings), named),
        "claims": _by_message(as_json(opened.claims(encounter, as_of=AS_OF)), named),
        "schedule": _by_message(as_json(opened.schedule(encounter, as_of=AS_OF)), named),
    }


def _by_message(text: str, named: dict[str, str]) -> str:
    for key, message in named.items():
        text = text.replace(key, message).replace(key[:12], message)
    return text


def test_facts_claims_and_schedule_equal_those_of_the_clean_version(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as messy, clean(tmp_path) as tidy:
        for encounter in BOTH:
            ended, expected = views(messy, encounter), views(tidy, encounter)
            for view, shown in expected.items():
                assert ended[view] == shown, (encounter, view)


def test_the_patients_own_views_are_the_same_to_the_last_key(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as messy, clean(tmp_path) as tidy:
        assert messy.claims("E7", as_of=AS_OF) == tidy.claims("E7", as_of=AS_OF)
        assert messy.schedule("E7", as_of=AS_OF) == tidy.schedule("E7", as_of=AS_OF)


def test_without_the_two_decisions_the_end_is_another(tmp_path: Path) -> None:
    """The control: the comparison notices another patient's visit, and his bag."""
    with told_without_decisions(tmp_path) as messy, clean(tmp_path) as tidy:
        for encounter in BOTH:
            ended, expected = views(messy, encounter), views(tidy, encounter)
            assert ended["facts"] != expected["facts"]
            assert ended["claims"] != expected["claims"]
            assert ended["findings"] != expected["findings"]
        labels = [claim.label for claim in messy.claims("E7").claims]
        assert labels.count("E3") == 1


def test_both_calendars_are_met_by_their_own_visits_in_the_end(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        assert visits(opened.schedule("E7", as_of=AS_OF)) == {
            "baseline": ("2026-05-22", "met"),
            "month 1": ("2026-06-22", "met"),
            "month 3": ("2026-08-22", "met"),
            "month 6": ("2026-11-22", "due"),
            "month 12": ("2027-05-22", "upcoming"),
        }
        assert visits(opened.schedule("E7-OTHER", as_of=AS_OF)) == {
            "baseline": ("2026-05-26", "met"),
            "month 1": ("2026-06-26", "met"),
            "month 3": ("2026-08-26", "met"),
            "month 6": ("2026-11-26", "due"),
            "month 12": ("2027-05-26", "upcoming"),
        }


def test_until_the_correction_the_other_patients_visit_met_this_ones_month_1(
    tmp_path: Path,
) -> None:
    day = date(2026, 7, 6)
    with told(EXAMPLE, tmp_path) as opened:
        known_at = just_after(opened, "E7", VISIT)
        mine = opened.schedule("E7", as_of=day, known_at=known_at)
        others = opened.schedule("E7-OTHER", as_of=day, known_at=known_at)
    assert mine.obligations[1].reason == "visit on 2026-06-25"
    assert visits(others)["month 1"] == ("2026-06-26", "missed")


def test_while_the_receipt_is_missing_the_infused_patient_is_not_invisible(
    tmp_path: Path,
) -> None:
    """DESIGN 5: a waiting infusion shows at once, with provisional obligations."""
    with told(EXAMPLE, tmp_path) as opened:
        known_at = just_after(opened, "E7", "E7-031")
        owed = opened.schedule("E7", known_at=known_at)
        assert opened.effective("E7", known_at=known_at).stage is Stage.RELEASED
    assert (owed.infusion_day, owed.provisional_infusion_day) == (None, date(2026, 5, 22))
    assert {each.type for each in owed.reported_not_confirmed} == {"cells.infused", "crs.graded"}
    assert all(each.provisional for each in owed.of("neurology", "monitoring", "registry"))
    assert len(owed.of("neurology")) == 5


def test_a_bag_of_two_encounters_is_a_critical_finding_for_its_holder_until_it_is_discarded(
    tmp_path: Path,
) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        wrong = just_after(opened, "E7", WRONG_BAG)
        discarded = just_after(opened, "E7", "LAB-DISCARD-1")
        found = opened.effective("E7-OTHER", known_at=wrong).findings
        assert opened.effective("E7-OTHER", known_at=discarded).findings == ()
        standing = opened.effective("E7", known_at=wrong).standings
        assert standing[the_record(opened, "E7", WRONG_BAG).key].status == "disputed"
    (told_twice,) = found
    assert (told_twice.severity, told_twice.holds) == ("critical", True)
    assert told_twice.rule == "a_chain_of_identity_is_named_by_one_encounter"


def entries(opened: Ledger, encounter: str) -> dict[str, Entry]:
    return {each.source.message: each for each in opened.audit(encounter).entries}


def test_the_audit_says_what_waited_for_what_how_long_and_what_released_it(
    tmp_path: Path,
) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        of_patient = entries(opened, "E7")
    by_key = {each.record: each.source.message for each in of_patient.values()}
    waited = {
        message: (
            each.first_standing.waits_for,
            str(each.waited.until - each.waited.since),
            [by_key[key] for key in each.waited.released_by],
        )
        for message, each in of_patient.items()
        if each.waited is not None and each.waited.until is not None
    }
    assert waited == {
        "E7-013": ("encounter.opened", "15:00:00", ["E7-001"]),
        "E7-028": ("product.received", "2 days, 5:40:00", ["E7-019"]),
        "E7-029": ("product.received", "2 days, 5:10:00", ["E7-019"]),
        "E7-030": ("product.received", "13:30:00", ["E7-019"]),
        "E7-031": ("product.received", "12:45:00", ["E7-019"]),
    }


def test_the_audit_says_which_messages_came_late(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        of_patient = entries(opened, "E7")
    came = {
        message: str((each.recorded_at.date() - each.day).days)
        for message, each in of_patient.items()
        if (each.recorded_at.date() - each.day).days > 1
    }
    assert came == {"E7-001": "3", "E7-018": "9", "E7-019": "13", "E7-035": "14"}


def test_the_audit_names_the_persons_who_decided_and_their_reasons(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        mine, others = entries(opened, "E7"), entries(opened, "E7-OTHER")
    (discarded,) = mine[WRONG_BAG].decided
    assert (discarded.kind, discarded.actor.role) == ("discarded", "cell laboratory director")
    assert "COI-7790 is the other patient's" in (discarded.reason or "")
    for message in (RESULT, VISIT):
        (moved,) = mine[message].decided
        assert (moved.kind, moved.moved_to, moved.actor.id) == ("moved", "E7-OTHER", "him-4")
        assert mine[message].standing.status == "superseded"
        origin = others[message].in_place_of
        assert origin is not None
        assert (origin.encounter, origin.sequence) == ("E7", mine[message].sequence)
        assert others[message].kind == "moved"


def test_what_came_twice_is_kept_once(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in content(EXAMPLE).splitlines()]
    messages = [line["source"]["message"] for line in lines]
    twice = {message for message in messages if messages.count(message) > 1}
    assert twice == {"E7-014", "E7-029", "E7-027", "E7-020", "E7-OTHER-016"}
    with told(EXAMPLE, tmp_path) as opened:
        kept = [r.source.message for name in BOTH for r in opened.history(name).records]
    assert {message for message in twice if kept.count(message) != 1} == set()
