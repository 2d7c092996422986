"""Where and by whom the steps of an encounter are done on a day, as far as facts tell.

A certificate that lies around names nobody: who orders and where the patient goes is read from the
order, the stay, appointments and services. What no fact tells is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted, ProductOrdered
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.manufacturing import ProductReceived
from veinledger.domain.facts.surveillance import (
    AppointmentBooked,
    AppointmentCancelled,
    VisitKind,
)
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.stays import Stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A facility or a person by directory name, and which fact says so."""

    name: str
    told: Record
    by: str
    """What of the fact says so: the order of the product, the stay."""


Reading = Callable[[Case, date], Iterator[Named]]


def collecting(case: Case, on: date) -> Named | None:
    """Where cells are collected: by appointment, else where they were collected last."""
    return _first(case, on, _appointment("apheresis"), _served(ApheresisCompleted, "collection"))


def conditioning(case: Case, on: date) -> Named | None:
    """Where the lymphodepletion is given: the stay, an appointment, else the last dose."""
    doses = _served(LymphodepletionDoseGiven, "lymphodepletion")
    return _first(case, on, _stay, _appointment("lymphodepletion"), doses, _receipt)


def infusing(case: Case, on: date) -> Named | None:
    """Where the cells will be given: the stay, an appointment, else where the product came to."""
    return _first(case, on, _stay, _appointment("infusion"), _receipt)


def treating(case: Case, on: date) -> Named | None:
    """Where the cells will be given, or before anybody planned that, where they are collected."""
    return infusing(case, on) or collecting(case, on)


def receiving(case: Case, on: date) -> Named | None:
    """The pharmacy or cell laboratory that the product comes to: where it was received."""
    return _first(case, on, _receipt)


def prescriber(case: Case, on: date) -> Named | None:
    """Who prescribes the product: who ordered it, else who ordered the steps towards it."""
    return _first(case, on, _order, _ordering, _attending)


def setting(case: Case, on: date) -> str | None:
    """How the cells will be given; None as long as the patient lies in no bed."""
    stay = open_stay(case, on)
    return None if stay is None else "inpatient"


def open_stay(case: Case, on: date) -> Stay | None:
    """The inpatient stay that goes on on a day."""
    stays = [each for each in case.presences[0] if each.covers(on) and each.discharged is None]
    return stays[-1] if stays else None


def _first(case: Case, on: date, *readings: Reading) -> Named | None:
    return next((named for reading in readings for named in reading(case, on)), None)


def _stay(case: Case, on: date) -> Iterator[Named]:
    stay = open_stay(case, on)
    if stay is not None:
        yield Named(name=stay.service.facility, told=stay.admitted, by="the stay")


def _receipt(case: Case, _: date) -> Iterator[Named]:
    for record, fact in reversed(tuple(case.seen.of(ProductReceived))):
        if fact.service is not None:
            yield Named(name=fact.service.facility, told=record, by="the receipt of the product")


def _appointment(kind: VisitKind) -> Reading:
    def booked(case: Case, on: date) -> Iterator[Named]:
        off = {fact.appointment for _, fact in case.seen.of(AppointmentCancelled)}
        found = [
            (record, fact)
            for record, fact in reversed(tuple(case.seen.of(AppointmentBooked)))
            if fact.kind == kind and fact.appointment not in off and fact.facility is not None
        ]
        found.sort(key=lambda pair: not pair[1].scheduled_for.startswith(on.isoformat()))
        for record, fact in found:
            yield Named(name=fact.facility or "", told=record, by="the appointment")

    return booked


def _served(kind: type[Fact], what: str) -> Reading:
    def served(case: Case, _: date) -> Iterator[Named]:
        for record, service in reversed(_services(case, kind)):
            yield Named(name=service.facility, told=record, by=f"the last {what}")

    return served


STEPS: Final = (ApheresisCompleted, LymphodepletionDoseGiven, CellsInfused)


def _order(case: Case, _: date) -> Iterator[Named]:
    for record, fact in reversed(tuple(case.seen.of(ProductOrdered))):
        if fact.provider is not None:
            yield Named(name=fact.provider, told=record, by="the order of the product")


def _ordering(case: Case, on: date) -> Iterator[Named]:
    stay = open_stay(case, on)
    ordered = [(stay.admitted, stay.service)] if stay is not None else []
    for kind in reversed(STEPS):
        ordered += reversed(_services(case, kind))
    for record, service in ordered:
        if service.ordering_provider is not None:
            by = f"the order of {record.fact.type}"
            yield Named(name=service.ordering_provider, told=record, by=by)


def _attending(case: Case, on: date) -> Iterator[Named]:
    stay = open_stay(case, on)
    if stay is not None and stay.service.attending_provider is not None:
        name = stay.service.attending_provider
        yield Named(name=name, told=stay.admitted, by="the attending provider of the stay")


def _services(case: Case, kind: type[Fact]) -> list[tuple[Record, Service]]:
    services = ((record, getattr(fact, "service", None)) for record, fact in case.seen.of(kind))
    return [(record, service) for record, service in services if isinstance(service, Service)]
