"""The parts of a packet's document that tell of the payer's checklist and of its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from veinledger.adapters.printing.page import Block, Cell, Grid, Section, Words, sentence
from veinledger.projections.authorization.results import Certificate, Clearance
from veinledger.projections.authorization.shapes import ChecklistItem, Evidence, Gap, Packet

DOUBT: Final = "\N{DAGGER}"
"""Marks what no source was found for."""
ASKS: Final = "What the payer asks"
TOLD_ELSEWHERE: Final = {
    "prior_therapy_log": "see Prior therapy",
    "neurological_plan": "see Neurological surveillance",
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
    blocks: list[Block] = []
    if packet.open:
        doubted = _all_doubted(packet.open)
        rows = tuple(_open(packet, each, sources, doubted=doubted) for each in packet.open)
        heads = ("Item", "State", "What the records say, and what would supply it", _asks(doubted))
        blocks.append(Grid(heads=heads, rows=rows, widths=(23, 8, 42, 27)))
    if packet.gaps:
        rows = tuple(_gap(each) for each in packet.gaps)
        of_fields = ("Field of the form", "State", "What would supply it")
        blocks.append(Grid(heads=of_fields, rows=rows, widths=(23, 8, 69)))
    sent = packet.policy is None or packet.policy.authorization == "formal"
    title = "Missing before this can go out" if sent else "Missing from the chart"
    yield Section(title=title, blocks=tuple(blocks), framed=True)


def on_record(packet: Packet, sources: Sources) -> Iterator[Section]:
    """The items whose evidence is there, each with what proves it."""
    items = [each for each in packet.checklist if each.state == "have"]
    if items:
        doubted = _all_doubted(items)
        grid = Grid(
            heads=("Item", "On record", "Proof", _asks(doubted)),
            rows=tuple(_have(packet, each, sources, doubted=doubted) for each in items),
            widths=(22, 37, 14, 27),
        )
        yield Section(title="Checklist: on record", blocks=(grid,))


def not_asked(packet: Packet) -> Iterator[str]:
    """The items that the payer does not ask for, those with one reason in one sentence."""
    items = [each for each in packet.checklist if each.state == "not asked"]
    for reason in dict.fromkeys(each.found for each in items):
        named = ", ".join(each.label for each in items if each.found == reason)
        yield f"{sentence(reason)}: {named}."


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
        heads = ("Programme", "Role", "Holder", "Number", "Days")
        rows = tuple(_certificate(each) for each in held)
        blocks.append(Grid(heads=heads, rows=rows, widths=(26, 18, 24, 12, 20)))
    if blocks:
        yield Section(title="Other results and certificates", blocks=tuple(blocks))


def _open(
    packet: Packet, each: ChecklistItem, sources: Sources, *, doubted: bool
) -> tuple[Cell, ...]:
    proof = ", ".join(_proofs(packet, each))
    there = (f"So far: {proof}",) if proof else ()
    under = (*_details(packet, each), *there, sentence(each.remedy))
    return (
        Cell(text=each.label, strong=True),
        Cell(text=each.state),
        Cell(text=sentence(each.found), under=under),
        _ask(each, sources, doubted=doubted),
    )


def _gap(gap: Gap) -> tuple[Cell, ...]:
    what, remedy = sentence(gap.what), sentence(gap.remedy)
    return Cell(text=what, strong=True), Cell(text="missing"), Cell(text=remedy)


def _have(
    packet: Packet, each: ChecklistItem, sources: Sources, *, doubted: bool
) -> tuple[Cell, ...]:
    found = sentence(TOLD_ELSEWHERE.get(each.item, each.found))
    first, *more = _proofs(packet, each) or ("",)
    return (
        Cell(text=each.label),
        Cell(text=found, under=_details(packet, each)),
        Cell(text=first, under=tuple(more)),
        _ask(each, sources, doubted=doubted),
    )


def _all_doubted(items: Iterable[ChecklistItem]) -> bool:
    """Whether one mark over the column says what would stand in every row."""
    return all(each.confidence == "unverified" for each in items)


def _asks(doubted: bool) -> str:
    return f"{ASKS}{DOUBT * doubted}"


def _ask(each: ChecklistItem, sources: Sources, *, doubted: bool) -> Cell:
    doubt = DOUBT if each.confidence == "unverified" and not doubted else ""
    return Cell(text=f"{each.asks}\N{NO-BREAK SPACE}({sources.mark(each.source)}){doubt}")


def _details(packet: Packet, each: ChecklistItem) -> tuple[str, ...]:
    """Who examined, and in which words, of each clearance."""
    keys = {e.record for e in each.evidence}
    mine = [c for c in packet.narrative.clearances if c.record in keys]
    return tuple(line for c in mine if (line := _who(c)))


def _proofs(packet: Packet, each: ChecklistItem) -> tuple[str, ...]:
    """The documents that no other place names, then the records that tell of them."""
    told = {one.document for one in packet.narrative.refractory}
    told |= {packet.narrative.plan.document} if packet.narrative.plan else set()
    papers = [e.document for e in each.evidence if e.document and e.document not in told]
    named = (one for one in dict.fromkeys(papers) if one not in each.found)
    return tuple(line for line in (", ".join(named), *_records(each.evidence)) if line)


def _records(evidence: Iterable[Evidence]) -> Iterator[str]:
    """By their numbers in their streams, as the history of the encounter has them."""
    for stream, one, many in (
        ("encounter", "record", "records"),
        ("centre", "centre's record", "centre's records"),
    ):
        numbers = [each.told_as for each in evidence if each.stream == stream]
        if numbers:
            yield f"{many if len(numbers) > 1 else one} {', '.join(dict.fromkeys(numbers))}"


def _who(found: Clearance) -> str:
    return "; ".join(part for part in (found.provider, found.text) if part)


def _result(found: Clearance) -> str:
    value = f" {found.value.normalize():f} {found.unit or ''}".rstrip() if found.value else ""
    paper = f"document {found.document}" if found.document else ""
    who = "; ".join(part for part in (_who(found), paper) if part)
    kind = sentence(found.kind)
    return (
        f"{kind}{value}, {found.result} on {found.day}, {found.age} days old{'; ' * bool(who)}{who}"
    )


def _certificate(each: Certificate) -> tuple[Cell, ...]:
    ended = "" if each.in_force else ", ended"
    return (
        Cell(text=each.programme),
        Cell(text=each.role),
        Cell(text=each.subject),
        Cell(text=each.reference or ""),
        Cell(
            text=f"{each.since} to {each.last_day or 'open'}{ended}",
            strong=not each.in_force,
        ),
    )
