"""CRS and ICANS as a bill knows them: graded, documented, or both, and by which one code.

A syndrome has one code on a claim: its highest documented grade, else what a coder listed, else the
code that states no grade. Where chart and coder state two grades, the chart's stands and a person
chooses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from veinledger.domain.facts.groups import Condition
from veinledger.domain.reports import Record
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.chosen import Answer, answer, one_of
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.rules.diagnoses.conditions import Told, admission
from veinledger.projections.claims.rules.diagnoses.doubts import resolved
from veinledger.projections.claims.rules.diagnoses.grades import (
    GRADED,
    Grading,
    Name,
    given_in_the_stay,
    gradings,
    peak,
)
from veinledger.projections.claims.rules.diagnoses.lists import (
    belongs_to,
    checked,
    codes_in,
    not_billable,
)

TOXICITY: Final = "CRS/ICANS"
DISAGREED: Final = "a_grade_that_chart_and_coder_tell_differently_waits_for_one_of_them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Syndrome:
    """CRS or ICANS as a bill knows it: graded, listed by a coder, or both."""

    name: Name
    graded: tuple[Grading, ...]
    listed: tuple[Told, ...]
    """As documented, by a code of its family or by the parent of that family."""

    @property
    def peak(self) -> Grading | None:
        """Its highest grade."""
        return peak(self.graded)

    @property
    def told_by(self) -> tuple[Record, ...]:
        """Who listed it."""
        return tuple({record.key: record for record, _ in self.listed}.values())

    @property
    def records(self) -> tuple[Record, ...]:
        """What it rests on: the grading at its peak, else what was listed."""
        if self.peak is not None:
            return (self.peak[0],)
        return self.told_by


@once
def syndromes(bill: Bill) -> tuple[Syndrome, ...]:
    """CRS and ICANS, where graded on the days of the bill or documented for it."""
    found: list[Syndrome] = []
    for name in GRADED:
        codes = tuple(codes_in(bill, f"{name}_codes"))
        listed = tuple(each for each in resolved(bill) if belongs_to(each[1].code, codes))
        graded = gradings(bill, name)
        if graded or listed:
            found.append(Syndrome(name=name, graded=graded, listed=listed))
    return tuple(found)


@once
def names_a_syndrome(bill: Bill, code: str | None) -> bool:
    """Whether a code is of CRS, of ICANS, or of the complication that goes before them."""
    families = (*(f"{name}_codes" for name in GRADED), "complication_codes")
    return any(belongs_to(code, tuple(codes_in(bill, family))) for family in families)


@once
def leads_by_complication(bill: Bill) -> bool:
    """Whether the edition lets the complication of the cells lead a claim at all."""
    entry = bill.case.rules.find("toxicity_readmission_principal", bill.last_day)
    return entry is not None and entry.code == "complication_first"


@once
def for_toxicity(bill: Bill) -> bool:
    """Whether CRS or ICANS brought the patient in.

    The reason of the admission or its confirmed admitting diagnosis says so; outside a bed it is
    enough that one of them was graded or documented. An edition that leads no claim by the
    complication takes every such visit for one. What follows cells given in the very stay cannot
    have brought the patient in, whatever registration says.
    """
    if given_in_the_stay(bill):
        return False
    came = admission(bill)
    if came is not None:
        said = came[1].admitting_condition
        sure = said is not None and said.certainty == "confirmed"
        if came[1].reason == TOXICITY or (said and sure and names_a_syndrome(bill, said.code)):
            return True
    outside = bill.kind == "D" and not bill.inpatient
    return outside and (not leads_by_complication(bill) or bool(syndromes(bill)))


def cells_went_before(bill: Bill) -> bool:
    """Whether cells were infused by the last day of the bill."""
    return any(record.day <= bill.last_day for record, _ in bill.case.infusions())


def meaning_of(bill: Bill, syndrome: Syndrome) -> str:
    """Its one code: as a person chose, at its peak, the highest listed, or without a grade."""
    family = codes_in(bill, f"{syndrome.name}_codes")
    asked = disagreement(bill, syndrome)
    if asked is not None and asked.pick is not None:
        return family[asked.pick[1]]
    if syndrome.peak is not None:
        return f"{syndrome.name}_grade_{syndrome.peak[1].grade}"
    return _highest_listed(bill, syndrome) or f"{syndrome.name}_grade_unspecified"


def _highest_listed(bill: Bill, syndrome: Syndrome) -> str | None:
    family = codes_in(bill, f"{syndrome.name}_codes")
    codes = {condition.code for _, condition in syndrome.listed}
    return next((family[code] for code in reversed(family) if code in codes), None)


def disagreement(bill: Bill, syndrome: Syndrome) -> Answer | None:
    """Two grades of one syndrome, and which was chosen; a code without a grade has no part."""
    family = codes_in(bill, f"{syndrome.name}_codes")
    graded = [c.code for _, c in syndrome.listed if not states_no_grade(bill, syndrome, c)]
    listed, at = list(dict.fromkeys(graded)), syndrome.peak
    meant = f"{syndrome.name}_grade_{at[1].grade}" if at else _highest_listed(bill, syndrome)
    charted = next((code for code, meaning in family.items() if meaning == meant), None)
    if all(code == charted for code in listed) or not checked(bill):
        return None
    peak_told = f"the chart's highest grade is {at[1].grade}, {charted}" if at else ""
    told = peak_told or "the chart has no grade"
    asked = finding(
        [*syndrome.records, *(record for record, _ in syndrome.listed)],
        f"{told}; the coder lists {' and '.join(each or '' for each in listed)}; {charted} stands",
        "choose one of the two, or have the grade or the coder's list corrected",
    )
    offered = [code for code in family if code in (charted, *listed)]
    fits = one_of(offered, lambda code: not_billable(bill, code))
    return answer(bill, replace(asked, rule=DISAGREED), fits)


def states_no_grade(bill: Bill, syndrome: Syndrome, listed: Condition) -> bool:
    """Whether it is listed by its parent, or by the code of a grade not stated."""
    family = codes_in(bill, f"{syndrome.name}_codes")
    bare = f"{syndrome.name}_grade_unspecified"
    return family.get(listed.code or "", bare) == bare
