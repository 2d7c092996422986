"""The product's line: the whole dose, then what is folded into it, then one fraction of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.fractions import charge_of, units_of
from veinledger.projections.claims.lines import BY_LINE, Given, Paid, line
from veinledger.projections.claims.rules.collection import collected
from veinledger.projections.claims.rules.infusion.acts import RECEIPT, act
from veinledger.projections.claims.rules.infusion.labels import label_ndc
from veinledger.projections.claims.rules.infusion.modifiers import of_the_product
from veinledger.projections.claims.rules.infusion.parts import dose, token_charge
from veinledger.projections.claims.rules.infusion.posted import product_as_posted
from veinledger.projections.claims.shapes import Differs, Line
from veinledger.projections.claims.told import told

SURE: Final = ("unverified", "low", "medium", "high")
"""Confidence, the least first."""


def product_line(bill: Bill) -> Line | Finding | None:
    """The dose as it goes onto this claim; none without a receipt, or where nobody bought it and
    no token stands for it.
    """
    said = whole_dose(bill)
    if not isinstance(said, Line):
        return said
    folded = folded_lines(bill)
    if folded:
        said = replace(_folded(said, folded), differs=(*said.differs, *_fold_differs(bill)))
    if bill.fraction is not None:
        said = _fraction(said, bill.fraction)
    modifiers, differs = of_the_product(bill, said, dose(bill)[0][1])
    return replace(said, modifiers=modifiers, differs=(*said.differs, *differs))


def whole_dose(bill: Bill) -> Line | Finding | None:
    """One unit at the product's own charge, or at a token."""
    parts = dose(bill)
    received = bill.case.receipt(parts[0][1].chain_of_identity) if parts else None
    if received is None:
        return None
    (first, infused), codes = parts[0], bill.case.product.codes
    token = None if infused.acquisition == "purchased" else token_charge(bill)
    if infused.acquisition != "purchased" and token is None:
        return None
    ndc = label_ndc(bill.case, infused, received[1], first.day)
    measure = bill.case.rules.find("ndc_unit", first.day) if ndc else None
    given = Given(
        records=(*(record for record, _ in parts), received[0]),
        revenue="revenue_cell_product",
        quantity="1 therapeutic dose, whatever the weight and the number of bags",
        ndc=ndc,
        ndc_quantity=Decimal(1) if ndc else None,
        ndc_measure=measure.code if measure else None,
        day=first.day,
    )
    if token is None:
        given = product_as_posted(bill, codes.dose, given, first.day)
    said = line(bill, codes.dose, given if token is None else _at_a_token(bill, given, token))
    if isinstance(said, Finding):
        return said
    more = _more_differs(bill, first)
    told_of = replace(said, differs=(*said.differs, *more))
    return told_of if token is None else _as_sure_as(bill, told_of, infused, token)


def folded_lines(bill: Bill) -> tuple[Line | Finding, ...]:
    """The lines that the product's line stands for: collections, preparations, the receipt."""
    if bill.folding is None or bill.folding.way != "folded":
        return ()
    return tuple(_folded_into(bill))


def _folded_into(bill: Bill) -> Iterator[Line | Finding]:
    folding = bill.folding
    for part in folding.parts if folding else ():
        yield from (each for each in collected(part) if isinstance(each, Line | Finding))
    parts = dose(bill)
    if folding is not None and folding.receipt and parts:
        yield act(bill, RECEIPT, parts[0][0].day)


def _folded(said: Line, folded: tuple[Line | Finding, ...]) -> Line:
    """With their charges and records; unknown as a whole where one of them is not known."""
    lines = [each for each in folded if isinstance(each, Line)]
    charges = [said.charge, *(each.charge for each in lines)]
    known = [charge for charge in charges if charge is not None]
    complete = len(known) == len(charges) and len(lines) == len(folded)
    keys = tuple(dict.fromkeys(key for each in lines for key in each.basis.records))
    records = tuple(dict.fromkeys((*said.basis.records, *keys)))
    codes = ", ".join(f"{each.code} of {each.day}" for each in lines)
    return replace(
        said,
        charge=sum(known, Decimal(0)) if complete else None,
        quantity=f"{said.quantity}; with the charges of {codes}",
        folded=keys,
        basis=replace(said.basis, records=records),
    )


def _fold_differs(bill: Bill) -> tuple[Differs, ...]:
    """The other edition has the collection as a paid line, whatever a site does."""
    rules, on = bill.case.rules, bill.payer_day
    difference = rules.differs("collection_payment", on, bill.case.coverage_kind(on))
    return told(difference, "charges of the collection folded in", "a paid line of its own")


def _fraction(said: Line, fraction: tuple[int, int]) -> Line:
    units, (number, of) = units_of(fraction), fraction
    return replace(
        said,
        units=units,
        quantity=f"{said.quantity}; fraction {number} of {of}",
        ndc_quantity=units if said.ndc else None,
        charge=None if said.charge is None else charge_of(said.charge, fraction),
    )


def _at_a_token(bill: Bill, given: Given, token: Entry) -> Given:
    """The token in place of the list price; outside a bed nobody pays for such a line."""
    amount = token.unit.amount if token.unit else Decimal(0)
    column = _column(bill)
    return replace(
        given,
        charge=amount,
        covered=column is None or column.code != "not_covered",
        paid=BY_LINE
        if bill.inpatient
        else Paid(payment="tracking", reason=f"nobody bought the product: {token.source}"),
    )


def _column(bill: Bill) -> Entry | None:
    """Which column of an outpatient claim the token stands in; in a stay it is covered."""
    return None if bill.inpatient else bill.case.rules.find("token_charge_column", bill.last_day)


def _as_sure_as(bill: Bill, said: Line, infused: CellsInfused, token: Entry) -> Line:
    """No surer than the word on which the token stands there."""
    column = _column(bill)
    words = [said.confidence, token.confidence, *((column.confidence,) if column else ())]
    return replace(
        said,
        confidence=min(words, key=SURE.index),
        quantity=f"{said.quantity}; acquired as {infused.acquisition}, a token charge",
        differs=(*said.differs, *token_differs(bill)),
    )


def token_differs(bill: Bill) -> tuple[Differs, ...]:
    """A line with a token charge here and no product line there, or the other way round."""
    kind = bill.case.coverage_kind(bill.payer_day)
    difference = bill.case.rules.differs("product_token_charge", bill.last_day, kind)
    if difference is None:
        return ()
    words = ("a product line with a token charge", "no product line")
    here, there = words if difference.this else words[::-1]
    return told(difference, here, there)


def _more_differs(bill: Bill, first: Record) -> tuple[Differs, ...]:
    """Another label for the product, and another way to bill an office's dose."""
    rules, codes = bill.case.rules, bill.case.product.codes
    label = told(rules.differs(codes.ndc, first.day)) if codes.ndc else ()
    office = bill.setting == "office"
    fraction = told(rules.differs("office_dose_fraction", bill.last_day)) if office else ()
    return (*label, *fraction)
