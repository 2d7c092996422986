"""Which documented conditions belong to a bill, in the order in which they count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged
from veinledger.domain.facts.toxicity import ConditionDocumented
from veinledger.domain.reports import Record
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill, service_of

Told = tuple[Record, Condition]
"""A condition, and the record that documents it."""


def is_a_stay(bill: Bill) -> bool:
    """Whether it is the hospital's claim of a stay: it alone has a principal diagnosis, an
    admitting one, and tells what was present on admission.
    """
    return bill.inpatient and bill.form == "UB-04"


@once
def admission(bill: Bill) -> tuple[Record, PatientAdmitted] | None:
    """Why the patient came: the stay's admission, or that of an emergency or observation visit."""
    if bill.stay is not None:
        return bill.stay.admitted, bill.stay.admission
    fact = bill.anchor.fact
    return (bill.anchor, fact) if isinstance(fact, PatientAdmitted) else None


def on_a_day_of(bill: Bill, day: date) -> bool:
    """Whether a day is one of the stay, of a service, or of the visit from coming to leaving.

    A payment window moves the diagnoses of a day with its services (Noridian JEA).
    """
    came = admission(bill)
    if bill.stay is not None or came is None:
        return bill.bills_day(day)
    left = [record.day for record, _ in _discharges(bill)]
    return came[0].day <= day <= max([bill.last_day, *left])


@once
def discharge_list(bill: Bill) -> tuple[Told, ...]:
    """What the coder listed, in the coder's order; what was ruled out has no place in it."""
    return tuple(
        (record, condition)
        for record, fact in _discharges(bill)
        for condition in fact.conditions
        if condition.certainty != "ruled out"
    )


@once
def conditions(bill: Bill) -> tuple[Told, ...]:
    """The coder's list, what providers documented, and the reason for coming where no list is.

    An admitting diagnosis is provisional: beside a coder's list it stands in its own field alone
    (UB-04 form locator 69), and not among the diagnoses of the stay.
    """
    listed, came = discharge_list(bill), admission(bill)
    documented = tuple(
        (record, fact.condition)
        for record, fact in bill.case.seen.of(ConditionDocumented)
        if _belongs(bill, record, fact)
    )
    reason = came[1].admitting_condition if came is not None and not listed else None
    coming = ((came[0], reason),) if came is not None and reason is not None else ()
    return (*listed, *documented, *coming)


@once
def confirmed(bill: Bill) -> tuple[Told, ...]:
    """Those that have a code and are sure: a suspicion is no diagnosis."""
    return tuple(
        (record, condition)
        for record, condition in conditions(bill)
        if condition.code is not None and condition.certainty == "confirmed"
    )


def _discharges(bill: Bill) -> Iterator[tuple[Record, PatientDischarged]]:
    """The discharge of the stay; outside a bed, that of the account."""
    stay = bill.stay
    if stay is not None:
        if stay.discharged is not None and stay.discharge is not None:
            yield stay.discharged, stay.discharge
        return
    for record, fact in bill.case.seen.of(PatientDischarged):
        where = fact.service
        same = where.account is not None and where.account == bill.account
        if same and where.patient_class != "inpatient" and not bill.inpatient:
            yield record, fact


def _belongs(bill: Bill, record: Record, fact: ConditionDocumented) -> bool:
    """Its account's claim, a window's included, or that of its day."""
    if fact.account is None:
        return on_a_day_of(bill, record.day)
    if fact.account == bill.account:
        return True
    moved = [each for each in bill.services if each.key in bill.moved]
    accounts = {(service.account, r.day) for r in moved if (service := service_of(r))}
    return (fact.account, record.day) in accounts
