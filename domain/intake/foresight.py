"""What the ledger would hold if a message were kept: asked before anything is. Pure.

The message is taken in as ever; what it would add is put behind the histories that it touches, at
the positions that follow the ledger's last. Any projection then shows what it would change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from veinledger.domain.facts.decisions import RecordsCorrected
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.intake.chains import Chains
from veinledger.domain.intake.decide import take_in
from veinledger.domain.intake.entries import Entry, KeptClaim, KeptReport, Known, Named
from veinledger.domain.intake.making import provisional_record
from veinledger.domain.intake.outcome import Arrival, Outcome
from veinledger.domain.intake.whose.together import whole
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Record, Report
from veinledger.domain.standing.history import History

HistoryOf = Callable[[str], History]
"""An encounter by its name."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Foreseen:
    """What would be answered, and the histories as they would be."""

    outcomes: tuple[Outcome, ...]
    histories: tuple[History, ...]
    """Of the encounters that it touches; the one that it names first."""
    known_at: int
    """The position up to which they are as they are now: the last of the whole ledger."""


def foresee(known: Known, naming: Naming, arrivals: tuple[Arrival, ...], head: int) -> Foreseen:
    """What a message would do, by the rules that it will be judged by; nothing of it is kept.

    `head` is the last position of the ledger: certificates, and what is told of others, may have
    come later than all that is known of the encounters that it touches.
    """
    outcomes, entries = take_in(known, naming, arrivals)
    kept = tuple(enumerate(entries, start=head + 1))
    after = _after(kept, known, naming)
    return Foreseen(
        outcomes=outcomes,
        histories=tuple(map(after, _touched(entries, known))),
        known_at=head,
    )


def touched_by(record: Record, history: History, history_of: HistoryOf) -> tuple[str, ...]:
    """The encounters that a record may change: its own, those moved to, those that share chains.

    And all that were merged with one of them, or with one that was: of these the last survivor
    alone has claims and a schedule.
    """
    moved = record.fact.changes if isinstance(record.fact, RecordsCorrected) else ()
    others = (change.encounter for change in moved if change.encounter is not None)
    sharing = (claim.encounter for claim in history.claims)
    return _with_all_merged((history.encounter, *others, *sharing), history_of)


def _with_all_merged(names: Iterable[str], history_of: HistoryOf) -> tuple[str, ...]:
    """Encounters, and behind them all that any merge, then or since, ties to them; each once."""
    found = list(dict.fromkeys(names))
    for name in found:  # it grows on the way
        tied = dict.fromkeys(_merged_with(history_of(name)))
        found += [each for each in tied if each not in found]
    return tuple(found)


def _merged_with(history: History) -> Iterator[str]:
    """The encounters with which it is, or ever was, merged."""
    for record in history.records:
        if isinstance(record.fact, EncounterLinked):
            yield record.merges or record.fact.survivor


def _touched(entries: Sequence[Entry], known: Known) -> tuple[str, ...]:
    """Whose history has something added to it, who shares a chain of identity, and all merged."""
    reported = dict.fromkeys(
        entry.report.name
        for entry in entries
        if isinstance(entry, KeptReport) and entry.report.subject == "encounter"
    )
    claimed = [entry.claim for entry in entries if isinstance(entry, KeptClaim)]
    held = [claim for name in reported for claim in known.history("encounter", name).claims]
    chains = dict.fromkeys(claim.chain_of_identity for claim in (*held, *claimed))
    sharing = (claim.encounter for chain in chains for claim in known.claims_on(chain))
    return _with_all_merged((*reported, *sharing), lambda name: known.history(*_of(name)))


def _of(name: str) -> Named:
    return "encounter", name


def _named(report: Report) -> Named:
    return report.subject, report.name


def _after(kept: Sequence[tuple[int, Entry]], known: Known, naming: Naming) -> HistoryOf:
    """How an encounter would stand, with all that is read beside it."""
    chains = Chains(known=known, naming=naming)
    for position, entry in kept:
        if isinstance(entry, KeptClaim):
            chain = entry.claim.chain_of_identity
            chains.claims[chain] = (*chains.on(chain), replace(entry.claim, position=position))

    def told(named: Named) -> History:
        return _told(known.history(*named), kept, known)

    return lambda name: whole(told, chains, _of(name))


def _told(history: History, kept: Sequence[tuple[int, Entry]], known: Known) -> History:
    """A history with what would be kept of it."""
    for position, entry in kept:
        if isinstance(entry, KeptReport) and _named(entry.report) == _of(history.encounter):
            record = _sealed(provisional_record(entry, history, known.now), position)
            history = replace(history, records=(*history.records, record))
    return history


def _sealed(record: Record, position: int) -> Record:
    """Under a leaf of its own, that no record in the ledger has."""
    return replace(
        record, seal=replace(record.seal, position=position, leaf=f"foreseen {position}")
    )
