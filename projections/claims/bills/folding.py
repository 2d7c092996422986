"""The charges of the collection under a payer that pays for it inside the product.

A site tracks collection and preparation on lines of their own, or folds their charges into the
product's line; never both. The first claim sent fixes it for the encounter. Only what belongs to
the cells that were infused is folded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, cast

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.json_text import object_in
from veinledger.domain.lifecycle.stages import BEFORE_INFUSION, Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill, Folding
from veinledger.projections.claims.bills.used_cells import used_cells

Way = Literal["tracked", "folded"]

TRACKING_REVENUE: Final = (
    "revenue_cell_collection",
    "revenue_cell_transport_preparation",
    "revenue_cell_receipt_preparation",
)
PRODUCT_REVENUE: Final = "revenue_cell_product"
INSIDE_THE_PRODUCT: Final = "tracking_only"
"""The word of the code book's `collection_payment` where the product's payment includes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Tracked or folded, and who decided so."""

    way: Way
    reason: str
    fixed_by: tuple[Record, ...] = ()
    """The claim that fixed it, where the site would now do otherwise."""


def with_folding(case: Case, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    """The same bills, each of A and C told where the charges of the collection stand."""
    infusion = _infusion(case, found)
    told = {
        bill.key: folding
        for bill in found
        if (folding := _of_collection(bill, infusion)) is not None
    }
    if infusion is not None:
        told |= _of_infusion(infusion, found, told)
    return tuple(
        replace(bill, folding=told[bill.key]) if bill.key in told else bill for bill in found
    )


def _of_collection(bill: Bill, infusion: Bill | None) -> Folding | None:
    """What becomes of the collections on a bill, piece by piece."""
    choice = _choice(bill) if _holds_collections(bill, infusion) else None
    if choice is None or choice.way == "tracked":
        return _tracked(choice)
    verdicts = {record.key: _verdict(bill, record, infusion) for record in _collections(bill)}
    waits = [why for word, why in verdicts.values() if word == "waits"]
    return Folding(
        way="folded",
        reason=choice.reason,
        fixed_by=choice.fixed_by,
        folded=tuple(key for key, (word, _) in verdicts.items() if word == "folded"),
        kept={key: why for key, (word, why) in verdicts.items() if word == "kept"},
        waits="; ".join(dict.fromkeys(waits)),
    )


def _of_infusion(
    infusion: Bill, found: tuple[Bill, ...], told: dict[str, Folding]
) -> dict[str, Folding]:
    """What the infusion's claim takes in: collections, and its own receipt where outpatient."""
    choice = _choice(infusion)
    if choice is None or choice.way == "tracked" or _no_room(infusion):
        tracked = _tracked(choice)
        return {infusion.key: tracked} if tracked and infusion.key not in told else {}
    own = told.get(infusion.key)
    taken = [_cut(bill, told[bill.key].folded) for bill in found if bill.key in told]
    folding = Folding(
        way="folded",
        reason=choice.reason,
        fixed_by=choice.fixed_by,
        folded=own.folded if own else (),
        kept=own.kept if own else {},
        parts=tuple(each for each in taken if each.services),
        receipt=not infusion.inpatient and not _not_received(infusion),
    )
    return {infusion.key: folding}


def _tracked(choice: _Choice | None) -> Folding | None:
    """Lines of their own, as ever; told only where the site would now do otherwise."""
    if choice is None or not choice.fixed_by:
        return None
    return Folding(way="tracked", reason=choice.reason, fixed_by=choice.fixed_by)


def _cut(bill: Bill, keys: tuple[str, ...]) -> Bill:
    services = tuple(record for record in bill.services if record.key in keys)
    return replace(bill, services=services, folding=None)


def _infusion(case: Case, found: tuple[Bill, ...]) -> Bill | None:
    """The bill of the first infusion, the first fraction of it."""
    first = next((record.key for record, _ in case.infusions()), None)
    held = (bill for bill in found if first in {record.key for record in bill.services})
    return next((bill for bill in held if bill.leads and bill.bills_the_product), None)


def _collections(bill: Bill) -> tuple[Record, ...]:
    """The collections and preparations of a bill; of a stay, those that a window moved there."""
    kinds = (ApheresisCompleted, CellsPrepared)
    return tuple(
        record
        for record in bill.services
        if isinstance(record.fact, kinds) and (not bill.inpatient or record.key in bill.moved)
    )


def _holds_collections(bill: Bill, infusion: Bill | None) -> bool:
    ours = bill.facility is not None and bill.form == "UB-04"
    here = bill.kind == "A" or bill is infusion
    return ours and here and bool(_collections(bill))


