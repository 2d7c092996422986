"""What was left in opened single-dose vials: JW for whole units of it, JZ where there are none.

Only on drug lines that are paid for by themselves under Part B, and only for payers that ask for
it; what is paid in a stay or by a case rate, and what came from multi-dose vials, has neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import case_rate
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.drugs.doses import portions_of
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import plain, told
from veinledger.projections.claims.units import Portion

SOURCE = "CMS discarded drug policy, CR 13056; Noridian, JW and JZ; evidence R23, R27"


@rule("B", "C", "D", source=SOURCE)
def a_line_that_needs_jw_or_jz_says_what_was_opened(bill: Bill) -> Iterator[Said]:
    """Without the vials nobody knows whether anything was discarded."""
    for portion in portions_of(bill):
        if _asked(bill, portion) and not portion.vials:
            yield finding(
                portion.records,
                "no opened vials are reported, and the payer wants to know what was discarded",
                "report the dose again with the vials opened: NDC, mg in each, how many, and "
                "whether single-dose or multi-dose (count 0 for one opened before)",
            )


@rule("B", "C", "D", source=SOURCE)
def no_more_is_given_than_the_vials_held(bill: Bill) -> Iterator[Said]:
    """The vials, the dose or one of their numbers is wrong; a multi-dose vial may be older."""
    for portion in portions_of(bill):
        opened = opened_single(portion)
        if _only_single(portion) and portion.milligrams > opened:
            yield finding(
                portion.records,
                f"{plain(portion.milligrams)} mg are reported as given from vials that held "
                f"{plain(opened)} mg",
                "correct the dose or the vials opened; a vial that two doses shared is reported "
                "with one of them",
                holds=_asked(bill, portion),
            )


@rule("B", "C", "D", source=SOURCE)
def what_was_discarded_is_what_the_vials_had_left(bill: Bill) -> Iterator[Said]:
    """The amount that the chart calls discarded agrees with the vials and the dose."""
    for portion in portions_of(bill):
        left = opened_single(portion) - portion.milligrams
        noted = [dose.drug.discarded for dose in portion.doses if dose.drug.discarded is not None]
        whole = len(noted) == len(portion.doses) and _only_single(portion) and left >= 0
        if whole and sum(noted, Decimal(0)) != left:
            yield finding(
                portion.records,
                f"{plain(sum(noted, Decimal(0)))} mg are reported as discarded, and the vials "
                f"had {plain(left)} mg left",
                "correct the amount discarded, the dose or the vials; the chart must say the same",
                holds=_asked(bill, portion),
            )


@rule("B", "C", "D", source=SOURCE)
def a_dose_from_both_kinds_of_vial_is_told(bill: Bill) -> Iterator[Said]:
    """Single-dose vials count as used up first, which somebody should confirm."""
    for portion in portions_of(bill):
        if _asked(bill, portion) and len({vials.kind for vials in portion.vials}) > 1:
            yield finding(
                portion.records,
                "the dose was drawn from single-dose and from multi-dose vials; the line counts "
                "the single-dose ones as used up first",
                "confirm it, or report a dose for each kind with its own mg and vials",
                holds=False,
            )


def discarded_units(bill: Bill, portion: Portion) -> Decimal:
    """Whole units left in the single-dose vials, beyond those that the given line bills."""
    if not _asked(bill, portion) or not portion.vials:
        return Decimal(0)
    held = (opened_single(portion) / portion.size).to_integral_value(ROUND_FLOOR)
    return max(Decimal(0), held - portion.units)


def modifier_none_discarded(bill: Bill, portion: Portion) -> tuple[str, ...]:
    """JZ where vials are known and no whole unit is left of them, from its first day on."""
    entry = bill.case.rules.find("drug_none_discarded", portion.first.day)
    known = _asked(bill, portion) and bool(portion.vials)
    return (entry.code,) if entry and known and not discarded_units(bill, portion) else ()


def modifier_discarded(bill: Bill, portion: Portion) -> tuple[str, ...]:
    """JW on the line of what was discarded."""
    entry = bill.case.rules.find("drug_discarded", portion.first.day)
    return (entry.code,) if entry else ()


def arithmetic_of_the_rest(bill: Bill, portion: Portion) -> str:
    """How the discarded units were counted, as a person would write it."""
    held = (opened_single(portion) / portion.size).to_integral_value(ROUND_FLOOR)
    return (
        f"{plain(opened_single(portion))} mg opened at {plain(portion.size)} mg a unit: "
        f"{plain(held)} units, {plain(portion.units)} given, "
        f"{plain(discarded_units(bill, portion))} discarded"
    )


def differs_on_discarded(bill: Bill, portion: Portion) -> tuple[Differs, ...]:
    """One edition wants to know what was discarded, and the other only names the modifiers."""
    told_of = _reporting_differs(bill.case, portion.first.day)
    return told_of if told_of and _paid_by_the_line(bill, portion) else ()


@once
def _reporting_differs(case: Case, day: date) -> tuple[Differs, ...]:
    """How the editions differ on a day, where one of them wants to know."""
    found = case.rules.differs("discarded_drug_reporting", day, case.coverage_kind(day))
    sides = (found.this, found.other) if found else ()
    required = any(side is not None and side.code == "required" for side in sides)
    return told(found) if required else ()


def opened_single(portion: Portion) -> Decimal:
    """All that the opened single-dose vials held, mg."""
    single = (each for each in portion.vials if each.kind == "single-dose")
    return sum((each.milligrams * each.count for each in single), Decimal(0))


def _asked(bill: Bill, portion: Portion) -> bool:
    """Whether the line carries JW or JZ: the payer asks, it is paid, and no vial says otherwise."""
    multi = bool(portion.vials) and all(each.kind == "multi-dose" for each in portion.vials)
    required = _reporting_is_required(bill.case, portion.first.day)
    return required and not multi and _paid_by_the_line(bill, portion)


@once
def _reporting_is_required(case: Case, day: date) -> bool:
    entry = case.rules.find("discarded_drug_reporting", day, case.coverage_kind(day))
    return entry is not None and entry.code == "required"


def _paid_by_the_line(bill: Bill, portion: Portion) -> bool:
    """Neither in a stay, nor by a case rate, nor packaged into another line."""
    return not (bill.inpatient or case_rate(bill) or packaged(bill, portion))


def packaged(bill: Bill, portion: Portion) -> bool:
    """Whether a hospital's outpatient claim pays the drug inside another line."""
    if bill.form != "UB-04":
        return False
    entry = bill.case.rules.find("drug_payment", portion.first.day, portion.entry.code)
    return entry is not None and entry.code == "packaged"


def _only_single(portion: Portion) -> bool:
    return bool(portion.vials) and all(each.kind == "single-dose" for each in portion.vials)
