"""What waits or is disputed, over one encounter or all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.records import STYLES, against, detail
from veinledger.adapters.cli.show.stages import parked as parked_in
from veinledger.adapters.cli.show.tables import inset, joined, plural
from veinledger.domain.standing.history import Effective
from veinledger.domain.standing.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A record that has no place yet."""

    encounter: str
    sequence: int
    type: str
    occurred: str
    words: str
    record: str
    """Report key: what a confirmation or a discard names."""
    leaf: str
    since: datetime
    """When the ledger got it."""
    standing: Standing


def parked(seen: Iterable[Effective]) -> tuple[Parked, ...]:
    """Every record that waits or is disputed, encounter by encounter."""
    return tuple(
        Parked(
            encounter=each.encounter,
            sequence=record.seal.sequence,
            type=record.fact.type,
            occurred=record.occurred.text,
            words=detail(record.fact),
            record=record.key,
            leaf=record.seal.leaf,
            since=record.seal.recorded_at,
            standing=each.standings[record.key],
        )
        for each in seen
        for record in parked_in(each)
    )


def list_of_parked(found: Sequence[Parked]) -> Iterator[RenderableType]:
    """One block a record: what, for what, since when, and what would settle it."""
    for each in found:
        yield joined(
            styled(f"{each.encounter}  ", "bold"),
            f"record {each.sequence}, ",
            styled(each.type, "bold"),
            f" on {each.occurred}",
            f" ({each.words})" if each.words else "",
            ": ",
            styled(each.standing, STYLES[each.standing.status]),
        )
        yield inset(f"here since {each.since:%Y-%m-%d %H:%M} UTC; report key {each.record}")
        yield from (inset(against(objection)) for objection in each.standing.objections)
        yield ""
    if found:
        yield (
            "A waiting record takes its place by itself once the fact that it waits for is"
            " reported. A person decides a disputed one: report.confirmed or report.discarded"
            " with its report key."
        )
    yield f"{plural(len(found), 'record waits or is', 'records wait or are')} disputed."
