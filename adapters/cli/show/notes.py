"""Footnotes of a claim: what many of its lines have in common is said once, under a mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Notes(Generic[T]):
    """Things to be said once, in the order in which they were first met, and where they were."""

    numbered: bool = False
    met: dict[T, list[str]] = field(default_factory=dict[T, list[str]])

    def mark(self, thing: T, place: str) -> str:
        """The mark of a thing, which is from now on also at this place."""
        self.met.setdefault(thing, []).append(place)
        at = list(self.met).index(thing)
        return str(at + 1) if self.numbered else letter(at)

    def marks(self, things: Iterable[T], place: str) -> str:
        """The marks of several things at one place."""
        return ",".join(self.mark(thing, place) for thing in things)

    def all(self) -> list[tuple[str, T, list[str]]]:
        """Every mark with its thing and its places."""
        return [
            (str(at + 1) if self.numbered else letter(at), thing, places)
            for at, (thing, places) in enumerate(self.met.items())
        ]


@dataclass(slots=True)
class ToldBefore:
    """What an earlier claim of the same page has told in full, and where: it is told once."""

    places: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])

    def where(self, *thing: str) -> str | None:
        """Where a thing was told, if it was."""
        return self.places.get(thing)

    def tell(self, place: str, *thing: str) -> None:
        """From now on the thing is told at this place; the first place stays."""
        self.places.setdefault(thing, place)


def letter(at: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    before, here = divmod(at, len(LETTERS))
    return (letter(before - 1) if before else "") + LETTERS[here]


def places(found: Sequence[str]) -> str:
    """line 2; lines 1 to 3 and 7; a code by its name."""
    lines = [int(place) for place in found if place.isdecimal()]
    others = list(dict.fromkeys(place for place in found if not place.isdecimal()))
    return ", ".join([*([numbers("line", lines)] if lines else []), *others])


def numbers(what: str, found: Sequence[int]) -> str:
    """line 2; lines 1 to 3 and 7."""
    return f"{what}{'s' * (len(set(found)) > 1)} {_and(_runs(found))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """The numbers of records as one encounter is told of them."""

    encounter: str
    of: Mapping[str, tuple[str, int]]
    """By report key: of which encounter it is, and its number there."""

    def told(self, keys: Iterable[str]) -> str:
        """Records by their numbers, those that have one."""
        return records(self.encounter, (self.of[key] for key in keys if key in self.of))


def records(encounter: str, found: Iterable[tuple[str, int]]) -> str:
    """records 3 and 26; record 4 of E2: by number, those of merged encounters with their name."""
    named: dict[str, list[int]] = {}
    for name, number in sorted(found, key=lambda each: each[0] != encounter):
        named.setdefault(name, []).append(number)
    return "; ".join(
        numbers("record", each) + (f" of {name}" if name != encounter else "")
        for name, each in named.items()
    )


def _runs(numbers: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [part for run in runs for part in _told(run)]


def _told(run: list[int]) -> list[str]:
    return [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run]


def _and(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
