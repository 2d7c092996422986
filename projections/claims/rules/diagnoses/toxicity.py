"""CRS and ICANS on claims C and D: the complication of the cells first, then each syndrome once.

T80.82X goes before D89.83- and G92.0- (ICD-10-CM code first notes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.chosen import Answer, answer
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule, takes_a_code
from veinledger.projections.claims.rules.diagnoses.conditions import Told, is_a_stay
from veinledger.projections.claims.rules.diagnoses.documented import RANKS, documented
from veinledger.projections.claims.rules.diagnoses.doubts import resolved
from veinledger.projections.claims.rules.diagnoses.grades import came_with_the_patient
from veinledger.projections.claims.rules.diagnoses.lists import checked, codes_in
from veinledger.projections.claims.rules.diagnoses.order import cannot_lead, unfit_to_lead
from veinledger.projections.claims.rules.diagnoses.syndromes import (
    Syndrome,
    cells_went_before,
    disagreement,
    for_toxicity,
    meaning_of,
    names_a_syndrome,
    states_no_grade,
    syndromes,
)
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import told
from veinledger.projections.claims.words import Role

NO_CELLS: Final = "a_syndrome_without_cells_before_it_has_another_cause"


@rule("C", "D", source="ICD-10-CM code first notes; evidence R35, R36")
def each_toxicity_is_coded_at_its_peak_behind_its_cause(bill: Bill) -> Iterator[Said]:
    """CRS and ICANS, each once, at its highest grade."""
    for syndrome in syndromes(bill):
        yield _coded(bill, syndrome)


@takes_a_code
@rule("C", "D", source="ICD-10-CM tabular list, T80.82-: complication of immune effector cells")
def a_syndrome_without_cells_before_it_has_another_cause(bill: Bill) -> Iterator[Said]:
    """CRS before any infusion, after a bispecific antibody perhaps: T80.82X would be untrue."""
    asked = another_cause(bill)
    if asked is not None:
        yield asked.found


def another_cause(bill: Bill) -> Answer | None:
    """What is asked where no cells went before a syndrome, and the cause that was chosen."""
    listed = listed_complication(bill)
    records = [record for each in syndromes(bill) for record in each.records]
    records += [listed[0]] if listed is not None else []
    if not records or cells_went_before(bill):
        return None
    asked = finding(
        records,
        "CRS or ICANS is documented and no cells were infused before it",
        "have the coder choose the code of what caused it, which goes first, or report the "
        "infusion",
    )
    return answer(bill, replace(asked, rule=NO_CELLS), lambda code: _no_cause(bill, code))


def _no_cause(bill: Bill, code: str) -> str | None:
    if names_a_syndrome(bill, code):
        return "it names the syndrome or the cells, and not what else caused it"
    return unfit_to_lead(bill, code)


@takes_a_code
@rule("C", "D", source="ASTCT grades by the provider; house rule: one grade a claim; R35, R36")
def a_grade_that_chart_and_coder_tell_differently_waits_for_one_of_them(
    bill: Bill,
) -> Iterator[Said]:
    """The chart's peak stands until a person chooses; from grade 3 on the payment may differ."""
    for syndrome in syndromes(bill):
        asked = disagreement(bill, syndrome)
        if asked is not None:
            yield asked.found


@rule("C", "D", source="ICD-10-CM guideline I.B.2; evidence R35, R36")
def a_syndrome_coded_without_its_grade_is_told(bill: Bill) -> Iterator[Said]:
    """No grade anywhere: the code that states none stands. A grade in the chart: its code does."""
    for syndrome in syndromes(bill):
        family = codes_in(bill, f"{syndrome.name}_codes")
        bare = [c.code or "" for _, c in syndrome.listed if states_no_grade(bill, syndrome, c)]
        meant = meaning_of(bill, syndrome)
        stands = next((code for code, meaning in family.items() if meaning == meant), "no code")
        if bare and checked(bill):
            yield finding(
                syndrome.told_by,
                f"{syndrome.name.upper()} is listed as {' and '.join(dict.fromkeys(bare))}, which "
                f"states no grade; {stands} stands",
                "have the coder list it by the highest grade that a provider documented: "
                f"{', '.join(list(family)[1:])}",
                holds=False,
            )


@rule("C", "D", source="ICD-10-CM guideline I.C.19.a: one seventh character; evidence R39")
def a_complication_listed_in_two_phases_is_told(bill: Bill) -> Iterator[Said]:
    """The first of the coder's list stands; a claim has one phase of treatment."""
    family = codes_in(bill, "complication_codes")
    listed = [(record, c) for record, c in resolved(bill) if c.code in family]
    codes = list(dict.fromkeys(condition.code or "" for _, condition in listed))
    if len(codes) > 1 and checked(bill):
        yield finding(
            [record for record, _ in listed],
            f"{' and '.join(codes)} are one complication in two phases; {codes[0]} stands",
            "have the coder keep the phase of this claim",
            holds=False,
        )


def complication_may_lead(bill: Bill) -> bool:
    """Whether cells went before, and the coder does not call it a late effect."""
    listed = listed_complication(bill)
    late = listed is not None and cannot_lead(bill, listed[1].code or "")
    return cells_went_before(bill) and not late


def listed_complication(bill: Bill) -> Told | None:
    """The complication as documented; the coder's phase of treatment goes before the default."""
    codes = codes_in(bill, "complication_codes")
    return next((each for each in resolved(bill) if each[1].code in codes), None)


def complication(bill: Bill, role: Role, *more: Record, listed: Told | None = None) -> Said:
    """T80.82X by phase: as `listed` or as the coder has it; else A, for it is being treated.

    Source: ICD-10-CM guideline I.C.19.a: for a complication, active treatment is that of the
    condition which the code describes. Acute care is that.
    """
    listed, found = listed or listed_complication(bill), syndromes(bill)
    records = (*more, *(record for each in found for record in each.records))
    if listed is not None:
        said = documented(bill, *listed, role)
        keys = (*said.basis.records, *(record.key for record in records))
        said = replace(said, basis=replace(said.basis, records=tuple(dict.fromkeys(keys))))
        present = said.present_on_admission or _along(bill)
        return replace(said, present_on_admission=present, differs=_elsewhere(bill, said.code))
    stands = As(
        role=role,
        records=records or (bill.anchor,),
        day=bill.first_day,
        present=_along(bill),
        rank=RANKS["complication_codes"],
    )
    return coded(bill, "immune_effector_complication", stands)


def _elsewhere(bill: Bill, code: str) -> tuple[Differs, ...]:
    """What the other edition has for the complication, where the coder listed the book's code."""
    meaning, day = "immune_effector_complication", bill.coding_day(bill.first_day)
    entry = bill.case.rules.find(meaning, day)
    same = entry is not None and entry.code == code
    return told(bill.case.rules.differs(meaning, day)) if same else ()


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
    meaning, at = meaning_of(bill, syndrome), syndrome.peak
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
