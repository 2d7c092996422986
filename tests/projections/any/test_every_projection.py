"""Every projection answers any history whatever, in JSON and for eyes, the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.projections.any.asking import CENTRES, DAYS, MOMENTS, RULE_SETS, RULES, Question
from tests.projections.any.histories import histories
from tests.tiers import size
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.authorizing import shown as packets_shown
from veinledger.adapters.cli.checking import shown as checks_shown
from veinledger.adapters.cli.decisions import settled
from veinledger.adapters.cli.due import lists, shares
from veinledger.adapters.cli.due.spreadsheet import as_csv
from veinledger.adapters.cli.payers import packets as appeals_shown
from veinledger.adapters.cli.prices import estimates
from veinledger.adapters.cli.screen import say
from veinledger.adapters.cli.show import schedules
from veinledger.adapters.cli.support import show as support_shown
from veinledger.adapters.printing.packet import document
from veinledger.adapters.printing.page import html
from veinledger.domain.standing.history import History

pytestmark = pytest.mark.stochastic

FEW: Final = settings(
    max_examples=size(8, 8, 2_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
WIDTH: Final = 80


def questions() -> st.SearchStrategy[Question]:
    """Any history, asked of any centre in either edition for any day and moment."""
    return st.builds(
        Question,
        history=histories(),
        rules=RULE_SETS,
        centre=st.sampled_from(CENTRES),
        as_of=st.one_of(st.none(), DAYS),
        known_at=MOMENTS,
    )


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def screens(asked: Question) -> dict[str, Callable[[Any], Iterable[Any]]]:
    """How each answer is shown."""
    records, times = asked.history.records, (asked.as_of, asked.known_at)
    known_at = asked.known_at
    return {
        "estimate": lambda told: estimates.shown(told, *times),
        "schedule": lambda told: schedules.schedule(told, records, *times, whole=True),
        "support": lambda told: support_shown.support(told, records, *times),
        "appeals": lambda told: (
            *appeals_shown.overview(told),
            *appeals_shown.packets(told, told.denials),
        ),
        "authorization": lambda told: packets_shown.packet(told, known_at),
        "check": lambda told: checks_shown.check(told, records, known_at, whole=True),
        "due": lambda told: lists.due(told, known_at, 0),
        "measures": lambda told: shares.measures(told, known_at),
        "settlements": lambda told: settled.list_of(asked.history.encounter, told),
    }


def widest(parts: Iterable[Any]) -> int:
    with redirect_stdout(StringIO()) as shown:
        say(*parts)
    return max(map(cell_len, shown.getvalue().splitlines()), default=0)


@FEW
@given(asked=questions())
def test_every_answer_is_json_and_the_same_each_time(asked: Question) -> None:
    for answer in {**asked.answers(), **asked.slow_answers()}.values():
        told = as_json(answer())
        json.loads(told, parse_constant=no_constant)
        assert told == as_json(answer())


@FEW
@given(asked=questions())
def test_every_answer_reads_at_80_columns(asked: Question) -> None:
    shown = screens(asked)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", str(WIDTH))
        for name, answer in asked.answers().items():
            told: Any = answer()
            show = shown.get(name.partition(" ")[0])
            if told is not None and show is not None:
                assert widest(show(told)) <= WIDTH
            if told is not None and name == "authorization":
                assert html(document(told)).lower().startswith("<!doctype html>")
            if told is not None and name == "due":
                assert as_csv(told).count("\r\n") == len(told.owed) + 1


@pytest.mark.parametrize("known_at", [0, 5])
def test_nothing_known_is_an_answer_too(known_at: int) -> None:
    asked = Question(
        history=History(encounter="E1", records=()), rules=RULES["public"], known_at=known_at
    )
    for answer in {**asked.answers(), **asked.slow_answers()}.values():
        assert json.loads(as_json(answer())) != {}
