"""What payers wait for and what runs out: authorizations, papers asked for, refusals to appeal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from veinledger.domain.facts.appeal import AppealFiled
from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    AuthorizationExtended,
    AuthorizationGranted,
    AuthorizationPended,
    AuthorizationRequested,
    AuthorizedService,
)
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.projections.case.payers_words import services_named
from veinledger.projections.schedule.kinds.deadlines import last_day
from veinledger.projections.schedule.kinds.last_visit import last_visit
from veinledger.projections.schedule.moved import was_due
from veinledger.projections.schedule.owed import Met, Owed, Pending, happened
from veinledger.projections.schedule.question import Question
from veinledger.projections.schedule.shapes import Earlier

GIVEN: Final[Mapping[AuthorizedService, type[Fact]]] = {
    "apheresis": ApheresisCompleted,
    "lymphodepletion": LymphodepletionDoseGiven,
    "product": CellsInfused,
    "infusion": CellsInfused,
    "admission": PatientAdmitted,
}
"""The fact by which a service has been given; of the visits it is the last one."""

Granted = tuple[Record, AuthorizationGranted]
Extended = tuple[Record, AuthorizationExtended]


def expiries(question: Question) -> Iterator[Pending]:
    """Each authorization with a last day: given by then, or renewed, or run out."""
    for record, fact in question.seen.of(AuthorizationGranted):
        extensions = _extensions(question, fact)
        until = extensions[-1][1].until if extensions else fact.until
        if until is None:
            continue
        window, notice = last_day(question, "authorization_expiry", fact.since, until)
        owed = Owed(
            rule="authorization_expiry",
            what=f"authorization {fact.reference} ({services_named(fact.services)}) runs out",
            group="authorization",
            anchor=record.key,
            window=window,
            meets=_meets(fact),
            noun="service or renewal",
            source=f"{fact.payer}: the authorization as recorded",
            window_source=notice,
            confidence="high",
            end=question.end,
            was_due=(*_corrected(question, record), *_extended(question, fact, extensions)),
        )
        met = _given(question, fact, until) or _renewed(question, fact, until)
        yield Pending(owed, met)


def answers(question: Question) -> Iterator[Pending]:
    """What a payer wants by a day before it decides."""
    for record, fact in question.seen.of(AuthorizationPended):
        if fact.answer_by is None:
            continue
        window, notice = last_day(question, "authorization_answer", record.day, fact.answer_by)
        owed = Owed(
            rule="authorization_answer",
            what=f"answer {fact.payer} on the authorization",
            group="authorization",
            anchor=record.key,
            window=window,
            meets=(AuthorizationRequested.type, AuthorizationGranted.type),
            noun="answer",
            source=f"{fact.payer}: the day that it named",
            window_source=notice,
            confidence="high",
            end=question.end,
            was_due=was_due(question, record, "the day of the answer", _answer_by),
        )
        kinds = (AuthorizationRequested, AuthorizationGranted, AuthorizationDenied)
        yield Pending(owed, _first_after(question, record, fact.payer, kinds))


def refusals(question: Question) -> Iterator[Pending]:
    """By when a refused authorization can be appealed, where the payer named the day."""
    for record, fact in question.seen.of(AuthorizationDenied):
        if fact.appeal_by is None:
            continue
        window, notice = last_day(question, "authorization_appeal", record.day, fact.appeal_by)
        owed = Owed(
            rule="authorization_appeal",
            what=f"appeal the refusal of {fact.payer}",
            group="appeal",
            anchor=record.key,
            window=window,
            meets=(AppealFiled.type, AuthorizationGranted.type),
            noun="appeal",
            source=f"{fact.payer}: the day that it named",
            window_source=notice,
            confidence="high",
            was_due=was_due(question, record, "the day of the appeal", _appeal_by),
        )
        yield Pending(
            owed,
            _first_after(question, record, fact.payer, (AppealFiled, AuthorizationGranted)),
        )


def _meets(fact: AuthorizationGranted) -> tuple[str, ...]:
    given = (GIVEN[service].type for service in fact.services if service in GIVEN)
    return tuple(dict.fromkeys((*given, AuthorizationGranted.type)))


def _extensions(question: Question, fact: AuthorizationGranted) -> list[Extended]:
    return [
        pair
        for pair in question.seen.of(AuthorizationExtended)
        if (pair[1].payer, pair[1].reference) == (fact.payer, fact.reference)
    ]


def _extended(
    question: Question, fact: AuthorizationGranted, extensions: list[Extended]
) -> Iterator[Earlier]:
    before = fact.until
    for record, extension in extensions:
        if before is not None and before != extension.until:
            number = record.number_in(question.seen.encounter)
            yield Earlier(
                due=before,
                until=record.seal.recorded_at,
                correction=record.key,
                reason=f"the payer extended it on {record.day} by record {number}",
            )
        before = extension.until


def _corrected(question: Question, record: Record) -> tuple[Earlier, ...]:
    return was_due(question, record, "the authorization", _until)


def _until(record: Record) -> date | None:
    return record.fact.until if isinstance(record.fact, AuthorizationGranted) else None


def _answer_by(record: Record) -> date | None:
    return record.fact.answer_by if isinstance(record.fact, AuthorizationPended) else None


def _appeal_by(record: Record) -> date | None:
    return record.fact.appeal_by if isinstance(record.fact, AuthorizationDenied) else None


def _given(question: Question, fact: AuthorizationGranted, until: date) -> Met | None:
    """Every service was given while it held; the visits with the last one of the calendar.

    Once the cells were infused, as an outpatient too, nobody is admitted for the infusion any more.
    """
    kinds = dict.fromkeys(GIVEN[service] for service in fact.services if service in GIVEN)
    last: list[Record] = []
    if "other" in fact.services:
        return None
    if "surveillance" in fact.services:
        visit = last_visit(question, fact.since, until)
        if visit is None:
            return None
        last.append(visit)
    if CellsInfused in kinds:
        kinds.pop(PatientAdmitted, None)
    for kind in kinds:
        within = [r for r, _ in question.seen.of(kind) if fact.since <= r.day <= until]
        if not within:
            return None
        last.append(within[0])
    if not last:  # it names no service: nothing shows that it was used
        return None
    done = max(last, key=lambda record: record.day)
    return Met(record=done.key, day=done.day, how=f"given by {done.day}, while it held")


def _renewed(question: Question, fact: AuthorizationGranted, until: date) -> Met | None:
    """Another authorization of the payer for one of the services, that lasts longer.

    It counts from the day on which it was granted; where it leaves a gap, from its own first day.
    """
    for record, other in question.seen.of(AuthorizationGranted):
        same = other.payer == fact.payer and set(other.services) & set(fact.services)
        longer = other.until is None or other.until > until
        if same and longer and other.reference != fact.reference and other.since > fact.since:
            gap = other.since > until + timedelta(days=1)
            day = max(record.day, other.since) if gap else record.day
            return Met(record=record.key, day=day, how=f"renewed by {other.reference}")
    return None


def _first_after(
    question: Question, since: Record, payer: str, kinds: tuple[type[Fact], ...]
) -> Met | None:
    """The first fact of some kinds that concerns the payer, from the day of a record on."""
    for record in question.seen.records:
        mine = getattr(record.fact, "payer", None) == payer
        of_a_claim = isinstance(record.fact, AppealFiled) and record.fact.claim_key is not None
        if isinstance(record.fact, kinds) and mine and not of_a_claim and record.day >= since.day:
            return Met(record=record.key, day=record.day, how=happened(record))
    return None
