"""Claim C: the dose once, on day 0, its charge, and the procedure code of a stay."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.findings import Finding
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.fractions import fractions_needed
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.infusion.modifiers import MOST
from veinledger.projections.claims.rules.infusion.parts import bags_here, bought, dose
from veinledger.projections.claims.rules.infusion.product import (
    folded_lines,
    product_line,
    token_differs,
    whole_dose,
)
from veinledger.projections.claims.shapes import Line
from veinledger.projections.claims.told import plain


@rule("C", source="CMS HCPCS Level II, per therapeutic dose; evidence R13, R14, R65")
def the_dose_is_billed_once_on_day_0(bill: Bill) -> Iterator[Said]:
    """One unit whatever the weight and the bags; nothing that was not received and infused."""
    parts = dose(bill)
    if not parts:
        return
    first, infused = parts[0]
    if bill.case.receipt(infused.chain_of_identity) is None:
        yield finding(
            (first,),
            "the cells were infused and no receipt of the product is in effect",
            "report the receipt under the same chain of identity; the dose is billed then",
            severity="critical",
        )
        return
    said = product_line(bill)
    if said is not None:
        yield said
    elif infused.acquisition != "purchased":
        yield from token_differs(bill)


@rule("C", source="NGS article 12587596: more than a token tells of a purchase; evidence R57")
def a_bought_product_is_charged_above_a_token(bill: Bill) -> Iterator[Said]:
    """At a dollar or less Medicare takes it for a gift, and pays a fraction of MS-DRG 018."""
    said = whole_dose(bill)
    entry = bill.case.rules.find("product_line_charge", bill.last_day)
    medicare = bill.case.coverage_kind(bill.payer_day) == "FFS"
    if not isinstance(said, Line) or not bought(bill) or not (medicare and bill.inpatient):
        return
    if entry is None or entry.unit is None:
        return
    if said.charge is None or not said.covered or said.charge <= entry.unit.amount:
        charged = "none" if said.charge is None else f"${plain(said.charge)}"
        yield finding(
            (bill.anchor,),
            f"the product was bought, and its covered charge is {charged}: the payer needs more "
            f"than ${plain(entry.unit.amount)} to see the purchase",
            "post the product's charge to the stay, or correct how it was acquired",
            severity="critical",
        )


@rule("C", source="CGS on SE19009: charges of the collection in the product's line; evidence R05")
def every_folded_charge_is_known(bill: Bill) -> Iterator[Said]:
    """A product's line that should hold another charge waits until that is known."""
    unknown = [
        each for each in folded_lines(bill) if isinstance(each, Finding) or each.charge is None
    ]
    if unknown:
        named = ", ".join(f"{x.code} of {x.day}" for x in unknown if isinstance(x, Line))
        yield finding(
            (bill.anchor,),
            f"charges are folded into the product's line, and some are not known: {named}",
            "post them, or add them to the site's charges",
        )


@rule("C", source="MM12928 / CR 12928: the Part B system holds seven digits; evidence R14")
def each_fraction_stays_under_the_limit_of_a_line(bill: Bill) -> Iterator[Said]:
    """A dearer line cannot be sent; more fractions make smaller ones."""
    said, whole = product_line(bill), whole_dose(bill)
    entry = bill.case.rules.find("professional_line_limit", bill.last_day)
    medicare = bill.case.coverage_kind(bill.payer_day) == "FFS"
    if bill.setting != "office" or not (bill.fraction or medicare):
        return
    if not isinstance(said, Line) or not isinstance(whole, Line) or not (entry and entry.unit):
        return
    if said.charge is None or whole.charge is None or said.charge < entry.unit.amount:
        return
    least = fractions_needed(whole.charge, entry.unit.amount)
    yield finding(
        (bill.anchor,),
        f"a fraction of the dose is charged ${plain(said.charge)}, and a line of this form stays "
        f"under ${plain(entry.unit.amount)}",
        f"set dose_fractions of the payer to {least} at least",
        severity="critical",
    )


@rule("C", source="ASC X12 837: a service line has four modifiers")
def a_product_line_holds_four_modifiers(bill: Bill) -> Iterator[Said]:
    """What is one too many cannot be sent, and leaving it out is a decision."""
    said = product_line(bill)
    if isinstance(said, Line) and len(said.modifiers) > MOST:
        yield finding(
            (bill.anchor,),
            f"the product's line has {len(said.modifiers)} modifiers: {', '.join(said.modifiers)}",
            f"have a coder choose the {MOST} that this payer needs",
        )


@rule("C", source="ICD-10-PCS; evidence R28, R29, R33")
def an_inpatient_infusion_is_coded_by_product_and_access(bill: Bill) -> Iterator[Said]:
    """The procedure code that leads to the product's group, by vein, on the day of discharge."""
    if not bill.inpatient:
        return
    for record, fact in bags_here(bill):
        meaning = bill.case.product.infusion_code(fact.access)
        if meaning is None:
            yield finding(
                (record,),
                f"the product page names no procedure code for {fact.access} access",
                "add the meaning to the product page, or have a coder choose the code",
            )
        else:
            yield coded(bill, meaning, As(role="procedure", records=(record,), day=record.day))
