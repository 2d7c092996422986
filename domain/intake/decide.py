"""Taking in a message: an outcome for each item, and the entries that keep them. Pure.

Every valid report becomes one entry at once, whatever its order of arrival; nothing is judged away.
Only who asks strictly is refused what is not legal now, and then nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from veinledger.domain.findings import Objection, Refusal
from veinledger.domain.intake.entries import (
    Entry,
    Held,
    KeptClaim,
    KeptRefusal,
    KeptReport,
    Known,
    Named,
)
from veinledger.domain.intake.making import claim_of, outcome_of, provisional_record
from veinledger.domain.intake.outcome import Arrival, Outcome
from veinledger.domain.intake.request_rules import (
    DECISIONS,
    REQUEST_RULES,
    a_decision_is_about_an_encounter,
    a_fact_is_not_dated_more_than_a_day_ahead,
    targets_of,
)
from veinledger.domain.ledger.naming import KeyKind, Naming
from veinledger.domain.lifecycle.paths import paths
from veinledger.domain.reports import Record, RecordKind, Report
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.history import Effective, History, IdentityClaim, effective
from veinledger.domain.standing.legality import claims_a_chain, judged_from

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
        intake = Intake(known=known, naming=naming, strict=strict)
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
    entries: list[Entry] = field(default_factory=list[Entry])
    histories: dict[Named, History] = field(default_factory=dict[Named, History])
    held: dict[bytes, Held] = field(default_factory=dict[bytes, Held])
    claims: dict[str, tuple[IdentityClaim, ...]] = field(
        default_factory=dict[str, tuple[IdentityClaim, ...]]
    )
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
        key = self.naming.report_key("report", arrival.source)
        held = self._holding(key)
        if held is None:
            return self._keep_or_refuse(arrival, arrival.report, key, "report")
        if held.digest == arrival.digest:
            return outcome_of(arrival, "duplicate", held)
        return self._keep_beside(arrival, arrival.report)

    def _keep_beside(self, arrival: Arrival, report: Report) -> Outcome:
        """The same message id with other bytes: the first stays, this one is kept, disputed."""
        key = self.naming.report_key("conflict", arrival.source, arrival.digest)
        held = self._holding(key)
        if held is not None:
            return outcome_of(arrival, "duplicate", held)
        return self._keep_or_refuse(arrival, report, key, "conflict")

    def _keep_or_refuse(
        self, arrival: Arrival, report: Report, key: bytes, kind: RecordKind
    ) -> Outcome:
        against = self._objections(report, kind)
        if against:
            return self._refuse(arrival, Refusal(objections=against))
        named = report.subject, report.name
        history = self._history(named)
        record = provisional_record(report, key, kind, history, self.known.now)
        if kind == "report" and report.subject == "encounter":
            self._claim(record)
            self._release(record)
        self.entries.append(KeptReport(key=key, kind=kind, report=report, arrival=arrival))
        self.histories[named] = replace(history, records=(*history.records, record))
        self.held[key] = Held(
            digest=arrival.digest, sequence=record.seal.sequence, record=record.key
        )
        return outcome_of(arrival, "recorded", self.held[key])

    def _objections(self, report: Report, kind: RecordKind) -> tuple[Objection, ...]:
        ahead = a_fact_is_not_dated_more_than_a_day_ahead(report, self.known.now)
        if ahead is not None:
            return (ahead,)
        if kind == "conflict" or not isinstance(report.fact, DECISIONS):
            return ()
        if report.subject == "centre":
            return (a_decision_is_about_an_encounter(),)
        known = self._now((report.subject, report.name))
        return tuple(o for rule in REQUEST_RULES if (o := rule(report.fact, known)) is not None)

    def _claim(self, record: Record) -> None:
        """Claims stand before their record, so that no moment of knowledge lacks one."""
        chain = claims_a_chain(record.fact)
        if chain is not None:
            self._keep_claim(claim_of(record, chain, self.known.now), record)

    def _release(self, record: Record) -> None:
        """A void or a discard lets go of the chains that its targets claimed."""
        if not isinstance(record.fact, DECISIONS):
            return
        for target in targets_of(record.fact, self._now(("encounter", record.name))):
            chain = claims_a_chain(target.fact)
            if chain is not None:
                claim = claim_of(target, chain, self.known.now)
                self._keep_claim(replace(claim, released=True), record)

    def _keep_claim(self, claim: IdentityClaim, by: Record) -> None:
        kind: KeyKind = "released" if claim.released else "identity"
        key = self.naming.report_key(kind, by.source, claim.record)
        chain = claim.chain_of_identity
        self.claims[chain] = (*self._claims_on(chain), claim)
        self.entries.append(KeptClaim(key=key, claim=claim))

    def _refuse(self, arrival: Arrival, refusal: Refusal) -> Outcome:
        """Kept with its bytes; a strict caller only asked, and leaves nothing behind."""
        key = self.naming.report_key("refused", arrival.source, arrival.digest)
        held = self._holding(key) or Held(digest=arrival.digest, sequence=None, record=key.hex())
        if key not in self.held and self.known.holding(key) is None and not self.strict:
            self.entries.append(KeptRefusal(key=key, arrival=arrival, refusal=refusal))
            self.held[key] = held
        told = outcome_of(arrival, "refused", None if self.strict else held)
        return replace(told, refusal=refusal)

    def _told_after_the_whole(self, outcome: Outcome) -> Outcome:
        """What an item counts for after all items of its message, duplicates included."""
        if outcome.encounter is None or outcome.record is None or outcome.answer == "refused":
            return outcome
        known = self._now(("encounter", outcome.encounter))
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

    def _now(self, named: Named) -> Effective:
        """An encounter as it stands with what this message has said so far."""
        at = named, len(self.entries)
        if at not in self.seen:
            history = self._history(named)
            chains = dict.fromkeys(filter(None, (chain_of(r.fact) for r in history.records)))
            claims = tuple(claim for chain in chains for claim in self._claims_on(chain))
            self.seen[at] = effective(replace(history, claims=claims))
        return self.seen[at]

    def _history(self, named: Named) -> History:
        if named not in self.histories:
            self.histories[named] = self.known.history(*named)
        return self.histories[named]

    def _claims_on(self, chain: str) -> tuple[IdentityClaim, ...]:
        if chain not in self.claims:
            self.claims[chain] = self.known.claims_on(chain)
        return self.claims[chain]

    def _holding(self, key: bytes) -> Held | None:
        return self.held.get(key) or self.known.holding(key)
