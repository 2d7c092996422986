"""CRS and ICANS on claims C and D: the complication of the cells, and one code of each syndrome.

T80.82X goes before D89.83- and G92.0- (code first notes). A syndrome has one code on a claim: its
highest documented grade, else what a coder listed, else the code without a grade.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.conditions import Told, admission, is_a_stay
from veinledger.projections.claims.rules.diagnoses.documented import RANKS, documented
from veinledger.projections.claims.rules.diagnoses.doubts import resolved
from veinledger.projections.claims.rules.diagnoses.grades import (
    GRADED,
    Grading,
    Name,
    came_with_the_patient,
    gradings,
    peak,
)
from veinledger.projections.claims.rules.diagnoses.lists import belongs_to, codes_in
from veinledger.projections.claims.rules.diagnoses.settled import chosen
from veinledger.projections.claims.shapes import Role

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
    def records(self) -> tuple[Record, ...]:
        """What it rests on: the grading at its peak, else what was listed."""
        if self.peak is not None:
            return (self.peak[0],)
        return tuple({record.key: record for record, _ in self.listed}.values())


@rule("C", "D", source="ICD-10-CM code first notes; research/codes.md R35, R36, R39")
def each_toxicity_is_coded_at_its_peak_behind_its_cause(bill: Bill) -> Iterator[Said]:
    """The complication of the cells, then CRS and ICANS, each once at its highest grade."""
    found = syndromes(bill)
    if (found or listed_complication(bill)) and cells_went_before(bill):
        yield complication(bill, "secondary")
    for syndrome in found:
        yield _coded(bill, syndrome)


@rule("C", "D", source="ICD-10-CM tabular list, T80.82-: complication of immune effector cells")
def a_syndrome_without_cells_before_it_has_another_cause(bill: Bill) -> Iterator[Said]:
    """CRS before any infusion, after a bispecific antibody perhaps: T80.82X would be untrue."""
    found = syndromes(bill)
    if found and not cells_went_before(bill):
        yield finding(
            [record for each in found for record in each.records],
            "CRS or ICANS is documented and no cells were infused before it",
            "have the coder choose the code of what caused it, which goes first, or report the "
            "infusion",
        )


@rule("C", "D", source="ASTCT grades by the provider; house rule: one grade a claim; R35, R36")
def a_grade_that_chart_and_coder_tell_differently_waits_for_one_of_them(
    bill: Bill,
) -> Iterator[Said]:
    """The chart's peak stands until a person chooses; from grade 3 on the payment may differ."""
    for syndrome in syndromes(bill):
        found = _disagreement(bill, syndrome)
        if found is not None:
            yield found


@rule("C", "D", source="ICD-10-CM guideline I.B.2; research/codes.md R35, R36")
def a_syndrome_without_a_grade_is_a_query(bill: Bill) -> Iterator[Said]:
    """Documented without any grade: the code that states none stands, and the grade is asked."""
    for syndrome in syndromes(bill):
        family = codes_in(bill, f"{syndrome.name}_codes")
        stands = _meaning(bill, syndrome)
        if not syndrome.graded and stands == f"{syndrome.name}_grade_unspecified":
            yield finding(
                syndrome.records,
                f"{syndrome.name.upper()} is documented and nobody stated its grade; the codes "
                f"with a grade are {', '.join(list(family)[1:])}",
                "ask the provider for the highest grade of the stay or visit",
                holds=False,
            )


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


def names_a_syndrome(bill: Bill, code: str | None) -> bool:
    """Whether a code is of CRS, of ICANS, or of the complication that goes before them."""
    families = (*(f"{name}_codes" for name in GRADED), "complication_codes")
    return any(belongs_to(code, tuple(codes_in(bill, family))) for family in families)


def for_toxicity(bill: Bill) -> bool:
    """Whether CRS or ICANS brought the patient in.

    The reason of the admission or its confirmed admitting diagnosis says so; outside a bed it is
    enough that one of them was graded or documented. An edition that leads no claim by the
    complication takes every such visit for one.
    """
    came = admission(bill)
    if came is not None:
        said = came[1].admitting_condition
        sure = said is not None and said.certainty == "confirmed"
        if came[1].reason == TOXICITY or (said and sure and names_a_syndrome(bill, said.code)):
            return True
    entry = bill.case.rules.find("toxicity_readmission_principal", bill.last_day)
    whatever = entry is not None and entry.code == "manifestation_only"
    return bill.kind == "D" and not bill.inpatient and (whatever or bool(syndromes(bill)))


def cells_went_before(bill: Bill) -> bool:
    """Whether cells were infused by the last day of the bill."""
    return any(record.day <= bill.last_day for record, _ in bill.case.infusions())


