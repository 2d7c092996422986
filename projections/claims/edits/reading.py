"""What an edit reads: the lines of a claim, and what people posted and coded for its account.

The rules pick codes that are in force and units that follow from doses. An edit that looked at the
lines alone would find nothing; what the billing system posted and the coder listed is where the
errors stand that a payer finds first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.patient import PatientDischarged
from veinledger.domain.findings import Finding, Severity
from veinledger.domain.reports import Record
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill, service_of
from veinledger.projections.claims.edits.registry import Draft
from veinledger.projections.claims.shapes import Line


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Charged:
    """A HCPCS or CPT code with its units: a line of the claim, or a charge that was posted."""

    records: tuple[str, ...]
    """Report keys."""
    code: str
    day: date
    through: date
    units: Decimal
    modifiers: tuple[str, ...]
    revenue: str | None
    where: str
    """On the claim, or posted to its account: as a sentence names it."""

    def __str__(self) -> str:
        return f"{self.code} of {self.day} {self.where}"


def say(
    records: Iterable[str],
    reason: str,
    remedy: str,
    severity: Severity = "warning",
    *,
    holds: bool = False,
) -> Finding:
    """A finding about records by their keys; the registry adds the edit's name and its source."""
    return Finding(
        rule="",
        severity="critical" if holds else severity,
        reason=reason,
        remedy=remedy,
        source="",
        records=tuple(dict.fromkeys(records)),
        holds=holds,
    )


@once
def charged(draft: Draft) -> tuple[Charged, ...]:
    """The lines of a claim, then what was posted to its account in its days."""
    return (*listed(draft), *posted(draft))


@once
def listed(draft: Draft) -> tuple[Charged, ...]:
    """The lines of a claim that have a code."""
    return tuple(_as_listed(line) for line in draft.claim.lines if line.code)


@once
def posted(draft: Draft) -> tuple[Charged, ...]:
    """What the billing system posted with a code to the account of a claim, in its days.

    A professional claim has no charges of a hospital's billing system.
    """
    every = posted_on_any_day(draft)
    return tuple(each for each in every if _is_of_its_days(draft.bill, each.day))


@once
def posted_on_any_day(draft: Draft) -> tuple[Charged, ...]:
    """The same without its days: a dose on the wrong day is on no claim, and still charged."""
    return tuple(
        _as_posted(record, fact, fact.hcpcs)
        for record, fact in _charges_of(draft.bill)
        if fact.hcpcs is not None
    )


def _charges_of(bill: Bill) -> Iterator[tuple[Record, ChargePosted]]:
    """Every charge of the bill's accounts, those of services moved onto it included."""
    if bill.part == "professional" and bill.setting != "office":
        return
    services = (service_of(record) for record in bill.services)
    accounts = {bill.account, *(service.account for service in services if service)}
    for record, fact in bill.case.seen.of(ChargePosted):
        if None in accounts or fact.service.account in accounts:
            yield record, fact


def _as_posted(record: Record, fact: ChargePosted, code: str) -> Charged:
    return Charged(
        records=(record.key,),
        code=code,
        day=fact.service_date,
        through=fact.service_date,
        units=fact.units,
        modifiers=fact.modifiers,
        revenue=fact.revenue_code,
        where="posted to its account",
    )


def discharge_of(bill: Bill) -> tuple[Record, PatientDischarged] | None:
    """The discharge of an inpatient bill with what its coder listed, where it has come."""
    stay = bill.stay
    if stay is None or stay.discharged is None or stay.discharge is None:
        return None
    return stay.discharged, stay.discharge


def _as_listed(line: Line) -> Charged:
    return Charged(
        records=line.basis.records,
        code=line.code,
        day=line.day,
        through=line.through or line.day,
        units=line.units,
        modifiers=line.modifiers,
        revenue=line.revenue_code,
        where="on the claim",
    )


def _is_of_its_days(bill: Bill, day: date) -> bool:
    return bill.first_day <= day <= bill.last_day or bill.bills_day(day)
