"""What was examined and certified, with its days: results of before the therapy, certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import rems_of
from veinledger.domain.facts.disease import ClearanceRecorded
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import names_of
from veinledger.projections.case.evidence.certificates import CENTRES, last_day, programme_label
from veinledger.projections.case.evidence.clearances import called


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """One result from before the therapy, with its age on the day."""

    kind: str
    value: Decimal | None
    unit: str | None
    result: str
    text: str | None
    day: date
    age: int
    """Days."""
    provider: str | None
    document: str | None
    record: str
    """Report key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of the centre or of a person, on the day."""

    programme: str
    role: str
    subject: str
    """As the directory labels it."""
    reference: str | None
    since: date
    last_day: date | None
    in_force: bool
    record: str
    """Report key."""


def clearances(case: Case, on: date) -> Iterator[Clearance]:
    """The newest of each kind, in the order in which they were made."""
    newest = {
        fact.kind: (record, fact)
        for record, fact in case.seen.of(ClearanceRecorded)
        if record.day <= on
    }
    for record, fact in newest.values():
        yield Clearance(
            kind=called(fact.kind),
            value=fact.value,
            unit=fact.unit,
            result=fact.result,
            text=fact.text,
            day=record.day,
            age=(on - record.day).days,
            provider=labelled(case, fact.provider, on),
            document=fact.document,
            record=record.key,
        )


def certificates(case: Case, on: date) -> Iterator[Certificate]:
    """Every certificate of the centre that bears on this product."""
    return (_certificate(case, each, on) for each in _told(case, on))


def labelled(case: Case, provider: str | None, on: date) -> str | None:
    """A person as the directory labels him, else as the record names him."""
    known = case.provider(provider, on)
    return known.label if known else provider


def _told(case: Case, on: date) -> Iterator[Certification]:
    """Those that bear on this product: of other products', and of what ended, none is told."""
    in_force = case.product.programmes_on(on, case.rules.edition)
    mine = {name for each in in_force for name in names_of(case, each)}
    for each in case.centre.certifications:
        programme, _, whose = each.programme.partition(", ")
        of_another = programme == CENTRES and whose not in ("", case.product.name)
        unasked = programme.endswith(rems_of("")) and programme not in mine
        if each.since <= on and not (of_another or unasked):
            yield each


def _certificate(case: Case, held: Certification, on: date) -> Certificate:
    place, person = case.facility(held.subject, on), case.provider(held.subject, on)
    return Certificate(
        programme=programme_label(held),
        role=held.role,
        subject=place.label if place else person.label if person else held.subject,
        reference=held.reference,
        since=held.since,
        last_day=last_day(held),
        in_force=held.holds(on),
        record=held.record,
    )
