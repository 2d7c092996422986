"""What the patient has and what was tried: disease, therapy lines, clearances, results, papers."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, Group, fact, group, the_days_are_in_order
from veinledger.domain.values import (
    Code,
    Day,
    Digest,
    Identifier,
    LongText,
    Number,
    Ordinal,
    Text,
)

DiseaseStatus = Literal["not in remission", "in remission", "in relapse"]
"""C90.00, C90.01, C90.02 for myeloma."""
Response = Literal["sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "not evaluated"]
"""Source: IMWG response criteria, Kumar et al. 2016."""
DrugClass = Literal[
    "PI",
    "IMiD",
    "anti-CD38",
    "anti-CD20",
    "anthracycline",
    "alkylator",
    "steroid",
    "BTK inhibitor",
    "BCMA bispecific",
    "CAR-T",
    "other",
]
ClearanceKind = Literal[
    "ECOG",
    "LVEF",
    "pulmonary",
    "renal",
    "hepatic",
    "infection",
    "BCMA pathology",
    "imaging",
    "autoimmune",
    "neurology",
]


@fact("disease.assessed")
class DiseaseAssessed(Fact):
    """The disease was staged and its status written down."""

    code: Code | None = None
    """ICD-10-CM as documented (C90.00, C90.01, C90.02)."""
    status: DiseaseStatus
    response: Response | None = None
    provider: Identifier | None = None
    text: LongText | None = None


@group
class TherapyDrug(Group):
    """One drug of a regimen, its class, and its own dates."""

    name: Text
    drug_class: DrugClass
    first_dose: Day | None = None
    last_dose: Day | None = None

    def __post_init__(self) -> None:
        the_days_are_in_order(self.first_dose, self.last_dose, ("first_dose", "last_dose"))


@fact("therapy.line_recorded")
class TherapyLineRecorded(Fact):
    """One line of earlier therapy was written down, drug by drug."""

    line: Ordinal
    regimen: Text
    drugs: tuple[TherapyDrug, ...]
    transplant: Literal["autologous", "allogeneic"] | None = None
    """A transplant that was part of this line."""
    transplant_day: Day | None = None
    response: Response | None = None
    """Best response to the line."""
    since: Day | None = None
    until: Day | None = None
    reason_stopped: Text | None = None

    def __post_init__(self) -> None:
        the_days_are_in_order(self.since, self.until)


@fact("therapy.refractoriness_documented")
class TherapyRefractorinessDocumented(Fact):
    """The chart says that the disease progressed on or soon after a drug.

    Source: IMWG: progression on, or within 60 days of the last dose of, the drug.
    """

    drug: Text
    drug_class: DrugClass | None = None
    first_dose: Day | None = None
    last_dose: Day
    progressed_on: Day
    document: Identifier | None = None
    """The document that says so, by its reference."""
    provider: Identifier | None = None

    def __post_init__(self) -> None:
        the_days_are_in_order(self.first_dose, self.last_dose, ("first_dose", "last_dose"))


@fact("clearance.recorded")
class ClearanceRecorded(Fact):
    """An organ, a performance status or a pathology was examined before the therapy."""

    kind: ClearanceKind
    value: Number | None = None
    unit: Text | None = None
    result: Literal["cleared", "not cleared", "pending"]
    text: LongText | None = None
    provider: Identifier | None = None
    document: Identifier | None = None


@fact("laboratory.resulted")
class LaboratoryResulted(Fact):
    """A laboratory result came back."""

    test: Text
    code: Code | None = None
    loinc: Identifier | None = None
    value: Number | None = None
    unit: Text | None = None
    text: LongText | None = None
    abnormal: bool | None = None
    collected_on: Day | None = None
    """The day on which the specimen was taken, where it is not the day of the result."""
    order: Identifier | None = None


@fact("document.filed")
class DocumentFiled(Fact):
    """A document was put into the chart; the ledger holds its reference and digest only."""

    kind: Text
    """What it is. `compendium citation`: its reference says where a compendium supports the use,
    which answers NCD 110.24 for a use off label."""
    reference: Identifier
    digest: Digest | None = None
    title: Text | None = None
    pages: Ordinal | None = None
