"""What a check answers: every gate before a step, whether it is met, and what would settle it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from veinledger.domain.centre.directory import ClaimKind
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import Intent

STEPS: Final[dict[Intent, str]] = {
    "collect": "The collection",
    "receive": "The receipt of the product",
    "lymphodeplete": "The lymphodepletion",
    "infuse": "The infusion",
}
"""What people call each step."""

GateState = Literal["not met", "settled", "met", "not asked"]
"""`settled`: not met, and a named person accepted or overrode that. `not asked`: nobody asks for it
on this day: the payer, the label, the law."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settled:
    """Who decided that the step may be taken although a gate is not met, and why."""

    by: str
    role: str
    credential: str
    decision: str
    code: str | None
    reason: str
    record: str
    """Report key of the settlement."""

    def __repr__(self) -> str:
        return f"<settled: {self.decision}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """One gate on one day."""

    gate: str
    """The rule's name, a sentence with underscores."""
    label: str
    state: GateState
    weight: Literal["stops", "warns"]
    reason: str
    """What was found: what meets it, what is missing, or why nobody asks."""
    remedy: str
    """What would settle it; empty where it is met."""
    source: str
    confidence: str
    """`unverified` where no source was found; it shows wherever the verdict does."""
    records: tuple[str, ...]
    """Report keys of the records that it was judged by."""
    claims: tuple[ClaimKind, ...] = ()
    """The kinds of claim whose payment hangs on it."""
    at_risk: Decimal | None = None
    """Dollars that are not expected to be paid while it is not met; None where not estimated."""
    at_risk_reason: str = ""
    """What was assumed for that, or why it is not estimated."""
    finding: Finding | None = None
    """What a person settles, where it is not met: its key is for `veinledger settle`. None where
    nobody may let the step be taken all the same."""
    settled: Settled | None = None

    def __repr__(self) -> str:
        return f"<gate {self.gate}: {self.state}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check:
    """Would a step be legal and paid on a day: every gate, those that are not met first."""

    encounter: str
    edition: str
    rule_pack: str
    intent: Intent
    on: date
    product: str | None
    """The product's page; None where nobody had opened the encounter by then."""
    stage: str
    """Where the encounter stood on the day."""
    payer: str | None
    """The payer of the day, by its name in the directory."""
    verdicts: tuple[Verdict, ...]
    judged: bool = True
    """False where no complete page describes the product: all other gates were left out."""

    def __repr__(self) -> str:
        return f"<check before {self.intent}: {len(self.failing)} gates not met>"

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The gates that are not met and not settled."""
        return tuple(each for each in self.verdicts if each.state == "not met")

    @property
    def stopping(self) -> tuple[Verdict, ...]:
        """Those of them that stop the step."""
        return tuple(each for each in self.failing if each.weight == "stops")

    @property
    def clear(self) -> bool:
        """Whether nothing that stops the step is left."""
        return not self.stopping

    @property
    def sentence(self) -> str:
        """May the step be taken, and why, in one sentence."""
        what = f"{STEPS[self.intent]} on {self.on}"
        if self.stopping:
            number = len(self.stopping)
            gates = "1 gate is" if number == 1 else f"{number} gates are"
            return f"{what} must not go ahead: {gates} not met ({_named(self.stopping)})."
        if self.failing:
            named = _named(self.failing)
            return f"{what} may go ahead once somebody has looked at what is not met: {named}."
        settled = sum(each.state == "settled" for each in self.verdicts)
        rest = f" ({settled} settled by a named person)" if settled else ""
        return f"{what} may go ahead: nothing that is asked for is missing{rest}."


def _named(verdicts: tuple[Verdict, ...]) -> str:
    """The first of them by their labels, and how many more there are."""
    told = [each.label for each in verdicts[:3]]
    more = len(verdicts) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more else [])])
