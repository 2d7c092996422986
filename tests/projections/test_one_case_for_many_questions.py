"""What was worked out of a case holds for every question about the same facts, and for no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

import pytest

from tests.claims.golden import CENTRE
from tests.given_ledger import EXAMPLES, ledger, lines_of
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, KnownAt
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.authorization.packet import Request, authorization
from veinledger.projections.case.opening import case_of
from veinledger.projections.claims.assemble import claims
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.gates.check import Step, check
from veinledger.projections.support.support import support

RULES: Final = {edition: shipped_rules(edition) for edition in EDITIONS}
ASKED: Final = 60
"""Questions about one history, one after the other, in a random order of days."""

Question = Callable[[History, Centre, Rules, date, KnownAt], object]


def _check(history: History, centre: Centre, rules: Rules, on: date, known_at: KnownAt) -> object:
    return check(history, centre, rules, Step(intent="infuse", on=on), known_at)


def _packet(history: History, centre: Centre, rules: Rules, on: date, known_at: KnownAt) -> object:
    return authorization(history, centre, rules, Request(as_of=on), known_at)


QUESTIONS: Final[tuple[Question, ...]] = (claims, estimate, appeals, support, _check, _packet)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[History, ...]]:
    """The encounters of every example, each example in a ledger of its own."""
    found: dict[str, tuple[History, ...]] = {}
    for example in EXAMPLES:
        with ledger(tmp_path_factory.mktemp("keys")) as opened:
            opened.record(*lines_of(example))
            found[example] = tuple(opened.history(name) for name in opened.encounters())
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_answer_is_the_same_whatever_was_asked_before(
    told: dict[str, tuple[History, ...]], example: str
) -> None:
    chance = Random(example)
    for history in told[example]:
        days = sorted({record.day for record in history.records})
        ahead = [days[-1] + timedelta(days=number) for number in (1, 40, 400)]
        for _ in range(ASKED // len(told[example])):
            ask, on = chance.choice(QUESTIONS), chance.choice([*days, *ahead, days[-1]])
            known_at = chance.choice([None, None, history.records[-1].seal.position])
            rules = RULES[chance.choice(EDITIONS)]
            shared = ask(history, CENTRE, rules, on, known_at)
            assert shared == ask(replace(history), CENTRE, rules, on, known_at)


def test_a_case_is_kept_as_long_as_nothing_happens_and_the_rules_and_the_centre_stay(
    told: dict[str, tuple[History, ...]],
) -> None:
    history, rules = told["page_patient_2l"][0], RULES["public"]
    days = sorted({record.day for record in history.records})
    last = case_of(history, CENTRE, rules, days[-1])
    assert case_of(history, CENTRE, rules, days[-1] + timedelta(days=9)) is last
    other = replace(CENTRE, payers=CENTRE.payers[1:])
    for centre, others, on in (
        (CENTRE, rules, days[-2]),
        (CENTRE, RULES["page"], days[-1]),
        (other, rules, days[-1]),
    ):
        changed = case_of(history, centre, others, on)
        assert changed is not None
        assert changed is not last
        assert changed.centre.payers == centre.payers
        assert changed.rules is others
