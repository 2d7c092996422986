"""A payer's policy about CAR-T as dated data: what it asks for before it pays."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from veinledger.domain.centre.directory import Coverage
from veinledger.domain.codebook.page import PAGE, Exact, Line, Name
from veinledger.domain.listed import Listed

Days = Annotated[int, Field(ge=0, le=3650)]

Item = Literal[
    "fact_accreditation",
    "rems_certification",
    "authorized_centre",
    "prior_therapy_log",
    "indication_documented",
    "ecog",
    "bcma_pathology",
    "imaging",
    "cardiac_clearance",
    "pulmonary_clearance",
    "organ_function",
    "baseline_neurology",
    "neurological_plan",
    "no_autoimmune_disease",
]
"""What a payer may want to see before the infusion: the page's checklist, item by item."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Policy(Listed):
    """A payer's policy as a whole: whether it authorizes, where the cells may be given."""

    label: Line
    for_kinds: tuple[Coverage, ...] = ()
    """The kinds of coverage that it stands for where the site's payer names no policy."""
    builds_on: Name | None = None
    """The policy that it takes its asks from where it has none of its own."""
    does_not_ask: tuple[Item, ...] = ()
    """What it leaves out of the policy that it builds on."""
    authorization: Literal["formal", "none"]
    """Whether the payer wants to be asked before the service."""
    settings: tuple[Literal["inpatient", "outpatient", "office"], ...] = ()
    """Where it lets the cells be given without more ado; none named: it does not say."""
    setting_note: Line | None = None
    follows: Line | None = None
    """The text that it follows: the label, NCCN, a national determination."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Ask(Listed):
    """One thing that a policy asks for, named by its item; what has no row is not asked."""

    name: Item
    policy: Name
    """The policy's name."""
    label: Line
    at_most: Exact | None = None
    """The largest value that passes (ECOG 2)."""
    at_least: Exact | None = None
    within_days: Days | None = None
    """How old the evidence may be on the day of the request or of the step."""
    or_document: Line | None = None
    """The kind of a filed document that answers it too, where the rest is not there."""
    text: Line | None = None
    """What the payer wants written, in words of our own."""

    @property
    def identity(self) -> tuple[str, ...]:
        """What is asked, and by whom."""
        return (self.policy, self.name)
