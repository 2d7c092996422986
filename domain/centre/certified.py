"""Certificates of the centre, as the records of its own stream tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certification import Certification
from veinledger.domain.facts.authorization import CertificationRecorded
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import (
    AsOf,
    FoldedHistory,
    History,
    KnownAt,
    ever_merged,
)
from veinledger.domain.standing.occurred import had_occurred
from veinledger.domain.standing.recorded import was_known

ACCREDITED = ("FACT", "FACT-JACIE")
"""Either accreditation answers a payer who asks for one."""


def certificates(history: History) -> tuple[Certification, ...]:
    """Every certificate that a centre's records tell of, in sequence, superseded ones included.

    A record of a message that said something else before is disputed, and counts for nothing.
    """
    return tuple(
        _certificate(record, record.fact, history.encounter)
        for record in history.records
        if record.kind == "report" and isinstance(record.fact, CertificationRecorded)
    )


def centres_named(history: History) -> tuple[str, ...]:
    """Each centre that an encounter, or one merged into it, was ever said to be at."""
    records = (record for one in ever_merged(history) for record in one.records)
    openings = (r.fact for r in records if isinstance(r.fact, EncounterOpened))
    return tuple(dict.fromkeys(fact.centre for fact in openings))


def certified_by(site: Centre, told: Iterable[History]) -> Centre:
    """A site's directory, with every certificate that the records of some centres tell of."""
    return site.certifying(held for history in told for held in certificates(history))


def centre_then(
    centre: Centre, folded: FoldedHistory, as_of: AsOf = None, known_at: KnownAt = None
) -> Centre:
    """The centre where an encounter was known to be, with what had been told of it by then.

    `folded` is the encounter as it was known at that moment: an opening that was replaced since
    named another centre, whose certificates counted.
    """
    here = (None, folded.folded.encounter.centre)
    held = [each for each in centre.certifications if each.centre in here]
    return as_of_both_times(centre.certifying(held), as_of, known_at)


def as_of_both_times(centre: Centre, as_of: AsOf = None, known_at: KnownAt = None) -> Centre:
    """The centre with the certificates that had been told of by then.

    A later record about the same certificate (its reference, subject, role and programme) takes the
    place of an earlier one: that is how an end, or a capability, is told of afterwards. One that
    begins when the earlier one has ended renews it, and takes nothing away from the days before.
    """
    then = [each for each in centre.certifications if _told_by_then(each, as_of, known_at)]
    latest: dict[tuple[object, ...], Certification] = {}
    for number, each in enumerate(then):
        identity = _identity(number, each)
        before = latest.get(identity)
        renewed = before is not None and before.until is not None and each.since >= before.until
        latest[(*identity, each.since) if renewed else identity] = each
    return centre.certifying(latest.values())


def rems_of(product: str) -> str:
    """What the programme of one product's REMS is called, here and on the product's page."""
    return f"{product}_rems"


def rems_held(centre: Centre) -> Iterator[Certification]:
    """Every certificate of a REMS, whosesoever product it is about."""
    return (each for each in centre.certifications if each.programme.endswith(rems_of("")))


def _certificate(record: Record, fact: CertificationRecorded, centre: str) -> Certification:
    return Certification(
        record=record.key,
        told=record,
        centre=centre,
        subject=fact.subject,
        role=fact.role,
        programme=_programme(fact),
        capabilities=fact.capabilities,
        reference=fact.reference,
        since=fact.since,
        until=fact.until + timedelta(days=1) if fact.until else None,
    )


def _programme(fact: CertificationRecorded) -> str:
    """The programme by name, and of which product or payer, where it is one's own."""
    if fact.programme == "REMS" and fact.product is not None:
        return rems_of(fact.product)
    whose = fact.payer if fact.programme == "payer network" else fact.product
    return f"{fact.programme}, {whose}" if whose is not None else fact.programme


def _told_by_then(held: Certification, as_of: AsOf, known_at: KnownAt) -> bool:
    record = held.told
    if record is None:
        return True
    known = was_known(record.seal.position, record.seal.recorded_at, known_at)
    return known and (as_of is None or had_occurred(record, as_of))


def _identity(number: int, held: Certification) -> tuple[object, ...]:
    """What makes two records tell of one certificate; without a reference each stands alone."""
    about = (held.subject, held.role, held.programme)
    return (*about, held.reference) if held.reference is not None else (*about, number)
