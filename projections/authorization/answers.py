"""What the payer was asked and what it answered so far, and until when somebody must answer it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    AuthorizationExtended,
    AuthorizationGranted,
    AuthorizationPended,
    AuthorizationRequested,
)
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case

Standing = Literal["not requested", "requested", "pended", "granted", "denied", "ended"]
"""`ended`: it was granted, and its last day is over."""
AnswerKind = Literal["requested", "pended", "granted", "extended", "denied"]
_STANDS: Final[dict[AnswerKind, Standing]] = {
    "requested": "requested",
    "pended": "pended",
    "granted": "granted",
    "extended": "granted",
    "denied": "denied",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """One message between centre and payer about the request."""

    kind: AnswerKind
    day: date
    reference: str | None = None
    services: tuple[str, ...] = ()
    units: int | None = None
    setting: str | None = None
    since: date | None = None
    until: date | None = None
    """The last day that it covers."""
    act_by: date | None = None
    """The day by which a question or a denial is to be answered."""
    reason: str | None = None
    record: str
    """Report key."""

    def __repr__(self) -> str:
        return f"<{self.kind}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answers:
    """Where the request stands, and every message about it in order."""

    standing: Standing
    act_by: date | None
    days_left: int | None
    """From the day asked about to `act_by`; negative where it is over."""
    to_answer: tuple[str, ...]
    """What an answer to a question or a denial has to hold."""
    told: tuple[Answer, ...]

    def __repr__(self) -> str:
        return f"<answers: {self.standing}>"


def answers(case: Case, payer: str | None, on: date) -> Answers:
    """What this payer was asked and answered by a day."""
    told = tuple(_answers(case, payer, on))
    newest = told[-1] if told else None
    standing: Standing = _STANDS[newest.kind] if newest else "not requested"
    if standing == "granted" and not any(_covers(told, each, on) for each in told):
        standing = "ended"
    open_until = newest.act_by if newest and standing in ("pended", "denied") else None
    return Answers(
        standing=standing,
        act_by=open_until,
        days_left=(open_until - on).days if open_until else None,
        to_answer=(),
        told=told,
    )


def answering(found: Answers, still_open: tuple[str, ...]) -> Answers:
    """With what the answer to a question or a denial has to hold: its reason, what is missing."""
    if found.standing not in ("pended", "denied"):
        return found
    reason = found.told[-1].reason
    return replace(found, to_answer=(*((reason,) if reason else ()), *still_open))


def _covers(told: tuple[Answer, ...], granted: Answer, on: date) -> bool:
    """Whether a grant, as extended, has not ended."""
    if granted.kind != "granted":
        return False
    ends = [e.until for e in told if e.kind == "extended" and e.reference == granted.reference]
    last = max((granted.until or date.max, *(each for each in ends if each)))
    return on <= last


def _answers(case: Case, payer: str | None, on: date) -> Iterator[Answer]:
    for record in case.seen.records:
        if record.day <= on and getattr(record.fact, "payer", None) == payer:
            found = _answer(record)
            if found is not None:
                yield found


def _answer(record: Record) -> Answer | None:
    match record.fact:
        case AuthorizationRequested() | AuthorizationGranted():
            return _asked_or_granted(record, record.fact)
        case AuthorizationExtended() | AuthorizationPended() | AuthorizationDenied():
            return _answered(record, record.fact)
        case _:
            return None


def _asked_or_granted(
    record: Record, fact: AuthorizationRequested | AuthorizationGranted
) -> Answer:
    granted = fact if isinstance(fact, AuthorizationGranted) else None
    return Answer(
        kind="granted" if granted else "requested",
        day=record.day,
        reference=fact.reference,
        services=fact.services,
        units=fact.units,
        setting=fact.setting,
        since=fact.since,
        until=fact.until,
        reason=granted.reason if granted else None,
        record=record.key,
    )


def _answered(
    record: Record, fact: AuthorizationExtended | AuthorizationPended | AuthorizationDenied
) -> Answer:
    kind: AnswerKind = "pended"
    more: dict[str, Any] = {}
    match fact:
        case AuthorizationPended(answer_by=by):
            more = {"act_by": by}
        case AuthorizationExtended(until=until, units=units):
            kind, more = "extended", {"until": until, "units": units}
        case AuthorizationDenied(services=services, appeal_by=by):
            kind, more = "denied", {"services": services, "act_by": by}
    return Answer(
        kind=kind, day=record.day, reference=fact.reference, reason=fact.reason,
        record=record.key, **more,
    )  # fmt: skip
