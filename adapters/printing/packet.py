"""The prior-authorization packet as a document: what is missing first, then what the form asks.

Everything that the packet holds stands in it once, in the order in which a reviewer reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.adapters.printing.packet_checklist import (
    DOUBT,
    Sources,
    not_asked,
    on_record,
    open_items,
    other_evidence,
)
from veinledger.adapters.printing.packet_story import (
    indication,
    patient,
    plan,
    prior_therapy,
    refractory,
)
from veinledger.adapters.printing.page import (
    Block,
    Cell,
    Document,
    Grid,
    Section,
    Words,
)
from veinledger.projections.authorization.answers import Answer, Answers
from veinledger.projections.authorization.services import RequestedService
from veinledger.projections.authorization.shapes import Packet


def document(packet: Packet) -> Document:
    """The packet laid out for print."""
    sources = Sources()
    return Document(
        kind=_kind(packet),
        title=packet.product,
        lead=tuple(_lead(packet)),
        sections=tuple(_sections(packet, sources)),
        foot=_foot(packet),
    )


def _kind(packet: Packet) -> str:
    if packet.policy is not None and packet.policy.authorization == "none":
        return "Coverage file: no prior authorization is asked for"
    return "Prior authorization request" + ("" if packet.complete else ", draft")


def _lead(packet: Packet) -> Iterator[str]:
    coverage, policy = packet.form.coverage, packet.policy
    to = coverage.label or coverage.payer or "no payer on record"
    by = f", by the policy: {policy.label}" if policy else ""
    yield f"For {to}{by}"
    asked = packet.narrative.indication
    if asked is not None:
        yield f"Indication: {asked.label}"
    judged = f", evidence as of {packet.judged_on}" if packet.judged_on != packet.as_of else ""
    yield f"As of {packet.as_of}{judged}. {_readiness(packet)}"


def _readiness(packet: Packet) -> str:
    if packet.complete:
        return "Complete: everything that is asked for is on record."
    asked = [each for each in packet.checklist if each.state != "not asked"]
    count = f"{len(packet.open)} of {len(asked)} items open"
    gaps = f", and {len(packet.gaps)} fields of the form empty" if packet.gaps else ""
    return f"Not complete: {count}{gaps}."


def _foot(packet: Packet) -> str:
    mrn = packet.form.patient.mrn
    return f"Encounter {packet.encounter}{f', MRN {mrn}' if mrn else ''}, as of {packet.as_of}"


def _sections(packet: Packet, sources: Sources) -> Iterator[Section]:
    formal = packet.policy is None or packet.policy.authorization == "formal"
    yield from open_items(packet, sources)
    if not formal:
        yield from on_record(packet, sources)
    yield from _answers(packet.answers)
    yield Section(title="Patient, coverage, who asks", blocks=(patient(packet),))
    yield Section(title="Diagnosis and indication", blocks=tuple(indication(packet)))
    yield Section(title="Prior therapy", blocks=(prior_therapy(packet),))
    yield from refractory(packet)
    title = "Requested services" if formal else "Services"
    yield Section(title=title, blocks=_services(packet.services))
    if formal:
        yield from on_record(packet, sources)
    yield from plan(packet)
    yield from other_evidence(packet)
    yield Section(title="Notes and sources", blocks=tuple(_notes(packet, sources)))


def _answers(told: Answers) -> Iterator[Section]:
    if not told.told:
        return
    rows = tuple(_answer(each) for each in told.told)
    heads = ("Day", "", "Number", "Services, units, setting", "Covers", "Reason")
    blocks: list[Block] = [Grid(heads=heads, rows=rows, widths=(10, 9, 11, 21, 13, 36))]
    if told.standing in ("pended", "denied"):
        blocks.append(Words(lines=(_what_answers(told),)))
    yield Section(
        title=_standing(told), blocks=tuple(blocks), framed=told.standing in ("pended", "denied")
    )


def _standing(told: Answers) -> str:
    doing = {"pended": "answer the payer", "denied": "appeal"}.get(told.standing, "")
    if told.act_by is None:
        return f"The request so far: {told.standing}"
    left = told.days_left or 0
    when = f"{left} days left" if left >= 0 else f"{-left} days ago"
    return f"The request so far: {told.standing}; {doing} by {told.act_by}, {when}"


def _what_answers(told: Answers) -> str:
    more = len(told.to_answer) - (1 if told.told[-1].reason else 0)
    if more:
        return f"The answer meets the reason above and the {more} open items at the top."
    return "The answer meets the reason above; everything that the payer asks for is on record."


def _answer(each: Answer) -> tuple[Cell, ...]:
    services = (", ".join(each.services), _units(each.units), each.setting or "")
    act_by = f"answer by {each.act_by}" if each.act_by else ""
    return cells(
        str(each.day),
        each.kind,
        each.reference or "",
        ", ".join(part for part in services if part),
        span(each.since, each.until) or act_by,
        each.reason or "",
    )


def _units(units: int | None) -> str:
    return "" if units is None else f"{units} unit{'' if units == 1 else 's'}"


def _services(found: tuple[RequestedService, ...]) -> tuple[Block, ...]:
    grid = Grid(
        heads=("Service", "Code", "How much", "Setting"),
        rows=tuple(_service(each) for each in found),
        widths=(52, 18, 20, 10),
    )
    return Words(lines=(" ".join(_sites(found)),)), grid


def _sites(found: tuple[RequestedService, ...]) -> Iterator[str]:
    """Each place once, with what is to be done there."""
    places = dict.fromkeys((each.site, each.npi) for each in found)
    for site, npi in places:
        there = dict.fromkeys(each.service for each in found if each.site == site)
        named = ", ".join(there)
        place = f"{site}, NPI {npi or 'not on record'}" if site else "Site not said"
        yield f"{place}: {named}."


def _service(each: RequestedService) -> tuple[Cell, ...]:
    code = f"{each.system} {each.code}" if each.code else "none"
    doubt = DOUBT if each.confidence == "unverified" else ""
    return (
        Cell(text=f"{each.what}; {each.note}" if each.note else each.what),
        Cell(text=f"{code}{doubt}"),
        Cell(text=each.units),
        Cell(text=each.setting or "not said"),
    )


def _notes(packet: Packet, sources: Sources) -> Iterator[Block]:
    lines = (*packet.remarks, *not_asked(packet))
    if lines:
        yield Words(lines=lines, kind="points")
    version, _, pages = packet.rule_pack.partition("+")
    asked = packet.narrative.indication
    label = (f"Label: {asked.source} ({asked.confidence}).",) if asked else ()
    made = f"Edition {packet.edition}, veinledger {version}, pages {pages[:12]}."
    doubt = f"{DOUBT} not verified against any source, the payer's own least of all."
    yield Words(lines=(" ".join((*sources.told(), doubt, *label, made)),), kind="small")


def cells(*texts: str) -> tuple[Cell, ...]:
    """A row of plain words."""
    return tuple(Cell(text=text) for text in texts)


def span(since: date | None, until: date | None) -> str:
    """Days as a form has them: `2026-03-20 to 2026-12-31`."""
    if since is None and until is None:
        return ""
    return f"{since or '?'} to {until or 'open'}" if since else f"to {until}"
