"""What an answer rests on: which parts of a history were looked at to work it out.

An encounter as of two moments differs in what was recorded and in what had occurred by them
(`Effective`). A case shows both through `Watched` alone, and every look is noted: so it can be told
whether an answer of one moment holds for another (`kept.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeVar, TypeVarTuple

from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.base import Fact
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.occurred import Happened
from veinledger.domain.standing.recorded import Held
from veinledger.domain.standing.standing import Standing

F = TypeVar("F", bound=Fact)
T = TypeVar("T")
Asked = TypeVarTuple("Asked")


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """A question about a case in one edition that stands for all that it looked at itself."""

    ask: Callable[..., object]
    edition: Edition
    asked: tuple[Hashable, ...]


Look = str | type[Fact] | Question
"""A part of the history by its name, the records of a fact class, or a question."""
Looks = dict[Look, None]
"""What was looked at, in order."""


ANOTHER_HISTORY: Final = "another history"
"""A look at what this case does not show: an answer that rests on it holds for nothing else."""
_OF_WHAT_WAS_RECORDED: Final = ("known", "standings")
_NOW: Final[ContextVar[Looks | None]] = ContextVar("looks", default=None)
"""The looks of the answer that is worked out now."""


def looked(at: Look) -> None:
    """Note a look."""
    now = _NOW.get()
    if now is not None:
        now[at] = None


def looked_all(looks: Looks) -> None:
    """Note the looks behind an answer that was there already."""
    now = _NOW.get()
    if now is not None:
        now.update(looks)


def watched(question: Callable[[*Asked], T], *asked: *Asked) -> tuple[T, Looks]:
    """An answer, and what was looked at to work it out; whoever asks notes that by himself."""
    mine = Looks()
    outer = _NOW.set(mine)
    try:
        return question(*asked), mine
    finally:
        _NOW.reset(outer)


@dataclass(frozen=True, slots=True, repr=False)
class Watched:
    """What was recorded and what of it had occurred; every look at it is noted."""

    recorded: Held
    whole: Happened

    def seen(self, at: str | type[Fact]) -> object:
        """What a look sees, unnoted: a part by its name, or the records of a fact class."""
        if at == ANOTHER_HISTORY:
            return object()
        if not isinstance(at, str):
            return self.whole.by_class.get(at)
        return getattr(self.recorded if at in _OF_WHAT_WAS_RECORDED else self.whole, at)

    @property
    def known(self) -> tuple[Record, ...]:
        """Every record known, in sequence, whatever its standing."""
        looked("known")
        return self.recorded.known

    @property
    def standings(self) -> Mapping[str, Standing]:
        """By report key."""
        looked("standings")
        return self.recorded.standings

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What is in effect, in the order in which it happened."""
        looked("taken")
        return self.whole.taken

    @property
    def state(self) -> Encounter:
        """The encounter after all of it."""
        looked("state")
        return self.whole.state

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the fold saw of it, and what is about two records."""
        looked("findings")
        return self.whole.findings

    @property
    def records(self) -> tuple[Record, ...]:
        """The records in effect, in the order in which they happened; no attested steps."""
        looked("records")
        return self.whole.records

    @property
    def by_class(self) -> Mapping[type[Fact], list[Record]]:
        """The same records by their fact class."""
        looked("by_class")
        return self.whole.by_class

    def of(self, kind: type[F]) -> Iterator[tuple[Record, F]]:
        """The records in effect of one fact class, each with its fact."""
        looked(kind)
        return self.whole.of(kind)

    def among(self, kinds: Iterable[type[Fact]]) -> tuple[Record, ...]:
        """The records in effect of some fact classes, in the order in which they happened."""
        wanted = tuple(kinds)
        for kind in wanted:
            looked(kind)
        return self.whole.among(wanted)
