"""Attested steps: what a named person says has happened, though no message told of it.

A confirmation may carry them (docs/standing.md, section 1). They fold like reports and are none:
they claim no chain of identity, have no standing of their own, and no claim is ever made of them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from veinledger.domain.facts.decisions import ATTESTABLE, AttestedStep, ReportConfirmed
from veinledger.domain.reports import Occurrence, Record
from veinledger.domain.standing.encounter import chain_of


def attested_steps(
    acts: Sequence[Record],
    records: Sequence[Record],
    superseded: Container[str],
    taking_part: Sequence[Record],
) -> tuple[Record, ...]:
    """The attested steps that take part, by these acts; each steps aside for a report of it."""
    if not acts:
        return ()
    by_key = {record.key: record for record in records}
    told = {(record.fact.type, chain_of(record.fact)) for record in taking_part}
    return tuple(
        step
        for act in acts
        if act.key not in superseded
        for step in _attested_by(act, by_key.get(_target_of(act)))
        if _target_of(act) not in superseded
        if not told & {(step.fact.type, chain_of(step.fact)), (step.fact.type, None)}
    )


def stands_in_the_ledger_as(record: Record) -> str:
    """The report key that findings name it by: an attested step is known by its confirmation."""
    fact = record.fact
    return fact.confirmation if isinstance(fact, AttestedStep) else record.key


def _target_of(act: Record) -> str:
    return act.fact.target if isinstance(act.fact, ReportConfirmed) else ""


def _attested_by(act: Record, target: Record | None) -> Iterator[Record]:
    chain = chain_of(target.fact) if target is not None else None
    if not isinstance(act.fact, ReportConfirmed) or target is None or chain is None:
        return
    for number, attested in enumerate(act.fact.attested):
        if attested.type in ATTESTABLE:
            step = ATTESTABLE[attested.type](
                chain_of_identity=chain, confirmation=act.key, confirmed=target.key
            )
            yield replace(
                act,
                key=f"{act.key}/{number:03}",
                kind="attested",
                fact=step,
                occurred=Occurrence(
                    text=attested.day.isoformat(),
                    local_day=attested.day,
                    zone=act.occurred.zone,
                    instant=None,
                ),
            )
