"""What a child process says of the frozen ledger: a digest of each view of each encounter.

Nothing and one thing have no order, and the frozen ledger holds one denial and no settlement. So
beside its views stand those of the same records with every claim denied, or some findings settled;
and its records are proved legal by a table without rows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from locale import LC_ALL, setlocale
from typing import Any, TypeVar
from unittest.mock import patch

from tests.replay import frozen
from veinledger.adapters.replaying import replayer
from veinledger.adapters.replaying.digesting import digest_of
from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.reports import Record
from veinledger.domain.standing.fold import Folded
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.replay.every import Replayed, every_projection
from veinledger.projections.replay.kept import KeptClaim, kept_claims
from veinledger.projections.replay.proving import Illegal, illegal
from veinledger.projections.settling.found import every_finding
from veinledger.projections.settling.settlements import settlements_of

T = TypeVar("T")
FINDINGS = 5
"""So many are settled in each encounter."""


def every_view(of: Replayed) -> Iterator[tuple[str, Any]]:
    """Every projection; where a claim was denied, that of all denied, else that of some settled."""
    yield from every_projection(of)
    known = of.history.records
    denied = next((fact for fact in map(denial_in, known) if fact is not None), None)
    if denied is None:
        settled = replace(of.history, records=(*known, *settling(of)))
        yield "settled", settlements_of(settled, of.centre, of.rules)
    else:
        told = tuple(denied_as(denied, record) for record in known)
        found = appeals(replace(of.history, records=told), of.centre, of.rules)
        yield "denied", found and found.denials


def settling(of: Replayed) -> Iterator[Record]:
    """Behind the last record some that each settle a finding."""
    last = of.history.records[-1]
    found = every_finding(of.history, of.centre, of.rules, of.on)[:FINDINGS]
    for number, each in enumerate(found, start=1):
        fact = FindingSettled(
            finding=each.key, decision="accepted", credential="CCS", reason="read"
        )
        seal = replace(
            last.seal,
            position=last.seal.position + number,
            sequence=last.seal.sequence + number,
        )
        yield replace(last, key=f"{number:064x}", fact=fact, seal=seal)


def denial_in(record: Record) -> ClaimAnswered | None:
    fact = record.fact
    return fact if isinstance(fact, ClaimAnswered) and fact.kind == "denied" else None


def denied_as(denied: ClaimAnswered, record: Record) -> Record:
    """An answer that decided on a claim, with the denial in its place."""
    fact = record.fact
    if not isinstance(fact, ClaimAnswered) or fact.kind == "accepted":
        return record
    number = fact.patient_control_number
    return replace(record, fact=replace(denied, patient_control_number=number))


def all_illegal(folded: Folded) -> Iterator[Illegal]:
    return illegal(folded, {})


def in_the_order_of_a_set(found: Iterable[T]) -> tuple[T, ...]:
    """As a careless rule would put it: in an order that the hash seed makes."""
    places = {str(number): each for number, each in enumerate(found)}
    return tuple(places[number] for number in set(places))


def careless_views(of: Replayed) -> Iterator[tuple[str, Any]]:
    for name, view in every_view(of):
        yield name, in_the_order_of_a_set(view) if name in {"denied", "settled"} else view
        if name == "stage":
            names = [record.key for record in of.history.records]
            yield "a set of names", in_the_order_of_a_set(names)


def careless_claims(*asked: Any) -> Iterator[KeptClaim]:
    yield from in_the_order_of_a_set(kept_claims(*asked))


def carelessly_illegal(folded: Folded) -> Iterator[Illegal]:
    yield from in_the_order_of_a_set(all_illegal(folded))


VIEWS = {"every_projection": every_view, "illegal": all_illegal}
CONTROL = {
    "every_projection": careless_views,
    "kept_claims": careless_claims,
    "illegal": carelessly_illegal,
}
"""The same, with a fault planted in each place that the order of a set could come from."""


def told(store: str, views: dict[str, Any]) -> Iterator[str]:
    """Of all encounters of the frozen ledger, in their order: a line for each view."""
    with ExitStack() as stack, frozen.opened(store) as ledger:
        for name, view in views.items():
            stack.enter_context(patch.object(replayer, name, view))
        yield f"encounters {digest_of(ledger.encounters()).hex()}"
        replaying = ledger.replayer()
        for encounter in ledger.encounters():
            found = replaying.one(encounter)
            for name, digest in found.digests.items():
                yield f"{encounter} {name} {digest}"
            yield f"{encounter} kept claims {digest_of(found.claims).hex()}"
            yield f"{encounter} illegal {digest_of(found.illegal).hex()}"


if __name__ == "__main__":
    setlocale(LC_ALL, "")
    given = CONTROL if sys.argv[2:] == ["--control"] else VIEWS
    sys.stdout.writelines(f"{line}\n" for line in told(sys.argv[1], given))
