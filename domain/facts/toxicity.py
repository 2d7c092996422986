"""What the therapy did to the patient, as graded, as observed and as diagnosed."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.groups import Condition
from veinledger.domain.values import Grade, IceScore, Identifier, LongText, Moment, Text

Pressor = Literal["none", "one", "several"]
"""Vasopressors other than vasopressin."""
Oxygen = Literal["none", "low-flow", "high-flow", "positive pressure"]
ToxicityKind = Literal[
    "parkinsonism/MNT",
    "HLH/MAS",
    "cytopenia",
    "IEC-enterocolitis",
    "Guillain-Barre",
    "cranial nerve palsy",
    "peripheral neuropathy",
    "second malignancy",
    "infection",
    "hypogammaglobulinemia",
    "other",
]


@fact("crs.graded")
class CrsGraded(Fact):
    """Cytokine release syndrome was graded.

    Source: ASTCT consensus grading, Lee et al. 2019.
    """

    grade: Grade
    onset: Moment | None = None
    resolved: Moment | None = None
    pressor: Pressor | None = None
    oxygen: Oxygen | None = None
    provider: Identifier | None = None
    """Who documented the grade."""


@fact("icans.graded")
class IcansGraded(Fact):
    """Immune effector cell-associated neurotoxicity syndrome was graded.

    Source: ASTCT consensus grading, Lee et al. 2019.
    """

    grade: Grade
    ice_score: IceScore | None = None
    onset: Moment | None = None
    resolved: Moment | None = None
    provider: Identifier | None = None
    """Who documented the grade."""


@fact("toxicity.observed")
class ToxicityObserved(Fact):
    """A toxicity was seen. A diagnosis code needs a documented condition besides."""

    kind: ToxicityKind
    grade: Grade | None = None
    onset: Moment | None = None
    resolved: Moment | None = None
    evidence: LongText | None = None
    """What was seen or measured."""
    cause: Text | None = None
    provider: Identifier | None = None


@fact("condition.documented")
class ConditionDocumented(Fact):
    """A provider documented a diagnosis in the chart."""

    condition: Condition
    evidence: LongText | None = None
    account: Identifier | None = None
    """The account whose claim it belongs to, where it belongs to one."""
