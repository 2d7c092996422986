"""Encounters for both sides: a history of records, and the same as days on a paper calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.given import DAY_0, collected, infused, made, opened, record, service
from tests.given_decisions import kept
from tests.given_ledger import SITE
from tests.naive_calendar.model import Written, day_at, status, written
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History, effective_by, folded_history
from veinledger.projections.schedule import Schedule, schedule, schedule_seen

CENTRE = read_centre(SITE)
RULES = shipped_rules("public")
REPEATED = ("neurology", "monitoring", "laboratory", "registry")
Line = tuple[date, date, date, str]
"""Due, opens, closes, status."""


@dataclass(frozen=True)
class Story:
    """An infusion, the neurological visits after it, and how it ended."""

    day_0: date
    visits: tuple[date, ...] = ()
    died: date | None = None

    def history(self) -> History:
        before = [*opened(), *collected(), *made(), infused()]
        shift = self.day_0 - DAY_0
        told = [_moved(each, each.day + shift) for each in before]
        told += [_moved(_visit(number), day) for number, day in enumerate(self.visits)]
        if self.died is not None:
            told.append(_moved(record(PatientDied(), 0), self.died))
        return kept(told)

    def on_paper(self, today: date) -> dict[str, Line]:
        """What the paper calendar says on a day; it is begun on the day of the infusion."""
        if today < self.day_0:
            return {}
        return {
            each.rule: (day_at(each.due), day_at(each.opens), day_at(each.closes), beside)
            for each in written(self.day_0)
            for beside in [self._beside(each, today)]
        }

    def _beside(self, line: Written, today: date) -> str:
        visits = self.visits if line.rule.startswith("neurology_") else ()
        return status(line, today, visits, self.died)


def _moved(each: Record, day: date) -> Record:
    occurred = replace(each.occurred, text=day.isoformat(), local_day=day, instant=None)
    return replace(each, occurred=occurred)


def _visit(number: int) -> Record:
    fact = NeurologyVisitCompleted(cpt="99214", service=service("office", f"N-{number}"))
    return record(fact, 0, f"visit {number}")


class Told:
    """What the schedule says of a story, folded once for all days."""

    def __init__(self, story: Story) -> None:
        self._history = story.history()
        self._folded = folded_history(self._history)

    def on(self, today: date, groups: Iterable[str] = REPEATED) -> dict[str, Line]:
        seen = effective_by(self._folded, today)
        return lines_of(schedule_seen(seen, CENTRE, RULES, today), groups)

    def anew_on(self, today: date) -> Schedule:
        return schedule(self._history, CENTRE, RULES, today)


def lines_of(told: Schedule, groups: Iterable[str] = REPEATED) -> dict[str, Line]:
    """The repeated obligations of a schedule, as the paper calendar has them."""
    return {
        each.rule: (each.due, each.opens, each.closes, each.status)
        for each in told.obligations
        if each.group in groups and each.rule != "registry_death_form"
    }


def day_after(story_day: date, days: int) -> date:
    return story_day + timedelta(days=days)