def _choice(bill: Bill) -> _Choice | None:
    """By the first claim sent to this payer, else by the site; None where the payer pays for it."""
    case, on = bill.case, bill.payer_day
    entry = case.rules.find("collection_payment", on, case.coverage_kind(on))
    covered = case.coverage(on)
    if covered is None or entry is None or entry.code != INSIDE_THE_PRODUCT:
        return None
    if bill.form != "UB-04" or bill.facility is None:
        return None
    site, now = _setting(bill, _first_collection(bill)), _setting(bill, bill.last_day)
    sent = _sent(case, covered[1].payer)
    if sent is None:
        return _Choice(way=site, reason="the site's directory says so")
    record, way = sent
    return _Choice(
        way=way,
        reason="the first claim sent did so",
        fixed_by=(record,) if {site, now} != {way} else (),
    )


def _first_collection(bill: Bill) -> date:
    """One day asks the directory for the whole encounter, so that two collections never differ."""
    seen = bill.case.seen
    done = (*seen.of(ApheresisCompleted), *seen.of(CellsPrepared))
    return min((record.day for record, _ in done), default=bill.first_day)


def _setting(bill: Bill, on: date) -> Way:
    facility = bill.case.facility(bill.biller, on) or bill.facility
    return facility.collection_charges if facility else "tracked"


def _sent(case: Case, payer: str) -> tuple[Record, Way] | None:
    """The first claim of a collection or an infusion that went to a payer and shows the way."""
    for record, fact in case.seen.of(ClaimSubmitted):
        if fact.kind in ("A", "C") and fact.payer == payer and fact.frequency != "8":
            way = _shown_by(case, fact, record.day)
            if way is not None:
                return record, way
    return None


def _shown_by(case: Case, fact: ClaimSubmitted, on: date) -> Way | None:
    """A product's line without anything folded into it shows as well that charges are tracked."""
    lines = _lines(fact)
    if any(line.get("folded") and isinstance(line["folded"], list) for line in lines):
        return "folded"
    shows = (*TRACKING_REVENUE, PRODUCT_REVENUE) if fact.kind == "C" else TRACKING_REVENUE
    found = (case.rules.find(meaning, on) for meaning in shows)
    codes = {entry.code for entry in found if entry}
    shown = (line.get("revenue_code") for line in lines)
    return "tracked" if any(isinstance(code, str) and code in codes for code in shown) else None


def _lines(fact: ClaimSubmitted) -> list[dict[str, object]]:
    """The lines of a claim as it was sent; none where its text is no claim of ours."""
    lines = object_in(fact.claim).get("lines")
    if not isinstance(lines, list):
        return []
    each = cast("list[object]", lines)
    return [cast("dict[str, object]", line) for line in each if isinstance(line, dict)]


def _verdict(bill: Bill, record: Record, infusion: Bill | None) -> tuple[str, str]:
    """Folded, kept or waiting, and why."""
    if infusion is None:
        return _before_the_infusion(bill.case, record.fact)
    why = _kept_because(bill, record, infusion)
    if why:
        return "kept", why
    if _not_received(infusion):
        return "waits", "the receipt of the infused product is not reported"
    return "folded", ""


def _kept_because(bill: Bill, record: Record, infusion: Bill) -> str:
    """Why a collection is not part of the infused product's price, or nothing."""
    if record.key not in used_cells(bill.case):
        return "no report links it to the cells that were infused"
    if infusion.biller != bill.biller:
        return "another provider bills the infusion"
    payers = [each.case.coverage(each.payer_day) for each in (bill, infusion)]
    if len({covered[1].payer if covered else "" for covered in payers}) > 1:
        return "the infusion has another payer"
    choice = _choice(infusion)
    taken = choice is not None and choice.way == "folded"
    return _no_room(infusion) or ("" if taken else "the infusion's claim takes no other charge")


def _no_room(infusion: Bill) -> str:
    """Why no charge can be folded into the product's line, or nothing."""
    if infusion.form != "UB-04":
        return "the infusion is billed on a professional claim"
    acquired = infusion.case.infusions()[0][1].acquisition
    if acquired != "purchased":
        return f"the product was acquired as {acquired}: its token charge holds no other charge"
    return ""


def _not_received(infusion: Bill) -> bool:
    return infusion.case.receipt(infusion.case.infusions()[0][1].chain_of_identity) is None


def _before_the_infusion(case: Case, fact: Fact) -> tuple[str, str]:
    """Cells whose batch failed, or of an encounter that ended, are not infused any more."""
    state = case.seen.state
    batch = state.batches.get(chain_of(fact) or "")
    failed = batch is not None and batch.stage is Stage.MANUFACTURING_FAILED
    if failed or state.stage not in BEFORE_INFUSION:
        return "kept", "nothing made of these cells was infused"
    return "waits", "nobody knows yet whether these cells are infused"
