"""By when a denied claim can be appealed, level by level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from veinledger.domain.centre.directory import Payer
from veinledger.domain.facts.appeal import AppealAnswered, AppealFiled
from veinledger.domain.facts.billing import ClaimAnswered, ClaimSubmitted
from veinledger.domain.obligations.limits import AppealLimit
from veinledger.domain.reports import Record
from veinledger.projections.schedule.kinds.deadlines import last_day
from veinledger.projections.schedule.owed import Met, Owed, Pending
from veinledger.projections.schedule.question import End, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A decision against us that can be appealed."""

    record: Record
    number: str
    """Our control number of the claim."""
    label: str
    payer: Payer | None
    level: int
    """Of the appeal that may follow."""
    named: date | None = None
    """The last day, where the decision names it."""


def appeals(question: Question) -> Iterator[Pending]:
    """Each denial, and each appeal that was lost, with the last day of what may follow."""
    for refusal in _refusals(question):
        limit = _limit(question, refusal)
        if limit is None:
            continue
        closes, source, confidence = limit
        window, notice = last_day(question, "claim_appeal", refusal.record.day, closes)
        owed = Owed(
            rule=f"claim_appeal_level_{refusal.level}",
            what=f"appeal the denial of claim {refusal.label}, level {refusal.level}",
            group="appeal",
            anchor=refusal.record.key,
            window=window,
            meets=(AppealFiled.type,),
            noun="appeal",
            source=source,
            window_source=notice,
            confidence=confidence,
            end=_paid(question, refusal),
        )
        yield Pending(owed, _filed(question, refusal))


def undated(question: Question) -> Iterator[str]:
    """The denials of which nobody can say by when they can be appealed."""
    for refusal in _refusals(question):
        if _limit(question, refusal) is None:
            who = f"payer {refusal.payer.name}" if refusal.payer else "the payer"
            yield (
                f"no last day is known for an appeal of claim {refusal.label}, level"
                f" {refusal.level}: {who} of the directory has no appeal_days, and no decision"
                " names it"
            )


def _refusals(question: Question) -> Iterator[Refusal]:
    for record, fact in question.seen.of(ClaimAnswered):
        if fact.kind == "denied":
            yield _of(question, record, fact.patient_control_number, 1)
    for record, answer in question.seen.of(AppealAnswered):
        if answer.outcome != "overturned":
            yield _of(
                question,
                record,
                answer.patient_control_number,
                answer.level + 1,
                answer.next_deadline,
            )


def _of(
    question: Question, record: Record, number: str, level: int, named: date | None = None
) -> Refusal:
    sent = [
        fact
        for _, fact in question.seen.of(ClaimSubmitted)
        if fact.patient_control_number == number
    ]
    payer = _payer(question, sent[-1], record.day) if sent else None
    return Refusal(
        record=record,
        number=number,
        label=sent[-1].label if sent else number,
        payer=payer,
        level=level,
        named=named,
    )


def _payer(question: Question, sent: ClaimSubmitted, on: date) -> Payer | None:
    mine = (payer for payer in question.centre.payers if payer.name == sent.payer)
    return next((payer for payer in mine if payer.holds(on)), None)


def _limit(question: Question, refusal: Refusal) -> tuple[date, str, str] | None:
    """The day that the decision names, else the rule of the payer's kind, else the site's days.

    A day that is named and lies before the decision itself is a typing error.
    """
    day, payer = refusal.record.day, refusal.payer
    if refusal.named is not None and refusal.named >= day:
        return refusal.named, "the day that the decision names", "high"
    for row in question.rules.listed(AppealLimit, day):
        if payer is not None and payer.kind in row.for_kinds and row.level == refusal.level:
            return row.ends(day), f"{row.source} [{row.row}]", row.confidence
    if payer is None or payer.appeal_days is None:
        return None
    source = f"directory: payer {payer.name}, appeal_days {payer.appeal_days}"
    return day + timedelta(days=payer.appeal_days), source, "high"


def _filed(question: Question, refusal: Refusal) -> Met | None:
    for record, fact in question.seen.of(AppealFiled):
        mine = (fact.patient_control_number, fact.level) == (refusal.number, refusal.level)
        if mine and record.day >= refusal.record.day:
            return Met(record=record.key, day=record.day, how=f"appealed on {record.day}")
    return None


def _paid(question: Question, refusal: Refusal) -> End | None:
    """The payer came round by itself: there is nothing left to appeal."""
    for record, fact in question.seen.of(ClaimAnswered):
        mine = fact.patient_control_number == refusal.number and fact.kind == "paid"
        if mine and record.day >= refusal.record.day:
            return End(day=record.day, reason=f"the payer paid on {record.day}")
    return None
