"""An encounter that every gate about the patient lets pass, told in parts that a story changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from tests.given import Payer, day, opened, record, service
from veinledger.domain.facts.authorization import AuthorizationGranted, AuthorizationRequested
from veinledger.domain.facts.disease import (
    ClearanceKind,
    ClearanceRecorded,
    DiseaseAssessed,
    DrugClass,
    TherapyDrug,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, SurveillancePlanFiled
from veinledger.domain.facts.toxicity import ConditionDocumented
from veinledger.domain.reports import Record

VISITS: Final = ("baseline", "+1 month", "+3 months", "+6 months", "+12 months")
ASKED_ON: Final = -50
"""The day on which the payer was asked."""
CLASS: Final[dict[str, DrugClass]] = {
    "bortezomib": "PI",
    "carfilzomib": "PI",
    "lenalidomide": "IMiD",
    "pomalidomide": "IMiD",
    "daratumumab": "anti-CD38",
    "isatuximab": "anti-CD38",
    "dexamethasone": "steroid",
    "ibrutinib": "BTK inhibitor",
    "rituximab": "anti-CD20",
}


def cleared(kind: ClearanceKind, number: int, result: Any = "cleared", **more: Any) -> Record:
    """An examination of a day, and what it said."""
    fact = ClearanceRecorded(kind=kind, result=result, **more)
    return record(fact, number, f"{kind} {result} {number}")


def line(number: int, regimen: str, *drugs: str, **more: Any) -> Record:
    """A line of therapy with all that a log wants, each in a year of its own."""
    told: dict[str, Any] = {
        "since": day(-2000 + 400 * number),
        "until": day(-1700 + 400 * number),
        "response": "PR",
        "reason_stopped": "progression",
        **more,
    }
    listed = tuple(TherapyDrug(name=each, drug_class=CLASS[each]) for each in drugs)
    fact = TherapyLineRecorded(line=number, regimen=regimen, drugs=listed, **told)
    return record(fact, -85, f"line {number} {regimen}")


def refractory(last: int = -150, progressed: int = -130, **more: Any) -> Record:
    """Refractory to lenalidomide, by its days counted from the infusion."""
    told: dict[str, Any] = {
        "first_dose": day(-1600),
        "document": "DOC-LEN",
        "drug_class": "IMiD",
        **more,
    }
    drug = told.pop("drug", "lenalidomide")
    fact = TherapyRefractorinessDocumented(
        drug=drug, last_dose=day(last), progressed_on=day(progressed), **told
    )
    return record(fact, -85, f"refractory {drug} {last} {progressed}")


def two_lines() -> list[Record]:
    """RVd and DRd: PI, IMiD and anti-CD38 in two lines."""
    return [
        line(1, "RVd", "lenalidomide", "bortezomib", "dexamethasone"),
        line(2, "DRd", "daratumumab", "lenalidomide", "dexamethasone"),
    ]


def four_lines() -> list[Record]:
    """The page's second patient: RVd, DRd, KPd, Isa-Pd."""
    return [
        *two_lines(),
        line(3, "KPd", "carfilzomib", "pomalidomide", "dexamethasone"),
        line(4, "Isa-Pd", "isatuximab", "pomalidomide", "dexamethasone"),
    ]


def assessed(number: int, status: Any, code: str | None) -> Record:
    """The disease, assessed on a day."""
    return record(DiseaseAssessed(code=code, status=status), number, f"assessed {number}")


def seen_by_neurology(number: int = -7, **more: Any) -> Record:
    """Neurology saw the patient."""
    fact = NeurologyVisitCompleted(service=service("office"), cpt="99214", **more)
    return record(fact, number, f"neurology {number}")


def planned(number: int = -60, visits: Iterable[str] = VISITS, **more: Any) -> Record:
    """The surveillance was planned."""
    fact = SurveillancePlanFiled(visits=tuple(visits), document="DOC-PLAN", **more)
    return record(fact, number, f"plan {number}")


def documented(code: str, number: int = -300, certainty: Any = "confirmed") -> Record:
    """A diagnosis in the chart."""
    condition = Condition(code=code, certainty=certainty)
    return record(ConditionDocumented(condition=condition), number, f"{code} {number}")


def granted(number: int = ASKED_ON + 4, payer: str = "harbor_health") -> Record:
    """The payer said yes."""
    fact = AuthorizationGranted(
        payer=payer, reference="AUTH-1", services=("apheresis", "infusion"), since=day(number)
    )
    return record(fact, number, f"granted {payer} {number}")


def requested(number: int = ASKED_ON, payer: str = "harbor_health") -> Record:
    """The payer was asked."""
    fact = AuthorizationRequested(payer=payer, services=("apheresis", "infusion"))
    return record(fact, number, f"asked {payer} {number}")


Part = Callable[[], list[Record]]
PARTS: Final[dict[str, Part]] = {
    "lines": two_lines,
    "refractory": lambda: [refractory()],
    "ecog": lambda: [cleared("ECOG", -60, value=Decimal(1))],
    "lvef": lambda: [cleared("LVEF", -60, value=Decimal(60), unit="%")],
    "pulmonary": lambda: [cleared("pulmonary", -60)],
    "renal": lambda: [cleared("renal", -60)],
    "hepatic": lambda: [cleared("hepatic", -60)],
    "infection": lambda: [cleared("infection", -7)],
    "pathology": lambda: [cleared("BCMA pathology", -60)],
    "imaging": lambda: [cleared("imaging", -55)],
    "autoimmune": lambda: [cleared("autoimmune", -60)],
    "baseline": lambda: [seen_by_neurology()],
    "plan": lambda: [planned()],
    "asked": lambda: [requested()],
    "measured": lambda: [
        record(PatientMeasured(weight=Decimal(70), bsa=Decimal("1.85")), -8, "measured -8")
    ],
}
"""What is told beside the referral, the coverage and the disease, by its part."""


def ready(referral: Iterable[Record] | None = None, **instead: Iterable[Record]) -> list[Record]:
    """An encounter ready for every step, some of its parts told otherwise; () leaves one out."""
    unknown = set(instead) - set(PARTS)
    assert not unknown, f"no part is called {unknown}"
    told = list(opened(indication="second_line") if referral is None else referral)
    for name, part in PARTS.items():
        told += instead[name] if name in instead else part()
    return told


def without(name: str, payer: Payer = "harbor_health") -> list[Record]:
    """A referral for the second line of which the facts of one name were never told."""
    told = opened(payer, indication="second_line")
    return [each for each in told if each.fact.type != name]
