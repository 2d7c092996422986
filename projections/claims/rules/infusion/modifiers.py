"""Modifiers of the product's line and of the acts around it, each by its meaning and its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.rules.drugs.acquired_under_340b import modifier_340b
from veinledger.projections.claims.rules.infusion.trial import trial_modifier
from veinledger.projections.claims.shapes import Differs, Line
from veinledger.projections.claims.told import told

Modifiers = tuple[tuple[str, ...], tuple[Differs, ...]]
"""The codes, those that decide the payment first, and what the other edition says."""

MOST: Final = 4
"""A service line of the 837 has room for so many."""


def of_the_product(bill: Bill, said: Line, infused: CellsInfused) -> Modifiers:
    """Fraction, attestation, nothing discarded, 340B and trial, as far as each applies."""
    day = said.day
    found = [
        *_of_fraction(bill, day),
        attested(bill, day),
        _none_discarded(bill, said),
        _under_340b(bill, said, infused),
        trial_modifier(bill, day, "product"),
    ]
    return _together(found)


def of_an_act(bill: Bill, day: date, *, giving: bool) -> Modifiers:
    """The attestation on the giving of the cells, and the trial's on any act."""
    kept = [attested(bill, day)] if giving else []
    act: Literal["administration", "preparation"] = "administration" if giving else "preparation"
    return _together([*kept, trial_modifier(bill, day, act)])


def attested(bill: Bill, day: date) -> Modifiers:
    """On a professional claim to Medicare, as long as there was a REMS to attest to."""
    if bill.case.coverage_kind(bill.payer_day) != "FFS":
        return (), ()
    return _by_meaning(bill, "rems_attestation", day, bill.form)


def _of_fraction(bill: Bill, day: date) -> Iterator[Modifiers]:
    """On every fraction that it is one, and from the second on that it is another."""
    if bill.fraction is None:
        return
    yield _by_meaning(bill, "dose_fraction", day)
    if not bill.leads:
        yield _by_meaning(bill, "dose_fraction_repeated", day)


def _none_discarded(bill: Bill, said: Line) -> Modifiers:
    """Where the contractor takes the bag for a single-dose container, and pays for its line."""
    entry = _by_contractor(bill, "product_none_discarded", said.day)
    wanted = entry is not None and entry.code == "on_separately_paid_lines"
    if not wanted or said.payment != "billed":
        return (), ()
    code = bill.case.rules.find("drug_none_discarded", said.day)
    differs = bill.case.rules.differs("product_none_discarded", said.day, _kind(bill))
    return (code.code,) if code else (), told(differs, code.code if code else None, "nothing")


def _under_340b(bill: Bill, said: Line, infused: CellsInfused) -> Modifiers:
    """On a hospital's outpatient line that is paid by itself."""
    if bill.form != "UB-04" or said.payment != "billed":
        return (), ()
    codes = modifier_340b(bill, said.day, infused.acquired_under_340b)
    differs = bill.case.rules.differs("acquired_under_340b_reporting", said.day, _kind(bill))
    return codes, told(differs, " ".join(codes), "nothing") if codes else ()


def _by_contractor(bill: Bill, meaning: str, day: date) -> Entry | None:
    """The entry for the Medicare contractor, else for the payer's kind, else the general one."""
    covered = bill.case.coverage(bill.payer_day)
    contractor = covered[1].mac if covered else None
    for key in (contractor, _kind(bill)):
        entry = bill.case.rules.find(meaning, day, key)
        if entry is not None and key in entry.only_for:
            return entry
    return bill.case.rules.find(meaning, day)


def _by_meaning(bill: Bill, meaning: str, day: date, key: str | None = None) -> Modifiers:
    entry = bill.case.rules.find(meaning, day, key)
    differs = told(bill.case.rules.differs(meaning, day, key))
    return (entry.code,) if entry else (), differs


def _together(found: list[Modifiers]) -> Modifiers:
    codes = tuple(code for codes, _ in found for code in codes)
    return codes, tuple(each for _, differs in found for each in differs)


def _kind(bill: Bill) -> str | None:
    return bill.case.coverage_kind(bill.payer_day)
