"""Reports that name neither encounter nor centre, and what became of each.

docs/standing.md, section 8. They count for nothing until a named person says whose they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from veinledger.domain.facts.decisions import ReportAssigned
from veinledger.domain.findings import Objection
from veinledger.domain.intake.entries import Nameless, NamelessDeed
from veinledger.domain.intake.outcome import TakenSince
from veinledger.domain.reports import Actor, Report, Source
from veinledger.domain.standing.standing import Standing, superseded

WAITS_TO_BE_ASSIGNED: Final = Standing(
    status="waiting",
    waits_for=ReportAssigned.type,
    objections=(
        Objection(
            rule="a_report_names_its_encounter_or_its_centre",
            reason="it names neither, so nobody knows whose it is",
            remedy="find out and assign it (`veinledger assign`), or discard it where it is"
            " nobody's here",
            source="docs/standing.md, section 8",
        ),
    ),
)
DISMISSED: Final = superseded("discarded", "a named person discarded it")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Deed:
    """What a named person did with a report that names nobody."""

    did: NamelessDeed
    target: str
    """The key under which the report waited."""
    actor: Actor
    source: Source
    occurred_at: str
    reason: str
    encounter: str | None
    """The encounter that it was assigned to."""
    record: str | None
    """The report key of the record that it became there."""
    position: int
    recorded_at: datetime

    def __repr__(self) -> str:
        return f"<a report that names nobody was {self.did}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unassigned:
    """A report that names nobody, with what became of it."""

    record: str
    """The key under which it waits: what an assignment or a discard names."""
    report: Report
    position: int
    recorded_at: datetime
    deed: Deed | None
    """What a person did with it last; None while it waits."""
    told_since: TakenSince | None
    """The record that came by the same message and item and does say whose it is."""

    @property
    def waits(self) -> bool:
        """Whether a person still has to say whose it is."""
        return self.deed is None

    def __repr__(self) -> str:
        return f"<report that names nobody: {self.report.fact.type}>"


def with_what_became_of_them(
    kept: Iterable[Nameless],
    deeds: Iterable[Deed],
    told_since: Callable[[Source], TakenSince | None],
) -> Iterator[Unassigned]:
    """Each report that names nobody; an assignment goes before a discard, whichever came last."""
    done: dict[str, Deed] = {}
    for deed in sorted(deeds, key=lambda each: (each.did == "assigned", each.position)):
        done[deed.target] = deed
    for each in sorted(kept, key=lambda one: one.position):
        became = done.get(each.key)
        yield Unassigned(
            record=each.key,
            report=each.report,
            position=each.position,
            recorded_at=each.recorded_at,
            deed=became,
            told_since=None if became else told_since(each.report.source),
        )
