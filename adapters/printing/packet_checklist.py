"""The parts of a packet's document that tell of the payer's checklist and of its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from veinledger.adapters.printing.page import Block, Cell, Grid, Section, Words
from veinledger.projections.authorization.results import Clearance
from veinledger.projections.authorization.shapes import ChecklistItem, Packet

DOUBT: Final = "\N{DAGGER}"
"""Marks what no source was found for."""
TOLD_ABOVE: Final = {
    "prior_therapy_log": "under Prior therapy",
    "neurological_plan": "under Neurological surveillance",
}
"""Items whose evidence has a section of its own."""


@dataclass(slots=True)
class Sources:
    """The sources of what the payer asks, each told once, under a letter."""

    met: list[str] = field(default_factory=list[str])

    def mark(self, source: str) -> str:
        """The letter of a source."""
        if source not in self.met:
            self.met.append(source)
        return chr(ord("a") + self.met.index(source))

    def told(self) -> tuple[str, ...]:
        """Each source with its letter."""
        return tuple(f"({self.mark(source)}) {source}." for source in self.met)


def open_items(packet: Packet, sources: Sources) -> Iterator[Section]:
    """What keeps the request back, with what would supply it."""
    if packet.complete:
        return
    items = [_open(packet, each, sources) for each in packet.open]
    empty = [
        (
            Cell(text=f"Form: {gap.what}", strong=True),
            Cell(text="missing"),
            Cell(text="not on record", under=(gap.remedy,)),
            Cell(text=""),
        )
        for gap in packet.gaps
    ]
    grid = Grid(
        heads=("Item", "State", "Now, and what would supply it", "What the payer asks"),
        rows=(*items, *empty),
        widths=(22, 7, 42, 29),
    )
    sent = packet.policy is None or packet.policy.authorization == "formal"
    title = "Missing before this can go out" if sent else "Missing from the chart"
    yield Section(title=title, blocks=(grid,), framed=True)


def on_record(packet: Packet, sources: Sources) -> Iterator[Section]:
    """The items whose evidence is there."""
    items = [each for each in packet.checklist if each.state == "have"]
    if items:
        grid = Grid(
            heads=("Item", "On record", "What the payer asks"),
            rows=tuple(_have(packet, each, sources) for each in items),
            widths=(25, 45, 30),
        )
        yield Section(title="Checklist: on record", blocks=(grid,))


def not_asked(packet: Packet) -> Iterator[str]:
    """The items that the payer does not ask for, those with one reason in one sentence."""
    items = [each for each in packet.checklist if each.state == "not asked"]
    for reason in dict.fromkeys(each.found for each in items):
        named = ", ".join(each.label for each in items if each.found == reason)
        yield f"Not asked: {named} ({reason})."


def other_evidence(packet: Packet) -> Iterator[Section]:
    """Results and certificates that no item above tells of."""
    told = {e.record for item in packet.checklist for e in item.evidence}
    results = [each for each in packet.narrative.clearances if each.record not in told]
    held = [each for each in packet.narrative.certificates if each.record not in told]
    blocks: list[Block] = []
    if results:
        lines = tuple(_result(each) for each in results)
        blocks.append(Words(lines=lines, kind="small"))
    if held:
        rows = tuple(
            (
                Cell(text=each.programme),
                Cell(text=each.role),
                Cell(text=each.subject),
                Cell(text=each.reference or ""),
                Cell(
                    text=f"{each.since} to {each.last_day or 'open'}"
                    + ("" if each.in_force else ", ended"),
                    strong=not each.in_force,
                ),
            )
            for each in held
        )
        heads = ("Programme", "Role", "Holder", "Number", "Days")
        blocks.append(Grid(heads=heads, rows=rows, widths=(26, 18, 24, 12, 20)))
    if blocks:
        yield Section(title="Other results and certificates", blocks=tuple(blocks))


def _open(packet: Packet, each: ChecklistItem, sources: Sources) -> tuple[Cell, ...]:
    return (
        Cell(text=each.label, strong=True),
        Cell(text=each.state),
        Cell(text=each.found, under=(*_details(packet, each), each.remedy)),
        _ask(each, sources),
    )


def _have(packet: Packet, each: ChecklistItem, sources: Sources) -> tuple[Cell, ...]:
    found = TOLD_ABOVE.get(each.item, each.found)
    return (
        Cell(text=each.label),
        Cell(text=found, under=_details(packet, each)),
        _ask(each, sources),
    )


def _ask(each: ChecklistItem, sources: Sources) -> Cell:
    doubt = DOUBT if each.confidence == "unverified" else ""
    return Cell(text=f"{each.asks} ({sources.mark(each.source)}{doubt})")


def _details(packet: Packet, each: ChecklistItem) -> tuple[str, ...]:
    """Who examined, in which document, and in which words, of each clearance."""
    keys = {e.record for e in each.evidence}
    mine = [c for c in packet.narrative.clearances if c.record in keys]
    return tuple(line for c in mine if (line := _who(c)))


def _who(found: Clearance) -> str:
    parts = (found.provider, f"document {found.document}" if found.document else None, found.text)
    return "; ".join(part for part in parts if part)


def _result(found: Clearance) -> str:
    value = f" {found.value.normalize():f} {found.unit or ''}".rstrip() if found.value else ""
    who = _who(found)
    return (
        f"{found.kind}{value}, {found.result} on {found.day}, {found.age} days old"
        f"{'; ' * bool(who)}{who}."
    )
