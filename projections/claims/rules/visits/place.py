"""Where a professional claim says that the patient was seen, and what telehealth adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.groups import Service
from veinledger.projections.claims.bills.bill import Bill, service_of
from veinledger.projections.claims.bills.visits import Visit, leading_visit
from veinledger.projections.claims.lines import As, coded
from veinledger.projections.claims.lines import finding as found
from veinledger.projections.claims.registry import Said, rule

TELEHEALTH: Final = {
    "home": "place_telehealth_home",
    "elsewhere": "place_telehealth_elsewhere",
}
"""By where the patient was."""


def place_of_service(bill: Bill) -> Said:
    """The place of service of a professional claim; that of its leading visit, where it has one."""
    visit = leading_visit(bill)
    records = (visit.record,) if visit else (bill.anchor,)
    meaning = _by_telehealth(bill, visit) if visit else None
    stands = As(role="place of service", records=records)
    return coded(bill, meaning or _in_person(bill, visit), stands)


@rule("E", "E0", source="NGS, telehealth changes for 2024; docs/editions.md")
def a_telehealth_visit_says_where_the_patient_was(bill: Bill) -> Iterator[Said]:
    """At home and elsewhere are different places of service and are paid differently."""
    visit = leading_visit(bill)
    if visit is None or visit.fact.patient_at is not None:
        return
    use = telehealth_use(bill, visit)
    if bill.part == "professional" and use is not None and use.code != AS_IN_PERSON:
        yield found(
            (visit.record,),
            "the visit was by telehealth and nobody said where the patient was",
            "report the visit again with the patient's place: at home, or elsewhere",
        )


AS_IN_PERSON: Final = "place_as_in_person"
FROM_HOSPITAL_TO_HOME: Final = "modifier_from_hospital_to_home"


def telehealth_use(bill: Bill, visit: Visit) -> Entry | None:
    """How the payer of the day wants a telehealth visit; None where it is none."""
    if visit.fact.mode != "telehealth":
        return None
    kind = bill.case.coverage_kind(visit.day)
    return bill.case.rules.find("telehealth_visits", visit.day, kind)


def telehealth_modifier(bill: Bill, visit: Visit) -> str | None:
    """The meaning of the modifier of a telehealth visit, where the payer wants one."""
    use = telehealth_use(bill, visit)
    if use is None:
        return None
    to_the_home = bill.setting == "outpatient" and visit.fact.patient_at == "home"
    return "telehealth_by_video" if use.code != FROM_HOSPITAL_TO_HOME or to_the_home else None


def _by_telehealth(bill: Bill, visit: Visit) -> str | None:
    """The patient's place; elsewhere, the lower paid of the two, until somebody says it."""
    use = telehealth_use(bill, visit)
    if use is None or use.code == AS_IN_PERSON:
        return None
    return TELEHEALTH[visit.fact.patient_at or "elsewhere"]


def _in_person(bill: Bill, visit: Visit | None) -> str:
    service: Service | None = visit.service if visit else service_of(bill.anchor)
    if bill.setting == "office" or service is None:
        return "place_office"
    if service.patient_class == "emergency":
        return "place_emergency_room"
    seen_at = bill.case.facility(service.facility, bill.anchor.day)
    off = seen_at is not None and seen_at.campus == "off"
    return "place_off_campus_outpatient" if off else "place_on_campus_outpatient"
