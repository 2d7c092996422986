"""Taking in a message: an outcome for each item, and the entries that keep them. Pure.

Every valid report becomes one entry at once, whatever its order of arrival; nothing is judged away.
Only who asks strictly is refused what is not legal now, and then nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from veinledger.domain.facts.decisions import (
    DECISIONS,
    ReportAssigned,
)
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.findings import Objection, Refusal
from veinledger.domain.intake.chains import Chains
from veinledger.domain.intake.correcting import (
    against_what_it_leaves,
    brought_in,
    replacements_of,
)
from veinledger.domain.intake.dates import a_fact_is_not_dated_more_than_a_day_ahead
from veinledger.domain.intake.entries import (
    Entry,
    Held,
    KeptClaim,
    KeptDeed,
    KeptNameless,
    KeptRefusal,
    KeptReport,
    Known,
    Named,
)
from veinledger.domain.intake.making import outcome_of, provisional_record
from veinledger.domain.intake.outcome import Arrival, Outcome
from veinledger.domain.intake.request import Request, targets_of
from veinledger.domain.intake.request_rules import (
    REQUEST_RULES,
    a_decision_is_about_an_encounter,
)
from veinledger.domain.intake.whose import assigning, together
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.lifecycle.paths import paths
from veinledger.domain.reports import Record, Report, StoredKind
from veinledger.domain.standing.history import Effective, History, effective
from veinledger.domain.standing.legality import judged_from

_GROWING: Final = ("entries", "histories", "held", "chains", "seen")
"""What an intake fills while it takes a message; copied where a decision is tried out."""

TurnedAway = Mapping[int, Refusal]
"""By the item's place in the message."""


def take_in(
    known: Known, naming: Naming, arrivals: tuple[Arrival, ...], *, strict: bool = False
) -> tuple[tuple[Outcome, ...], tuple[Entry, ...]]:
    """An outcome for each item, in order, and what is to be kept.

    Strictly, an item that would not be in effect after the whole message is turned away, and the
    message is taken again without it, until all that is kept is in effect.
    """
    turned_away: dict[int, Refusal] = {}
    while True:
        chains = Chains(known=known, naming=naming)
        intake = Intake(known=known, naming=naming, strict=strict, chains=chains)
        outcomes = intake.take(arrivals, turned_away)
        illegal = intake.not_legal_now(arrivals, outcomes) if strict else {}
        if not illegal:
            return outcomes, tuple(intake.entries)
        turned_away |= illegal


