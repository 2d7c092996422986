"""The schedule: what is owed in an encounter, by when, and what has met it.

A pure function of the history. An obligation is named by its rule and its anchor, never by a date,
so that moving the infusion moves the calendar and keeps the names. An infusion that is reported and
not confirmed gives the same calendar, each date of it marked provisional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import centre_then
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    History,
    KnownAt,
    effective_by,
    folded_history,
)
from veinledger.domain.standing.occurred import had_occurred
from veinledger.projections.case.case import Case
from veinledger.projections.case.decided import decided
from veinledger.projections.case.opening import case_by
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
from veinledger.projections.schedule.owed import Pending, obligation
from veinledger.projections.schedule.question import Question, asked_on, question
from veinledger.projections.schedule.shapes import Obligation, Schedule

Kind = Callable[[Question], Iterator[Pending]]

KINDS: Final[tuple[Kind, ...]] = (
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

OF_THE_DAY: Final[Mapping[Kind, Callable[[Question], bool]]] = {
    closer.closer: closer.hangs_on_the_day,
    monitoring.daily_monitoring: monitoring.hangs_on_the_day,
    support.support: support.hangs_on_the_day,
}
"""What these ask for may hang on the day asked about; of the others only the status does."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Frame:
    """What is owed between two days on which something happened, whichever day is asked about."""

    asked: Question
    pending: tuple[tuple[Pending, ...] | None, ...]
    """Kind by kind; None of a kind that is worked out for each day."""
    gaps: tuple[str, ...]
    taken_back: tuple[str, ...]

    def by_kind(self) -> Iterator[tuple[Kind, tuple[Pending, ...] | None]]:
        """Each kind, with what is pending of it."""
        return zip(KINDS, self.pending, strict=True)

    def __repr__(self) -> str:
        return f"<frame: {len(self.pending)} kinds>"


def schedule(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Schedule:
    """Everything owed in an encounter, to the patient, to payers and to the registry.

    `as_of` is the day that is asked about, an instant that of the centre's calendar. Without it
    nothing is due, and nothing missed but a recorded no-show.
    """
    folded = folded_history(history, known_at)
    seen, then = effective_by(folded, as_of), centre_then(centre, folded, as_of, known_at)
    return schedule_seen(seen, then, rules, as_of, case_by(folded, seen, then, rules))


def schedule_seen(
    seen: Effective, centre: Centre, rules: Rules, as_of: AsOf = None, case: Case | None = None
) -> Schedule:
    """The schedule of a history that was folded already, before a centre as of both times."""
    return schedule_on(frame(seen, centre, rules, as_of, case), as_of)


def frame(
    seen: Effective, centre: Centre, rules: Rules, as_of: AsOf = None, case: Case | None = None
) -> Frame:
    """What is owed by all that had happened by a day, to be asked about that day and its like.

    A case of it that is open already knows much of it; else one is opened.
    """
    asked = question(seen, centre, rules, as_of, case)
    return Frame(
        asked=asked,
        pending=tuple(
            None if kind in OF_THE_DAY and OF_THE_DAY[kind](asked) else tuple(kind(asked))
            for kind in KINDS
        ),
        gaps=(*filing.unlimited(asked), *appeals.undated(asked)),
        taken_back=(*_infusion_taken_back(asked), *_taken_back(seen, rules, as_of)),
    )


def schedule_on(known: Frame, as_of: AsOf) -> Schedule:
    """The schedule of a day; since the day that the frame is of, nothing may have happened."""
    asked = asked_on(known.asked, as_of)
    owed = tuple(obligation(asked, each) for _, found in pending_on(known, asked) for each in found)
    return schedule_of(known, owed)


def schedule_of(known: Frame, owed: tuple[Obligation, ...]) -> Schedule:
    """The schedule of a day on which this is owed."""
    asked, seen = known.asked, known.asked.seen
    infusion = asked.infusion
    stands = infusion is not None and infusion.provisional is None
    return Schedule(
        encounter=seen.encounter,
        edition=asked.rules.edition,
        rule_pack=asked.rules.pack,
        stage=seen.stage,
        infusion_day=infusion.day if infusion and stands else None,
        provisional_infusion_day=infusion.day if infusion and not stands else None,
        obligations=owed,
        gaps=known.gaps,
        taken_back=known.taken_back,
        reported_not_confirmed=asked.unconfirmed,
        findings=seen.findings,
    )


def pending_on(known: Frame, asked: Question) -> Iterator[tuple[Kind, Iterable[Pending]]]:
    """What is owed on the day that is asked about, kind by kind."""
    for kind, found in known.by_kind():
        yield kind, kind(asked) if found is None else found


def _infusion_taken_back(asked: Question) -> Iterator[str]:
    """Where no infusion is left, each that a person took out: no calendar counts from it."""
    if asked.infusion is not None:
        return
    if asked.seen.merged_into is not None:
        yield f"it was merged into {asked.seen.merged_into}: what is owed is owed there"
        return
    for record in asked.seen.known:
        told = asked.as_of is None or had_occurred(record, asked.as_of)
        gone = told and asked.seen.standings[record.key].status == "superseded"
        if isinstance(record.fact, CellsInfused) and gone:
            number = record.number_in(asked.seen.encounter)
            yield (
                f"the infusion of {record.day} (record {number}) was taken out by a"
                " person: no calendar counts from it"
            )


def _taken_back(seen: Effective, rules: Rules, as_of: AsOf) -> tuple[str, ...]:
    """Deeds are looked for only where a person took something out that neurology had found."""
    gone = (r for r in seen.known if r.fact.type in LOOKED)
    if all(seen.standings[record.key].status != "superseded" for record in gone):
        return ()
    return tuple(taken_back(seen, rules, decided(seen), as_of).values())
