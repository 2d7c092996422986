"""Whether the product was given for what its page says, and what of the page nobody verified."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.indication import (
    cell_dose,
    fits,
    is_documented_in_full,
    named,
    referral,
    regimen,
)
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.told import plain

MILLION = Decimal(1_000_000)


@rule("C", source="the product page's indications; evidence R76")
def the_indication_is_on_the_product_page_on_the_day(bill: Bill) -> Iterator[Said]:
    """What the patient was referred for is an indication on the day of the infusion.

    A referral from before the label changed is told only where the record does not show that the
    patient meets the label of the day.
    """
    infused, found = _first(bill), referral(bill.case)
    if infused is None or found is None or named(bill.case, infused.day):
        return
    product, edition = bill.case.product, bill.case.rules.edition
    today = product.indications_on(infused.day, edition)
    had = [x for x in product.indications if x.called(found[1]) and edition in x.editions]
    if had and any(is_documented_in_full(bill.case, each, infused.day) for each in today):
        return
    was = f"was on it {had[-1].span}" if had else "was never on it"
    yield finding(
        (found[0], infused),
        f"the referral's indication is not on the page of {product.brand} on {infused.day}: it "
        f"{was}; the page has {_listed(today)}",
        "see whether the patient meets an indication of the day, and correct the referral; else "
        "ask the payer before the claim goes out",
        holds=False,
    )


@rule("C", source="the product page's indications; evidence R34; page: denial 5")
def the_documented_disease_fits_the_indication(bill: Bill) -> Iterator[Said]:
    """The diagnosis is one of the indication's, or of any, where the referral names none."""
    infused, case = _first(bill), bill.case
    assessed = case.assessment(infused.day) if infused else None
    if infused is None or assessed is None or assessed[1].code is None:
        return
    code, day = assessed[1].code, infused.day
    asked = named(case, day) or case.product.indications_on(day, case.rules.edition)
    if not asked or any(fits(case, each, code, day) for each in asked):
        return
    yield finding(
        (assessed[0], infused),
        f"the documented disease is no diagnosis of {_listed(asked)}, for which "
        f"{case.product.brand} is given",
        "have the diagnosis, or the indication of the referral, checked against the chart",
        holds=False,
    )


@rule("C", source="the product page's doses; evidence R77")
def a_number_of_cells_outside_the_dose_is_told(bill: Bill) -> Iterator[Said]:
    """One unit is billed whatever the number; a payer may ask why it was another."""
    first = next((fact.chain_of_identity for _, fact in bill.of(CellsInfused)), None)
    of_dose = [pair for pair in bill.of(CellsInfused) if pair[1].chain_of_identity == first]
    parts = [(record, fact) for record, fact in of_dose if fact.cells is not None]
    if not parts or len(parts) < len(of_dose):
        return
    weight = next((fact.weight for _, fact in parts if fact.weight is not None), None)
    dose = cell_dose(bill.case, parts[0][0].day, weight)
    if dose is None or (weight is None and dose.flat_least is None):
        return
    cells = sum((Decimal(fact.cells or 0) for _, fact in parts), Decimal(0))
    least, most = dose.range(weight or Decimal(0))
    if not least <= cells <= most:
        yield finding(
            [record for record, _ in parts],
            f"the cells infused are outside the dose of {plain(least / MILLION)} to "
            f"{plain(most / MILLION)} x 10^6 for this patient [{dose.row}]",
            "compare with the maker's certificate; where it is right, keep the deviation at hand",
            holds=False,
        )


@rule("B", "C", source="house rule: what could not be verified says so")
def what_nobody_verified_on_the_product_page_is_told(bill: Bill) -> Iterator[Said]:
    """Doses, regimens and indications that rest on a recollection, where the claim meets them."""
    used = dict.fromkeys(_unverified(bill))
    if used:
        yield finding(
            bill.services,
            f"not verified on the page of {bill.case.product.brand}: {', '.join(used)}",
            "look it up in the label before anybody relies on it; a site page with its source "
            "takes the place of the shipped one",
            severity="notice",
            holds=False,
        )


def _unverified(bill: Bill) -> Iterator[str]:
    case = bill.case
    for record, fact in bill.of(CellsInfused):
        dose = cell_dose(case, record.day, fact.weight)
        if dose is not None and dose.confidence == "unverified":
            yield "the cell dose"
        if any(each.confidence == "unverified" for each in named(case, record.day)):
            yield "the indication"
    for record, _ in bill.of(LymphodepletionDoseGiven):
        asked = regimen(case, record.day)
        if asked is not None and asked.confidence == "unverified":
            yield "the lymphodepletion"


def _first(bill: Bill) -> Record | None:
    return next((record for record, _ in bill.of(CellsInfused)), None)


def _listed(indications: tuple[Indication, ...]) -> str:
    return "; ".join(each.label for each in indications) or "no indication"
