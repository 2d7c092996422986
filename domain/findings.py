"""Errors as values: why something was turned away, and what a record or a claim puts at risk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Final, Literal

Severity = Literal["critical", "warning", "notice"]
_FROM_THE_WORST: Final[tuple[Severity, ...]] = ("critical", "warning", "notice")
NAMED_AT_ONCE: Final = 10_000
"""Of so many findings the names are remembered: they are asked for again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One rule that stands against a report or a request, and what would make it acceptable."""

    rule: str
    """The rule's name, a sentence with underscores."""
    reason: str
    """What was found, by kind and field, never by a patient's value."""
    remedy: str
    """What would be right and what to do next."""
    source: str
    """Where the rule comes from."""
    field: str | None = None
    """The path of the field it is about, such as ``service.facility``."""

    def __str__(self) -> str:
        where = f" [{self.field}]" if self.field else ""
        return f"{self.rule}{where}: {self.reason}; {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request, or something that is not a valid report, was turned away: every rule."""

    objections: tuple[Objection, ...]
    shortest_way: tuple[str, ...] = ()
    """The facts that would make it legal, in order, where there is such a way."""

    def __str__(self) -> str:
        return "; ".join(str(objection) for objection in self.objections)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Finding:
    """A rule that a record breaks, or a risk that a projection sees. Derived, never stored."""

    rule: str
    severity: Severity
    reason: str
    remedy: str
    source: str
    records: tuple[str, ...]
    """Report keys of the records that it rests on."""
    holds: bool = False
    """Whether it holds the claims of these records until a person settles it."""

    def __repr__(self) -> str:
        return f"<finding {self.rule}: {self.severity}>"

    @property
    def key(self) -> str:
        """The finding's name: its rule and its records, whatever else changes around it."""
        return _name_of(self.rule, self.records)


@lru_cache(maxsize=NAMED_AT_ONCE)
def _name_of(rule: str, records: tuple[str, ...]) -> str:
    digest = sha256("\x00".join((rule, *records)).encode()).hexdigest()
    return f"{rule}/{digest[:12]}"


def each_once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once by its key, in the order of the first; none silently replaces another.

    A key is a rule and its records. What one rule says twice about the same records is one finding
    with both reasons, which holds where either does: who settles it has read both.
    """
    once: dict[str, Finding] = {}
    for each in found:
        key = each.key
        once[key] = _both(once[key], each) if key in once else each
    return tuple(once.values())


def _both(one: Finding, other: Finding) -> Finding:
    if one == other:
        return one
    first, second = (one, other) if one.holds or not other.holds else (other, one)
    return replace(
        first,
        severity=min(one.severity, other.severity, key=_FROM_THE_WORST.index),
        reason=_said_once(first.reason, second.reason),
        remedy=_said_once(first.remedy, second.remedy),
        source=_said_once(first.source, second.source),
    )


def _said_once(one: str, other: str) -> str:
    """Both sentences; what the second says in the first one's words is not said again."""
    return "; ".join(dict.fromkeys((*one.split("; "), *other.split("; "))))
