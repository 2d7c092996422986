"""What a schedule is made of: obligations, each with its days, its status and its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import Stage
from veinledger.projections.case.unconfirmed import Unconfirmed

Status = Literal["upcoming", "due", "met", "late", "missed", "cancelled"]
"""`upcoming`: its window has not opened. `due`: within the window, both ends included. `met`: on
time. `late`: met after the window had closed. `missed`: the window closed and nothing came, or a
no-show is recorded. `cancelled`: it is not owed any more, and `reason` says why.

Without a day that is asked about, nothing is due and nothing missed but a recorded no-show."""

Group = Literal[
    "monitoring",
    "advice",
    "neurology",
    "laboratory",
    "registry",
    "filing",
    "appeal",
    "authorization",
    "certification",
    "support",
    "hint",
]
"""Who looks after it. A hint is nobody's: it is never late and never missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A day on which something was due until its anchor was corrected or extended."""

    due: date
    until: datetime
    """When the correction was recorded."""
    correction: str
    """Its report key."""
    reason: str


class Obligation(Struct, frozen=True, kw_only=True, gc=False):
    """Something owed by a date.

    A struct and no dataclass: a list over all encounters reads a hundred thousand of them, and the
    search for cycles, in which none of them can lie, would go through each again and again.
    """

    key: str
    """Rule and anchor record; of a replaced anchor the first record of the chain."""
    rule: str
    what: str
    group: Group = "neurology"
    anchor: str
    """Report key of the record that it hangs on now."""
    due: date
    opens: date
    closes: date
    """The last day on which it is on time."""
    open_until: date | None = None
    """The last day on which it can still be met, be it late; None: on any day."""
    status: Status
    meets: tuple[str, ...] = ()
    """The facts that meet it, by their dotted names."""
    met_by: str | None = None
    """Report key of the record that met it."""
    met_on: date | None = None
    reason: str = ""
    because: str = ""
    """Why it is owed, where a finding made it so."""
    cites: tuple[str, ...] = ()
    """Keys of findings that go with it: the coder's review of what was found."""
    provisional: str | None = None
    """Why it may yet be otherwise: its anchor is reported, not confirmed. None where it stands."""
    was_due: tuple[Earlier, ...] = ()
    """The days on which it was due before, the first one first."""
    caution: tuple[str, ...] = ()
    """What to know before anybody is called: a death that is reported, not confirmed."""
    holds_until: date | None = None
    """Of advice: the last day on which the patient is to keep to it."""
    source: str
    window_source: str
    confidence: str

    def __repr__(self) -> str:
        return f"<obligation {self.rule}: {self.status}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Schedule:
    """Everything owed in one encounter, as of both times, in one edition."""

    encounter: str
    edition: str
    rule_pack: str
    stage: Stage
    infusion_day: date | None
    """Day 0 in effect."""
    provisional_infusion_day: date | None = None
    """Day 0 as reported, where none is in effect."""
    obligations: tuple[Obligation, ...]
    """Kind by kind, each in the order of its days."""
    gaps: tuple[str, ...] = ()
    """Last days that nobody can name, with what is missing."""
    taken_back: tuple[str, ...] = ()
    """What is not owed any more because a person took out the finding that it counted from."""
    reported_not_confirmed: tuple[Unconfirmed, ...] = ()
    """Infusions, admissions, deaths and toxicity grades that wait or are disputed."""
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        return f"<schedule: {len(self.obligations)} obligations>"

    def of(self, *groups: Group) -> tuple[Obligation, ...]:
        """The obligations of some groups, in order."""
        return tuple(each for each in self.obligations if each.group in groups)
