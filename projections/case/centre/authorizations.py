"""What the payer of a day authorized beforehand: granted, extended, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.authorization import AuthorizationExtended, AuthorizationGranted
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case

Granted = tuple[Record, AuthorizationGranted]


def granted(case: Case, payer_day: date) -> Iterator[Granted]:
    """Every authorization of the payer of a day, whatever its own days."""
    covered = case.coverage(payer_day)
    for record, fact in case.seen.of(AuthorizationGranted):
        if covered is not None and fact.payer == covered[1].payer:
            yield record, fact


def in_force(case: Case, payer_day: date, day: date) -> Iterator[Granted]:
    """The authorizations of the payer of one day that cover another, extensions counted."""
    for record, fact in granted(case, payer_day):
        if fact.since <= day and (fact.until is None or day <= last_day(case, fact)):
            yield record, fact


def extensions(
    case: Case, fact: AuthorizationGranted
) -> tuple[tuple[Record, AuthorizationExtended], ...]:
    """What the payer added to an authorization later: days, units."""
    of_it = (fact.payer, fact.reference)
    every = case.seen.of(AuthorizationExtended)
    return tuple(pair for pair in every if (pair[1].payer, pair[1].reference) == of_it)


def last_day(case: Case, fact: AuthorizationGranted) -> date:
    """The last day that it covers, extensions counted; the last day of all where it has none."""
    extended = (each.until for _, each in extensions(case, fact))
    return max((fact.until or date.max, *extended))


def spans(case: Case, mine: list[Granted]) -> str:
    """Authorizations with their days, as a sentence names them."""
    return ", ".join(
        f"{fact.reference} from {fact.since} to {last_day(case, fact) if fact.until else 'open'}"
        for _, fact in mine
    )
