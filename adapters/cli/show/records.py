"""Records in one line each: when, what, and what they count for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.options import moments
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.notes import Numbering, ToldBefore, records
from veinledger.adapters.cli.show.tables import Cell, heading, inset, joined, plural, table
from veinledger.domain.facts.base import Fact, Group
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.findings import Finding, Objection
from veinledger.domain.reports import Occurrence, Record
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.history import AsOf, Effective, KnownAt
from veinledger.domain.standing.standing import Standing
from veinledger.projections.case.decided import settlements
from veinledger.projections.claims.told import plain

LEAF: Final = 12
"""How much of a leaf is shown; --json shows all of it."""
TELLING: Final = (
    "product", "indication", "agent", "drug", "dose", "grade", "kind", "registry", "form",
    "chain_of_identity", "donation_number", "lot", "specification", "extent", "line", "regimen",
    "payer", "programme", "status", "cpt", "revenue_code", "hcpcs", "amount", "label",
)  # fmt: skip
"""Fields that tell records of one type apart and name no person; the rest is for --json."""
UNITS: Final = {"dose": " mg", "grade": "", "amount": ""}
BEFORE: Final = {"grade": "grade ", "line": "line ", "lot": "lot "}
STYLES: Final = {"waiting": "yellow", "disputed": "red", "superseded": "dim"}
SEVERITIES: Final = {"critical": "bold red", "warning": "yellow", "notice": "cyan"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Up to which day, and from which knowledge, a history is asked for."""

    as_of: AsOf
    known_at: KnownAt

    def __str__(self) -> str:
        return moments(self.as_of, self.known_at)


def when(occurred: Occurrence) -> str:
    """The day, and the clock where it was told."""
    return occurred.text[:16].replace("T", " ")


def detail(fact: Fact) -> str:
    """A few words that tell the record from others of its type."""
    told = [word for name in TELLING for word in _words(name, getattr(fact, name, None))]
    return ", ".join(told)


def _words(name: str, value: object) -> Iterator[str]:
    if isinstance(value, Group):
        for inner in TELLING:
            yield from _words(inner, getattr(value, inner, None))
    elif isinstance(value, (str, int, Decimal)):
        text = plain(value) if isinstance(value, Decimal) else str(value)
        yield f"{BEFORE.get(name, '')}{text}{UNITS.get(name, '')}"


def cell_of_number(encounter: str, name: str, sequence: int) -> str:
    """The number of a record as a cell of a table has it, and as `--record` takes it: E66 2.

    In a sentence it is told by `number_in` (`domain/reports.py`).
    """
    return str(sequence) if name == encounter else f"{name} {sequence}"


def which(found: Iterable[Record], encounter: str) -> str:
    """records 3 and 26; record 4 of E2: by number, those of merged encounters with their name."""
    return records(encounter, ((record.name, record.seal.sequence) for record in found))


def numbering(found: Iterable[Record], encounter: str) -> Numbering:
    """The numbers of records as an encounter is told of them."""
    told = {record.key: (record.name, record.seal.sequence) for record in found}
    return Numbering(encounter=encounter, of=told)


def name_of(record: Record) -> str:
    """Sequence and type: how a person points at a record."""
    return f"{record.seal.sequence} {record.fact.type}"


def history(
    seen: Effective, asked: Moments, continued_by: Sequence[str] = ()
) -> Iterator[RenderableType]:
    """In effect in the order of the world; then what is not, and what would settle it."""
    attested = len(seen.taken) - len(seen.records)
    more = f", and {plural(attested, 'attested step')}" if attested else ""
    count = f"{len(seen.records)}{more}"
    yield heading(f"{seen.encounter}: in effect, in the order of events ({count}){asked}")
    yield ""
    if seen.merged_into is not None:
        yield f"Merged into {seen.merged_into}, where all of it counts."
        yield ""
    if continued_by:
        yield f"Continued by {', '.join(continued_by)}."
        yield ""
    yield table(
        (">seq", "=when", "=what", "", "=leaf"),
        (_in_effect(t, seen.encounter) for t in seen.taken),
    )
    for status in ("waiting", "disputed", "superseded"):
        yield from _of_status(seen, status, asked.as_of)
    if seen.findings:
        yield ""
        yield styled(f"findings ({len(seen.findings)})", "bold")
        for found in findings(seen.findings, seen):
            yield inset(found)
    yield ""
    yield styled(f"Leaves are cut to {LEAF} digits; --json shows them whole.", "dim")


def _in_effect(taken: Taken, encounter: str) -> tuple[Cell, ...]:
    record, after = taken.record, taken.after.stage
    number = record.seal.sequence
    stage = "" if after is taken.before.stage else f"to {after}"
    told = detail(record.fact)
    if record.kind == "attested":
        told = f"attested by record {number}, {told}"
    return (
        "" if record.kind == "attested" else cell_of_number(encounter, record.name, number),
        when(record.occurred),
        record.fact.type,
        joined(styled(told, "dim"), "; " if told and stage else "", styled(stage, "bold")),
        styled("" if record.kind == "attested" else record.seal.leaf[:LEAF], "dim"),
    )


