"""Whoever embeds the ledger and asks about a time that is none is told so, at every question."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest

from tests.given_ledger import ledger, lines_of
from veinledger.adapters.errors import BadInput, NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.ledger.access import EVERY_READING
from veinledger.projections.due.measures import Asked
from veinledger.projections.due.shapes import Wanted

DAY: Final = date(2026, 6, 1)
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)
EAST, WEST = timezone(timedelta(hours=5)), timezone(timedelta(hours=-12))
OTHER_YEARS: Final = (date.min, date(1849, 12, 31), date(2200, 1, 1), date.max)
BEYOND: Final = (
    datetime(1, 1, 1, tzinfo=EAST),
    datetime(1849, 12, 31, 23, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=WEST),
)
NO_OFFSET: Final = datetime(2026, 6, 1, 9)
AN_INSTANT: Final = datetime(2026, 6, 1, 9, tzinfo=UTC)

NO_DAY: Final = (*OTHER_YEARS, *BEYOND, NO_OFFSET, AN_INSTANT, "2026-06-01", 20260601, None)
NO_AS_OF: Final = (*OTHER_YEARS, *BEYOND, NO_OFFSET, "2026-06-01", 20260601, True)
NO_KNOWN_AT: Final = (*BEYOND, NO_OFFSET, DAY, -1, 10**30, True, False, "7", 7.0)

DAYS: Final = {"on", "first", "last"}
BOTH: Final = {"changes", "diff"}
"""They take two moments, and are asked by themselves."""


def arguments(name: str) -> dict[str, Any]:
    """What a question wants besides its times; those that it cannot do without among them."""
    wants = inspect.signature(getattr(Ledger, name)).parameters
    given: dict[str, Any] = {
        "encounter": "E1", "on": DAY, "first": DAY, "last": DAY, "intent": "infuse",
        "asked": Asked(first=DAY, last=DAY), "item": lines_of("withdrawn")[0],
    }  # fmt: skip
    if name in {"measures", "authorization"}:
        given["as_of"] = DAY
    return {each: given[each] for each in wants if each in given}


def questions(*times: str) -> Iterator[tuple[str, str]]:
    """Every public question that takes one of these times, with the time's name."""
    for name, call in inspect.getmembers(Ledger, inspect.isfunction):
        if not name.startswith("_") and name not in BOTH | {"consequences", "bundle"}:
            for each in inspect.signature(call).parameters:
                if each in times:
                    yield name, each


def refused(opened: Ledger, name: str, time: str, value: object) -> str:
    with pytest.raises(BadInput) as told:
        getattr(opened, name)(**{**arguments(name), time: value})
    return str(told.value)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with ledger(tmp_path_factory.mktemp("times")) as made:
        made.record(*lines_of("page_patient_2l"))
        yield made


def test_the_questions_that_take_a_time_are_found() -> None:
    assert len(list(questions("as_of"))) > 10
    assert {*questions("known_at")} > {("followers", "known_at"), ("unassigned", "known_at")}
    assert {name for name, _ in questions("known_at")} >= {"due", "measures", "reads", "check"}
    assert {*questions(*DAYS)} == {
        ("check", "on"), ("due", "on"), ("findings", "on"),
        ("ready_lists", "first"), ("ready_lists", "last"),
    }  # fmt: skip


@pytest.mark.parametrize(("name", "time"), [*questions("as_of")])
def test_no_question_takes_an_as_of_that_no_record_can_have(
    name: str, time: str, opened: Ledger
) -> None:
    for value in NO_DAY if name == "measures" else NO_AS_OF:
        said = refused(opened, name, time, value)
        assert said.startswith("as_of "), value
        assert "2026" in said or "from 1850 to 2199" in said, value


@pytest.mark.parametrize(("name", "time"), [*questions(*DAYS)])
def test_no_question_about_a_day_takes_what_is_no_day(name: str, time: str, opened: Ledger) -> None:
    for value in NO_DAY:
        said = refused(opened, name, time, value)
        assert said.startswith(f"{time} "), value
        assert "2026-06-01" not in said, value


