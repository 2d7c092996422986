"""A site's own entries laid over the shipped ones: the site speaks on the days that it claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.statement import Edition, Statement

_CUT: Final = "The site's own page says otherwise in the other edition."

S = TypeVar("S", bound=Statement)


def laid_over(shipped: Iterable[Entry], site: Iterable[Entry]) -> tuple[Entry, ...]:
    """The site's entries, then what they leave of the shipped ones."""
    own = tuple(site)
    by_meaning: Mapping[str, list[Entry]] = {entry.meaning: [] for entry in own}
    for entry in own:
        by_meaning[entry.meaning].append(entry)
    kept = [
        piece for entry in shipped for piece in left_of(entry, by_meaning.get(entry.meaning, ()))
    ]
    return (*own, *kept)


def left_of(entry: Entry, claims: Iterable[Entry]) -> tuple[Entry, ...]:
    """The pieces of an entry that no claim of a site takes."""
    pieces: tuple[Entry, ...] = (entry,)
    for claim in claims:
        pieces = tuple(each for piece in pieces for each in _without(piece, claim))
    return pieces


def without(statement: S, claim: Statement) -> tuple[S, ...]:
    """The pieces of a statement outside the days and editions of a claim."""
    shared: tuple[Edition, ...] = tuple(
        edition for edition in statement.editions if edition in claim.editions
    )
    if not shared or statement.ended(claim.since) or claim.ended(statement.since):
        return (statement,)
    return tuple(_outside(statement, claim, tuple(shared)))


def _outside(statement: S, claim: Statement, shared: tuple[Edition, ...]) -> Iterator[S]:
    others: tuple[Edition, ...] = tuple(
        edition for edition in statement.editions if edition not in shared
    )
    if others:
        yield _piece(statement, editions=others)
    if statement.since < claim.since:
        yield _piece(statement, editions=shared, until=claim.since)
    if claim.until is not None and not statement.ended(claim.until):
        yield _piece(statement, editions=shared, since=claim.until, start="known")


def _piece(statement: S, editions: tuple[Edition, ...], **changed: Any) -> S:
    """A part of a statement; one of the page alone has to say a consequence."""
    alone = _CUT if editions == ("page",) else ""
    consequence = statement.consequence or alone
    return replace(statement, editions=editions, consequence=consequence, **changed)


def _without(entry: Entry, claim: Entry) -> Iterator[Entry]:
    """By keys first: an entry for a key goes before a general one and is no rival of it."""
    if not claim.only_for and not entry.only_for:
        yield from without(entry, claim)
        return
    shared = tuple(key for key in entry.only_for if key in claim.only_for)
    if not shared:
        yield entry
        return
    others = tuple(key for key in entry.only_for if key not in shared)
    if others:
        yield replace(entry, only_for=others)
    yield from without(replace(entry, only_for=shared), claim)
