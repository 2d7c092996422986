"""The least that each fact needs to be valid, as a report would say it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import FACTS

OUTPATIENT = {"facility": "main", "class": "outpatient"}
DRUG = {"dose": 55.5}
DIGEST = "ab" * 32

_KNOWN: dict[str, dict[str, Any]] = {
    "acute_monitoring.ended": {},
    "apheresis.completed": {"donation_number": "D-1", "service": OUTPATIENT},
    "apheresis.failed": {"reason": "no access", "service": OUTPATIENT},
    "appeal.answered": {"patient_control_number": "P1", "level": 1, "outcome": "upheld"},
    "appeal.filed": {"patient_control_number": "P1", "payer": "x", "level": 1, "reason": "r"},
    "appointment.booked": {
        "appointment": "AP1",
        "kind": "neurology",
        "scheduled_for": "2026-06-01",
    },
    "appointment.cancelled": {"appointment": "AP1"},
    "authorization.denied": {"payer": "x", "reason": "r"},
    "authorization.extended": {"payer": "x", "reference": "r", "until": "2026-12-31"},
    "authorization.granted": {
        "payer": "x",
        "reference": "r",
        "services": ["apheresis"],
        "since": "2026-01-01",
    },
    "authorization.pended": {"payer": "x", "reason": "r"},
    "authorization.requested": {"payer": "x", "services": ["apheresis"]},
    "bridging.given": {"regimen": "DPd", "service": OUTPATIENT},
    "cells.infused": {
        "chain_of_identity": "COI-1",
        "bags": 1,
        "extent": "complete",
        "access": "peripheral",
        "verifiers": ["rn-1", "rn-2"],
        "service": {"facility": "main", "class": "inpatient"},
    },
    "cells.prepared": {"chain_of_identity": "COI-1"},
    "cells.shipped": {"chain_of_identity": "COI-1"},
    "certification.recorded": {
        "subject": "main",
        "role": "infusion facility",
        "programme": "FACT",
        "since": "2026-01-01",
    },
    "charge.posted": {
        "revenue_code": "0891",
        "units": 1,
        "amount": 10,
        "service_date": "2026-05-01",
        "service": OUTPATIENT,
    },
    "claim.answered": {"patient_control_number": "P1", "kind": "accepted"},
    "claim.submitted": {
        "claim_key": "C/UB-04/main/ab",
        "kind": "C",
        "label": "C1",
        "form": "837I",
        "payer": "x",
        "billing_provider": "main",
        "anchor": "ab",
        "claim": "{}",
        "claim_version": 1,
        "patient_control_number": "P1",
        "total": 10,
        "edition": "public",
        "rule_pack": DIGEST,
        "position_known": 1,
    },
    "clearance.recorded": {"kind": "ECOG", "result": "cleared"},
    "condition.documented": {"condition": {"code": "C90.00"}},
    "coverage.recorded": {"payer": "x", "kind": "FFS", "since": "2026-01-01"},
    "crs.graded": {"grade": 1},
    "disease.assessed": {"status": "not in remission"},
    "document.filed": {"kind": "report", "reference": "DOC-1"},
    "encounter.completed": {},
    "encounter.continued": {"continues": "E0"},
    "encounter.linked": {"survivor": "E0"},
    "encounter.opened": {
        "product": "carvykti",
        "indication": "second_line",
        "patient": "P-1",
        "centre": "main",
    },
    "encounter.withdrawn": {"reason": "the patient chose otherwise"},
    "finding.settled": {
        "finding": "rule/abc",
        "decision": "accepted",
        "credential": "CCS",
        "reason": "r",
    },
    "icans.graded": {"grade": 1},
    "infusion.cancelled": {"chain_of_identity": "COI-1", "reason": "fever"},
    "laboratory.resulted": {"test": "IgG"},
    "lymphodepletion.dose_given": {
        "agent": "fludarabine",
        "drug": DRUG,
        "service": OUTPATIENT,
    },
    "lymphodepletion.held": {"reason": "fever"},
    "manufacturing.failed": {"chain_of_identity": "COI-1", "reason": "no growth"},
    "manufacturing.released": {
        "chain_of_identity": "COI-1",
        "lot": "L-1",
        "specification": "in",
    },
    "manufacturing.started": {"chain_of_identity": "COI-1"},
    "monitoring.day_completed": {},
    "neurology.visit_completed": {"service": OUTPATIENT},
    "neurology.visit_missed": {},
    "patient.admitted": {
        "reason": "infusion",
        "service": {"facility": "main", "class": "inpatient"},
    },
    "patient.advised": {"advice": ["no driving"]},
    "patient.died": {},
    "patient.discharged": {
        "status": "01",
        "service": {"facility": "main", "class": "inpatient"},
    },
    "patient.lost_to_follow_up": {},
    "patient.measured": {"weight": 70},
    "patient.merged": {"patient": "P-2", "surviving": "P-1"},
    "patient.registered": {
        "patient": "P-1",
        "family_name": "Doe",
        "birth_date": "1956-02-29",
        "sex": "female",
        "mrn": "1",
        "authority": "main",
    },
    "patient.status_changed": {"after": "inpatient"},
    "patient.updated": {"patient": "P-1", "family_name": "Roe"},
    "product.deviation_accepted": {
        "chain_of_identity": "COI-1",
        "provider": "dr-1",
        "pathway": "expanded access",
        "number": "EAP-1",
    },
    "product.ordered": {"chain_of_identity": "COI-1"},
    "product.received": {"chain_of_identity": "COI-1"},
    "product.rejected": {"chain_of_identity": "COI-1", "reason": "thawed on arrival"},
    "product.thawed": {"chain_of_identity": "COI-1"},
    "records.corrected": {
        "changes": [{"kind": "void", "sequence": 1, "hash": DIGEST}],
        "reason": "keyed twice",
    },
    "registry.form_filed": {"form": "4000"},
    "report.confirmed": {"target": DIGEST, "reason": "seen in the chart"},
    "report.assigned": {"target": DIGEST, "reason": "the wristband says so"},
    "report.discarded": {"target": DIGEST, "reason": "another patient's"},
    "support.enrolled": {"programme": "hub"},
    "supportive.given": {
        "agent": "levetiracetam",
        "drug": DRUG,
        "indication": "prophylaxis",
        "service": OUTPATIENT,
    },
    "surveillance.plan_filed": {"document": "DOC-1"},
    "therapy.line_recorded": {
        "line": 1,
        "regimen": "RVd",
        "drugs": [{"name": "bortezomib", "drug_class": "PI"}],
    },
    "therapy.refractoriness_documented": {
        "drug": "lenalidomide",
        "last_dose": "2026-01-01",
        "progressed_on": "2026-01-15",
    },
    "tocilizumab.given": {"drug": {"dose": 560}, "service": OUTPATIENT},
    "toxicity.observed": {"kind": "other"},
}


class _Least(dict[str, dict[str, Any]]):
    """What is known, and for a fact that nobody has thought of here yet, the least by its shape."""

    def __missing__(self, name: str) -> dict[str, Any]:
        made: dict[str, Any] = _least(shape_of(FACTS[name]))
        return made


MINIMAL = _Least(_KNOWN)


def _least(shape: Shape) -> Any:
    if shape.kind == "group":
        named = {name: alias for alias, name in shape.aliases.items()}
        needed = {name: inner for name, inner in shape.fields.items() if inner.required}
        return {named.get(name, name): _least(inner) for name, inner in needed.items()}
    if shape.kind == "list":
        return [_least(item) for item in shape.items] if shape.fixed else []
    plain = {"whole number": 1, "number": 1, "truth": True, "day": "2026-05-01"}
    if shape.kind in plain:
        return plain[shape.kind]
    return shape.choices[0] if shape.choices else _text(shape)


def _text(shape: Shape) -> str:
    """A text that its pattern and its validators take."""
    for text in ("x", "2026-05-01", "A1", "0891", DIGEST, "57894-111-01", "{}"):
        if re.search(shape.limits.get("pattern", ""), text) and _pleases(shape, text):
            return text
    raise LookupError(f"no sample for {shape.wanted}: add one to tests/minimal.py")


def _pleases(shape: Shape, text: str) -> bool:
    try:
        for validator in shape.validators:
            validator(text)
    except ValueError:
        return False
    return True


@cache
def _adapter(name: str) -> TypeAdapter[Fact]:
    return TypeAdapter(FACTS[name])


def fact_of(name: str, **fields: Any) -> Fact:
    """A valid fact of a type: the least it needs, with these fields said besides."""
    said = MINIMAL[name] | fields
    return _adapter(name).validate_json(json.dumps(said, default=str))
