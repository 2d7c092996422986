"""Builders for due lists: encounters by name, each with its history and its centre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tests.given import collected, day, infused, made, opened, record, service
from tests.given_decisions import kept
from tests.given_ledger import SITE
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.due.listing import due_list
from veinledger.projections.due.measures import Asked, Measures, measures
from veinledger.projections.due.shapes import DueList, Owing, Wanted
from veinledger.projections.schedule import schedule

CENTRE = read_centre(SITE)
RULES = shipped_rules("public")
TO_THE_RELEASE = [*opened(), *collected(), *made()[:2]]
TO_THE_BAG = [*opened(), *collected(), *made()]
INFUSED = [*TO_THE_BAG, infused()]
NOT_CONFIRMED = [*TO_THE_RELEASE, infused()]


def visit(number: int) -> Record:
    fact = NeurologyVisitCompleted(cpt="99214", service=service("office", f"N-{number}"))
    return record(fact, number)


def died(number: int) -> Record:
    return record(PatientDied(), number)


@dataclass(frozen=True)
class Named:
    """A history told of one encounter, listed under the name of another."""

    name: str
    history: History


def told(name: str, *records: Record | Sequence[Record], centre: str = "lakeside") -> Named:
    """An encounter of this name at a centre."""
    flat = [r for each in records for r in ([each] if isinstance(each, Record) else each)]
    return Named(name, kept([_at(each, centre) for each in flat]))


def _at(each: Record, centre: str) -> Record:
    if isinstance(each.fact, EncounterOpened):
        return replace(each, fact=replace(each.fact, centre=centre))
    return each


def owing(named: Named, on: date) -> Owing:
    facts = (record.fact for record in named.history.records)
    opening = next((fact for fact in facts if isinstance(fact, EncounterOpened)), None)
    owed = schedule(named.history, CENTRE, RULES, on)
    return Owing(
        centre=opening.centre if opening else None, owed=replace(owed, encounter=named.name)
    )


def due(on: int, histories: Iterable[Named], **wanted: Any) -> DueList:
    """The due list on a day counted from the infusion; of neurology, unless asked otherwise."""
    asked = Wanted(**_of_neurology(wanted))
    return due_list(day(on), (owing(each, day(on)) for each in histories), RULES, asked)


def measured(
    first: int, last: int, as_of: int, histories: Iterable[Named], **asked: Any
) -> Measures:
    """Measures of a period counted from the infusion; of neurology, unless asked otherwise."""
    wanted = Asked(first=day(first), last=day(last), **_of_neurology(asked))
    return measures(wanted, day(as_of), (owing(e, day(as_of)) for e in histories), RULES)


def _of_neurology(asked: dict[str, Any]) -> dict[str, Any]:
    return {"group": "neurology", **asked}
