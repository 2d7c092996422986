"""How a rule puts something on a claim: a line, a code, or a finding, each by its meaning.

A rule names meanings; the code, the revenue code, the charge and what the other edition would
say instead are looked up here, once for all rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.dollars import added, cents, times
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.findings import Finding, Severity
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill, Moved, service_of
from veinledger.projections.claims.bills.contract import (
    carves_out,
    case_rate,
    clause,
    fee_in_words,
    fixed_fee,
    is_product,
)
from veinledger.projections.claims.shapes import Basis, Coded, Differs, Line, Payment
from veinledger.projections.claims.told import told, word
from veinledger.projections.claims.words import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """How a line is paid, and why."""

    payment: Payment
    reason: str


BY_LINE = Paid(payment="billed", reason="paid by the line")
PROFESSIONAL_IN_THE_WINDOW: Final = "payment_window_professional"
"""The meaning of the modifier that marks a line of a wholly owned practice."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code with our own short words for it, and the book's entry where the book has one."""

    code: str
    label: str
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was given on one or several days, as one line bills it."""

    records: tuple[Record, ...]
    revenue: str
    """The meaning of its revenue code."""
    paid: Paid = BY_LINE
    units: Decimal = Decimal(1)
    quantity: str = ""
    modifiers: tuple[str, ...] = ()
    ndc: str | None = None
    ndc_quantity: Decimal | None = None
    ndc_measure: str | None = None
    charge: Decimal | None = None
    """Dollars, where the rule knows the charge better than the site's books."""
    covered: bool = True
    key: str | None = None
    """What the code book chooses the entry by: an NDC product, a kind of coverage."""
    day: date | None = None
    """The date of service, where it is not that of the records."""

    @property
    def first_day(self) -> date:
        """The first date of service."""
        return self.day or min(record.day for record in self.records)

    @property
    def last_day(self) -> date:
        """The last date of service."""
        return self.day or max(record.day for record in self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class As:
    """How a code stands on a claim: in which role, on which records, for which day."""

    role: Role
    records: tuple[Record, ...]
    day: date | None = None
    """The day of service or procedure; without it the claim's last day picks the code."""
    key: str | None = None
    present: str | None = None
    """Present on admission."""
    rank: int = 50
    amount: Decimal | None = None


def line(
    bill: Bill, meaning: str, given: Given, differs: tuple[Differs, ...] | None = None
) -> Line | Finding:
    """One service line, or a finding where the book has no code for it on its day."""
    entry = bill.case.rules.find(meaning, given.first_day, given.key)
    if entry is None:
        return no_code(meaning, given.first_day, given.records, bill.case.rules.known(meaning))
    if differs is None:
        differs = told(bill.case.rules.differs(meaning, given.first_day, given.key))
    return line_of(bill, Code(entry.code, entry.label, entry), given, differs)


def line_of(bill: Bill, code: Code, given: Given, differs: tuple[Differs, ...] = ()) -> Line:
    """One service line for a code that is known already: the provider chose it, or the book."""
    last = given.last_day
    revenue = _revenue(bill, given.revenue)
    charge, posted = _charge(bill, code.code, given, revenue)
    paid, moved = paid_of(bill, given.paid, code.code), moved_of(bill, given.records)
    return Line(
        basis=basis((*given.records, *posted), code.entry),
        code=code.code,
        label=code.label,
        day=given.first_day,
        through=None if last == given.first_day else last,
        units=given.units,
        quantity=given.quantity,
        revenue_code=revenue,
        modifiers=(*given.modifiers, *window_modifiers(bill, given)),
        ndc=given.ndc,
        ndc_quantity=given.ndc_quantity,
        ndc_measure=given.ndc_measure,
        charge=charge,
        covered=given.covered,
        payment=paid.payment,
        payment_reason=because(paid, moved),
        moved_from=moved.away_from if moved else None,
        confidence=code.entry.confidence if code.entry else "high",
        differs=differs,
    )


def moved_of(bill: Bill, records: Iterable[Record]) -> Moved | None:
    """Why the first of some records that an admission drew in stands here."""
    return next((bill.moved[record.key] for record in records if record.key in bill.moved), None)


def window_modifiers(bill: Bill, given: Given) -> tuple[str, ...]:
    """The modifier of a wholly owned practice whose service lies in a payment window."""
    beside = any(record.key in bill.beside_a_stay for record in given.records)
    entry = bill.case.rules.find(PROFESSIONAL_IN_THE_WINDOW, given.first_day) if beside else None
    return (entry.code,) if entry else ()


def because(paid: Paid, moved: Moved | None) -> str:
    """How a line is paid and, where it was drawn in, why it stands here."""
    return f"{paid.reason}; {moved.reason}" if moved else paid.reason


def paid_of(bill: Bill, own: Paid, code: str = "") -> Paid:
    """By the contract, by the group of the stay, else as its rule says."""
    contract = case_rate(bill)
    if contract is not None and carves_out(contract) and is_product(bill, code):
        return Paid(payment="billed", reason=f"beside the case rate: {clause(bill, contract)}")
    return _by_contract(bill) or (in_the_stay(bill) if bill.inpatient else own)


def in_the_stay(bill: Bill) -> Paid:
    """On an inpatient claim a line is paid by the contract, else by the group of the stay."""
    mechanism, reason = drg(bill)
    by_group = Paid(payment="bundled", reason=f"paid in {mechanism}: {reason}")
    return _by_contract(bill) or by_group


def _by_contract(bill: Bill) -> Paid | None:
    """By a case rate that includes the claim, or by a fixed fee for it."""
    contract = case_rate(bill)
    if contract is not None:
        return Paid(payment="bundled", reason=f"case rate: {clause(bill, contract)}")
    fee = fixed_fee(bill)
    if fee is None:
        return None
    return Paid(payment="bundled", reason=f"paid in the {fee_in_words(fee)}: {fee.clause}")


def drg(bill: Bill) -> tuple[str, str]:
    """The MS-DRG of an inpatient bill as a mechanism, and on whose word."""
    group, reason = group_of(bill)
    return f"MS-DRG {group}".rstrip(), reason


def group_of(bill: Bill) -> tuple[str, str]:
    """The product's group on the infusion, else the site grouper's; empty while there is none."""
    meaning = bill.case.product.codes.drg
    entry = bill.case.rules.find(meaning, bill.last_day) if meaning and bill.kind == "C" else None
    if entry is not None:
        return entry.code, word(entry)
    discharge = bill.stay.discharge if bill.stay else None
    if discharge is not None and discharge.drg is not None:
        return discharge.drg, "as the site's grouper assigned it"
    return "", "the group of the stay is not assigned yet"


def coded(
    bill: Bill, meaning: str, stands: As, differs: tuple[Differs, ...] | None = None
) -> Coded | Finding:
    """One code by its meaning, on the day that picks its edition of ICD-10 or of the form."""
    on = bill.coding_day(stands.day) if stands.day else bill.last_day
    entry = bill.case.rules.find(meaning, on, stands.key)
    if entry is None:
        return no_code(meaning, on, stands.records, bill.case.rules.known(meaning))
    if differs is None:
        differs = told(bill.case.rules.differs(meaning, on, stands.key))
    return Coded(
        basis=basis(stands.records, entry),
        code=entry.code,
        label=entry.label,
        role=stands.role,
        day=stands.day if stands.role == "procedure" else None,
        present_on_admission=stands.present,
        amount=stands.amount,
        rank=stands.rank,
        confidence=entry.confidence,
        differs=differs,
    )


def basis(records: Iterable[Record], entry: Entry | None = None) -> Basis:
    """What something rests on; the registry adds the rule."""
    keys = tuple(dict.fromkeys(record.key for record in records))
    return Basis(records=keys, book=word(entry) if entry else "")


def finding(
    records: Iterable[Record],
    reason: str,
    remedy: str,
    severity: Severity = "warning",
    *,
    holds: bool = True,
) -> Finding:
    """A finding; the registry adds the rule's name and its source."""
    return Finding(
        rule="",
        severity=severity,
        reason=reason,
        remedy=remedy,
        source="",
        records=tuple(dict.fromkeys(record.key for record in records)),
        holds=holds,
    )


def no_code(meaning: str, day: date, records: Iterable[Record], known: str = "") -> Finding:
    """The book has no code for something that was done; `known` is what it does know."""
    without = f"the code book has no code for {meaning.replace('_', ' ')} on {day} in this edition"
    found = finding(
        records,
        f"{without}; {known}" if known else without,
        "add a dated entry with its source to the code book, or have a coder choose a code",
    )
    return replace(found, rule="every_service_has_a_code_in_force", source="docs/editions.md")


def _revenue(bill: Bill, meaning: str) -> str | None:
    if bill.form != "UB-04":
        return None
    entry = bill.case.rules.find(meaning, bill.last_day)
    return entry.code if entry else None


def _charge(
    bill: Bill, code: str, given: Given, revenue: str | None
) -> tuple[Decimal | None, list[Record]]:
    """What the rule says, else what was posted for the code on these days, else the site's own."""
    if given.charge is not None:
        return cents(given.charge), []
    posted = [
        (record, fact.amount)
        for record, fact in bill.case.posted(_account(bill, given))
        if fact.hcpcs == code
        and given.first_day <= fact.service_date <= given.last_day
        and _of_this_part(bill, fact)
    ]
    if posted:
        return cents(added(amount for _, amount in posted)), [r for r, _ in posted]
    listed = bill.case.centre.charge(
        given.first_day, facility=bill.biller, revenue=revenue, hcpcs=code
    )
    return (cents(times(listed.amount, given.units)) if listed else None), []


def _of_this_part(bill: Bill, posted: ChargePosted) -> bool:
    """A hospital's charge is the place's own, unless it names the provider who bills the work."""
    named = posted.service.biller
    if bill.setting == "office":
        return True
    if bill.part == "professional":
        return named == bill.biller
    return bill.case.provider(named, posted.service_date) is None


def _account(bill: Bill, given: Given) -> str | None:
    """The account that the service was given under; a moved one keeps its own."""
    services = [service_of(record) for record in given.records]
    named = [service.account for service in services if service and service.account]
    return named[0] if named else bill.account
