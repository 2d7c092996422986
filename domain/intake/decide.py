"""Taking in a message: an outcome for each item, and the entries that keep them. Pure.

Every valid report becomes one entry at once, whatever its order of arrival; nothing is judged away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from veinledger.domain.findings import Objection, Refusal
from veinledger.domain.intake.outcome import Answer, Arrival, Outcome
from veinledger.domain.intake.request_rules import (
    DECISIONS,
    REQUEST_RULES,
    a_fact_is_not_dated_more_than_a_day_ahead,
    targets_of,
)
from veinledger.domain.ledger.naming import KeyKind, Naming
from veinledger.domain.lifecycle.paths import paths
from veinledger.domain.reports import Record, RecordKind, Report, Seal, Subject
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.history import Effective, History, IdentityClaim, effective
from veinledger.domain.standing.legality import claims_a_chain, judged_from
from veinledger.domain.standing.order import rank_of


class Known(Protocol):
    """What the ledger holds, as one transaction sees it, decoded."""

    @property
    def now(self) -> datetime:
        """What `recorded_at` will be."""
        ...

    def history(self, subject: Subject, name: str) -> History:
        """All records of an encounter (with the claims on the chains they name) or a centre."""
        ...

    def claims_on(self, chain_of_identity: str) -> tuple[IdentityClaim, ...]:
        """Every claim on a chain of identity, by whatever encounter."""
        ...

    def holding(self, key: bytes) -> Held | None:
        """What is kept under a report key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is kept under a report key: enough to answer a duplicate."""

    digest: str
    sequence: int
    record: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptReport:
    """A report to append to its encounter's or centre's stream."""

    key: bytes
    kind: RecordKind
    report: Report
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptRefusal:
    """What could not be taken, to append to the connection's intake stream."""

    key: bytes
    arrival: Arrival
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptClaim:
    """A claim on a chain of identity, or its release, to append to the chain's stream."""

    key: bytes
    claim: IdentityClaim


Entry = KeptReport | KeptRefusal | KeptClaim
Named = tuple[Subject, str]


