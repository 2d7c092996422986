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
    filled,
    indication,
    patient,
    plan,
    prior_therapy,
    refractory,
)
from veinledger.adapters.printing.page import Block, Cell, Document, Grid, Section, Words
from veinledger.projections.authorization.answers import Answer, Answers
from veinledger.projections.authorization.services import RequestedService
from veinledger.projections.authorization.shapes import Packet


def document(packet: Packet) -> Document:
    """The packet laid out for print."""
    sources = Sources()
    return Document(
        kind=_kind(packet),
        title=packet.product,
        lead=filled(*_lead(packet)),
        state=_readiness(packet),
        sections=tuple(_sections(packet, sources)),
        foot=_foot(packet),
    )


def _kind(packet: Packet) -> str:
    if packet.policy is not None and packet.policy.authorization == "none":
        return "Coverage file: no prior authorization is asked for"
    return "Prior authorization request" + ("" if packet.complete else ", draft")


def _lead(packet: Packet) -> Iterator[tuple[str, str | None]]:
    """Who, from whom, for what and by which policy, to be read first."""
    person, coverage, policy = packet.form.patient, packet.form.coverage, packet.policy
    born = f"born {person.birth_date}" if person.birth_date else None
    member = f"member {coverage.member_id}" if coverage.member_id else None
    yield "Patient", ", ".join(p for p in (person.name, person.sex, born, member) if p) or None
    asked = packet.narrative.indication
    yield "Indication", asked.label if asked else None
    to = coverage.label or coverage.payer or "no payer on record"
    yield "Payer", to
    yield "Policy", policy.label if policy and policy.label != to else None
    judged = f", evidence as of {packet.judged_on}" if packet.judged_on != packet.as_of else ""
    yield "As of", f"{packet.as_of}{judged}"


def _readiness(packet: Packet) -> str:
    if packet.complete:
        return "Complete: everything that is asked for is on record."
    asked = [each for each in packet.checklist if each.state != "not asked"]
    count = f"{len(packet.open)} of {len(asked)} items open" if asked else ""
    fields = f"{len(packet.gaps)} field{'s' * (len(packet.gaps) != 1)} of the form empty"
    told = " and ".join(part for part in (count, fields if packet.gaps else "") if part)
    return f"Not complete: {told}."


def _foot(packet: Packet) -> str:
    person = packet.form.patient
    named = (
        person.name,
        f"record number {person.mrn}" if person.mrn else None,
        f"encounter {packet.encounter}",
        f"as of {packet.as_of}",
    )
    return ", ".join(part for part in named if part)


def _sections(packet: Packet, sources: Sources) -> Iterator[Section]:
    formal = packet.policy is None or packet.policy.authorization == "formal"
    yield from open_items(packet, sources)
    if not formal:
        yield from on_record(packet, sources)
    yield from _answers(packet.answers)
    yield Section(title="Patient, coverage, requesting provider", blocks=(patient(packet),))
    yield Section(title="Diagnosis and indication", blocks=tuple(indication(packet)))
    yield Section(title="Prior therapy", blocks=(prior_therapy(packet),))
    yield from refractory(packet)
    title = "Requested services" if formal else "Services"
    yield Section(title=title, blocks=_services(packet.services))
    if formal:
        yield from on_record(packet, sources)
    yield from plan(packet)
    yield from other_evidence(packet)
    yield from _notes(packet)
    yield Section(title="Sources", blocks=(_sources(packet, sources),))


def _answers(told: Answers) -> Iterator[Section]:
    if not told.told:
        return
    rows = tuple(_answer(each) for each in told.told)
    heads = ("Day", "Event", "Number", "Services, units, setting", "Days", "Reason given")
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
        items = "the item" if more == 1 else f"the {more} items"
        return f"The answer has to meet the reason above and supply {items} named as missing."
    return (
        "Everything that the payer asks for is on record; the answer has to meet the reason above."
    )


def _answer(each: Answer) -> tuple[Cell, ...]:
    services = (", ".join(each.services), _units(each.units), each.setting or "")
    doing = "appeal" if each.kind == "denied" else "answer"
    act_by = f"{doing} by {each.act_by}" if each.act_by else ""
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
    return Words(lines=tuple(_sites(found))), grid


def _sites(found: tuple[RequestedService, ...]) -> Iterator[str]:
    """Each place once, with what is to be done there."""
    places = dict.fromkeys((each.site, each.npi) for each in found)
    for site, npi in places:
        there = dict.fromkeys(each.service for each in found if each.site == site)
        named = ", ".join(there)
        place = f"{site}, NPI {npi or 'not on record'}" if site else "Place not on record"
        yield f"{place}: {named}."


def _service(each: RequestedService) -> tuple[Cell, ...]:
    code = f"{each.system} {each.code}" if each.code else "none"
    doubt = DOUBT if each.confidence == "unverified" else ""
    return (
        Cell(text=f"{each.what}; {each.note}" if each.note else each.what),
        Cell(text=f"{code}{doubt}"),
        Cell(text=each.units),
        Cell(text=each.setting or "not stated"),
    )


def _notes(packet: Packet) -> Iterator[Section]:
    """What the one who sends it has to know; the payer need not."""
    lines = (*packet.remarks, *not_asked(packet))
    if lines:
        yield Section(title="Notes for the sender", blocks=(Words(lines=lines, kind="points"),))


def _sources(packet: Packet, sources: Sources) -> Words:
    version, _, pages = packet.rule_pack.partition("+")
    asked = packet.narrative.indication
    label = (f"Indication: {asked.source} ({asked.confidence}).",) if asked else ()
    doubt = (
        f"{DOUBT} Not verified: no independent source was found, and nobody compared it with the "
        "payer's own policy."
    )
    made = f"Made by veinledger {version}, edition {packet.edition}, rules {pages[:12]}."
    return Words(lines=(" ".join((*sources.told(), *label)), f"{doubt} {made}"), kind="small")


def cells(*texts: str) -> tuple[Cell, ...]:
    """A row of plain words."""
    return tuple(Cell(text=text) for text in texts)


def span(since: date | None, until: date | None) -> str:
    """Days as a form has them: `2026-03-20 to 2026-12-31`."""
    if since is None and until is None:
        return ""
    return f"{since or '?'} to {until or 'open'}" if since else f"to {until}"
