"""The code book: what a meaning is called on a day, in each edition, and where the editions differ.

Rules speak meanings; this module turns them into codes. It never reads a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Final, Self

from veinledger.domain.codebook.entry import Entry, System
from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import EDITIONS, Edition, in_force, overlap

FAMILY: Final = 3
"""Characters that a code shares with its family: G20 and G20.A1."""


class NotInForce(LookupError):
    """No single code has this meaning on this day; the text lists what the book does know."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The two editions give one meaning different values on one day."""

    meaning: str
    on: date
    edition: Edition
    key: str | None
    this: Entry | None
    other: Entry | None
    row: str
    evidence: tuple[str, ...]
    consequence: str

    def __str__(self) -> str:
        asked = f"{self.meaning} for {self.key}" if self.key else self.meaning
        there = f"{self.other or 'nothing'} in edition {other_edition(self.edition)}"
        return f"{asked}: {self.this or 'nothing'} here, {there} [{self.row}]"


@dataclass(frozen=True, slots=True)
class Book:
    """Every entry under its meaning, in page order."""

    shelf: Mapping[str, tuple[Entry, ...]]
    families: Mapping[tuple[System, str], tuple[Entry, ...]]
    """The same entries by system and the first characters of their codes."""
    _editions: Mapping[Edition, Mapping[str, tuple[Entry, ...]]] = field(init=False, compare=False)
    """The shelf of each edition by itself."""
    _codes: Mapping[Name, tuple[Entry, ...]] = field(init=False, compare=False)
    _packages: Mapping[str, tuple[Entry, ...]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        editions = {
            edition: {
                meaning: tuple(entry for entry in known if edition in entry.editions)
                for meaning, known in self.shelf.items()
            }
            for edition in EDITIONS
        }
        codes: dict[Name, list[Entry]] = {}
        packages: dict[str, list[Entry]] = {}
        for entry in self:
            codes.setdefault((entry.system, bare(entry.code)), []).append(entry)
            for ndc in _packages_of(entry):
                packages.setdefault(ndc, []).append(entry)
        object.__setattr__(self, "_editions", editions)
        object.__setattr__(self, "_codes", {name: tuple(same) for name, same in codes.items()})
        object.__setattr__(self, "_packages", {ndc: tuple(e) for ndc, e in packages.items()})

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """A book of these entries; raises PageError where two of them claim the same day."""
        shelf: dict[str, tuple[Entry, ...]] = {}
        for entry in entries:
            shelf[entry.meaning] = (*shelf.get(entry.meaning, ()), entry)
        families: dict[tuple[System, str], list[Entry]] = {}
        for same in shelf.values():
            _refuse_overlap(same)
            for entry in same:
                families.setdefault((entry.system, entry.code[:FAMILY]), []).append(entry)
        return cls(shelf, {each: tuple(found) for each, found in families.items()})

    def code(
        self, meaning: str, *, on: date, edition: Edition = "public", key: str | None = None
    ) -> Entry:
        """The one entry in force; raises NotInForce, which lists what the book knows."""
        found = self.find(meaning, on=on, edition=edition, key=key)
        if found is None:
            raise NotInForce(self._not_in_force(meaning, on, edition, key))
        return found

    def find(
        self, meaning: str, *, on: date, edition: Edition = "public", key: str | None = None
    ) -> Entry | None:
        """The one entry in force, or None. An entry for the key goes before the general one."""
        general = None
        for entry in self._editions[edition].get(meaning, ()):
            if on < entry.since or (entry.until is not None and on >= entry.until):
                continue
            if not entry.only_for:
                general = entry
            elif key in entry.only_for:
                return entry
        return general

    def differs(
        self, meaning: str, *, on: date, edition: Edition = "public", key: str | None = None
    ) -> Difference | None:
        """How the other edition answers the same question, or None where both agree."""
        this = self.find(meaning, on=on, edition=edition, key=key)
        other = self.find(meaning, on=on, edition=other_edition(edition), key=key)
        if this is other or (this and this.value) == (other and other.value):
            return None
        told = _teller(this, other)
        return Difference(
            meaning, on, edition, key, this, other, told.row, told.evidence, told.consequence
        )

    def differences(self, *, on: date, edition: Edition = "public") -> tuple[Difference, ...]:
        """Every meaning on which the editions differ on a day, for each key that a page names."""
        found = (
            self.differs(meaning, on=on, edition=edition, key=key)
            for meaning, known in self.shelf.items()
            for key in _questions(known)
        )
        return tuple(dict.fromkeys(each for each in found if each))

    def carrying(
        self, system: System, code: str, *, on: date, edition: Edition = "public"
    ) -> tuple[Entry, ...]:
        """The entries in force that use this code: what a code on a label or a claim means."""
        alike = (each for each in self.called(system, code) if each.code == code)
        return in_force(alike, on, edition)

    def called(self, system: System, code: str) -> tuple[Entry, ...]:
        """Every entry of a code, whatever its days and editions, with its dot or without."""
        return self._codes.get((system, bare(code)), ())

    def of_package(self, ndc: str) -> tuple[Entry, ...]:
        """Every entry about a drug by its labeler and product, whatever its days and editions."""
        return self._packages.get(ndc, ())

    def family(self, system: System, code: str) -> tuple[Entry, ...]:
        """Every entry of a code, of those that it is split into and those it is split from."""
        return tuple(
            each
            for each in self.families.get((system, code[:FAMILY]), ())
            if each.code.startswith(code) or code.startswith(each.code)
        )

    def questions(self, meaning: str) -> tuple[str | None, ...]:
        """The keys by which a meaning may be asked for; None where it has a general answer."""
        return _questions(self.shelf.get(meaning, ()))

    def known(self, meaning: str, edition: Edition = "public") -> str:
        """What the book does know of a meaning, as a clause; near names where it knows none."""
        if meaning not in self.shelf:
            near = get_close_matches(meaning, self.shelf, n=3)
            return f"no page names the meaning {meaning!r}; near it are {', '.join(near) or 'none'}"
        known = [entry for entry in self.shelf[meaning] if edition in entry.editions]
        return f"the book knows {', '.join(map(_known, known)) or 'nothing in this edition'}"

    def __iter__(self) -> Iterator[Entry]:
        return (entry for known in self.shelf.values() for entry in known)

    def _not_in_force(self, meaning: str, on: date, edition: Edition, key: str | None) -> str:
        known = self.known(meaning, edition)
        if meaning not in self.shelf:
            return known
        asked = f" for {key}" if key else ""
        return f"no single code means {meaning!r}{asked} on {on} in edition {edition}; {known}"


Name = tuple[System, str]
"""A code as every entry of it is found: its system, and the code without its dot."""


def bare(code: str) -> str:
    """A code without its dot: coders write C90.00 and C9000."""
    return code.replace(".", "")


def _packages_of(entry: Entry) -> Iterable[str]:
    """Of a HCPCS code the labelers and products that it is for; of an NDC its own."""
    if entry.system == "HCPCS":
        return entry.only_for
    if entry.system != "NDC" or "-" not in entry.code:
        return ()
    try:
        return (product_of(entry.code),)
    except ValueError as error:
        raise PageError(f"{entry.file}, meaning {entry.meaning!r}: {error}") from None


def other_edition(edition: Edition) -> Edition:
    """The rival of an edition."""
    return "page" if edition == "public" else "public"


def _teller(this: Entry | None, other: Entry | None) -> Entry:
    """The entry that argues the difference: a site's, else the source page's own."""
    return min((entry for entry in (this, other) if entry), key=_argues_last)


def _argues_last(entry: Entry) -> tuple[bool, bool, bool]:
    return not entry.of_a_site, not entry.consequence, entry.editions != ("page",)


def _known(entry: Entry) -> str:
    keyed = f" for {' or '.join(entry.only_for)}" if entry.only_for else ""
    return f"{entry.code}{keyed} ({entry.span})"


def _keys(known: tuple[Entry, ...]) -> tuple[str | None, ...]:
    """Every key that an entry is for, and None for the entries without one."""
    return tuple(dict.fromkeys(key for entry in known for key in entry.only_for or (None,)))


def _questions(known: tuple[Entry, ...]) -> tuple[str | None, ...]:
    """The keys worth asking; None only where every edition that speaks answers without a key."""
    spoken = {edition for entry in known for edition in entry.editions}
    general = {edition for entry in known if not entry.only_for for edition in entry.editions}
    return tuple(key for key in _keys(known) if key or general == spoken)


def _refuse_overlap(known: tuple[Entry, ...]) -> None:
    for key in _keys(known):
        rivals = [e for e in known if (key in e.only_for if key else not e.only_for)]
        if clash := overlap(rivals):
            one, two, edition = clash
            raise PageError(
                f"{two.file}, meaning {two.meaning!r}: {two.code} ({two.span}) and {one.code} "
                f"({one.span}, {one.file}) claim the same day in edition {edition}; end one "
                "where the other begins"
            )
