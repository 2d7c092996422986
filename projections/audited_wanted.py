"""Which entries of an audit trail are asked for: by whom, by which message, of what, and when."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Final

from veinledger.domain.intake.outcome import RefusedItem
from veinledger.projections.audit import AuditTrail, Entry


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WantedEntries:
    """What an entry must have to be shown; None asks for nothing. Both ends of a span count."""

    actor: str | None = None
    role: str | None = None
    connection: str | None = None
    message: str | None = None
    type: str | None = None
    """A fact by its whole name, `claim.submitted`, or all of a kind, `claim`."""
    since: datetime | None = None
    """Recorded then or later."""
    until: datetime | None = None
    """Recorded then or earlier."""
    happened_since: date | None = None
    happened_until: date | None = None

    def __repr__(self) -> str:
        return f"<wanted entries: {', '.join(name for name, _ in self.asked()) or 'all'}>"

    def asked(self) -> tuple[tuple[str, str], ...]:
        """What is asked for, by name, as a reader of the answer is told."""
        told = ((each.name, getattr(self, each.name)) for each in fields(self))
        return tuple((name, str(value)) for name, value in told if value is not None)


EVERY_ENTRY: Final = WantedEntries()


def how_many(whole: AuditTrail, wanted: WantedEntries) -> str:
    """How many records, and of how many by what, so that a part is not taken for the whole."""
    part = only(whole, wanted)
    told = [_of_so_many(part.shown, part.of, "record", part)]
    if part.refused_of:
        told.append(_of_so_many(len(part.refused), part.refused_of, "refused report", part))
    asked = f": {asked_for(part)}" if part.asked else ""
    return " and ".join(told) + asked


def _of_so_many(shown: int, of: int, what: str, part: AuditTrail) -> str:
    everything = f"{of} {what}{'s' * (of != 1)}"
    return f"{shown} of {everything}" if part.asked else everything


def asked_for(part: AuditTrail) -> str:
    """The moments asked about and what it was narrowed to, in words; empty where nothing was."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in part.asked.items())


def only(trail: AuditTrail, wanted: WantedEntries) -> AuditTrail:
    """The trail with the entries that are asked for, each as it is in the whole, and says so."""
    entries = tuple(entry for entry in trail.entries if _is_wanted(entry, wanted))
    refused = tuple(item for item in trail.refused if _is_wanted(item, wanted))
    asked = {**trail.asked, **dict(wanted.asked())}
    return replace(trail, asked=asked, entries=entries, refused=refused)


def _is_wanted(entry: Entry | RefusedItem, wanted: WantedEntries) -> bool:
    """Of what was refused, what cannot be read is not what is asked for."""
    day = entry.day
    said = (
        (wanted.actor, entry.actor.id),
        (wanted.role, entry.actor.role),
        (wanted.connection, entry.source.connection),
        (wanted.message, entry.source.message),
    )
    return (
        all(asked is None or asked == found for asked, found in said)
        and (wanted.type is None or f"{entry.type or ''}.".startswith(f"{wanted.type}."))
        and (wanted.since is None or entry.recorded_at >= wanted.since)
        and (wanted.until is None or entry.recorded_at <= wanted.until)
        and (wanted.happened_since is None or (day is not None and day >= wanted.happened_since))
        and (wanted.happened_until is None or (day is not None and day <= wanted.happened_until))
    )
