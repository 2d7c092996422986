"""The prior-authorization packet on a screen: what is missing first, then the form's facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import Cell, heading, inset, joined, listing, plural, table
from veinledger.domain.standing.history import KnownAt
from veinledger.projections.authorization.answers import Answer, Answers
from veinledger.projections.authorization.services import RequestedService
from veinledger.projections.authorization.shapes import ChecklistItem, Evidence, Gap, Packet
from veinledger.projections.authorization.therapy import Line, Refractory

STYLES: Final = {
    "not met": "bold red",
    "missing": "bold red",
    "expired": "bold yellow",
    "have": "green",
    "not asked": "dim",
}
NAMES: Final = (24, None)


def packet(made: Packet, known_at: KnownAt) -> Iterator[RenderableType]:
    """Readiness, remarks, checklist, answers, then the facts of the form."""
    yield heading(f"{made.encounter}: authorization{asked(made.edition, made.as_of, known_at)}")
    yield from _top(made)
    yield ""
    yield from _checklist(made)
    yield from _answers(made.answers)
    yield from _people(made)
    yield from _disease(made)
    yield from _services(made.services)
    yield from _sources(made.checklist)


def _top(made: Packet) -> Iterator[RenderableType]:
    coverage, policy = made.form.coverage, made.policy
    yield f"{made.product}, for {coverage.label or coverage.payer or 'no payer on record'}"
    if policy:
        yield f"policy: {policy.label}"
    if made.narrative.indication:
        yield f"indication: {made.narrative.indication.label}"
    if made.complete:
        yield styled("complete: everything that is asked for is on record", "bold green")
    else:
        empty = plural(len(made.gaps), "field")
        gaps = f", {empty} of the form empty" if made.gaps else ""
        yield styled(f"not complete: {len(made.open)} items open{gaps}", "bold red")
    for each in made.remarks:
        yield joined("- ", each)


def _checklist(made: Packet) -> Iterator[RenderableType]:
    yield heading("checklist")
    marks = _marks(made.checklist)
    shown = [each for each in made.checklist if each.state != "not asked"]
    rows = [_item(each, marks) for each in shown]
    rows += [_gap(each) for each in made.gaps]
    yield listing(rows, widths=(9, None))
    unasked = [each for each in made.checklist if each.state == "not asked"]
    if unasked:
        yield ""
        yield styled("not asked by this payer:", "dim")
        for each in unasked:
            yield inset(styled(f"{each.label}: {each.found}", "dim"))
    yield ""


def _item(each: ChecklistItem, marks: dict[str, str]) -> tuple[Cell, ...]:
    doubt = " (unverified)" if each.confidence == "unverified" else ""
    under = [
        *(f"\n{told}" for told in map(_evidence, each.evidence)),
        f"\nasked: {each.asks} [{marks[each.source]}]{doubt}" if each.asks else "",
    ]
    return (
        styled(each.state, STYLES[each.state]),
        joined(
            styled(each.label, "bold"),
            f"\n{each.found}",
            f"\nto do: {each.remedy}" if each.remedy else "",
            *(styled(line, "dim") for line in under),
        ),
    )


def _gap(each: Gap) -> tuple[Cell, ...]:
    told = joined(
        styled(f"form: {each.what}", "bold"), "\nnot on record", f"\nto do: {each.remedy}"
    )
    return styled("missing", STYLES["missing"]), told


def _evidence(each: Evidence) -> str:
    whose = "centre's record" if each.stream == "centre" else "record"
    document = f", document {each.document}" if each.document else ""
    return f"{whose} {each.told_as}, {each.day}: {each.what}{document} ({each.source})"


def _answers(told: Answers) -> Iterator[RenderableType]:
    yield heading(f"the request so far: {told.standing}{_due(told)}")
    for each in told.told:
        yield inset(_answer(each))
    if told.to_answer:
        yield inset(styled("what an answer has to hold:", "bold"))
        for line in told.to_answer:
            yield inset(joined("- ", line), 4)
    yield ""


def _due(told: Answers) -> str:
    if told.act_by is None or told.days_left is None:
        return ""
    what = "appeal" if told.standing == "denied" else "answer"
    left = f"{told.days_left} days left" if told.days_left >= 0 else f"{-told.days_left} days ago"
    return f", {what} by {told.act_by}, {left}"


def _answer(each: Answer) -> str:
    units = f"{each.units} unit{'' if each.units == 1 else 's'}" if each.units is not None else ""
    parts = (
        f"number {each.reference}" if each.reference else "",
        ", ".join(each.services),
        units,
        each.setting or "",
        _span(each.since, each.until),
        f"answer by {each.act_by}" if each.act_by else "",
        each.reason or "",
    )
    return f"{each.day} {each.kind}: {'; '.join(part for part in parts if part)}"


def _people(made: Packet) -> Iterator[RenderableType]:
    person, coverage, provider = made.form.patient, made.form.coverage, made.form.provider
    sizes = (_sized(person.weight, "kg"), _sized(person.height, "cm"), _sized(person.bsa, "m2"))
    asks = provider and f"{provider.label or provider.name}, NPI {provider.npi or 'not on record'}"
    yield heading("patient, coverage, who asks")
    yield _names(
        ("name", person.name),
        ("born, sex", ", ".join(str(p) for p in (person.birth_date, person.sex) if p)),
        ("record number", person.mrn),
        ("address", person.address),
        ("measured", ", ".join(size for size in sizes if size)),
        ("coverage", ", ".join(p for p in (coverage.kind, coverage.plan) if p)),
        ("member id", coverage.member_id),
        ("group", coverage.group_number),
        ("subscriber", coverage.subscriber),
        ("requesting provider", asks or None),
    )
    yield ""


def _disease(made: Packet) -> Iterator[RenderableType]:
    told = made.narrative
    found = told.diagnosis
    diagnosis = f"{found.code or 'no code'}, {found.status}, on {found.day}" if found else None
    yield heading("disease and prior therapy")
    classes = (
        (each.name, ", ".join(f"{e.drug} ({e.told})" for e in each.given) or "none")
        for each in told.classes
    )
    timelines = ((f"refractory to {each.drug}", _timeline(each)) for each in told.refractory)
    yield _names(("diagnosis", diagnosis), ("referral", told.referral), *classes, *timelines)
    if told.lines:
        yield table(
            ("line", "drugs", "given", "best", "why stopped"), [_line(each) for each in told.lines]
        )
    yield ""
    if told.calendar:
        dated = ", ".join(f"{e.name} {e.day}" if e.day else e.name for e in told.calendar)
        yield _names(
            ("neurological visits", dated),
            ("whose calendar", told.calendar_source),
            ("plan filed", f"{told.plan.filed_on}, {told.plan.protocol}" if told.plan else None),
        )
        yield ""


def _line(each: Line) -> tuple[Cell, ...]:
    drugs = ", ".join(f"{drug.name} ({drug.drug_class})" for drug in each.drugs)
    transplant = f"; {each.transplant} transplant" if each.transplant else ""
    days = f"{each.since or '?'} to {each.until or '?'}"
    return (
        f"{each.line} {each.regimen}",
        f"{drugs}{transplant}",
        days,
        each.response or "?",
        each.reason_stopped or "?",
    )


def _timeline(each: Refractory) -> str:
    first = f"first dose {each.first_dose}, " if each.first_dose else ""
    days = f"{each.days} days after" if each.days > 0 else "on the drug"
    late = "" if each.counts else f", not within {each.within}"
    return (
        f"{first}last dose {each.last_dose}, progression {each.progressed_on} ({days}{late}), best"
        f" response {each.response or '?'}, document {each.document or 'none'}"
    )


def _services(found: Iterable[RequestedService]) -> Iterator[RenderableType]:
    yield heading("requested services")
    rows = [_service(each) for each in found]
    yield table(("what", "=code", "how much", "setting", "site"), rows)
    yield ""


def _service(each: RequestedService) -> tuple[Cell, ...]:
    note = f"\n{each.note}" if each.note else ""
    doubt = "\nunverified" if each.confidence == "unverified" else ""
    npi = f"\nNPI {each.npi}" if each.npi else ""
    return (
        joined(each.what, styled(note, "dim")),
        joined(each.code or "none", styled(doubt, "yellow")),
        each.units,
        each.setting or "not said",
        joined(each.site or "not said", styled(npi, "dim")),
    )


def _marks(items: Iterable[ChecklistItem]) -> dict[str, str]:
    sources = dict.fromkeys(each.source for each in items if each.asks)
    return {source: chr(ord("a") + at) for at, source in enumerate(sources)}


def _sources(items: Iterable[ChecklistItem]) -> Iterator[RenderableType]:
    yield from (styled(f"[{mark}] {source}", "dim") for source, mark in _marks(items).items())


def _names(*pairs: tuple[str, str | None]) -> RenderableType:
    return inset(listing([(name, value) for name, value in pairs if value], widths=NAMES))


def _sized(size: object, unit: str) -> str:
    return "" if size is None else f"{size} {unit}"


def _span(since: date | None, until: date | None) -> str:
    if since is None:
        return f"to {until}" if until else ""
    return f"{since} to {until or 'open'}"
