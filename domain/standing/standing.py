"""Standing: what a record counts for at a point of knowledge. Derived, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from veinledger.domain.findings import Objection

MERGED: Final = "merged"
"""The rule by which what a merge took out of effect is superseded."""
Status = Literal["in effect", "waiting", "disputed", "superseded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """In effect; waiting for a named fact; disputed, for a person to decide; or superseded."""

    status: Status
    waits_for: str | None = None
    """The fact that would give a waiting record its place."""
    objections: tuple[Objection, ...] = ()
    """What stands against it, with what would settle it."""

    @property
    def in_effect(self) -> bool:
        """Whether projections count the record."""
        return self.status == "in effect"

    def __str__(self) -> str:
        return f"waiting for {self.waits_for}" if self.waits_for else self.status


IN_EFFECT: Final = Standing(status="in effect")


def disputed(*objections: Objection) -> Standing:
    """A standing for a person to decide."""
    return Standing(status="disputed", objections=objections)


def superseded(rule: str, reason: str) -> Standing:
    """The standing of a record that a correction or a discard took out."""
    objection = Objection(
        rule=rule,
        reason=reason,
        remedy="see the record that took it out of effect in the audit trail",
        source="docs/standing.md, section 1",
    )
    return Standing(status="superseded", objections=(objection,))