@pytest.mark.parametrize(("name", "time"), [*questions("known_at"), ("replayer", "until")])
def test_no_question_takes_a_moment_that_the_ledger_never_had(
    name: str, time: str, opened: Ledger
) -> None:
    beyond = len(opened.rows()) + 1
    for value in (*NO_KNOWN_AT, beyond):
        assert refused(opened, name, time, value).startswith(f"{time} "), value


def test_a_replayer_stands_at_a_position_and_at_no_instant(opened: Ledger) -> None:
    with pytest.raises(BadInput, match="until is no position"):
        opened.replayer(AN_INSTANT)  # type: ignore[arg-type]
    assert [opened.replayer(until).head for until in (0, 3)] == [0, 3]


TWICE: Final[dict[str, Callable[[Ledger, Any], object]]] = {
    "the first as_of": lambda opened, bad: opened.diff("E1", as_of=(bad, None)),
    "the second as_of": lambda opened, bad: opened.diff("E1", as_of=(None, bad)),
    "as_of": lambda opened, bad: opened.changes("E1", before=0, as_of=bad),
}


@pytest.mark.parametrize("which", TWICE)
def test_a_comparison_takes_no_such_day_on_either_side(which: str, opened: Ledger) -> None:
    for bad in NO_AS_OF:
        with pytest.raises(BadInput, match=r"^as_of "):
            TWICE[which](opened, bad)


def test_a_comparison_takes_no_such_moment_on_either_side(opened: Ledger) -> None:
    for bad in NO_KNOWN_AT:
        wrong: Any = bad
        for known_at in ((wrong, None), (None, wrong)):
            with pytest.raises(BadInput, match=r"^known_at "):
                opened.diff("E1", known_at=known_at)


def test_what_a_report_changed_is_not_told_as_of_no_such_day(tmp_path: Path) -> None:
    with ledger(tmp_path) as opened:
        outcome = opened.record(lines_of("withdrawn")[0])[0]
        for bad in NO_AS_OF:
            wrong: Any = bad
            with pytest.raises(BadInput, match=r"^as_of "):
                opened.consequences(outcome, as_of=wrong)


@pytest.mark.parametrize("end", ["since", "until"])
def test_readings_are_asked_for_between_two_instants(end: str, opened: Ledger) -> None:
    values: tuple[Any, ...] = (*BEYOND, NO_OFFSET, DAY, 7, "2026-06-01T00:00:00Z")
    for value in values:
        with pytest.raises(BadInput, match=rf"^{end} "):
            opened.reads(wanted=replace(EVERY_READING, **{end: value}))
    known: dict[str, Any] = {end: AN_INSTANT}
    assert opened.reads(wanted=replace(EVERY_READING, **known)).of


@pytest.mark.parametrize("end", ["first", "last"])
def test_measures_are_of_a_period_of_days(end: str, opened: Ledger) -> None:
    values: tuple[Any, ...] = NO_DAY
    for value in values:
        period = replace(Asked(first=DAY, last=DAY), **{end: value})
        with pytest.raises(BadInput, match=rf"^{end} "):
            opened.measures(period, as_of=DAY)


def test_every_question_about_one_encounter_is_answered_at_both_ends_of_the_years(
    opened: Ledger,
) -> None:
    as_of = (
        FIRST_DAY, LAST_DAY,
        datetime(1850, 1, 1, tzinfo=EAST), datetime(2199, 12, 31, 23, 59, tzinfo=WEST),
    )  # fmt: skip
    for name, time in questions("as_of", *DAYS):
        for value in (FIRST_DAY, LAST_DAY) if time in DAYS or name == "measures" else as_of:
            with suppress(NotFound):  # nobody had opened the encounter by then
                getattr(opened, name)(**{**arguments(name), time: value})


def test_a_list_looks_ahead_as_far_as_anybody_wants(opened: Ledger) -> None:
    as_far_as_it_goes = opened.due(DAY, wanted=Wanted(within=None)).owed
    assert opened.due(DAY, wanted=Wanted(within=10**12)).owed == as_far_as_it_goes
