"""What was not bought: free, trial and expanded-access product is never billed in silence."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.treatment import (
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, basis, coded, finding
from veinledger.projections.claims.mechanism import adjustment
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.infusion.parts import (
    bags_here,
    bought,
    dose,
    of_the_product,
    token_charge,
)
from veinledger.projections.claims.shapes import Coded
from veinledger.projections.claims.told import told


@rule("B", "C", "D", source="CR 14247 / R13460CP; NGS 12587596; evidence R57, R58")
def what_was_not_bought_waits_for_a_coder(bill: Bill) -> Iterator[Said]:
    """A free drug changes charge and codes; so does a product, where no token stands for it."""
    for record in bill.services:
        acquired = _acquired(record)
        if acquired in (None, "purchased"):
            continue
        if not isinstance(record.fact, CellsInfused):
            yield finding(
                (record,),
                f"acquired as {acquired}: its charge, codes and payment are not a purchased one's",
                "have a coder set charge, condition code and notes; this version does not yet",
                severity="critical",
            )
        elif token_charge(bill) is None:
            yield finding(
                (record,),
                f"acquired as {acquired}: the dose is not billed{_adjusted(bill)}",
                "have a coder decide on a token product line, value codes and notes",
                severity="critical",
            )


@rule("C", source="IPPS final rules, CMS IPPS Pricer; CR 14247 / R13460CP; evidence R58")
def the_adjustment_factor_of_the_fiscal_year_is_known(bill: Bill) -> Iterator[Said]:
    """A year without its factor is an error; last year's is never taken for it."""
    adjusted = adjustment(bill)
    if adjusted is None or adjusted.factor is not None:
        return
    yield finding(
        (bill.anchor,),
        f"the payment of MS-DRG 018 is adjusted, and the code book has no factor for fiscal year "
        f"{adjusted.fiscal_year}",
        f"add car_t_no_cost_adjustment from {adjusted.fiscal_year - 1}-10-01 to the MS-DRG page, "
        "with the factor and its final rule",
        severity="critical",
    )


@rule("C", source="NGS article 12587596; evidence R57: what is not verified says so")
def a_token_charge_without_a_source_is_told(bill: Bill) -> Iterator[Said]:
    """How payers other than Medicare, and Medicare outside a bed, take a gift is not verified."""
    token = token_charge(bill) if dose(bill) and not bought(bill) else None
    if token is None:
        return
    column = bill.case.rules.find("token_charge_column", bill.last_day)
    words = [token, *((column,) if column and not bill.inpatient else ())]
    unsure = [each for each in words if each.confidence == "unverified"]
    if unsure:
        yield finding(
            (bill.anchor,),
            "the product was not bought and stands on the claim with a token charge; no source "
            "seen says how this payer wants it there",
            "ask the payer how it takes a product that was not bought",
            severity="notice",
            holds=False,
        )


@rule("C", source="house rule: what nobody bought carries no price; evidence R57")
def a_price_posted_for_a_gift_is_told(bill: Bill) -> Iterator[Said]:
    """It stands on no line, and the site's books still have it."""
    parts = dose(bill)
    if not parts or bought(bill):
        return
    own = bill.case.rules.find(bill.case.product.codes.dose, parts[0][0].day)
    account = parts[0][1].service.account or bill.account
    priced = [
        record
        for record, fact in bill.case.posted(account)
        if bill.bills_day(fact.service_date)
        and (of_the_product(bill, fact) if fact.hcpcs is None else own and fact.hcpcs == own.code)
    ]
    if priced:
        yield finding(
            (*priced, bill.anchor),
            "a charge is posted for the product, and nobody bought it: the claim leaves it out",
            "take the charge off the account, or correct how the product was acquired",
            holds=False,
        )


@rule("C", source="house rule: makers rarely sell what is out of specification; docs/lifecycle.md")
def a_bag_out_of_specification_was_hardly_bought(bill: Bill) -> Iterator[Said]:
    """The price of a bag that came free would be billed to a payer who owes nothing for it."""
    entry = bill.case.rules.find("out_of_specification_acquisition", bill.last_day)
    for record, fact in bags_here(bill)[:1]:
        batch = bill.case.seen.state.batches.get(fact.chain_of_identity)
        out = batch is not None and batch.out_of_specification
        if entry is not None and out and fact.acquisition == "purchased":
            yield finding(
                (record,),
                "the bag was released out of specification and is reported as bought",
                "confirm with the pharmacy how it was acquired; correct the report, or have this "
                "finding settled with the invoice at hand",
                severity="critical",
            )


@rule("C", source="NGS article 12587596; evidence R58")
def expanded_access_has_a_condition_code_and_its_note(bill: Bill) -> Iterator[Said]:
    """A hospital claim says that the product was given under expanded access, and no other."""
    given = tuple(record for record, f in bags_here(bill) if f.acquisition == "expanded access")
    if not given or bill.form != "UB-04":
        return
    rules, kind = bill.case.rules, bill.case.coverage_kind(bill.payer_day)
    if rules.find("expanded_access", bill.last_day) is None:
        yield from told(rules.differs("expanded_access", bill.last_day))
        return
    yield coded(bill, "expanded_access", As(role="condition code", records=given))
    note = rules.find("expanded_access_note", bill.last_day, kind)
    if note is not None:
        yield Coded(
            basis=basis(given, note),
            code=note.title,
            label=note.label,
            role="note",
            confidence=note.confidence,
            differs=told(
                rules.differs("expanded_access_note", bill.last_day, kind), note.title, "nothing"
            ),
        )


def _adjusted(bill: Bill) -> str:
    """What the code book says that this does to the payment of a stay."""
    entry = bill.case.rules.find("no_cost_product", bill.last_day) if bill.inpatient else None
    return f"; {entry.label[0].lower()}{entry.label[1:]} [{entry.row}]" if entry else ""


def _acquired(record: Record) -> str | None:
    match record.fact:
        case CellsInfused(acquisition=acquisition):
            return acquisition
        case LymphodepletionDoseGiven(drug=drug) | TocilizumabGiven(drug=drug):
            return drug.acquisition
        case _:
            return None
