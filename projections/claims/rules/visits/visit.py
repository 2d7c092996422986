"""Claims E: the neurology visits after the infusion, and the baseline before it."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, Code, Given, coded, finding, line_of
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.disease import disease, documented
from veinledger.projections.claims.shapes import Role
from veinledger.projections.claims.told import told


@rule("E", "E0", "C", "D", source="page: Claims E+; research/codes.md R11")
def a_visit_is_billed_by_the_code_that_its_provider_chose(bill: Bill) -> Iterator[Said]:
    """The level of a visit is the provider's to choose; without a code it is a query."""
    for record, fact in bill.of(NeurologyVisitCompleted):
        if fact.cpt is None:
            yield finding(
                (record,),
                "the visit has no code for its level",
                "ask the provider for the code, with the minutes or the level of the decision",
            )
            continue
        rules = bill.case.rules
        known = rules.book.carrying("CPT", fact.cpt, on=record.day, edition=rules.edition)
        code = Code(fact.cpt, known[0].label if known else "visit", known[0] if known else None)
        yield line_of(bill, code, Given(records=(record,), revenue="revenue_clinic_visit"))


@rule("E", "E0", source="page: Claims E+; research/codes.md R37, R38, R43")
def a_visit_is_coded_by_what_was_documented(bill: Bill) -> Iterator[Said]:
    """Documented conditions, then what stands for findings, then the status of the patient."""
    first: Role = "first-listed"
    for record, fact in bill.of(NeurologyVisitCompleted):
        role = first
        for condition in fact.conditions:
            if condition.code is not None and condition.certainty == "confirmed":
                yield documented(bill, record, condition, role)
                role = "secondary"
        use = bill.case.rules.find("parkinsonism_code_use", record.day)
        if fact.findings and use is not None and use.code == "visits_with_findings":
            yield _parkinsonism(bill, record, role)
            role = "secondary"
        if _status_is_due(bill, record):
            yield _status(bill, record, role)
        elif role == first:
            yield disease(bill, first)


@rule("E", "E0", source="research/codes.md R43")
def a_status_that_the_other_edition_alone_puts_here_is_told(bill: Bill) -> Iterator[Said]:
    """Before the infusion there is nothing to be a status of."""
    for record, _ in bill.of(NeurologyVisitCompleted):
        there = bill.case.elsewhere.rules
        use = there.find("surveillance_status_use", record.day)
        every = use is not None and use.code == "every_visit"
        if every and not _status_is_due(bill, record):
            code = there.find("surveillance_status", record.day)
            difference = bill.case.rules.differs("surveillance_status_use", record.day)
            yield from told(difference, "nothing", code.code if code else None)


def _status_is_due(bill: Bill, visit: Record) -> bool:
    use = bill.case.rules.find("surveillance_status_use", visit.day)
    return use is not None and (use.code == "every_visit" or bill.kind == "E")


def _status(bill: Bill, visit: Record, role: Role) -> Said:
    """The status code; it rests on the visit, and on the infusion where there was one."""
    rules = bill.case.rules
    records = (visit, *(record for record, _ in bill.case.infusions()[:1] if bill.kind == "E"))
    differs = told(rules.differs("surveillance_status", visit.day))
    if bill.kind == "E0":
        entry = rules.find("surveillance_status", visit.day)
        use = rules.differs("surveillance_status_use", visit.day)
        differs = told(use, entry.code if entry else None, "nothing")
    stands = As(role=role, records=records, day=visit.day)
    return coded(bill, "surveillance_status", stands, differs)


def _parkinsonism(bill: Bill, visit: Record, role: Role) -> Said:
    entry = bill.case.rules.find("parkinsonism_after_car_t", visit.day)
    differs = told(
        bill.case.rules.differs("parkinsonism_code_use", visit.day),
        entry.code if entry else None,
        "nothing without a documented condition",
    )
    stands = As(role=role, records=(visit,), day=visit.day)
    return coded(bill, "parkinsonism_after_car_t", stands, differs)
