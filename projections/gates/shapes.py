"""What a check answers: every gate before a step, whether it is met, and what would settle it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from veinledger.domain.centre.directory import ClaimKind
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import Intent

GateState = Literal["not met", "settled", "met", "not asked"]
"""`settled`: not met, and a named person accepted or overrode that. `not asked`: nobody asks for it
on this day: the payer, the label, the law."""


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
    finding: Finding | None = None
    """What a person settles, where it is not met: its key is for `veinledger settle`."""

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
    payer: str | None
    """The payer of the day, by its name in the directory."""
    verdicts: tuple[Verdict, ...]

    def __repr__(self) -> str:
        return f"<check before {self.intent}: {len(self.failing)} gates not met>"

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The gates that are not met and not settled."""
        return tuple(each for each in self.verdicts if each.state == "not met")

    @property
    def clear(self) -> bool:
        """Whether nothing that stops the step is left."""
        return not any(each.weight == "stops" for each in self.failing)