def listed_complication(bill: Bill) -> Told | None:
    """The complication as documented; the coder's phase of treatment goes before the default."""
    codes = codes_in(bill, "complication_codes")
    return next((each for each in resolved(bill) if each[1].code in codes), None)


def complication(bill: Bill, role: Role, *more: Record) -> Said:
    """T80.82X by phase: A while it is treated, which acute care is, or as the coder has it.

    Source: ICD-10-CM guideline I.C.19.a: for a complication, active treatment is that of the
    condition which the code describes.
    """
    listed, found = listed_complication(bill), syndromes(bill)
    records = (*more, *(record for each in found for record in each.records))
    if listed is not None:
        said = documented(bill, *listed, role)
        keys = (*said.basis.records, *(record.key for record in records))
        said = replace(said, basis=replace(said.basis, records=tuple(dict.fromkeys(keys))))
        return (
            said if said.present_on_admission else replace(said, present_on_admission=_along(bill))
        )
    stands = As(
        role=role,
        records=records or (bill.anchor,),
        day=bill.first_day,
        present=_along(bill),
        rank=RANKS["complication_codes"],
    )
    return coded(bill, "immune_effector_complication", stands)


def _along(bill: Bill) -> str | None:
    """The complication was there when one of its syndromes was, or when it was the reason."""
    if not is_a_stay(bill):
        return None
    if for_toxicity(bill):
        return "Y"
    told = {_present(bill, each) for each in syndromes(bill)}
    if "Y" in told:
        return "Y"
    return "N" if told == {"N"} else None


def _coded(bill: Bill, syndrome: Syndrome) -> Said:
    family = {meaning: code for code, meaning in codes_in(bill, f"{syndrome.name}_codes").items()}
    meaning, at = _meaning(bill, syndrome), syndrome.peak
    same = tuple(record for record, c in syndrome.listed if c.code == family.get(meaning))
    stands = As(
        role="secondary",
        records=(*syndrome.records, *same),
        day=at[0].day if at is not None else bill.anchor.day,
        present=_present(bill, syndrome),
        rank=RANKS[f"{syndrome.name}_codes"],
    )
    return coded(bill, meaning, stands)


def _present(bill: Bill, syndrome: Syndrome) -> str | None:
    """As a coder reported it, else as its onset tells."""
    if not is_a_stay(bill):
        return None
    reported = (condition.present_on_admission for _, condition in syndrome.listed)
    coders = next((each for each in reported if each is not None), None)
    alone = for_toxicity(bill) and len(syndromes(bill)) == 1
    return coders or came_with_the_patient(bill, syndrome.graded, alone)


def _meaning(bill: Bill, syndrome: Syndrome) -> str:
    """Its one code: as a person chose, at its peak, the highest listed, or without a grade."""
    family = codes_in(bill, f"{syndrome.name}_codes")
    found = _disagreement(bill, syndrome)
    picks = [code for _, code in chosen(bill, found) if code in family] if found else []
    if picks:
        return family[picks[0]]
    if syndrome.peak is not None:
        return f"{syndrome.name}_grade_{syndrome.peak[1].grade}"
    return _highest_listed(bill, syndrome) or f"{syndrome.name}_grade_unspecified"


def _highest_listed(bill: Bill, syndrome: Syndrome) -> str | None:
    family = codes_in(bill, f"{syndrome.name}_codes")
    codes = {condition.code for _, condition in syndrome.listed}
    return next((family[code] for code in reversed(family) if code in codes), None)


def _disagreement(bill: Bill, syndrome: Syndrome) -> Finding | None:
    """Two grades of one syndrome; a code that states no grade disagrees with nobody."""
    family = codes_in(bill, f"{syndrome.name}_codes")
    bare = f"{syndrome.name}_grade_unspecified"
    graded = (c.code for _, c in syndrome.listed if c.code and family.get(c.code, bare) != bare)
    listed, at = list(dict.fromkeys(graded)), syndrome.peak
    meant = f"{syndrome.name}_grade_{at[1].grade}" if at else _highest_listed(bill, syndrome)
    charted = next((code for code, meaning in family.items() if meaning == meant), None)
    if all(code == charted for code in listed):
        return None
    peak_told = f"the chart's highest grade is {at[1].grade}, {charted}" if at else ""
    told = peak_told or "the chart has no grade"
    asked = finding(
        [*syndrome.records, *(record for record, _ in syndrome.listed)],
        f"{told}; the coder lists {' and '.join(listed)}; {charted} stands",
        "choose one of the two, or have the grade or the coder's list corrected",
    )
    return replace(asked, rule=DISAGREED)
