"""Small encounters before one gate: each a function that tells its records, and what is answered.

A function in one of the modules beside this one, decorated with `@before`, is one story. Its
docstring says what it shows; `test_stories.py` asks the gate on the day and reads the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypedDict, Unpack

from tests.claims.cells import SITE
from tests.given import DAY_0, history
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.gates.gate import Intent
from veinledger.domain.reports import Record
from veinledger.projections.gates.check import Step, check
from veinledger.projections.gates.shapes import GateState, Verdict

Told = Callable[[], list[Record]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One encounter before one gate, and what the gate has to answer."""

    gate: str
    state: GateState
    says: tuple[str, ...]
    """What its reason has to say, word for word."""
    told: Told
    intent: Intent
    on: date
    edition: Edition
    centre: Centre

    @property
    def name(self) -> str:
        """What a test run calls it."""
        return f"{self.gate}-{self.told.__name__}"

    def verdict(self) -> Verdict:
        """What the gate answers."""
        rules = shipped_rules(self.edition)
        step = Step(intent=self.intent, on=self.on)
        found = check(history(self.told()), self.centre, rules, step)
        assert found is not None
        return next(each for each in found.verdicts if each.gate == self.gate)


STORIES: Final[list[Story]] = []
"""Every story, filled as the modules are imported."""


class Asked(TypedDict, total=False):
    """What is asked, where it is not the infusion on day 0 in `public` at the example's site."""

    intent: Intent
    on: date
    edition: Edition
    centre: Centre


_AS_A_RULE: Final[Asked] = {
    "intent": "infuse",
    "on": DAY_0,
    "edition": "public",
    "centre": SITE,
}


def before(
    gate: str, state: GateState, *says: str, **asked: Unpack[Asked]
) -> Callable[[Told], Told]:
    """Declare a story; one that two gates read has two of these."""

    def declare(told: Told) -> Told:
        how: Asked = {**_AS_A_RULE, **asked}
        STORIES.append(
            Story(
                gate=gate,
                state=state,
                says=says,
                told=told,
                intent=how["intent"],
                on=how["on"],
                edition=how["edition"],
                centre=how["centre"],
            )
        )
        return told

    return declare
