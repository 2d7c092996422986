"""Taking in reports that name nobody, and giving one its encounter: docs/standing.md, section 8.

An assigned report is taken in as if it had named its encounter when it came: under its own report
key, or beside whatever has taken its message and item since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from veinledger.domain.facts.decisions import ReportAssigned, ReportDiscarded
from veinledger.domain.findings import Objection
from veinledger.domain.intake.dates import a_fact_is_not_dated_more_than_a_day_ahead
from veinledger.domain.intake.entries import (
    Held,
    KeptDeed,
    KeptNameless,
    KeptReport,
    Known,
    Nameless,
)
from veinledger.domain.intake.making import outcome_of
from veinledger.domain.intake.outcome import Arrival, Outcome
from veinledger.domain.intake.whose.unassigned import DISMISSED, WAITS_TO_BE_ASSIGNED
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Came, Report
from veinledger.domain.standing.history import Effective

SOURCE = "docs/standing.md, section 8"
NamelessKind = Literal["conflict", "unassigned", "assigned", "dismissed"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Desk:
    """What is asked again and again of the ledger, and of what this message has said so far."""

    known: Known
    naming: Naming
    holding: Callable[[bytes], Held | None]
    encounter: Callable[[str], Effective]
    strict: bool

    def held_under(self, kind: NamelessKind, report: Report, digest: str) -> Held | None:
        """What is kept under a key of that kind."""
        return self.holding(self.naming.report_key(kind, report.source, digest))

    def deed_key(self, did: NamelessKind, target: Nameless) -> bytes:
        """One report is assigned once, and once dismissed, whatever message asks for it."""
        return self.naming.report_key(did, target.report.source, target.key)


# ---- It names nobody --------------------------------------------------------------------------


def taken(
    desk: Desk, arrival: Arrival, report: Report
) -> Outcome | Objection | KeptNameless | KeptDeed:
    """What is to be kept of an item that names nobody; else its answer, or what stands against it.

    A discard that names nobody is about a report that names nobody.
    """
    if isinstance(report.fact, ReportDiscarded):
        return _dismissed(desk, arrival, report, report.fact)
    again = _again(desk, arrival, report)
    if again is not None:
        return again
    if desk.strict:
        return WAITS_TO_BE_ASSIGNED.objections[0]  # who asks before the act must know of whom
    ahead = a_fact_is_not_dated_more_than_a_day_ahead(report, desk.known.now)
    key = desk.naming.report_key("unassigned", report.source, arrival.digest)
    return ahead or KeptNameless(key=key, arrival=arrival, report=report)


def told(arrival: Arrival, entry: KeptNameless | KeptDeed, held: Held) -> Outcome:
    """What is answered to an item that names nobody and was kept."""
    if isinstance(entry, KeptDeed):
        return outcome_of(arrival, "recorded", held)
    return replace(outcome_of(arrival, "parked", held), standing=WAITS_TO_BE_ASSIGNED)


def _again(desk: Desk, arrival: Arrival, report: Report) -> Outcome | None:
    """The answer to a report whose very bytes are kept already, wherever it stands by now."""
    held = desk.holding(desk.naming.report_key("report", report.source))
    if held is None or held.digest != arrival.digest:
        held = desk.held_under("conflict", report, arrival.digest)
    if held is not None:
        return outcome_of(arrival, "duplicate", held)
    held = desk.held_under("unassigned", report, arrival.digest)
    if held is None:
        return None
    gone = desk.held_under("dismissed", report, held.record) is not None
    standing = DISMISSED if gone else WAITS_TO_BE_ASSIGNED
    return replace(outcome_of(arrival, "duplicate", held), standing=standing)


def _dismissed(
    desk: Desk, arrival: Arrival, report: Report, fact: ReportDiscarded
) -> Outcome | Objection | KeptDeed:
    """A person says that a report that names nobody is of nobody here."""
    target = desk.known.nameless(fact.target)
    if target is None:
        return _not_kept_here()
    key = desk.deed_key("dismissed", target)
    held = desk.holding(key)
    if held is not None:
        return outcome_of(arrival, "duplicate", held)
    if desk.holding(desk.deed_key("assigned", target)) is not None:
        return _assigned_once()
    return KeptDeed(
        key=key, did="dismissed", target=target, by=report, reason=fact.reason, arrival=arrival
    )


# ---- It is assigned ---------------------------------------------------------------------------


def assigned_again(desk: Desk, entry: KeptReport) -> Outcome | None:
    """The answer where it was assigned to this encounter and stands there."""
    record = _became(desk, entry)
    if record is None or record.name != entry.report.name:
        return None
    seen = desk.encounter(entry.report.name)
    standing = seen.standings.get(record.record)
    if standing is None or standing.status == "superseded":
        return None
    known = {each.key: each for each in seen.known}
    first = known[known[record.record].brought_in_by or ""]
    held = Held(digest="", sequence=first.seal.sequence, record=first.key)
    return outcome_of(entry.arrival, "duplicate", held)


def against_an_assignment(desk: Desk, entry: KeptReport) -> Iterator[Objection]:
    """Every rule that stands against an assignment as it is asked."""
    target = _target(desk, entry)
    if target is None:
        yield _not_kept_here()
    elif desk.holding(desk.deed_key("assigned", target)) is not None:
        yield _assigned_once()
    if not desk.encounter(entry.report.name).known:
        yield _nobody_has_reported_it()


def assigned(desk: Desk, entry: KeptReport) -> tuple[KeptReport, KeptDeed] | None:
    """The record that the report becomes, and what is kept behind it in its intake stream."""
    target, fact = _target(desk, entry), entry.report.fact
    if target is None or not isinstance(fact, ReportAssigned):
        return None
    record = _as_if_it_had_named_it(desk, entry, target)
    deed = KeptDeed(
        key=desk.deed_key("assigned", target),
        did="assigned",
        target=target,
        by=entry.report,
        reason=fact.reason,
        arrival=entry.arrival,
        encounter=entry.report.name,
        record=record.key.hex(),
    )
    return record, deed


def _as_if_it_had_named_it(desk: Desk, entry: KeptReport, target: Nameless) -> KeptReport:
    source = target.report.source
    key = desk.naming.report_key("report", source)
    taken = desk.holding(key) is not None
    if taken:
        key = desk.naming.report_key("conflict", source, target.digest)
    return KeptReport(
        key=key,
        kind="conflict" if taken else "report",
        report=replace(target.report, name=entry.report.name),
        arrival=replace(entry.arrival, digest=target.digest),
        came=Came(by=entry.key.hex(), received=target.recorded_at),
    )


def _target(desk: Desk, entry: KeptReport) -> Nameless | None:
    fact = entry.report.fact
    return desk.known.nameless(fact.target) if isinstance(fact, ReportAssigned) else None


def _became(desk: Desk, entry: KeptReport) -> Held | None:
    """The record that the report has become by an assignment before this one."""
    target = _target(desk, entry)
    if target is None or desk.holding(desk.deed_key("assigned", target)) is None:
        return None
    held = desk.holding(desk.naming.report_key("report", target.report.source))
    if held is not None and held.digest == target.digest:
        return held
    return desk.held_under("conflict", target.report, target.digest)


def _not_kept_here() -> Objection:
    """The key names no report that waits for its encounter."""
    return Objection(
        rule="an_assignment_is_about_a_report_that_names_nobody",
        reason="its target is not a report that names neither encounter nor centre",
        remedy="take the report's key from `veinledger parked`; name the encounter to decide about"
        " a record of one",
        source=SOURCE,
        field="target",
    )


def _assigned_once() -> Objection:
    """A wrong assignment is a record in the wrong encounter, and mended as any such record."""
    return Objection(
        rule="a_report_is_assigned_once",
        reason="it was assigned before, and is a record of that encounter since",
        remedy="move the record to where it belongs, or void it: `veinledger correct`",
        source=SOURCE,
        field="target",
    )


def _nobody_has_reported_it() -> Objection:
    return Objection(
        rule="a_report_is_assigned_to_an_encounter_that_is_there",
        reason="the ledger holds no record of the encounter that it is assigned to",
        remedy="check the encounter's name, or open it first",
        source=SOURCE,
        field="encounter",
    )
