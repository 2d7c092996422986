"""Certificates that count for an encounter and run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import ACCREDITED
from veinledger.domain.facts.authorization import CertificationRecorded, CoverageRecorded
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.schedule.kinds.deadlines import last_day
from veinledger.projections.schedule.owed import Met, Owed, Pending, happened
from veinledger.projections.schedule.question import Question


def expiries(question: Question) -> Iterator[Pending]:
    """Each certificate with a last day that this encounter needs until its cells are infused."""
    for held in _by_name(question):
        if held.until is None or not _counts(question, held):
            continue
        until = held.until - timedelta(days=1)
        window, notice = last_day(question, "certification_expiry", held.since, until)
        owed = Owed(
            rule="certification_expiry",
            what=f"{held.programme} of {held.subject}, {held.role}, runs out",
            group="certification",
            anchor=held.record,
            window=window,
            meets=(CertificationRecorded.type, _needed_for(held).type),
            noun="renewal",
            source="the certificate as recorded",
            window_source=notice,
            confidence="high",
            end=question.end,
        )
        met = _served(question, held, until) or _renewed(question, held, until)
        yield Pending(owed, met)


def _by_name(question: Question) -> list[Certification]:
    """In an order that does not go by when somebody told of them."""
    held = question.centre.certifications
    return sorted(held, key=lambda each: (each.subject, each.role, each.programme, each.since))


def _needed_for(held: Certification) -> type[ApheresisCompleted] | type[CellsInfused]:
    return ApheresisCompleted if held.role == "apheresis facility" else CellsInfused


def _counts(question: Question, held: Certification) -> bool:
    """Whether it is of a programme that asks for this encounter, of a place that takes part."""
    began = min((record.day for record in question.seen.records), default=None)
    over = began is None or (held.until is not None and held.until <= began)
    after = question.infusion is not None and held.since > question.infusion.day
    return not over and not after and _asked(question, held) and _takes_part(question, held)


def _asked(question: Question, held: Certification) -> bool:
    """FACT for everybody, a REMS while it lasts, a network of one of the patient's payers."""
    if held.programme in ACCREDITED:
        return True
    name, _, whose = held.programme.partition(", ")
    product = question.product
    if name == "payer network":
        return any(fact.payer == whose for _, fact in question.seen.of(CoverageRecorded))
    if product is None:
        return False
    if name == "authorized treatment center":
        return whose in ("", product.name)
    last = (held.until or held.since) - timedelta(days=1)
    return held.programme in {p.name for p in product.programmes_on(last, question.edition)}


def _takes_part(question: Question, held: Certification) -> bool:
    """A facility that none of the services names has no part in it; persons always may."""
    if not any(place.name == held.subject for place in question.centre.facilities):
        return True
    places = {fact.service.facility for _, fact in question.seen.of(_needed_for(held))}
    return not places or held.subject in places


def _served(question: Question, held: Certification, until: date) -> Met | None:
    """The step that it is needed for was taken while it held."""
    done: list[Record] = [record for record, _ in question.seen.of(_needed_for(held))]
    within = [record for record in done if held.since <= record.day <= until]
    if not within:
        return None
    step = within[0]
    return Met(record=step.key, day=step.day, how=f"{happened(step)}, while it held")


def _renewed(question: Question, held: Certification, last: date) -> Met | None:
    """Another certificate of the same place and programme that lasts longer.

    One that begins where this one ends leaves no gap, and renews it in time.
    """
    for other in _by_name(question):
        same = (other.subject, other.role) == (held.subject, held.role)
        kin = other.programme == held.programme or {other.programme, held.programme} <= {
            *ACCREDITED
        }
        longer = held.until is not None and (other.until is None or other.until > held.until)
        if other is not held and same and kin and longer:
            until = f"until {other.until - timedelta(days=1)}" if other.until else "without end"
            gapless = held.until is not None and other.since <= held.until
            day = min(other.since, last) if gapless else other.since
            return Met(record=other.record, day=day, how=f"renewed {until}")
    return None
