"""Codes of a visit that cannot stand as documented, and what a coder put in their place.

A code stands as documented while nobody chose another; the finding that asks holds the claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from veinledger.domain.facts.groups import Condition
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.chosen import (
    Answer,
    Pick,
    answer,
    without_a_place,
)
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.rules.diagnoses.conditions import Told
from veinledger.projections.claims.rules.diagnoses.doubts import Doubt, doubt, looking_right
from veinledger.projections.claims.rules.diagnoses.lists import kin, not_billable
from veinledger.projections.claims.rules.visits.conditions import confirmed
from veinledger.projections.claims.rules.visits.reviews import reviews

WORDS: Final = "a_condition_in_words_waits_for_its_code"
DOCUMENTED: Final = "documented_condition"
"""The word of `parkinsonism_code_use` in the edition that codes by what was documented."""
OF_THE_BOOK: Final = ("a_code_is_in_force_on_its_day", "a_diagnosis_is_coded_to_its_end")
"""The edits that ask about a code which the book does not have as a leaf of its day."""


@once
def resolved(bill: Bill) -> tuple[Told, ...]:
    """The confirmed conditions of a visit bill, doubtful codes as a person settled them."""
    return tuple(as_settled(bill, each) for each in confirmed(bill))


def as_settled(bill: Bill, told: Told) -> Told:
    """A documented condition under its code as it stands; of several choices the last counts."""
    record, condition = told
    picks = tuple(_picks(bill, record, condition))
    if not picks:
        return told
    _, code = max(picks, key=lambda pick: pick[0].seal.position)
    return record, replace(condition, code=code)


def replaced(bill: Bill) -> Iterator[tuple[Record, str]]:
    """The codes that were documented, and that others were chosen for."""
    for told in (*confirmed(bill), *_assessed(bill)):
        code = told[1].code
        if code is not None and as_settled(bill, told)[1].code != code:
            yield told[0], code


def in_words(bill: Bill, record: Record) -> Answer:
    """What is asked about a condition without a code, and the code that it was given."""
    asked = finding(
        (record,),
        "a confirmed condition of the visit has no code",
        "have a coder choose its code and report the condition with it",
    )
    worded = [c for r, c in confirmed(bill) if r == record and c.code is None]

    def wrong(code: str) -> str | None:
        if len(worded) > 1:
            return f"it does not say of which of the {len(worded)} conditions in words it is"
        return not_billable(bill, code)

    return answer(bill, replace(asked, rule=WORDS), wrong)


def are_coded_as_documented(bill: Bill) -> bool:
    """Whether the edition codes a visit by what was documented, and by nothing else."""
    use = bill.case.rules.find("parkinsonism_code_use", bill.last_day)
    return use is not None and use.code == DOCUMENTED


def asked_again(bill: Bill, found: Finding, code: str) -> Finding:
    """What an edit finds of a code of a visit, and what is wrong with the code chosen for it."""
    for each in _doubts(bill):
        same = each.found.rule == found.rule and (each.record.key,) == found.records
        if same and code in each.instead:
            reason = found.reason + each.found.reason
            return replace(found, reason=reason, records=each.found.records)
    return without_a_place(bill, found)


def _picks(bill: Bill, record: Record, condition: Condition) -> Iterator[Pick]:
    """Every choice about a condition: by a review of its code, by an edit, for its words."""
    code = condition.code
    if code is None:
        given = in_words(bill, record) if are_coded_as_documented(bill) else None
        yield from (given.pick,) if given and given.pick else ()
        return
    for review in reviews(bill):
        if code in review.codes and review.asked.pick is not None:
            yield review.asked.pick
    for each in _doubts(bill):
        instead = each.instead.get(code) if each.record == record else None
        if instead is not None:
            yield instead


@once
def _doubts(bill: Bill) -> tuple[Doubt, ...]:
    """What was chosen where an edit asks about codes of the visit, by record and edit."""
    told = (*confirmed(bill), *_assessed(bill))
    found: list[Doubt] = []
    for record in {record.key: record for record, _ in told}.values():
        codes = [c.code for r, c in told if r == record and c.code is not None]
        found.extend(looking_right(bill, record, codes))
        found.extend(_of_the_book(bill, record, codes))
    return tuple(found)


def _of_the_book(bill: Bill, record: Record, codes: list[str]) -> Iterator[Doubt]:
    """Codes out of force and heads of families, each by its own edit."""
    wrong = [code for code in dict.fromkeys(codes) if not kin(bill, code).billable]
    heads = tuple(code for code in wrong if not kin(bill, code).spans)
    others = tuple(code for code in wrong if code not in heads)
    for rule, asked_of in zip(OF_THE_BOOK, (others, heads), strict=True):
        if asked_of:
            asked = replace(finding((record,), "", ""), rule=rule)
            yield doubt(bill, asked, record, asked_of, stands=True)


def _assessed(bill: Bill) -> tuple[Told, ...]:
    """The disease as last assessed, where that has a code."""
    found = bill.case.assessment(bill.anchor.day)
    return ((found[0], Condition(code=found[1].code)),) if found and found[1].code else ()
