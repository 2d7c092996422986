"""What is told about support: a task for each offer of each programme, and what stands against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from veinledger.domain.facts.authorization import CoverageKind
from veinledger.domain.findings import Finding
from veinledger.domain.support.programme import Gives

TaskState = Literal["late", "do now", "ask first", "done", "not for this patient", "over"]
"""`late`: its step has passed. `ask first`: it hangs on something that no record says. `over`: the
encounter has ended, or the help comes too late."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Task:
    """One thing to do for a patient with one programme, or why it is not for this patient."""

    key: str
    """Rule and anchor record, never a date."""
    rule: str
    anchor: str
    """Report key of the encounter's opening, which it hangs on."""
    programme: str
    """The programme's name on its page."""
    label: str
    run_by: str
    what: str
    gives: tuple[Gives, ...]
    state: TaskState
    reason: str
    do: str
    """What to do; empty where there is nothing to do."""
    ask: str | None = None
    """What to ask the patient first."""
    decided: str | None = None
    """By what the programme decides."""
    reach: str
    due: date | None = None
    """The day of its step; None while nothing shows when that is."""
    closes: date | None = None
    """The day after which it is late; None while nothing shows it."""
    look_again: date | None = None
    """Of funds that open and close: the next day on which somebody looks, this one included."""
    opens: str | None = None
    """What is said about when such funds open."""
    done_by: str | None = None
    """Report key of the enrolment that met it."""
    done_on: date | None = None
    caution: tuple[str, ...] = ()
    note: str = ""
    source: str
    confidence: str

    def __repr__(self) -> str:
        return f"<task {self.rule}: {self.state}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Support:
    """Every programme for a product, and what it is to this patient, as of both times."""

    encounter: str
    edition: str
    rule_pack: str
    product: str
    on: date
    """The day that is asked about; without one, the day of the newest record."""
    coverage: tuple[CoverageKind, ...]
    """The kinds of coverage in force on that day, in the order of benefits."""
    tasks: tuple[Task, ...]
    """What is late or to do first, what is not for this patient last."""
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        return f"<support: {len(self.tasks)} tasks>"
