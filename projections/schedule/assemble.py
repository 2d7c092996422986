"""The schedule: what is owed in an encounter, by when, and what has met it.

A pure function of the history. An obligation is named by its rule and its anchor, never by a date,
so that moving the infusion moves the calendar and keeps the names. An infusion that is reported and
not confirmed gives the same calendar, each date of it marked provisional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import as_of_both_times
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    History,
    KnownAt,
    effective,
    had_occurred,
)
from veinledger.projections.case.decided import decided
from veinledger.projections.closer.told import taken_back
from veinledger.projections.closer.watches import LOOKED
from veinledger.projections.schedule.kinds import (
    advice,
    appeals,
    authorizations,
    certifications,
    closer,
    expected,
    filing,
    monitoring,
    series,
    support,
)
from veinledger.projections.schedule.question import Question, question
from veinledger.projections.schedule.shapes import Obligation, Schedule

KINDS: Final[tuple[Callable[[Question], Iterator[Obligation]], ...]] = (
    series.after_the_infusion,
    closer.closer,
    monitoring.daily_monitoring,
    advice.advice,
    series.after_the_death,
    filing.timely_filing,
    appeals.appeals,
    authorizations.refusals,
    authorizations.answers,
    authorizations.expiries,
    certifications.expiries,
    support.support,
    expected.expected,
)
"""Each kind of obligation is one function; their order is that of the schedule."""


def schedule(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Schedule:
    """Everything owed in an encounter, to the patient, to payers and to the registry.

    `as_of` is the day that is asked about, an instant that of its own calendar date. Without it
    nothing is due, and nothing missed but a recorded no-show.
    """
    seen = effective(history, as_of, known_at)
    return schedule_seen(seen, as_of_both_times(centre, as_of, known_at), rules, as_of)


def schedule_seen(seen: Effective, centre: Centre, rules: Rules, as_of: AsOf = None) -> Schedule:
    """The schedule of a history that was folded already, before a centre as of both times."""
    asked = question(seen, centre, rules, as_of)
    infusion = asked.infusion
    stands = infusion is not None and infusion.provisional is None
    return Schedule(
        encounter=seen.encounter,
        edition=rules.edition,
        rule_pack=rules.pack,
        stage=seen.stage,
        infusion_day=infusion.day if infusion and stands else None,
        provisional_infusion_day=infusion.day if infusion and not stands else None,
        obligations=tuple(each for kind in KINDS for each in kind(asked)),
        gaps=(*filing.unlimited(asked), *appeals.undated(asked)),
        taken_back=(*_infusion_taken_back(asked), *_taken_back(seen, rules, as_of)),
        reported_not_confirmed=asked.unconfirmed,
        findings=seen.findings,
    )


def _infusion_taken_back(asked: Question) -> Iterator[str]:
    """Where no infusion is left, each that a person took out: no calendar counts from it."""
    if asked.infusion is not None:
        return
    for record in asked.seen.known:
        told = asked.as_of is None or had_occurred(record, asked.as_of)
        gone = told and asked.seen.standings[record.key].status == "superseded"
        if isinstance(record.fact, CellsInfused) and gone:
            yield (
                f"the infusion of {record.day} (record {record.seal.sequence}) was taken out by a"
                " person: no calendar counts from it"
            )


def _taken_back(seen: Effective, rules: Rules, as_of: AsOf) -> tuple[str, ...]:
    """Deeds are looked for only where a person took something out that neurology had found."""
    gone = (r for r in seen.known if r.fact.type in LOOKED)
    if all(seen.standings[record.key].status != "superseded" for record in gone):
        return ()
    return tuple(taken_back(seen, rules, decided(seen), as_of).values())
