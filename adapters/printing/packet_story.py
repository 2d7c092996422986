"""The parts of a packet's document that tell of the patient, the disease and its treatment."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.adapters.printing.page import Block, Cell, Grid, Pairs, Section, Words
from veinledger.projections.authorization.narrative import NeurologicalPlan
from veinledger.projections.authorization.shapes import Packet
from veinledger.projections.authorization.therapy import DrugGiven, Line, Refractory


def patient(packet: Packet) -> Block:
    """What the form asks of the patient and the coverage beyond the head, and who asks."""
    person, coverage, provider = packet.form.patient, packet.form.coverage, packet.form.provider
    mrn = f"{person.mrn} ({person.authority})" if person.mrn and person.authority else person.mrn
    sizes = (
        f"{person.weight.normalize():f} kg" if person.weight is not None else "",
        f"{person.height.normalize():f} cm" if person.height is not None else "",
        f"{person.bsa.normalize():f} m2" if person.bsa is not None else "",
    )
    measured = ", ".join(size for size in sizes if size)
    asks = provider and ", ".join(
        part for part in (provider.label or provider.name, provider.speciality) if part
    )
    days = f"{coverage.since} to {coverage.until or 'open'}" if coverage.since else None
    told = filled(
        ("Record number", mrn),
        ("Address", person.address),
        ("Measured", f"{measured}, on {person.measured_on}" if measured else None),
        ("Coverage", ", ".join(p for p in (coverage.kind, coverage.order_of_benefits) if p)),
        ("Plan", coverage.plan),
        ("Group", coverage.group_number),
        ("Subscriber", _subscriber(coverage.subscriber, coverage.relation)),
        ("Covered", days),
        ("Requesting provider", asks or None),
        ("Provider's NPI", provider.npi if provider else None),
    )
    return told if told.pairs else Words(lines=("Nothing is on record.",))


def indication(packet: Packet) -> Iterator[Block]:
    """What the patient has, and each class that the label asks for."""
    told = packet.narrative
    found = told.diagnosis
    status = found and ", ".join(part for part in (found.status, found.response) if part)
    yield filled(
        ("Diagnosis", f"ICD-10-CM {found.code}" if found and found.code else None),
        ("Status", f"{status}, on {found.day}" if found else None),
        ("Referral", told.referral.replace("_", " ") if told.referral else None),
    )
    if found and found.text:
        yield Words(lines=(f"Assessment: {found.text}",))
    if told.classes:
        given = (
            (
                each.name[:1].upper() + each.name[1:],
                ", ".join(f"{e.drug} ({e.told})" for e in each.given) or "none on record",
            )
            for each in told.classes
        )
        yield filled(*given)


def prior_therapy(packet: Packet) -> Block:
    """Each line with its drugs by class, its days, response and end."""
    lines = packet.narrative.lines
    if not lines:
        return Words(lines=("No prior line is on record.",))
    return Grid(
        heads=("Line", "Regimen", "Drugs, class", "Given", "Best response", "Why stopped"),
        rows=tuple(_line(each) for each in lines),
        widths=(5, 16, 30, 21, 12, 16),
    )


def refractory(packet: Packet) -> Iterator[Section]:
    """The timeline of each drug that the disease is refractory to."""
    found = packet.narrative.refractory
    if found:
        drugs = ", ".join(dict.fromkeys(each.drug for each in found))
        heads = (
            "First dose", "Last dose", "Progression", "Days after last dose", "Best response",
            "Document",
        )  # fmt: skip
        grid = Grid(
            heads=heads,
            rows=tuple(_timeline(each, named=drugs != each.drug) for each in found),
            widths=(14, 14, 14, 20, 14, 24),
        )
        yield Section(title=f"Refractory to {drugs}", blocks=(grid,))


def plan(packet: Packet) -> Iterator[Section]:
    """The neurological plan: whose it is, which visits, and their days where they are known."""
    told = packet.narrative
    if told.plan is None and not told.calendar:
        return
    blocks: list[Block] = []
    if told.plan is not None:
        blocks.append(_plan(told.plan))
    dated = ", ".join(
        f"{each.name} {each.day}" if each.day else each.name for each in told.calendar
    )
    if dated:
        counted = (
            f", counted from the {'planned ' * told.infusion_day_is_planned}infusion of "
            f"{told.infusion_day}"
            if told.infusion_day
            else "; dated once the infusion is booked"
        )
        line = f"Calendar: {dated}{counted}. Source: {told.calendar_source}."
        blocks.append(Words(lines=(line,), kind="small"))
    yield Section(title="Neurological surveillance", blocks=tuple(blocks))


def _plan(filed: NeurologicalPlan) -> Pairs:
    return filled(
        ("Plan filed", str(filed.filed_on)),
        ("Protocol", filed.protocol),
        ("Visits planned", ", ".join(filed.visits)),
        ("Baseline", str(filed.baseline_on) if filed.baseline_on else None),
        ("Neurologist", filed.provider),
        ("Document", filed.document),
    )


def _line(each: Line) -> tuple[Cell, ...]:
    transplant = (
        f"{each.transplant} transplant {each.transplant_day or ''}".strip()
        if each.transplant
        else None
    )
    days = f"{each.since or '?'} to {each.until or '?'}"
    return (
        Cell(text=str(each.line)),
        Cell(text=each.regimen, under=(transplant,) if transplant else ()),
        Cell(text=", ".join(_drug(drug) for drug in each.drugs)),
        Cell(text=days),
        Cell(text=each.response or "not on record", strong=each.response is None),
        Cell(text=each.reason_stopped or "not on record", strong=each.reason_stopped is None),
    )


def _drug(drug: DrugGiven) -> str:
    own = (
        f", {drug.first_dose or '?'} to {drug.last_dose or '?'}"
        if drug.first_dose or drug.last_dose
        else ""
    )
    return f"{drug.name} ({drug.drug_class}{own})"


def _timeline(each: Refractory, *, named: bool) -> tuple[Cell, ...]:
    allowed = f" (limit {each.within})" if each.within is not None else ""
    days = f"{each.days}{allowed}" if each.days > 0 else "on the drug"
    return (
        Cell(text=str(each.first_dose or "not on record"), under=(each.drug,) if named else ()),
        Cell(text=str(each.last_dose)),
        Cell(text=str(each.progressed_on)),
        Cell(text=days if each.counts else f"{days}: too late", strong=not each.counts),
        Cell(text=each.response or "not on record"),
        Cell(text=each.document or "none on record", strong=each.document is None),
    )


def _subscriber(name: str | None, relation: str | None) -> str | None:
    if name is None:
        return None
    return f"{name} (patient is {relation})" if relation else name


def filled(*pairs: tuple[str, str | None], wide: bool = False) -> Pairs:
    """Names that have a value: an empty field is told among what is missing."""
    return Pairs(pairs=tuple((name, value) for name, value in pairs if value), wide=wide)