@dataclass(slots=True)
class Intake:
    """One message on its way in: what the ledger knows, and what this message adds to it."""

    known: Known
    naming: Naming
    strict: bool = False
    entries: list[Entry] = field(default_factory=list[Entry])
    histories: dict[Named, History] = field(default_factory=dict[Named, History])
    held: dict[bytes, Held] = field(default_factory=dict[bytes, Held])

    def take(self, arrivals: tuple[Arrival, ...]) -> tuple[Outcome, ...]:
        """An outcome for each item, in order; `entries` then holds what is to be kept."""
        return self._told_after_the_whole(tuple(map(self._take_one, arrivals)))

    def _take_one(self, arrival: Arrival) -> Outcome:
        if arrival.report is None:
            return self._refuse(arrival, arrival.refusal or Refusal(objections=()))
        key = self.naming.report_key("report", arrival.source)
        held = self._holding(key)
        if held is None:
            return self._keep_or_refuse(arrival, arrival.report, key)
        if held.digest == arrival.digest:
            return _outcome(arrival, "duplicate", held)
        return self._keep_beside(arrival, arrival.report)

    def _keep_or_refuse(self, arrival: Arrival, report: Report, key: bytes) -> Outcome:
        against = self._objections(report)
        if against:
            return self._refuse(arrival, Refusal(objections=against))
        kept = self._keep(arrival, report, key, "report")
        if not self.strict or report.subject == "centre":
            return kept
        return self._refused_as_a_request(arrival, report) or kept

    def _keep_beside(self, arrival: Arrival, report: Report) -> Outcome:
        """The same message id with other bytes: the first stays, this one is kept, disputed."""
        key = self.naming.report_key("conflict", arrival.source, arrival.digest)
        held = self._holding(key)
        if held is not None:
            return _outcome(arrival, "duplicate", held)
        return self._keep(arrival, report, key, "conflict")

    def _keep(self, arrival: Arrival, report: Report, key: bytes, kind: RecordKind) -> Outcome:
        history = self._history(report)
        record = _provisional(report, key, kind, history, self.known.now)
        self.entries.append(KeptReport(key=key, kind=kind, report=report, digest=arrival.digest))
        self._remember(key, record, arrival.digest)
        before = history
        self.histories[report.subject, report.name] = replace(
            history, records=(*history.records, record)
        )
        if kind == "report" and report.subject == "encounter":
            self._claim(record)
            self._release(record, before)
        return _outcome(arrival, "recorded", self.held[key])

    def _claim(self, record: Record) -> None:
        chain = claims_a_chain(record.fact)
        if chain is not None:
            claim = _claim_of(record, chain, self.known.now)
            self._keep_claim(claim, record)
        named = chain_of(record.fact)
        if named is not None:
            self._learn_claims(record.name, self.known.claims_on(named))

    def _release(self, record: Record, before: History) -> None:
        """A void or a discard lets go of the chains that its targets claimed."""
        if not isinstance(record.fact, DECISIONS):
            return
        for target in targets_of(record.fact, effective(before)):
            chain = claims_a_chain(target.fact)
            if chain is not None:
                claim = replace(_claim_of(target, chain, self.known.now), released=True)
                self._keep_claim(claim, record)

    def _keep_claim(self, claim: IdentityClaim, by: Record) -> None:
        kind: KeyKind = "released" if claim.released else "identity"
        key = self.naming.report_key(kind, by.source, claim.record)
        self.entries.append(KeptClaim(key=key, claim=claim))
        self._learn_claims(by.name, (claim,))

    def _learn_claims(self, encounter: str, claims: tuple[IdentityClaim, ...]) -> None:
        history = self.histories["encounter", encounter]
        new = tuple(claim for claim in claims if claim not in history.claims)
        self.histories["encounter", encounter] = replace(history, claims=(*history.claims, *new))

    def _refuse(self, arrival: Arrival, refusal: Refusal) -> Outcome:
        key = self.naming.report_key("refused", arrival.source, arrival.digest)
        held = self._holding(key)
        if held is None:
            self.entries.append(KeptRefusal(key=key, arrival=arrival, refusal=refusal))
            self.held[key] = Held(digest=arrival.digest, sequence=0, record=key.hex())
        return replace(_outcome(arrival, "refused", self.held.get(key)), refusal=refusal)

    def _refused_as_a_request(self, arrival: Arrival, report: Report) -> Outcome | None:
        """Strict callers ask before the act: what is not legal now leaves no record."""
        history = self.histories["encounter", report.name]
        now = effective(history)
        record = history.records[-1]
        standing = now.standings[record.key]
        if standing.in_effect:
            return None
        self.histories["encounter", report.name] = replace(history, records=history.records[:-1])
        self.entries = [e for e in self.entries if not _is_about(e, record.key)]
        del self.held[bytes.fromhex(record.key)]
        way = paths(judged_from(now.state, report.fact), report.fact.type) or ()
        refusal = Refusal(objections=standing.objections, shortest_way=way)
        return replace(_outcome(arrival, "refused"), refusal=refusal)

    def _objections(self, report: Report) -> tuple[Objection, ...]:
        ahead = a_fact_is_not_dated_more_than_a_day_ahead(report, self.known.now)
        if ahead is not None:
            return (ahead,)
        if report.subject == "centre" or not isinstance(report.fact, DECISIONS):
            return ()
        known = effective(self._history(report))
        return tuple(o for rule in REQUEST_RULES if (o := rule(report.fact, known)) is not None)

    def _told_after_the_whole(self, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        after = {
            name: effective(self._with_claims_of_this_message(history))
            for (subject, name), history in self.histories.items()
            if subject == "encounter"
        }
        return tuple(self._with_standing(outcome, after) for outcome in outcomes)

    def _with_claims_of_this_message(self, history: History) -> History:
        """Another item of the message may claim a chain that this encounter names."""
        named = {chain_of(record.fact) for record in history.records}
        said = [entry.claim for entry in self.entries if isinstance(entry, KeptClaim)]
        new = [c for c in said if c.chain_of_identity in named and c not in history.claims]
        return replace(history, claims=(*history.claims, *new)) if new else history

    def _with_standing(self, outcome: Outcome, after: Mapping[str, Effective]) -> Outcome:
        if outcome.encounter is None or outcome.record is None or outcome.answer == "refused":
            return outcome
        known = after.get(outcome.encounter) or effective(
            self.known.history("encounter", outcome.encounter)
        )
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

    def _history(self, report: Report) -> History:
        named = report.subject, report.name
        if named not in self.histories:
            self.histories[named] = self.known.history(*named)
        return self.histories[named]

    def _holding(self, key: bytes) -> Held | None:
        return self.held.get(key) or self.known.holding(key)

    def _remember(self, key: bytes, record: Record, digest: str) -> None:
        self.held[key] = Held(digest=digest, sequence=record.seal.sequence, record=record.key)


def _outcome(arrival: Arrival, answer: Answer, held: Held | None = None) -> Outcome:
    report = arrival.report
    return Outcome(
        answer=answer,
        source=arrival.source,
        encounter=report.name if report else arrival.encounter,
        type=report.fact.type if report else arrival.type,
        record=held.record if held else None,
        sequence=held.sequence if held else None,
    )


def _provisional(
    report: Report, key: bytes, kind: RecordKind, history: History, now: datetime
) -> Record:
    """The record as it will be kept, but for what only the seal knows."""
    seal = Seal(position=0, stream="", sequence=len(history.records) + 1, recorded_at=now, leaf="")
    return Record(
        key=key.hex(),
        kind=kind,
        subject=report.subject,
        name=report.name,
        fact=report.fact,
        occurred=report.occurred,
        source=report.source,
        actor=report.actor,
        original=report.original,
        seal=seal,
    )


def _claim_of(record: Record, chain: str, now: datetime) -> IdentityClaim:
    return IdentityClaim(
        chain_of_identity=chain,
        encounter=record.name,
        record=record.key,
        rank=rank_of(record.fact),
        occurred=record.occurred,
        source=record.source,
        position=0,
        recorded_at=now,
    )


def _is_about(entry: Entry, record: str) -> bool:
    if isinstance(entry, KeptReport):
        return entry.key.hex() == record
    return isinstance(entry, KeptClaim) and entry.claim.record == record
