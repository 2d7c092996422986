"""What a coder is asked: toxicities that were seen, codes that no text settles, drugs left out.

None of it puts a code on a claim, and none of it holds one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.toxicity import ToxicityObserved
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.conditions import Told, on_a_day_of
from veinledger.projections.claims.rules.diagnoses.doubts import resolved
from veinledger.projections.claims.rules.diagnoses.lists import coded_on, codes_in, within

INFECTION: Final = "infection"


@rule("C", "D", source="house rule: a toxicity that was seen is no diagnosis; evidence R37, R45")
def a_toxicity_that_was_seen_is_a_query(bill: Bill) -> Iterator[Said]:
    """It is told to the coder with the codes in question, unless one of them is documented."""
    for record, fact in bill.case.seen.of(ToxicityObserved):
        question = bill.case.rules.find("toxicity_question", record.day, fact.kind)
        if question is None or not on_a_day_of(bill, record.day):
            continue
        if not _answered(bill, fact.kind, question):
            codes = ", ".join(_codes_of(bill, question))
            among = f": {codes}" if codes else ""
            yield finding(
                (record,),
                f"{fact.kind} was seen and no diagnosis of it is documented; nothing is coded",
                f"{question.label}{among}",
                severity="notice",
                holds=False,
            )


@rule("C", "D", source="no Coding Clinic advice seen on these after CAR-T; evidence R38")
def a_code_that_no_text_settles_is_shown_to_a_coder(bill: Bill) -> Iterator[Said]:
    """Parkinsonism and enterocolitis after the cells: documented, and still a matter of opinion."""
    for code, told_by in _documented_of(bill, "coder_review_codes").items():
        yield finding(
            [record for record, _ in told_by],
            f"{code} stands as documented; no official text seen says that it fits a toxicity of "
            "the cells",
            "have a coder confirm it",
            severity="notice",
            holds=False,
        )


@rule("A", "B", "C", "D", source="ICD-10-CM guideline I.C.19.e.5.a; evidence R38")
def a_condition_that_a_drug_caused_names_the_drug(bill: Bill) -> Iterator[Said]:
    """Where the tabular list asks for the code of the adverse effect, and none is documented."""
    drugs = bill.case.rules.find("adverse_effect_codes", bill.last_day)
    if any(within(condition.code, drugs) for _, condition in resolved(bill)):
        return
    usual = bill.case.rules.find("adverse_effect_antineoplastic", coded_on(bill))
    for code, told_by in _documented_of(bill, "adverse_effect_needed").items():
        yield finding(
            [record for record, _ in told_by],
            f"{code} stands without the code of the drug that caused it"
            f"{f' ({drugs.code}, with 5 for an adverse effect)' if drugs else ''}",
            f"add the adverse-effect code{f', {usual.code} for chemotherapy' if usual else ''}, or "
            "have the provider say that no drug caused it",
            severity="notice",
            holds=False,
        )


def _answered(bill: Bill, kind: str, question: Entry) -> bool:
    """Whether a code that the question is about is documented; any infection answers for one."""
    chapter = bill.case.rules.find("infection_codes", bill.last_day)
    codes = _codes_of(bill, question)
    return any(
        condition.code in codes or (kind == INFECTION and within(condition.code, chapter))
        for _, condition in resolved(bill)
    )


def _codes_of(bill: Bill, question: Entry) -> tuple[str, ...]:
    found = (bill.case.rules.find(part, coded_on(bill)) for part in question.parts)
    return tuple(dict.fromkeys(each.code for each in found if each is not None))


def _documented_of(bill: Bill, name: str) -> dict[str, list[Told]]:
    """The documented codes of a list of the book, each with who told of it."""
    codes = codes_in(bill, name)
    found: dict[str, list[Told]] = {}
    for record, condition in resolved(bill):
        if condition.code in codes:
            found.setdefault(condition.code or "", []).append((record, condition))
    return found
