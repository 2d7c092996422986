"""How much of an NDC a line bills: as the pharmacy counted it, else by the vials opened."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from veinledger.domain.codebook.ndc import eleven
from veinledger.domain.facts.groups import Vials
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.units import Portion

MEASURES: Final = ("UN", "ML", "ME", "GR", "F2")
"""Units of measure of an NDC line, X12 data element 355."""
PLACES: Final = Decimal("0.001")

Quantity = tuple[Decimal | None, str | None]


def ndc_quantity(bill: Bill, portion: Portion) -> Quantity:
    """All of the NDC that the doses took: quantity and measure, or neither where it is unknown."""
    if portion.first.ndc is None:
        return None, None
    return _dispensed(portion) or _vials(bill, portion) or (None, None)


def shared(quantity: Quantity, units: Decimal, discarded: Decimal) -> tuple[Quantity, Quantity]:
    """The parts of the given and of the discarded line, by their units; they add up to the whole.

    That each line states the part of the NDC that its own units stand for is our own reading: no
    source that was seen says how two lines of one vial share it.
    """
    whole, measure = quantity
    if whole is None or not discarded:
        return quantity, (None, None)
    rest = (whole * discarded / (units + discarded)).quantize(PLACES, rounding=ROUND_HALF_UP)
    return (whole - rest, measure), (rest, measure)


def _dispensed(portion: Portion) -> Quantity | None:
    """What the pharmacy counted, where every dose says it in one and the same measure."""
    drugs = [dose.drug for dose in portion.doses]
    measures = {drug.unit for drug in drugs}
    quantities = [drug.quantity for drug in drugs if drug.quantity]
    if len(quantities) < len(drugs) or len(measures) > 1 or drugs[0].unit not in MEASURES:
        return None
    return sum(quantities, Decimal(0)), drugs[0].unit


def _vials(bill: Bill, portion: Portion) -> Quantity | None:
    """Millilitres of a solution by its milligrams, vials of anything else by their number."""
    entry = bill.case.rules.find("ndc_unit", portion.first.day, portion.first.key)
    mine = eleven(portion.first.ndc or "")
    opened = [each for each in portion.vials if each.ndc is None or eleven(each.ndc) == mine]
    if entry is None or not opened:
        return None
    if entry.unit is not None:
        millilitres = _milligrams(portion, opened) / entry.unit.amount
        return millilitres.quantize(PLACES, rounding=ROUND_HALF_UP).normalize(), entry.code
    if len({each.milligrams for each in opened}) > 1:
        return None
    return Decimal(sum(each.count for each in opened)), entry.code


def _milligrams(portion: Portion, opened: list[Vials]) -> Decimal:
    """All that single-dose vials held; of a multi-dose vial what was given."""
    if any(each.kind == "multi-dose" for each in opened):
        return portion.milligrams
    return sum((each.milligrams * each.count for each in opened), Decimal(0))
