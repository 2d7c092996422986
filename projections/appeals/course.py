"""How far an appeal has come, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.appeal import AppealAnswered, AppealFiled
from veinledger.domain.facts.authorization import AuthorizationDenied
from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.reports import Record
from veinledger.projections.appeals.denials import Denial
from veinledger.projections.appeals.shapes import AppealState, Candidate, Match, Step
from veinledger.projections.case.appeal_deadlines import Deadline
from veinledger.projections.case.appealed import (
    Course,
    answers_of,
    course_of,
    course_of_a_request,
)
from veinledger.projections.case.case import Case

DECIDED = frozenset({"paid", "denied", "reversed", "recouped"})


def course(case: Case, denial: Denial) -> Course:
    """The appeals that were filed against a denial, and how the payer decided them."""
    if isinstance(denial.fact, AuthorizationDenied):
        return course_of_a_request(case, denial.record, denial.fact)
    if denial.key is None:
        return Course()
    return course_of(case, denial.key, denial.record)


def state(
    case: Case, denial: Denial, found: Course, due: Deadline, today: date | None
) -> AppealState:
    """Where it stands as of the day asked about."""
    later = _answered_later(case, denial)
    if later is not None:
        return "paid since" if later.kind == "paid" else "answered again"
    if found.open is not None:
        return "open"
    if found.decided is not None:
        return found.decided[1].outcome
    late = today is not None and due.day is not None and today > due.day
    return "too late" if late else "not appealed"


def _answered_later(case: Case, denial: Denial) -> ClaimAnswered | None:
    """The payer's last word about the claim, where it came after this denial."""
    if denial.key is None:
        return None
    after = [
        fact
        for record, fact in answers_of(case.seen, denial.key)
        if fact.kind in DECIDED and case.came_before(denial.record, record)
    ]
    return after[-1] if after else None


def steps(denial: Denial, found: Course) -> Iterator[Step]:
    """The denial, each appeal and each decision, in order."""
    yield Step(day=denial.record.day, what=denial.kind, record=denial.record.key)
    events: list[tuple[Record, AppealFiled | AppealAnswered]] = [*found.filed, *found.answered]
    for record, fact in sorted(events, key=lambda pair: (pair[0].day, pair[1].level)):
        yield Step(day=record.day, what=_in_words(fact), record=record.key)


def _in_words(fact: AppealFiled | AppealAnswered) -> str:
    if isinstance(fact, AppealFiled):
        papers = f" with {', '.join(fact.documents)}" if fact.documents else ""
        return f"appeal of level {fact.level} filed{papers}"
    return f"appeal of level {fact.level} {fact.outcome}"


def what_next(
    told: AppealState, due: Deadline, denial: Denial, match: Match, first: Candidate | None
) -> str:
    """One sentence: who does what, and by when."""
    sentences: dict[AppealState, str] = {
        "paid since": "nothing: the payer paid the claim since",
        "answered again": "nothing here: the payer's later answer stands in its place",
        "open": f"wait for the payer's decision of level {due.level}; record it when it comes",
        "overturned": _won(denial),
        "partly overturned": f"{_won(denial)}; for the rest {_ask(due)}",
        "upheld": f"the payer upheld its denial: {_ask(due)}, or write it off",
        "dismissed": f"the payer dismissed the appeal: {_ask(due)}, or write it off",
        "too late": (
            f"the last day was {due.day}: ask whether the payer takes a late appeal for a good "
            "cause, or write it off"
        ),
        "not appealed": _first_step(due, denial, match, first),
    }
    return sentences[told]


def _won(denial: Denial) -> str:
    if isinstance(denial.fact, AuthorizationDenied):
        return "record the authorization that the payer now grants"
    return "wait for the payment and record it; the claim is not sent again"


def _ask(due: Deadline) -> str:
    by = f" by {due.day}" if due.day else f"; {due.how}"
    name = f" ({due.label})" if due.label else ""
    return f"ask for level {due.level} of appeal{name}{by}"


def _first_step(due: Deadline, denial: Denial, match: Match, first: Candidate | None) -> str:
    if match in ("unmatched", "unclear"):
        return f"ask the payer for the reason, then {_ask(due)}"
    if first is None:
        return _ask(due)
    lacking = f"get what is missing ({first.missing}), then " if first.missing else ""
    if first.way == "correct":
        corrected = f"send a corrected claim (frequency 7{_control(denial)})"
        return f"{lacking}{corrected} where something on it was wrong, else {_ask(due)}"
    if first.way == "contract" and denial.claim is not None and denial.claim.draft == "bundled":
        return (
            "write it off: the contract includes the claim; look whether the rate itself was paid"
        )
    return f"{lacking}{_ask(due)}"


def _control(denial: Denial) -> str:
    fact = denial.fact
    known = isinstance(fact, ClaimAnswered) and fact.payer_control_number
    return f", payer's number {known}" if known else "; it needs the payer's control number"