@dataclass(slots=True)
class Intake:
    """One message on its way in: what the ledger knows, and what this message adds to it."""

    known: Known
    naming: Naming
    strict: bool
    chains: Chains
    entries: list[Entry] = field(default_factory=list[Entry])
    histories: dict[Named, History] = field(default_factory=dict[Named, History])
    held: dict[bytes, Held] = field(default_factory=dict[bytes, Held])
    seen: dict[tuple[Named, int], Effective] = field(
        default_factory=dict[tuple[Named, int], Effective]
    )

    def take(self, arrivals: tuple[Arrival, ...], turned_away: TurnedAway) -> tuple[Outcome, ...]:
        """An outcome for each item, in order; `entries` then holds what is to be kept."""
        outcomes = [
            self._take_one(arrival, turned_away.get(place))
            for place, arrival in enumerate(arrivals)
        ]
        return tuple(map(self._told_after_the_whole, outcomes))

    def not_legal_now(
        self, arrivals: tuple[Arrival, ...], outcomes: tuple[Outcome, ...]
    ) -> dict[int, Refusal]:
        """What a strict caller is refused: the items that this message would leave parked."""
        return {
            place: self._refusal_of(arrival.report, outcome)
            for place, (arrival, outcome) in enumerate(zip(arrivals, outcomes, strict=True))
            if outcome.answer == "parked" and arrival.report is not None
        }

    def _refusal_of(self, report: Report, outcome: Outcome) -> Refusal:
        now = self._now((report.subject, report.name))
        way = paths(judged_from(now.state, report.fact), report.fact.type) or ()
        against = outcome.standing.objections if outcome.standing else ()
        return Refusal(objections=against, shortest_way=way)

    def _take_one(self, arrival: Arrival, turned_away: Refusal | None) -> Outcome:
        if turned_away is not None:
            return replace(outcome_of(arrival, "refused"), refusal=turned_away)
        if arrival.report is None:
            return self._refuse(arrival, arrival.refusal or Refusal(objections=()))
        if arrival.report.names_nobody:
            return self._take_nameless(arrival, arrival.report)
        key = self.naming.report_key("report", arrival.source)
        held = self._holding(key)
        if held is None:
            return self._keep_or_refuse(arrival, arrival.report, key, "report")
        if held.digest == arrival.digest:
            return outcome_of(arrival, "duplicate", held)
        return self._keep_beside(arrival, arrival.report)

    def _take_nameless(self, arrival: Arrival, report: Report) -> Outcome:
        """Kept until a person says whose it is; a discard of such a report ends its waiting."""
        found = assigning.taken(self._desk(), arrival, report)
        if isinstance(found, Outcome):
            return found
        if isinstance(found, Objection):
            return self._refuse(arrival, Refusal(objections=(found,)))
        return assigning.told(arrival, found, self._keep_in_intake(found))

    def _keep_in_intake(self, entry: KeptNameless | KeptDeed) -> Held:
        self.entries.append(entry)
        held = Held(digest=entry.arrival.digest, sequence=None, record=entry.key.hex())
        self.held[entry.key] = held
        return held

    def _desk(self) -> assigning.Desk:
        return assigning.Desk(
            known=self.known,
            naming=self.naming,
            holding=self._holding,
            encounter=self._encounter,
            strict=self.strict,
        )

    def _keep_beside(self, arrival: Arrival, report: Report) -> Outcome:
        """The same message id with other bytes: the first stays, this one is kept, disputed."""
        key = self.naming.report_key("conflict", arrival.source, arrival.digest)
        held = self._holding(key)
        if held is not None:
            return outcome_of(arrival, "duplicate", held)
        return self._keep_or_refuse(arrival, report, key, "conflict")

    def _keep_or_refuse(
        self, arrival: Arrival, report: Report, key: bytes, kind: StoredKind
    ) -> Outcome:
        ahead = a_fact_is_not_dated_more_than_a_day_ahead(report, self.known.now)
        if ahead is not None:
            return self._refuse(arrival, Refusal(objections=(ahead,)))
        entry = KeptReport(key=key, kind=kind, report=report, arrival=arrival)
        if kind == "conflict" or not isinstance(report.fact, (*DECISIONS, EncounterLinked)):
            return self._keep(entry)
        if report.subject == "centre":
            return self._refuse(arrival, Refusal(objections=(a_decision_is_about_an_encounter(),)))
        again = assigning.assigned_again(self._desk(), entry)
        return again or self._decide_or_refuse(entry)

    def _decide_or_refuse(self, entry: KeptReport) -> Outcome:
        """A request is judged as it stands, then with all that it would bring about."""
        against = self._against_the_request(entry)
        if not against:
            trial = replace(self, **{name: getattr(self, name).copy() for name in _GROWING})
            outcome = trial._decided(entry)
            against = trial._against_what_it_leaves(entry, self)
            if not against:
                for name in _GROWING:
                    setattr(self, name, getattr(trial, name))
                return outcome
        return self._refuse(entry.arrival, Refusal(objections=against))

    def _against_the_request(self, entry: KeptReport) -> tuple[Objection, ...]:
        if isinstance(entry.report.fact, ReportAssigned):
            return tuple(assigning.against_an_assignment(self._desk(), entry))
        known = self._encounter(entry.report.name)
        replacements = replacements_of(entry.report, entry.arrival, known)
        asked = Request(
            fact=entry.report.fact,
            known=known,
            replacements=tuple(replacements.values()),
            now=self.known.now,
            is_known=lambda name: bool(self._history(("encounter", name)).records),
            seen=self._encounter,
        )
        return tuple(o for rule in REQUEST_RULES if (o := rule(asked)) is not None)

    def _decided(self, entry: KeptReport) -> Outcome:
        """The decision, and what it brings in, as if they were kept."""
        known = self._encounter(entry.report.name)
        replacements = replacements_of(entry.report, entry.arrival, known)
        brought = brought_in(entry.report, entry.key.hex(), replacements, known, self.naming)
        of_an_assignment = assigning.assigned(self._desk(), entry)
        for_the_survivor = together.told_to_the_survivor(entry, self.naming)
        if for_the_survivor is not None:  # first, so that no moment knows of a merge into nobody
            self._keep(for_the_survivor)
        outcome = self._keep(entry)
        if of_an_assignment is not None:
            record, deed = of_an_assignment
            self._keep(record)
            self._keep_in_intake(deed)
        for each in brought:
            self._keep(
                KeptReport(
                    key=each.key,
                    kind=each.kind,
                    report=each.report,
                    arrival=entry.arrival,
                    in_place_of=each.in_place_of,
                )
            )
        return outcome

    def _against_what_it_leaves(self, entry: KeptReport, before: Intake) -> tuple[Objection, ...]:
        brought = frozenset(e.key.hex() for e in self.entries[len(before.entries) :])
        return against_what_it_leaves(
            entry.report,
            brought,
            before._encounter,
            self._encounter,
            lambda targets: self.chains.encounters_of(targets, self.entries),
        )

    def _keep(self, entry: KeptReport) -> Outcome:
        named = entry.report.subject, entry.report.name
        history = self._history(named)
        record = provisional_record(entry, history, self.known.now)
        if entry.kind != "conflict" and entry.report.subject == "encounter":
            self.entries.extend(self._about_chains(record))
        self.entries.append(entry)
        self.entries.extend(together.told_to_the_earlier(record, self.naming))
        self.histories[named] = replace(history, records=(*history.records, record))
        self.held[entry.key] = Held(
            digest=entry.arrival.digest, sequence=record.seal.sequence, record=record.key
        )
        return outcome_of(entry.arrival, "recorded", self.held[entry.key])

    def _about_chains(self, record: Record) -> Iterator[KeptClaim]:
        """Claims stand before their record, so that no moment of knowledge lacks one."""
        yield from self.chains.taken_up_by(record)
        if isinstance(record.fact, DECISIONS):
            known = self._encounter(record.name)
            standing = [r for r in known.known if known.standings[r.key].status != "superseded"]
            yield from self.chains.let_go_by(record, targets_of(record.fact, known), standing)

    def _refuse(self, arrival: Arrival, refusal: Refusal) -> Outcome:
        """Kept with its bytes; a strict caller only asked, and leaves nothing behind."""
        key = self.naming.report_key("refused", arrival.source, arrival.digest)
        held = Held(digest=arrival.digest, sequence=None, record=key.hex())
        if not self.strict and self._holding(key) is None:
            self.entries.append(KeptRefusal(key=key, arrival=arrival, refusal=refusal))
            self.held[key] = held
        told = outcome_of(arrival, "refused", None if self.strict else held)
        return replace(told, refusal=refusal)

    def _told_after_the_whole(self, outcome: Outcome) -> Outcome:
        """What an item counts for after all items of its message, duplicates included."""
        if outcome.encounter is None or outcome.record is None or outcome.answer == "refused":
            return outcome
        known = self._encounter(outcome.encounter)
        standing = known.standings.get(outcome.record)
        if standing is None:
            return outcome
        parked = outcome.answer == "recorded" and not standing.in_effect
        return replace(
            outcome,
            answer="parked" if parked else outcome.answer,
            standing=standing,
            stage=known.stage,
            findings=tuple(f for f in known.findings if outcome.record in f.records),
        )

    def _encounter(self, name: str) -> Effective:
        return self._now(("encounter", name))

    def _now(self, named: Named) -> Effective:
        """An encounter as it stands with what this message has said so far."""
        at = named, len(self.entries)
        if at not in self.seen:
            self.seen[at] = self._judged(named)
        return self.seen[at]

    def _judged(self, named: Named) -> Effective:
        """Of encounters that were merged, what counts of them together."""
        whole = together.whole(self._history, self.chains, named)
        if together.counts_by_itself(whole):
            return self._effective(whole)
        together_with = together.the_survivor(self._history, self.chains, whole)
        return together.narrowed(self._effective(together_with), whole.encounter)

    def _effective(self, whole: History) -> Effective:
        return effective(whole) if self.entries else self.known.effective(whole)

    def _history(self, named: Named) -> History:
        if named not in self.histories:
            self.histories[named] = self.known.history(*named)
        return self.histories[named]

    def _holding(self, key: bytes) -> Held | None:
        return self.held.get(key) or self.known.holding(key)
