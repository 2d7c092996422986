"""Whether what a fold took is legal by the table as it stands: read from the rows, not the machine.

The fold asks the compiled lookup. This asks the rows as they are written, so that a record that
counts although today's table would refuse it is reported, wherever the fault lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from veinledger.domain.facts.decisions import AttestedStep
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.lifecycle.table import NUMBER, TABLE, Row, moves_of
from veinledger.domain.standing.encounter import Encounter, chain_of
from veinledger.domain.standing.fold import Folded, Taken
from veinledger.domain.standing.legality import GUARDS, judged_from
from veinledger.domain.standing.variants import trigger_of

Moves = Mapping[tuple[Stage, str], Stage]
Rule = Literal[
    "a_fact_follows_the_lifecycle_table",
    "a_fact_leads_where_its_row_leads",
    "a_guard_of_the_table_holds",
    "each_record_meets_the_state_that_the_one_before_left",
    "what_is_in_effect_was_taken_by_the_fold",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Illegal:
    """A record that counts and that the table does not let count so."""

    rule: Rule
    record: str
    """Report key."""
    fact: str
    stage: str
    """The stage that it is judged from."""
    reason: str
    table: int


def moves_by_row(table: Iterable[Row]) -> Moves:
    """Where each trigger leads from each stage, by the rows as they are written."""
    return {(start, row.trigger): end or start for row in table for start, end in moves_of(row)}


MOVES: Final = moves_by_row(TABLE)


def illegal(folded: Folded, moves: Moves = MOVES, number: int = NUMBER) -> Iterator[Illegal]:
    """Each record in effect that the rows do not allow; what a named person attests is allowed."""
    state = Encounter()
    for taken in folded.taken:
        for rule, reason in _faults(taken, state, moves):
            yield _illegal(taken, rule, reason, number)
        state = taken.after
    yield from _never_taken(folded, number)


def _faults(taken: Taken, met: Encounter, moves: Moves) -> Iterator[tuple[Rule, str]]:
    if taken.before != met:
        yield (
            "each_record_meets_the_state_that_the_one_before_left",
            "the state before it is not the one that the record before it led to",
        )
    if taken.by_confirmation or isinstance(taken.record.fact, AttestedStep):
        return
    start = judged_from(taken.before, taken.record.fact)
    leads = moves.get((start, trigger_of(taken.before, taken.record)))
    if leads is None:
        yield "a_fact_follows_the_lifecycle_table", f"no row takes it in stage {start}"
    elif not _led(taken, leads):
        yield (
            "a_fact_leads_where_its_row_leads",
            f"its row leads to {leads}, and the encounter stands in {taken.after.stage}",
        )
    for guard in GUARDS:
        objection = guard(taken.before, taken.record)
        if objection is not None:
            yield "a_guard_of_the_table_holds", objection.reason


def _led(taken: Taken, leads: Stage) -> bool:
    """Whether the state after is where the row leads, for the encounter or for its cells."""
    before, after, fact = taken.before, taken.after, taken.record.fact
    chain = chain_of(fact)
    if fact.type in {"apheresis.failed", "cells.infused"} or chain is None:
        on_its_way = before.before_infusion or before.stage is Stage.UNOPENED
        if fact.type == "apheresis.completed" and not on_its_way:
            return after.stage is before.stage
        return after.stage is leads
    if not before.before_infusion:
        return after.stage in {before.stage, leads}
    if after.stage is not after.furthest_batch:
        return False
    is_new = chain not in before.batches  # ordered anew, it begins where its first fact says
    return is_new or (chain in after.batches and after.batches[chain].stage is leads)


def _never_taken(folded: Folded, number: int) -> Iterator[Illegal]:
    taken = {each.record.key for each in folded.taken}
    for key, standing in folded.standings.items():
        if standing.in_effect and key not in taken:
            yield Illegal(
                rule="what_is_in_effect_was_taken_by_the_fold",
                record=key,
                fact="",
                stage=folded.encounter.stage.value,
                reason="it counts as in effect, and no state of the encounter comes from it",
                table=number,
            )


def _illegal(taken: Taken, rule: Rule, reason: str, number: int) -> Illegal:
    return Illegal(
        rule=rule,
        record=taken.record.key,
        fact=taken.record.fact.type,
        stage=judged_from(taken.before, taken.record.fact).value,
        reason=reason,
        table=number,
    )
