"""By when each claim must have arrived: timely filing, payer by payer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from veinledger.domain.facts.billing import ClaimAnswered, ClaimSubmitted
from veinledger.domain.obligations.limits import FilingLimit
from veinledger.domain.reports import Record
from veinledger.projections.case.case import SELF_PAY, Case
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.claims.sent.numbering import labels
from veinledger.projections.claims.state import not_ours
from veinledger.projections.schedule.kinds.deadlines import last_day
from veinledger.projections.schedule.owed import Met, Owed, Pending
from veinledger.projections.schedule.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The last day for a claim, and on whose word."""

    since: date
    ends: date
    source: str
    confidence: str


def timely_filing(question: Question) -> Iterator[Pending]:
    """Every claim of ours with a payer whose limit is known; a stay from its discharge on."""
    case = question.case
    if case is None:
        return
    found = bills(case)
    named, sent = labels(case, found), _submissions(question)
    for bill in found:
        limit = limit_of(case, bill) if goes_out(bill) else None
        if limit is not None:
            mine = sent.get(question.chains.first(bill.anchor.key), ())
            mine = tuple(each for each in mine if _is_of(question, each[1], bill))
            owed = _owed(question, bill, named[bill.key], limit, mine)
            yield Pending(owed, _sent(question, mine))


def unlimited(question: Question) -> Iterator[str]:
    """The claims for which nobody can say by when they must arrive, and what is missing."""
    case = question.case
    if case is None:
        return
    found = bills(case)
    named = labels(case, found)
    for bill in found:
        if goes_out(bill) and limit_of(case, bill) is None:
            yield f"no filing limit is known for claim {named[bill.key]}: {_missing(case, bill)}"


def goes_out(bill: Bill) -> bool:
    """Whether we shall send it: ours, to a payer, its stay ended, not folded into another."""
    if not_ours(bill) is not None or bill.case.coverage_kind(bill.payer_day) == SELF_PAY:
        return False
    open_stay = bill.stay is not None and bill.stay.last_day is None
    folded = bill.folding.folded if bill.folding else ()
    all_folded = bill.kind == "A" and all(record.key in folded for record in bill.services)
    return not open_stay and not all_folded


def limit_of(case: Case, bill: Bill) -> Limit | None:
    """The rule for the kind of payer; where there is none, the days of the site's directory."""
    day, payer = bill.payer_day, case.payer(bill.payer_day)
    kind = payer.kind if payer else case.coverage_kind(day)
    for row in case.rules.listed(FilingLimit, day):
        if kind in row.for_kinds:
            end = row.professional_from if bill.form == "CMS-1500" else row.hospital_from
            since = bill.first_day if end == "first day" else bill.last_day
            source = f"{row.source} [{row.row}]"
            ends = row.ends(since)
            return Limit(since=since, ends=ends, source=source, confidence=row.confidence)
    if payer is None or payer.filing_days is None:
        return None
    ends = bill.last_day + timedelta(days=payer.filing_days)
    source = f"directory: payer {payer.name}, filing_days {payer.filing_days}"
    return Limit(since=bill.last_day, ends=ends, source=source, confidence="high")


def _missing(case: Case, bill: Bill) -> str:
    payer, covered = case.payer(bill.payer_day), case.coverage(bill.payer_day)
    if payer is not None:
        return f"payer {payer.name} of the directory has no filing_days"
    if covered is None:
        return f"no coverage is recorded for {bill.payer_day}"
    return f"the directory has no payer {covered[1].payer} on {bill.payer_day}"


_Sent = tuple[tuple[Record, ClaimSubmitted], ...]


def _owed(question: Question, bill: Bill, label: str, limit: Limit, sent: _Sent) -> Owed:
    window, notice = last_day(question, "timely_filing", limit.since, limit.ends)
    form = "professional" if bill.form == "CMS-1500" else "hospital"
    part = f"_{bill.fraction[0]}" if bill.fraction else ""
    return Owed(
        rule=f"timely_filing_{bill.kind[0].lower()}_{form}{part}",
        what=f"send claim {label}",
        group="filing",
        anchor=bill.anchor.key,
        window=window,
        meets=(ClaimSubmitted.type,),
        noun="submission",
        source=limit.source,
        window_source=notice,
        confidence=limit.confidence,
        caution=_rejected(question, sent),
    )


def _submissions(question: Question) -> dict[str, _Sent]:
    """What was sent, by the first record of the chain of its claim's anchor."""
    found: dict[str, _Sent] = {}
    for record, fact in question.seen.of(ClaimSubmitted):
        if fact.frequency != "8":
            first = question.chains.first(fact.anchor)
            found[first] = (*found.get(first, ()), (record, fact))
    return found


def _is_of(question: Question, sent: ClaimSubmitted, bill: Bill) -> bool:
    """Whether it is this claim, under its key or under that of a record that was replaced."""
    first = question.chains.first
    return sent.claim_key.replace(sent.anchor, first(sent.anchor)) == bill.key.replace(
        bill.anchor.key, first(bill.anchor.key)
    )


def _sent(question: Question, sent: _Sent) -> Met | None:
    for record, fact in sent:
        if _turned_away(question, fact) is None:
            return Met(record=record.key, day=record.day, how=f"sent on {record.day}")
    return None


def _turned_away(question: Question, sent: ClaimSubmitted) -> Record | None:
    """The rejection of a submission that nothing but rejections answered: it never arrived."""
    answers = [
        (record, fact)
        for record, fact in question.seen.of(ClaimAnswered)
        if fact.patient_control_number == sent.patient_control_number
    ]
    rejected = answers and all(fact.kind == "rejected" for _, fact in answers)
    return answers[-1][0] if rejected else None


def _rejected(question: Question, sent: _Sent) -> tuple[str, ...]:
    told = ((record, _turned_away(question, fact)) for record, fact in sent)
    return tuple(
        f"sent on {record.day} and rejected on {answer.day}: a rejected claim has not arrived"
        for record, answer in told
        if answer is not None
    )
