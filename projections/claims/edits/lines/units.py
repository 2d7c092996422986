"""Units that no dose explains."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.projections.case.figures import figure, plain
from veinledger.projections.claims.edits.reading import (
    Charged,
    charged,
    listed,
    posted,
    posted_on_any_day,
    say,
)
from veinledger.projections.claims.edits.registry import Draft, beside_the_others, edit
from veinledger.projections.claims.known import known_as, parts
from veinledger.projections.claims.rules.drugs.doses import doses
from veinledger.projections.claims.units import Dose


@edit("B", "C", "D", source="billing units by HCPCS text, what was given and opened; rows R17, R18")
def the_units_are_explained_by_the_dose(draft: Draft) -> Iterator[Finding]:
    """167 units of a 50 mg code for 166.5 mg: more than any vial that was opened could hold."""
    case = draft.bill.case
    for each in charged(draft):
        given = [dose for dose in doses(draft.bill) if _is_of(draft, each, dose)]
        entry = case.rules.find(given[0].meaning, each.day, given[0].key) if given else None
        most = _most(draft, given, entry) if entry else None
        if most is not None and each.units > most:
            milligrams = sum((dose.drug.dose for dose in given), Decimal(0))
            yield say(
                (*each.records, *(dose.record.key for dose in given)),
                f"{each} has {plain(each.units)} units, {plain(each.units * _size(entry))} mg, "
                f"where {plain(milligrams)} mg were given",
                f"correct the charge: one unit is {entry.unit if entry else ''}, and at most "
                f"{plain(most)} can come of the vials",
                holds=True,
            )


@edit("A", "B", "C", "D", "E", "E0", source="UB-04 and CMS-1500: a service line counts something")
def a_line_has_units(draft: Draft) -> Iterator[Finding]:
    """A charge posted with no unit: it was taken back, or its count is missing."""
    for each in draft.claim.lines:
        if each.units == 0:
            yield say(
                each.basis.records,
                f"{each.code or each.revenue_code} of {each.day} has no unit",
                "correct the units of the charge, or void it",
                holds=True,
            )


@edit("C", source="HCPCS, per therapeutic dose; one dose in all its fractions; rows R13, R14")
@beside_the_others
def the_dose_is_one_unit_in_all(draft: Draft) -> Iterator[Finding]:
    """Over every claim of the encounter: a second unit is a second dose that nobody gave."""
    case = draft.bill.case
    codes = known_as(case, case.product.codes.dose)
    if next(draft.bill.of(CellsInfused), None) is None:
        return
    every = (draft.claim, *draft.others)
    lines = [line for claim in every for line in claim.lines if line.code in codes]
    billed = sum((line.units for line in lines), Decimal(0))
    charges = [each for each in posted_on_any_day(draft) if each.code in codes]
    charge = sum((each.units for each in charges), Decimal(0))
    if lines and billed != 1:
        yield say(
            (key for line in lines for key in line.basis.records),
            f"the claims bill {plain(billed)} units of the dose",
            "bill one therapeutic dose, once: whole, or in fractions that add up to one",
            holds=True,
        )
    if charges and charge != 1:
        yield say(
            (key for each in charges for key in each.records),
            f"{plain(charge)} units of the dose are posted to the account",
            "correct the charge to one unit: weight, bags and cells do not multiply it",
            holds=True,
        )


@edit(
    "B", "C", "D", editions=("public",),
    source="AMA CPT drug administration, own reading: one initial service; row R09",
)  # fmt: skip
def a_day_has_one_initial_administration(draft: Draft) -> Iterator[Finding]:
    """One for each day and access site; every other drug is a further one."""
    case, on = draft.bill.case, draft.bill.last_day
    initial = known_as(case, *parts(case, "initial_administration", on))
    for told in (listed(draft), posted(draft)):
        mine = [each for each in told if each.code in initial]
        for day in dict.fromkeys(each.day for each in mine):
            same = [each for each in mine if each.day == day]
            sites = {dose.drug.access_site for dose in doses(draft.bill) if dose.day == day}
            if sum(each.units for each in same) > max(1, len(sites)):
                codes = " and ".join(dict.fromkeys(each.code for each in same))
                yield say(
                    (key for each in same for key in each.records),
                    f"{day} has more than one initial administration ({codes}) {same[0].where}",
                    "keep one initial code by the hierarchy (chemotherapy before others, infusion "
                    "before push) and bill the rest as further ones, or report the second site",
                    holds=True,
                )


def _is_of(draft: Draft, each: Charged, dose: Dose) -> bool:
    """Whether a charge bills a dose: its code is one that the drug ever had, on its day."""
    codes = known_as(draft.bill.case, dose.meaning)
    entry = draft.bill.case.rules.find(dose.meaning, dose.day, dose.key)
    mine = each.code in codes or (entry is not None and entry.code == each.code)
    rounding = draft.bill.case.rules.find("unit_rounding", draft.bill.last_day)
    pooled = rounding is not None and rounding.code == "up_over_all_days"
    return mine and (pooled or each.day <= dose.day <= each.through)


def _most(draft: Draft, given: list[Dose], entry: Entry) -> Decimal | None:
    """The most units that what was given, or the vials that were opened, can make."""
    factor = figure(draft.bill.case, "units_above_the_dose", draft.bill.last_day)
    if factor is None:
        return None
    milligrams = sum((dose.drug.dose for dose in given), Decimal(0))
    opened = sum(
        (each.milligrams * each.count for dose in given for each in dose.drug.vials), Decimal(0)
    )
    size = _size(entry)
    return (factor * max(milligrams, opened) / size).to_integral_value(ROUND_CEILING)


def _size(entry: Entry | None) -> Decimal:
    return entry.unit.amount if entry and entry.unit else Decimal(1)
