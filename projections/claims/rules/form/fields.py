"""What the form itself asks for: type of bill, place, authorization, remarks, and a payer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.authorization import (
    AuthorizationExtended,
    AuthorizationGranted,
    AuthorizedService,
)
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.projections.case.case import SELF_PAY
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, basis, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.visits.place import place_of_service
from veinledger.projections.claims.shapes import ClaimKind, Coded
from veinledger.projections.claims.told import told

AUTHORIZES: Final[dict[ClaimKind, frozenset[AuthorizedService]]] = {
    "A": frozenset({"apheresis"}),
    "B": frozenset({"lymphodepletion"}),
    "C": frozenset({"product", "infusion", "admission"}),
    "D": frozenset({"admission"}),
    "E": frozenset({"surveillance"}),
    "E0": frozenset({"surveillance"}),
}


@rule("A", "B", "C", "D", "E", "E0", source="NGS article 12587596; evidence R59, R60")
def a_hospital_bill_has_a_type_and_an_office_bill_a_place(bill: Bill) -> Iterator[Said]:
    """Type of bill without its frequency digit on a UB-04, place of service on a CMS-1500."""
    if bill.form == "CMS-1500":
        yield place_of_service(bill)
        return
    system = bill.facility.payment_system if bill.facility else None
    meaning = "bill_type_inpatient" if bill.inpatient else "bill_type_outpatient"
    yield coded(bill, meaning, As(role="type of bill", records=(bill.anchor,), key=system))


@rule("A", "B", "C", "D", "E", "E0", source="house rule: a claim uses the coverage of its date")
def a_claim_names_its_payer(bill: Bill) -> Iterator[Said]:
    """Without a coverage on its day nobody can be billed."""
    if bill.case.coverage(bill.payer_day) is None:
        yield finding(
            (bill.anchor,),
            "no coverage is in force on the day whose coverage pays",
            "report the coverage with its first day",
        )


@rule("A", "B", "C", "D", "E", "E0", source="house rule: rules of billing differ by kind of payer")
def the_directory_knows_the_payer_as_the_coverage_does(bill: Bill) -> Iterator[Said]:
    """Of a payer that no page knows, or knows as another kind, nobody can say what he wants."""
    covered, payer = bill.case.coverage(bill.payer_day), bill.case.payer(bill.payer_day)
    if covered is None or covered[1].kind == SELF_PAY:
        return
    if payer is None:
        yield finding(
            (covered[0],),
            f"the directory has no payer {covered[1].payer} on the day whose coverage pays",
            "add the payer to the directory, or correct the coverage",
        )
    elif payer.kind != covered[1].kind:
        yield finding(
            (covered[0],),
            f"the coverage says {covered[1].kind}, the directory knows {payer.name} as "
            f"{payer.kind}",
            "correct the coverage or the directory: the kind decides what is billed, and how",
        )


@rule("A", "B", "C", "D", source="house rule: an inpatient claim bills a stay")
def an_inpatient_service_stands_in_a_reported_stay(bill: Bill) -> Iterator[Said]:
    """A service to a patient in a bed, of whose admission nobody told."""
    if bill.inpatient and bill.stay is None:
        yield finding(
            bill.services,
            "the service was given to an inpatient and no admission covers its day",
            "report the admission, or correct the patient class of the service",
        )


@rule("C", source="First Coast, NCD 110.24 billing; evidence R56")
def the_product_name_stands_in_the_remarks(bill: Bill) -> Iterator[Said]:
    """Where the payer's contractor looks for it."""
    kind, rules = bill.case.coverage_kind(bill.payer_day), bill.case.rules
    entry = rules.find("product_name_in_remarks", bill.last_day, kind)
    name, infused = bill.case.product.remarks, next(bill.of(CellsInfused), None)
    if name is None or infused is None:
        return
    differs = rules.differs("product_name_in_remarks", bill.last_day, kind)
    if entry is None:
        yield from told(differs, "nothing", name)
        return
    yield Coded(
        basis=basis((infused[0],), entry),
        code=name,
        label=entry.label,
        role="remarks",
        confidence=entry.confidence,
        differs=told(differs, name),
    )


@rule("A", "B", "C", "D", "E", "E0", source="page: PA reference, boxes 23 and 63")
def the_authorization_stands_on_the_claim(bill: Bill) -> Iterator[Said]:
    """The number of every authorization of the payer that covers the service and its first day."""
    covered = bill.case.coverage(bill.payer_day)
    for record, fact in bill.case.seen.of(AuthorizationGranted):
        wanted = AUTHORIZES[bill.kind] & set(fact.services)
        mine = covered is not None and fact.payer == covered[1].payer
        until = _extended(bill, fact)
        if wanted and mine and fact.since <= bill.anchor.day <= (until or date.max):
            yield Coded(
                basis=basis((record,)),
                code=fact.reference,
                label=f"authorized: {', '.join(sorted(wanted))}",
                role="authorization",
            )


def _extended(bill: Bill, granted: AuthorizationGranted) -> date | None:
    """The last day of an authorization, extensions included."""
    days = [
        fact.until
        for _, fact in bill.case.seen.of(AuthorizationExtended)
        if (fact.payer, fact.reference) == (granted.payer, granted.reference)
    ]
    return max([granted.until, *days]) if granted.until is not None else None
