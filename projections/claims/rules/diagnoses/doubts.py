"""Documented codes that cannot stand as they are, and what a coder put in their place.

A doubt holds the claim until a person settles it; a code chosen then takes the doubtful one's
place. A code that is not billable on its day never stands, whatever was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.chosen import Pick, answer, chosen, one_of, opened_again
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.lookalikes import lookalikes
from veinledger.projections.claims.registry import Said, rule, takes_a_code
from veinledger.projections.claims.rules.diagnoses.conditions import Told, confirmed
from veinledger.projections.claims.rules.diagnoses.lists import (
    belongs_to,
    checked,
    coded_on,
    codes_in,
    kin,
    not_billable,
    why_not,
    within,
)

UNBILLABLE: Final = "a_documented_code_is_a_leaf_in_force_on_its_day"
UNSUPPORTED: Final = "an_infection_associated_syndrome_needs_its_infection"

SYNDROMES: Final = ("crs", "icans")
"""The two syndromes that are graded; the book lists the codes of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What a coder is asked about some codes of one record."""

    found: Finding
    record: Record
    instead: Mapping[str, Pick | None]
    """Each doubtful code, and what was chosen in its place."""
    stands: bool
    """Whether the codes stand while nothing is chosen."""


@takes_a_code
@rule(
    "A",
    "B",
    "C",
    "D",
    source="ICD-10-CM guideline I.B.2; Medicare Code Editor, invalid code; evidence R28, R38, R46",
)
def a_documented_code_is_a_leaf_in_force_on_its_day(bill: Bill) -> Iterator[Said]:
    """A parent, or a code before or after its days, makes the payer return the claim."""
    yield from (each.found for each in doubts(bill) if each.found.rule == UNBILLABLE)


@takes_a_code
@rule("C", "D", source="ICD-10-CM tabular list, D76.2; evidence R45")
def an_infection_associated_syndrome_needs_its_infection(bill: Bill) -> Iterator[Said]:
    """D76.2 where an infection is linked to it or coded beside it; else D76.1 may be meant."""
    yield from (each.found for each in doubts(bill) if each.found.rule == UNSUPPORTED)


@rule("A", "B", "C", "D", source="ICD-10-PCS by discharge date; evidence R28, R30")
def a_listed_procedure_is_in_force_at_discharge(bill: Bill) -> Iterator[Said]:
    """What the coder listed as a procedure of the stay, where the book knows it for other days."""
    discharge = bill.stay.discharge if bill.stay else None
    if discharge is None or bill.stay is None or bill.stay.discharged is None:
        return
    wrong = [
        each.code
        for each in discharge.procedures
        if not kin(bill, each.code, "ICD-10-PCS").billable
    ]
    if wrong and checked(bill):
        yield finding(
            (bill.stay.discharged,),
            "; ".join(why_not(bill, code, "ICD-10-PCS") for code in wrong),
            "have the coder list the procedure by the code in force at discharge",
        )


@once
def resolved(bill: Bill) -> tuple[Told, ...]:
    """The confirmed codes that may stand, doubtful ones as a person settled them."""
    open_or_not = doubts(bill)
    found = (as_settled(bill, each, open_or_not) for each in confirmed(bill))
    return tuple(each for each in found if each is not None)


def as_settled(bill: Bill, told: Told, open_or_not: tuple[Doubt, ...] | None = None) -> Told | None:
    """A documented code as it stands; None where it is not billable and nothing was chosen."""
    record, condition = told
    code = condition.code or ""
    for each in doubts(bill) if open_or_not is None else open_or_not:
        if each.record == record and code in each.instead:
            pick = each.instead[code]
            code = pick[1] if pick is not None else code if each.stands else ""
    return (record, replace(condition, code=code)) if code else None


@once
def doubts(bill: Bill) -> tuple[Doubt, ...]:
    """Every doubt about the documented codes of a bill, one for each record and rule."""
    told = confirmed(bill)
    records = {record.key: record for record, _ in told}
    found: list[Doubt] = []
    for record in records.values():
        codes = [c.code or "" for r, c in told if r == record]
        found.extend(looking_right(bill, record, codes))
        found.extend(_unbillable(bill, record, codes))
        found.extend(_without_infection(bill, record, told))
    return tuple(found)


def _unbillable(bill: Bill, record: Record, codes: Iterable[str]) -> Iterator[Doubt]:
    """The parent of CRS or ICANS is understood: its leaf is told by the grade, or by none."""
    if not checked(bill):
        return
    graded = [tuple(codes_in(bill, f"{name}_codes")) for name in SYNDROMES]
    wrong = tuple(
        code
        for code in dict.fromkeys(codes)
        if not kin(bill, code).billable and not any(belongs_to(code, each) for each in graded)
    )
    if wrong:
        asked = finding(
            (record,),
            "; ".join(why_not(bill, code) for code in wrong),
            "choose the code in force that the documentation supports; without one the claim goes "
            "without this diagnosis",
        )
        yield doubt(bill, replace(asked, rule=UNBILLABLE), record, wrong)


def _without_infection(bill: Bill, record: Record, told: Iterable[Told]) -> Iterator[Doubt]:
    wanting = codes_in(bill, "infection_needed")
    chapter = bill.case.rules.find("infection_codes", bill.last_day)
    infected = any(within(condition.code, chapter) for _, condition in told)
    wrong = [
        condition.code or ""
        for other, condition in told
        if other == record
        and condition.code in wanting
        and not _linked(bill, condition.linked_cause)
    ]
    if wrong and not infected:
        instead = bill.case.rules.find("hlh", coded_on(bill))
        asked = finding(
            (record,),
            f"{wrong[0]} says that an infection caused the syndrome, and none is documented",
            f"ask the provider for the infection, or choose {instead.code if instead else 'a code'}"
            " where there is none",
        )
        codes = tuple(dict.fromkeys(wrong))
        yield doubt(bill, replace(asked, rule=UNSUPPORTED), record, codes, stands=True)


def _linked(bill: Bill, cause: str | None) -> bool:
    """Whether a cause is documented that is not the cells themselves."""
    product = bill.case.product
    cells = (product.brand, product.generic, product.kind, "CAR T")
    return cause is not None and not any(each.lower() in cause.lower() for each in cells)


def looking_right(bill: Bill, record: Record, codes: Iterable[str]) -> Iterator[Doubt]:
    """A code that says something else than was meant, where one was chosen in its place.

    An edit asks (`edits/coding/conditions.py`); while nobody chose, there is nothing to replace.
    """
    for code in dict.fromkeys(codes):
        for each in lookalikes(bill, code):
            asked = replace(finding((record,), "", ""), rule=each.rule)
            found = answer(bill, asked, one_of(each.offered, lambda c: not_billable(bill, c)))
            if found.pick is not None:
                instead = {code: found.pick}
                yield Doubt(found=found.found, record=record, instead=instead, stands=True)


def doubt(
    bill: Bill, asked: Finding, record: Record, codes: tuple[str, ...], *, stands: bool = False
) -> Doubt:
    """A doubt and what was chosen; a choice that leaves a code without one opens it again."""
    picks: list[Pick] = []
    while settled := chosen(bill, asked):
        picks.extend(pick for pick in settled if kin(bill, pick[1]).billable)
        instead = {code: _fitting(code, codes, picks) for code in codes}
        if all(instead.values()):
            break
        asked = opened_again(asked, settled, _left_open(bill, settled, instead))
    instead = {code: _fitting(code, codes, picks) for code in codes}
    return Doubt(found=asked, record=record, instead=instead, stands=stands)


def _left_open(bill: Bill, settled: Iterable[Pick], instead: Mapping[str, Pick | None]) -> str:
    """Why what was chosen is not enough: a code that is not billable, or one for another code."""
    judged = ((code, not_billable(bill, code)) for _, code in settled)
    wrong = [f"{code} was chosen: {why}" for code, why in judged if why is not None]
    left = [f"{code} is left without a code" for code, pick in instead.items() if pick is None]
    return "; ".join(wrong or left)


def _fitting(code: str, codes: tuple[str, ...], picks: list[Pick]) -> Pick | None:
    """The code chosen for a doubtful one: of its category, or any where one alone is asked."""
    alike = [pick for pick in picks if pick[1][:3] == code[:3]]
    return next(iter(alike or (picks if len(codes) == 1 else [])), None)
