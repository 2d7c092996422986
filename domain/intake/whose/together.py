"""Merged encounters as requests about them are judged: together, each by its own numbers.

docs/standing.md, section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from veinledger.domain.facts.encounter import EncounterContinued, EncounterLinked
from veinledger.domain.intake.chains import Chains
from veinledger.domain.intake.entries import KeptFollowing, KeptReport, Named
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Came, Record
from veinledger.domain.standing.history import Effective, History
from veinledger.domain.standing.recorded import Recorded
from veinledger.domain.standing.related.followed import all_followed
from veinledger.domain.standing.related.merging import (
    counts_in,
    link_of,
    merged_into_it,
    survivor_of,
)

HistoryOf = Callable[[Named], History]
"""A history with what the message has said of it so far."""


def whole(
    history_of: HistoryOf,
    chains: Chains,
    named: Named,
    above: tuple[str, ...] = (),
    *,
    followed: bool = False,
) -> History:
    """A history with what this message has said so far, and all that was ever merged into it.

    `above` are those that it is part of: merged one way, undone and merged the other way round, two
    are part of each other, and count one way only. Of one that is `followed` it is no matter what
    it follows itself.
    """
    history = history_of(named)
    path = (*above, history.encounter)

    def part(name: str) -> History:
        return whole(history_of, chains, ("encounter", name), path, followed=followed)

    def by_itself(name: str) -> History:
        return whole(history_of, chains, ("encounter", name), followed=True)

    records, name = history.records, history.encounter
    return replace(
        history,
        claims=chains.named_in(records),
        merged=tuple(map(part, merged_into_it(records, path))),
        earlier=() if followed else all_followed(records, name, by_itself),
    )


def counts_by_itself(history: History) -> bool:
    """Whether nothing was ever merged into it, nor it into another."""
    return not history.merged and link_of(history.records) is None


def the_survivor(history_of: HistoryOf, chains: Chains, history: History) -> History:
    """The history in which one counts: that of its survivor's survivor, or its own."""

    def merged_into(name: str) -> str | None:
        link = link_of(history_of(("encounter", name)).records)
        return None if link is None else survivor_of(link)

    name = counts_in(history.encounter, merged_into)
    return history if name == history.encounter else whole(history_of, chains, ("encounter", name))


def narrowed(seen: Effective, name: str) -> Effective:
    """What is in effect of merged encounters, with the records of one of them alone.

    Requests name records by their sequence, which only one encounter's records have to themselves.
    """
    own = tuple(record for record in seen.known if record.name == name)
    if len(own) == len(seen.known):
        return seen
    survivor = None if seen.encounter == name else seen.encounter
    recorded = Recorded(known=own, standings=seen.standings)
    return replace(seen, encounter=name, recorded=recorded, merged_into=survivor)


def one_with(name: str, encounter: Callable[[str], Effective]) -> tuple[str, ...]:
    """The encounters with which one counts, itself and the survivor among them."""
    found, ahead = dict[str, None](), [encounter(name).merged_into or name]
    while ahead:
        each = ahead.pop()
        found[each] = None
        ahead.extend(r.merges for r in encounter(each).known if r.merges and r.merges not in found)
    return tuple(found)


def told_to_the_survivor(entry: KeptReport, naming: Naming) -> KeptReport | None:
    """The survivor's own record of a merge, which says who was merged into it."""
    fact, report = entry.report.fact, entry.report
    if not isinstance(fact, EncounterLinked):
        return None
    return KeptReport(
        key=naming.report_key("merged", report.source, entry.key.hex()),
        kind="report",
        report=replace(report, name=fact.survivor),
        arrival=entry.arrival,
        came=Came(by=entry.key.hex(), merges=report.name),
    )


def told_to_the_earlier(record: Record, naming: Naming) -> Iterator[KeptFollowing]:
    """That this encounter follows another, where the other one's followers are looked up."""
    if isinstance(record.fact, EncounterContinued) and record.kind != "conflict":
        yield KeptFollowing(
            key=naming.report_key("followed", record.source, record.key),
            earlier=record.fact.continues,
            encounter=record.name,
            record=record.key,
        )
