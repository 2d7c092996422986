"""One instant has one answer, with whatever offset it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

import pytest

from tests.claims.golden import CENTRE
from tests.given import history, opened
from tests.given_ledger import ledger, lines_of
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import Effective, History, effective
from veinledger.domain.standing.occurred import Occurred
from veinledger.projections.appeals.letter import letters
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.audit import audit_trail
from veinledger.projections.authorization.packet import Request, authorization
from veinledger.projections.claims.assemble import claims
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.schedule import schedule
from veinledger.projections.settling.settlements import settlements_of
from veinledger.projections.support.support import support

RULES: Final = shipped_rules("public")
Question = Callable[[History, Centre, Rules, date], object]


def _stage(told: History, _: Centre, __: Rules, as_of: date) -> object:
    seen = effective(told, as_of)
    return seen.stage, seen.findings, dict(seen.standings), [each.key for each in seen.records]


def _packet(told: History, centre: Centre, rules: Rules, as_of: date) -> object:
    return authorization(told, centre, rules, Request(as_of=as_of))


QUESTIONS: Final[dict[str, Question]] = {
    "stage": _stage,
    "claims": claims,
    "schedule": schedule,
    "estimate": estimate,
    "authorization": _packet,
    "appeals": appeals,
    "letters": letters,
    "support": support,
    "settlements": settlements_of,
    "audit": audit_trail,
}
OFFSETS: Final = [
    UTC, *(timezone(timedelta(hours=hours)) for hours in (-12, -5, 5.5, 14)),
]  # fmt: skip
INSTANTS: Final = [
    datetime.fromisoformat(f"{on}T{clock}-05:00")
    for on in ("2026-04-28", "2026-06-06", "2026-11-19")
    for clock in ("00:30", "12:00", "23:30")
]
TOLD: Final = ("page_patient_4l", "late_and_wrong", "infusion_date_corrected")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[History, ...]:
    """The encounters of some examples: what waits and what was settled, sent, denied, appealed."""
    found: list[History] = []
    for example in TOLD:
        folder = tmp_path_factory.mktemp(example)
        with ledger(folder) as kept:
            kept.record(*lines_of(example))
            found.extend(kept.history(name) for name in kept.encounters())
    return tuple(found)


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_has_one_answer_for_one_instant_with_whatever_offset_it_is_written(
    asked: Question, told: tuple[History, ...]
) -> None:
    for each in told:
        for instant in INSTANTS:
            answers = {
                as_json(asked(replace(each), CENTRE, RULES, instant.astimezone(offset)))
                for offset in OFFSETS
            }
            assert len(answers) == 1, (each.encounter, instant)


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_what_is_kept_of_a_day_and_of_an_instant_is_not_mixed_up(
    asked: Question, told: tuple[History, ...]
) -> None:
    """A history that keeps what was worked out answers as one that kept nothing."""
    for instant in INSTANTS[3:6]:
        for offset in OFFSETS[:3]:
            then = instant.astimezone(offset)
            for as_of in (then, then.date(), then):
                kept = as_json(asked(told[0], CENTRE, RULES, as_of))
                assert kept == as_json(asked(replace(told[0]), CENTRE, RULES, as_of)), as_of


def test_late_in_the_evening_of_the_last_day_a_visit_is_due_and_not_missed(
    told: tuple[History, ...],
) -> None:
    """In UTC it is tomorrow by then."""
    evening = datetime.fromisoformat("2026-06-07T04:30:00Z")
    by_day = schedule(told[0], CENTRE, RULES, date(2026, 6, 6))
    by_instant = schedule(told[0], CENTRE, RULES, evening)
    statuses = [(each.key, each.status) for each in by_day.obligations]
    assert [(each.key, each.status) for each in by_instant.obligations] == statuses
    tomorrow = schedule(told[0], CENTRE, RULES, date(2026, 6, 7))
    assert [(each.key, each.status) for each in tomorrow.obligations] != statuses, "the control"


# The day of an instant


def seen_at(centre: str | None) -> Effective:
    seen = effective(history(*opened()))
    state = replace(seen.state, centre=centre)
    return replace(seen, occurred=Occurred(taken=seen.taken, state=state, findings=()))


@pytest.mark.parametrize(
    ("centre", "instant", "its_day"),
    [
        ("lakeside", "2026-06-07T04:30:00Z", "2026-06-06"),
        ("lakeshore", "2026-06-07T04:30:00Z", "2026-06-07"),
        ("lakeshore_cancer", "2026-06-07T04:30:00Z", "2026-06-07"),
        ("lakeshore", "2026-06-07T03:30:00Z", "2026-06-06"),
        ("nobody's", "2026-06-07T04:30:00Z", "2026-06-06"),
        (None, "2026-06-07T04:30:00Z", "2026-06-06"),
        ("lakeside", "2026-12-07T05:30:00Z", "2026-12-06"),
        ("lakeside", "2026-06-07T05:30:00Z", "2026-06-07"),
        ("lakeside", "2026-06-07T18:30:00+14:00", "2026-06-06"),
    ],
)
def test_the_day_of_an_instant_is_that_of_the_encounters_centre_else_of_the_first_facility(
    centre: str | None, instant: str, its_day: str
) -> None:
    then = datetime.fromisoformat(instant)
    assert local_day(then, CENTRE, seen_at(centre)) == date.fromisoformat(its_day)


def test_where_no_zone_is_known_the_day_of_an_instant_is_that_of_utc() -> None:
    then = datetime.fromisoformat("2026-06-06T23:30:00-05:00")
    for centre in (Centre(), replace(CENTRE, facilities=()), replace(CENTRE, clocks={})):
        assert local_day(then, centre, seen_at("lakeside")) == date(2026, 6, 7)


@pytest.mark.parametrize("as_of", [None, date(2026, 6, 6)])
def test_a_day_is_asked_about_as_it_is(as_of: date | None) -> None:
    assert local_day(as_of, CENTRE, seen_at("lakeside")) == as_of
