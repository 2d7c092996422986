"""What of a history had occurred by a day: all that one day decides, and another may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, Protocol, TypeVar, cast

from veinledger.domain.facts.base import Fact
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.table import EVERYWHERE, TABLE
from veinledger.domain.reports import Record, Report
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.evolve import evolve
from veinledger.domain.standing.fold import Folded, Taken

F = TypeVar("F", bound=Fact)

_BACKGROUND: Final = {row.fact.type for row in TABLE if row.moves == EVERYWHERE}


class Happened(Protocol):
    """What may be asked of it."""

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What is in effect, in the order in which it happened."""
        ...

    @property
    def state(self) -> Encounter:
        """The encounter after all of it."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the fold saw of it, and what is about two records."""
        ...

    @property
    def records(self) -> tuple[Record, ...]:
        """The records in effect, in the order in which they happened; no attested steps."""
        ...

    @property
    def by_class(self) -> Mapping[type[Fact], list[Record]]:
        """The same records by their fact class."""
        ...

    def of(self, kind: type[F]) -> Iterator[tuple[Record, F]]:
        """The records in effect of one fact class, each with its fact."""
        ...

    def among(self, kinds: Iterable[type[Fact]]) -> tuple[Record, ...]:
        """The records in effect of some fact classes, in the order in which they happened."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Occurred:
    """What had occurred."""

    taken: tuple[Taken, ...]
    state: Encounter
    findings: tuple[Finding, ...] = field(default_factory=tuple)
    records: tuple[Record, ...] = field(init=False, compare=False)
    by_class: Mapping[type[Fact], list[Record]] = field(init=False, compare=False)
    """The same records by their fact class."""

    def __post_init__(self) -> None:
        records = tuple(t.record for t in self.taken if t.record.kind != "attested")
        by_class: dict[type[Fact], list[Record]] = {}
        for record in records:
            by_class.setdefault(type(record.fact), []).append(record)
        object.__setattr__(self, "records", records)
        object.__setattr__(self, "by_class", by_class)

    def of(self, kind: type[F]) -> Iterator[tuple[Record, F]]:
        """The records in effect of one fact class, each with its fact."""
        for record in self.by_class.get(kind, ()):
            yield record, cast("F", record.fact)

    def among(self, kinds: Iterable[type[Fact]]) -> tuple[Record, ...]:
        """The records in effect of some fact classes, in the order in which they happened."""
        wanted = frozenset(kinds)
        return tuple(record for record in self.records if type(record.fact) in wanted)


def led_to(taken: tuple[Taken, ...], folded: Folded) -> Encounter:
    """The state after what is left; the fold knows it already where nothing before it is gone."""
    if not taken:
        return Encounter()
    if all(one is other for one, other in zip(taken, folded.taken, strict=False)):
        return taken[-1].after
    state = Encounter()
    for each in taken:
        state = evolve(state, each.record)
    return state


def taken_by(folded: Folded, as_of: date | datetime) -> tuple[Taken, ...]:
    """What had occurred by then, and the opening wherever anything but background had."""
    kept = [taken for taken in folded.taken if had_occurred(taken.record, as_of)]
    opening = folded.taken[0] if folded.taken else None
    if opening is not None and opening.record.fact.type == "encounter.opened":
        lived = any(taken.record.fact.type not in _BACKGROUND for taken in kept)
        if lived and all(taken is not opening for taken in kept):
            kept.insert(0, opening)
    return tuple(kept)


def had_occurred(record: Record | Report, as_of: date | datetime) -> bool:
    """Whether it had happened by then; a bare date is compared with the UTC date of an instant."""
    if isinstance(as_of, datetime):
        if record.occurred.instant is not None:
            return record.occurred.instant <= as_of
        return record.occurred.local_day <= as_of.astimezone(UTC).date()
    return record.occurred.local_day <= as_of
