"""A denial as its coordinator reads it: why, what answers it, what is missing, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import money, sure
from veinledger.adapters.cli.show.notes import numbers
from veinledger.adapters.cli.show.notes import records as by_number
from veinledger.adapters.cli.show.tables import (
    Cell,
    heading,
    inset,
    joined,
    listing,
    plural,
    table,
    title,
)
from veinledger.projections.appeals.shapes import (
    Appeal,
    Appeals,
    Attachment,
    Candidate,
    Cited,
    DeniedLine,
    Evidence,
    Quotable,
    Shown,
)

MATCHES: Final = {
    "matched": "the answer names this reason",
    "several": "the answer names several reasons",
    "unclear": "the answer names no reason; these would fit",
    "unmatched": "no reason is known",
}
STATES: Final = {"have": "green", "missing": "bold red"}
WIDTHS: Final = (9,)


OVER: Final = frozenset({"overturned", "paid since"})
"""States in which there is nothing left to appeal."""


def overview(every: Appeals) -> Iterator[RenderableType]:
    """One line for each denial."""
    as_of = f", as of {every.as_of}" if every.as_of else ""
    yield heading(f"{every.encounter}: denials, edition {every.edition}{as_of}")
    yield ""
    if not every.denials:
        yield "No payer denied anything."
        return
    heads = ("=claim", "=denied", "by", "reason", "state", "=appeal by")
    yield table(heads, [_row(each) for each in every.denials])
    for each in every.denials:
        yield inset(joined(styled(f"{each.about}: ", "bold"), each.next))
    yield ""
    yield (
        f"{plural(len(every.denials), 'denial')}. `veinledger appeal {every.encounter} CLAIM` says"
        " what answers one."
    )


def _row(each: Appeal) -> tuple[Cell, ...]:
    return (
        styled(each.about, "bold"),
        str(each.denial.day),
        each.payer or "not known",
        joined(_reason(each), styled(_doubt(each), "yellow")),
        each.state,
        "" if each.state in OVER else str(each.deadline.day or "not known"),
    )


def _doubt(each: Appeal) -> str:
    return "" if each.match == "matched" else f"\n{each.match}"


def _reason(each: Appeal) -> str:
    return "; ".join(_called(one) for one in each.candidates) or "not known"


def _called(one: Candidate) -> str:
    return f"{one.number} {one.label}" if one.number else one.label


def packets(every: Appeals, asked: Sequence[Appeal]) -> Iterator[RenderableType]:
    """Each denial in full."""
    for each in asked:
        yield title(f"{every.encounter}: {each.about}, {each.kind} on {each.denial.day}")
        yield from packet(each)
    yield styled(f"edition {every.edition}, rule pack {every.rule_pack[:12]}", "dim")


def packet(each: Appeal) -> Iterator[RenderableType]:
    """What was denied, then each reason with its answer, then the course and what comes next."""
    yield inset(listing(_head(each), widths=WIDTHS))
    if each.lines:
        yield ""
        yield inset(heading("lines that were not paid"))
        yield from (inset(_line(line), 3) for line in each.lines)
    yield ""
    yield inset(joined(styled("reason: ", "bold"), MATCHES[each.match]))
    if each.ask:
        yield inset(each.ask, 3)
    for one in each.candidates:
        yield ""
        yield from _candidate(one)
    yield ""
    yield inset(heading("course"))
    yield inset(
        listing(((str(s.day), s.what) for s in each.course), widths=(10,)),
        3,
    )
    yield inset(joined(styled("next: ", "bold"), each.next))
    yield ""


def _head(each: Appeal) -> Iterator[tuple[Cell, Cell]]:
    whose = "payer's number" if each.claim is not None else "reference"
    number = f", {whose} {each.control_number}" if each.control_number else ""
    yield "payer", f"{each.payer or 'not known'}{number}"
    if each.claim is not None:
        yield "claim", each.claim
    if each.amount is not None:
        yield "amount", f"{money(each.amount)} charged and not paid"
    if each.codes:
        yield "codes", ", ".join(each.codes)
    if each.said:
        yield "words", f"“{each.said}”"
    yield "denial", _where((each.denial,))
    yield "state", styled(each.state, "bold")
    yield "appeal", _by_when(each)


def _by_when(each: Appeal) -> str:
    due = each.deadline
    level = f"level {due.level}{f', {due.label}' if due.label else ''}"
    source = f" [{due.source}]" if due.source and due.source not in due.how else ""
    doubt = f"; {sure(due.confidence)}" if sure(due.confidence) and due.day else ""
    when = f"by {due.day}: " if due.day else ""
    return f"{level}, {when}{due.how}{doubt}{source}"


def _line(line: DeniedLine) -> Text:
    charged = f", {money(line.charged)}" if line.charged is not None else ""
    rule = f"; on the claim by {line.rule}" if line.rule else "; not on the claim now"
    return joined(
        styled(f"line {line.line}  {line.code}", "bold"),
        f"{charged}: {', '.join(line.codes) or 'no code'}{rule}",
    )


def _candidate(one: Candidate) -> Iterator[RenderableType]:
    number = f"denial {one.number}: " if one.number else ""
    yield inset(heading(f"{number}{one.label}"))
    yield from (inset(_evidence(each), 3) for each in one.evidence)
    yield inset(joined(styled("answer: ", "bold"), one.answer), 3)
    yield inset(styled(f"source: {_source(one)}", "dim"), 3)
    if one.otherwise:
        yield inset(joined(styled("against the page: ", "yellow"), one.otherwise), 3)
    for name, rows in (
        ("facts", [_shown(each) for each in one.facts]),
        ("attach", [_attachment(each) for each in one.attachments]),
        ("cite", [_quotable(each) for each in one.citations]),
    ):
        if rows:
            yield inset(styled(name, "bold"), 3)
            yield inset(listing(rows, widths=(8,)), 5)


def _source(one: Candidate) -> str:
    doubt = f"; {sure(one.confidence)}" if one.confidence == "low" else ""
    return f"{one.source}{doubt}"


def _evidence(each: Evidence) -> Text:
    doubt = "; a house reading, unverified" if each.confidence == "unverified" else ""
    return joined(styled("because ", "bold"), each.text, styled(doubt, "dim"))


def _shown(each: Shown) -> tuple[Cell, Cell]:
    todo = f"; {each.remedy}" if each.remedy else ""
    return (
        styled(each.state, STATES[each.state]),
        joined(each.text, todo, styled(_within(each.records), "dim")),
    )


def _attachment(each: Attachment) -> tuple[Cell, Cell]:
    there = f": {', '.join(each.references)}" if each.references else f"; {each.remedy}"
    return (
        styled(each.state, STATES[each.state]),
        joined(each.label, there, styled(_within(each.records), "dim")),
    )


def _quotable(each: Quotable) -> tuple[Cell, Cell]:
    number = f", {each.identifier}" if each.identifier else ""
    day = f", {each.published}" if each.published else ""
    doubt = f"  {sure(each.confidence)}" if sure(each.confidence) else ""
    return "", joined(f"{each.label}{number}{day}", styled(doubt, "yellow"))


def _within(records: Sequence[Cited]) -> str:
    where = _where(records)
    return f"  ({where})" if where else ""


def _where(records: Sequence[Cited]) -> str:
    """Records by their numbers, and the message of the one where there is but one."""
    mine = (r for r in records if r.stream == "encounter")
    own = [(r.merged or "", r.sequence) for r in mine if r.sequence is not None]
    centre = [r for r in records if r.stream == "centre"]
    told = [by_number("", own)] if own else []
    if len(records) == 1 and own:
        told.append(f"{records[0].day}, {records[0].message}")
    if centre:
        held = [r.sequence for r in centre if r.sequence is not None]
        told.append(f"the centre's {numbers('record', held)}" if held else "the centre's records")
    return ", ".join(told)
