"""A gate: what must be so before a step is taken, said once as dated data with its source.

What a gate looks at is one function in `projections/gates`; its words, limits and days stand here,
so that a site may set its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import Field
from pydantic.dataclasses import dataclass

from veinledger.domain.centre.directory import ClaimKind
from veinledger.domain.codebook.page import PAGE, Exact, Line, Name
from veinledger.domain.listed import Listed

Intent = Literal["collect", "receive", "lymphodeplete", "infuse"]
"""The step that somebody asks leave for: `veinledger check E1 infuse`."""

INTENTS: tuple[Intent, ...] = get_args(Intent)


def is_of_a_gate(finding: str) -> bool:
    """Whether a finding's key is a gate's: it names the step, and perhaps the day, as well."""
    return ":" in finding.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Limit:
    """A size that the gate compares with: 60 days, 2 points."""

    name: Name
    amount: Exact
    of: Line

    def __str__(self) -> str:
        return f"{self.amount} {self.of}"


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class GateRule(Listed):
    """One gate on the days on which it stands."""

    label: Line
    """What it asks, in a few words of our own."""
    before: Annotated[tuple[Intent, ...], Field(min_length=1)]
    """The steps before which it is asked."""
    weight: Literal["stops", "warns"]
    """`stops`: where it is not met the step should not be taken. `warns`: somebody must look."""
    claims: tuple[ClaimKind, ...] = ()
    """The kinds of claim whose payment hangs on it."""
    limits: tuple[Limit, ...] = ()
    only_for: tuple[Line, ...] = ()
    """Kinds of coverage that it is for (FFS, MA, commercial, Medicaid); none means all."""
    remedy: Line
    """What would settle it."""
    settles: bool = True
    """Whether a named person may let the step be taken all the same; else what it is about is
    corrected, or settled by a key of its own."""

    @property
    def identity(self) -> tuple[str, ...]:
        """A gate may say one thing for one kind of coverage and another for the next."""
        return (self.name, *self.only_for)

    def limit(self, name: str) -> Decimal:
        """The amount of a limit; raises LookupError naming the page that lacks it."""
        for each in self.limits:
            if each.name == name:
                return each.amount
        raise LookupError(f"{self.file}: gate {self.name!r} has no limit {name!r}; add it")
