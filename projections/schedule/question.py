"""What obligations are worked out from: the history, day 0, what ended, who pays, the day asked."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.encounter import EncounterCompleted, EncounterWithdrawn
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.products.profile import Product
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import as_asked_last
from veinledger.projections.case.opening import case_seen
from veinledger.projections.case.presence.reading import stays_and_attendances
from veinledger.projections.case.replacements import Replacements, replacements
from veinledger.projections.case.stays import Attendance, Stay
from veinledger.projections.case.unconfirmed import Unconfirmed, parked, reported_not_confirmed
from veinledger.projections.closer.watches import Watch, watches


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """The infusion that calendars count from, and why it may not stand."""

    record: Record
    fact: CellsInfused
    provisional: str | None = None

    @property
    def day(self) -> date:
        """Day 0."""
        return self.record.day


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A day from which visits are not owed any more, and what happened on it."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One encounter, asked on a day what is owed in it."""

    seen: Effective
    centre: Centre
    """With the certificates that were told of by then."""
    rules: Rules
    today: date | None
    """The day that is asked about; None asks about no day."""
    unconfirmed: tuple[Unconfirmed, ...]
    product: Product | None
    """By the encounter's opening; before that by the label of the infused bag."""
    infusion: Infusion | None
    case: Case | None
    """What asks for payers and bills; None until a complete page describes the product."""
    chains: Replacements
    end: End | None
    """What first cancelled the visits: death, completion, withdrawal."""
    died: End | None
    deaths: tuple[Unconfirmed, ...] = ()
    """Deaths that are reported and not confirmed."""
    some_unplaced: bool = True
    """Whether any record waits, is disputed or was superseded."""
    as_of: AsOf = None

    @property
    def edition(self) -> Edition:
        """The edition that is asked."""
        return self.rules.edition

    def stays(self) -> tuple[Stay, ...]:
        """The inpatient stays."""
        return self._presences()[0]

    def observed(self) -> tuple[Attendance, ...]:
        """The stays under observation."""
        return tuple(
            each
            for each in self._presences()[1]
            if each.service.patient_class == "observation" or each.reversed_by is not None
        )

    def _presences(self) -> tuple[tuple[Stay, ...], tuple[Attendance, ...]]:
        return self.case.presences if self.case else stays_and_attendances(self.seen.records)

    def watches(self) -> tuple[Watch, ...]:
        """The closer watches as of the day that is asked about."""
        if self.case is None:
            return watches(self.seen, self.rules, self.as_of)
        find = partial(watches, self.seen, self.rules, self.as_of)
        return as_asked_last(self.case, watches, self.as_of, None, find)

    def parked(self, types: Container[str]) -> tuple[Record, ...]:
        """Records of some types that wait or are disputed."""
        return parked(self.seen, types, self.as_of) if self.some_unplaced else ()


def question(
    seen: Effective, centre: Centre, rules: Rules, as_of: AsOf, case: Case | None = None
) -> Question:
    """Everything that the kinds of obligations ask for, found once; of a case if one is open."""
    unconfirmed = reported_not_confirmed(seen, as_of)
    infusion = _infusion(seen, unconfirmed)
    ends = tuple(_ends(seen))
    return Question(
        seen=seen,
        centre=centre,
        rules=rules,
        today=local_day(as_of, centre, seen),
        unconfirmed=unconfirmed,
        product=_product(seen, infusion, rules),
        infusion=infusion,
        case=case or case_seen(seen, centre, rules),
        chains=replacements(seen.known),
        end=min(ends, key=lambda end: end.day, default=None),
        died=next((_died(record) for record, _ in seen.of(PatientDied)), None),
        deaths=tuple(each for each in unconfirmed if each.type == "patient.died"),
        some_unplaced=bool(seen.not_in_effect()),
        as_of=as_of,
    )


def asked_on(known: Question, as_of: AsOf) -> Question:
    """The same question about another day, by which nothing else had happened."""
    if known.as_of == as_of:
        return known
    return replace(known, today=local_day(as_of, known.centre, known.seen), as_of=as_of)


def _infusion(seen: Effective, unconfirmed: tuple[Unconfirmed, ...]) -> Infusion | None:
    """The first infusion in effect; only where there is none, the first that is reported."""
    for record, fact in seen.of(CellsInfused):
        return Infusion(record=record, fact=fact)
    known = {record.key: record for record in seen.known}
    for each in unconfirmed:
        reported = known[each.record]
        if isinstance(reported.fact, CellsInfused):
            return Infusion(record=reported, fact=reported.fact, provisional=each.reason)
    return None


def _product(seen: Effective, infusion: Infusion | None, rules: Rules) -> Product | None:
    """The product of the encounter; before anybody opened it, the one on the bag's label."""
    named = rules.products.find(seen.state.product)
    code = infusion.fact.hcpcs_on_label if infusion and infusion.provisional else None
    if named is not None or infusion is None or code is None:
        return named
    return rules.products.by_hcpcs(code, rules.book, infusion.day, rules.edition)


def _ends(seen: Effective) -> Iterator[End]:
    yield from (_died(record) for record, _ in seen.of(PatientDied))
    for record, _ in seen.of(EncounterCompleted):
        yield End(day=record.day, reason=f"the encounter was completed on {record.day}")
    for record, _ in seen.of(EncounterWithdrawn):
        yield End(day=record.day, reason=f"the encounter was withdrawn on {record.day}")


def _died(record: Record) -> End:
    return End(day=record.day, reason=f"the patient died on {record.day}")
