"""Histories in which persons decided: corrected, confirmed, discarded, settled.

Each function takes a history and gives the longer one, sealed as the ledger seals it: the decision,
and right behind it what it brings in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from tests.given import at, day, record
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.decisions import (
    Attested,
    Change,
    FindingSettled,
    RecordsCorrected,
    Replacement,
    ReportConfirmed,
    ReportDiscarded,
)
from veinledger.domain.reports import InPlaceOf, Record, Seal
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.history import History
from veinledger.domain.standing.identity import IdentityClaim
from veinledger.domain.standing.legality import claims_a_chain
from veinledger.domain.standing.order import rank_of

FIRST: Final = datetime(2026, 6, 1, tzinfo=UTC)
"""When the first record of these histories was kept; each later one a day after the one before."""


def kept(*records: Record | Sequence[Record]) -> History:
    """A history as a ledger has it: dense from 1, a record a day, its chains claimed."""
    flat = [r for told in records for r in ([told] if isinstance(told, Record) else told)]
    empty = History(encounter="E1", records=())
    return then(empty, *flat)


def then(before: History, *records: Record, at_once: bool = False) -> History:
    """The history with more records, each a day after the one before; or all at one moment."""
    known = list(before.records)
    start = known[-1].seal.recorded_at if known else FIRST - timedelta(days=1)
    for number, each in enumerate(records):
        on = start + timedelta(days=1 if at_once else number + 1)
        known.append(replace(each, seal=_seal(len(known) + 1, each, on)))
    return replace(before, records=tuple(known), claims=_claims(known))


def the(history: History, kind: str, number: int = -1) -> Record:
    """A record of a type, the last one unless asked otherwise."""
    return [each for each in history.records if each.fact.type == kind][number]


def correcting(history: History, *changes: tuple[Record, Fact | None, int | str | None]) -> History:
    """Records replaced by facts at other dates, or voided where there is no fact."""
    act = record(
        RecordsCorrected(
            changes=tuple(_change(target, fact) for target, fact, _ in changes),
            reason="charted wrongly",
        ),
        200,
        f"correction {len(history.records)}",
    )
    brought = [
        replace(
            record(
                fact, target.occurred.text if when is None else when, f"in place of {target.key}"
            ),
            kind="replacement",
            in_place_of=InPlaceOf(
                encounter=history.encounter,
                sequence=target.seal.sequence,
                leaf=target.seal.leaf,
                record=target.key,
                correction=act.key,
            ),
        )
        for target, fact, when in changes
        if fact is not None
    ]
    return then(history, act, *brought, at_once=True)


def _change(target: Record, fact: Fact | None) -> Change:
    sequence, leaf = target.seal.sequence, target.seal.leaf
    if fact is None:
        return Change(kind="void", sequence=sequence, hash=leaf)
    told = Replacement(type=fact.type, occurred_at=at(0, "12:00"), fact="{}")
    return Change(kind="replace", sequence=sequence, hash=leaf, replacement=told)


def moved_here(target: Record, from_encounter: str) -> Record:
    """A record that a correction of another encounter moved to this one."""
    origin = InPlaceOf(
        encounter=from_encounter,
        sequence=7,
        leaf="ab" * 32,
        record="ef" * 32,
        correction="cd" * 32,
    )
    return replace(target, kind="moved", in_place_of=origin)


def confirming(history: History, target: Record, **attested: int) -> History:
    """A record that a person confirms; attested steps as product_received=-12."""
    steps = tuple(
        Attested(type=name.replace("_", ".", 1), day=day(number))
        for name, number in attested.items()
    )
    fact = ReportConfirmed(target=target.key, attested=steps, reason="seen in the log book")
    return then(history, record(fact, 200, f"confirmation {len(history.records)}"))


def discarding(history: History, target: Record) -> History:
    """A record that a person discards."""
    fact = ReportDiscarded(target=target.key, reason="of another patient")
    return then(history, record(fact, 200, f"discard {len(history.records)}"))


def settling(history: History, finding: str) -> History:
    """A finding that a person accepts."""
    fact = FindingSettled(finding=finding, decision="accepted", credential="CCS", reason="checked")
    return then(history, record(fact, 200, f"settlement {len(history.records)}"))


def _seal(number: int, of: Record, on: datetime) -> Seal:
    return Seal(
        position=number,
        stream="encounter/E1",
        sequence=number,
        recorded_at=on,
        leaf=sha256(f"{number}/{of.key}".encode()).hexdigest(),
    )


def _claims(records: Sequence[Record]) -> tuple[IdentityClaim, ...]:
    """The claims of these records on their chains; positions are the records' own."""
    return tuple(
        IdentityClaim(
            chain_of_identity=chain,
            encounter=each.name,
            record=each.key,
            rank=rank_of(each.fact),
            occurred=each.occurred,
            source=each.source,
            position=each.seal.position,
            recorded_at=each.seal.recorded_at,
            deed="claimed" if claims_a_chain(each.fact) else "named",
        )
        for each in records
        if (chain := chain_of(each.fact)) is not None
    )
