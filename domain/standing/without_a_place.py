"""Waiting or disputed: what a record without a place is, and what would give it one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from veinledger.domain.lifecycle.paths import paths
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter, chain_of
from veinledger.domain.standing.legality import judged_from, objections, starts_from_collections
from veinledger.domain.standing.standing import Standing, disputed
from veinledger.domain.standing.variants import trigger_of


def standing_without_a_place(
    record: Record,
    state: Encounter,
    in_effect: Sequence[Record],
    holders: Mapping[str, str],
) -> Standing:
    """The standing of a record that was never taken; `state` is that at the end of its own day."""
    against = objections(state, record)
    chain = chain_of(record.fact)
    if chain is not None and chain not in holders:
        first = "apheresis.completed" if state.stage is not Stage.UNOPENED else "encounter.opened"
        return Standing(status="waiting", waits_for=first, objections=against)
    way = paths(_start_of_the_way(state, record), trigger_of(state, record))
    if way and not _came_later(way[-1], record, in_effect):
        return Standing(status="waiting", waits_for=way[0], objections=against)
    return disputed(*against)


def _start_of_the_way(state: Encounter, record: Record) -> Stage:
    chain = chain_of(record.fact)
    unknown = chain is not None and chain not in state.batches
    if unknown and state.before_infusion and not starts_from_collections(state, record.fact):
        return Stage.REFERRED
    return judged_from(state, record.fact)


def _came_later(last: str, record: Record, in_effect: Sequence[Record]) -> bool:
    """Whether the fact that would open the way is in effect, but on a later day."""
    chain = chain_of(record.fact)
    return any(
        other.fact.type == last
        and other.day > record.day
        and (chain is None or chain_of(other.fact) in (None, chain))
        for other in in_effect
    )