def _of_status(seen: Effective, status: str, as_of: AsOf) -> Iterator[RenderableType]:
    found = [r for r in seen.not_in_effect(as_of) if seen.standings[r.key].status == status]
    if not found:
        return
    yield ""
    yield styled(f"{status} ({len(found)})", f"bold {STYLES[status]}")
    for record in found:
        yield from unsettled(record, seen.standings[record.key], seen.encounter)


def unsettled(
    record: Record, standing: Standing, encounter: str | None = None
) -> Iterator[RenderableType]:
    """A record out of effect: what stands against it, and what would settle it."""
    told = detail(record.fact)
    number = cell_of_number(encounter or record.name, record.name, record.seal.sequence)
    yield inset(
        joined(
            styled(f"{number:>3}  {when(record.occurred)}  ", ""),
            styled(record.fact.type, "bold"),
            f"  {told}" if told else "",
            styled(f"  {standing}", STYLES.get(standing.status, "")),
            styled(f"  leaf {record.seal.leaf[:LEAF]}", "dim"),
        )
    )
    if standing.waits_for is not None:
        yield inset(what_is_missing(standing.waits_for), 7)
    elif standing.status != "in effect":
        yield from (inset(against(objection), 7) for objection in standing.objections)


def what_is_missing(step: str) -> str:
    """What a record waits for: the first step of several, perhaps, and none may come after it."""
    return (
        f"{step} is the first step that is missing: report it in any order; once none is missing on"
        " or before the day of this record, it takes its place by itself"
    )


def against(objection: Objection) -> Text:
    """One rule that stands against something, and the remedy."""
    where = f" [{objection.field}]" if objection.field else ""
    return joined(
        styled(objection.rule, "italic"), f"{where}: {objection.reason}; {objection.remedy}"
    )


def findings(
    found: Iterable[Finding],
    seen: Effective,
    before: ToldBefore | None = None,
    place: str = "",
) -> Iterator[RenderableType]:
    """Findings, those that say the same of several records said once; who settled what, too.

    One that stood at another place of the same page is named here and not told again.
    """
    before = before or ToldBefore()
    named = {record.key: record for record in seen.known}
    settled = settlements(seen)
    same: dict[tuple[object, ...], list[Finding]] = {}
    for each in found:
        by = settled.get(each.key)
        told = (each.severity, each.rule, each.reason, each.remedy, each.source, by and by.key)
        same.setdefault(told, []).append(each)
    for group in same.values():
        on = dict.fromkeys(key for each in group for key in each.records if key in named)
        on_which = which((named[key] for key in on), seen.encounter)
        known = {before.where("finding", each.key) for each in group}
        told_at = known.pop() if len(known) == 1 else None
        by = settled.get(group[0].key)
        yield finding(group, on_which, (by, seen.encounter) if by else None, told_at)
        for each in group:
            before.tell(place, "finding", each.key)


def finding(
    found: Sequence[Finding],
    on_which: str,
    settled: tuple[Record, str] | None = None,
    told_at: str | None = None,
) -> Text:
    """One finding: how grave, its key, on which records, what to do, and whether it is settled.

    `settled`: by which record, as which encounter is told of it.
    """
    one = found[0]
    said = f"as on {told_at}" if told_at else f"{one.reason}; {one.remedy}"
    on = f" ({on_which})" if on_which else ""
    digests = ", ".join(each.key.removeprefix(f"{one.rule}/") for each in found)
    holds = "; it holds the claim until it is settled" if one.holds and settled is None else ""
    return joined(
        styled(one.severity, SEVERITIES[one.severity]),
        f"  {one.rule}",
        styled(f"/{digests}", "dim"),
        f"{on}: {said}{holds}",
        styled(f"; {_settled(*settled)}" if settled else "", "green"),
        "" if told_at else f" [{one.source}]",
    )


def _settled(by: Record, encounter: str) -> str:
    fact = by.fact
    if not isinstance(fact, FindingSettled):
        return ""
    decision = f"{fact.decision} {fact.code}" if fact.code else fact.decision
    number = by.number_in(encounter)
    return f"settled by record {number}: {decision} by {by.actor.id}, {by.actor.role}"


def in_full(seen: Effective, asked: Moments) -> dict[str, object]:
    """A history for programs: every record whole, in effect first."""
    first = {record.key: taken.after.stage for taken in seen.taken for record in (taken.record,)}
    return {
        "encounter": seen.encounter,
        "as_of": asked.as_of,
        "known_at": asked.known_at,
        "stage": seen.stage,
        "in_effect": [_whole(r, seen, stage_after=first[r.key]) for r in seen.records],
        "not_in_effect": [_whole(r, seen) for r in seen.not_in_effect(asked.as_of)],
        "findings": seen.findings,
    }


def _whole(record: Record, seen: Effective, **more: object) -> dict[str, object]:
    return {
        "type": record.fact.type,
        "record": record,
        "standing": seen.standings[record.key],
        **more,
    }
