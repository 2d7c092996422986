"""What tasks are worked out from: the case on a day, its coverage, its steps and its enrolments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.codebook.page import PageError
from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    CoverageKind,
    CoverageRecorded,
    OrderOfBenefits,
    SupportEnrolled,
)
from veinledger.domain.facts.collection import ApheresisCompleted, ApheresisFailed, ProductOrdered
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.reports import Record
from veinledger.domain.support.programme import Offer, Programme
from veinledger.projections.case.case import Case
from veinledger.projections.case.replacements import replacements
from veinledger.projections.case.unconfirmed import Unconfirmed

_ORDER: Final[tuple[OrderOfBenefits, ...]] = ("primary", "secondary", "tertiary")

_WORDS: Final[dict[CoverageKind, str]] = {
    "FFS": "Medicare (FFS)",
    "MA": "Medicare Advantage",
    "commercial": "a commercial plan",
    "Medicaid": "Medicaid",
    "self-pay": "nobody (self-pay)",
    "other": "another payer",
}


def in_words(kinds: Iterable[CoverageKind]) -> str:
    """Kinds of coverage as a sentence names them."""
    return " and ".join(_WORDS[kind] for kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """An enrolment in effect, and the programme that it names; None where no page knows it."""

    record: Record
    fact: SupportEnrolled
    programme: Programme | None

    def holds(self, on: date) -> bool:
        """Whether it has not ended by a day."""
        return self.fact.until is None or on <= self.fact.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """When the collection was ordered, and the day after which its scheduling is past."""

    ordered: date | None = None
    collected: date | None = None
    """The first collection; before it, the slot that was offered."""

    @property
    def due(self) -> date | None:
        """The day of the step: the order, else the collection itself."""
        return self.ordered or self.collected


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question about support."""

    case: Case
    on: date
    anchor: str
    """Report key of the opening as it stands now."""
    named_by: str
    """Report key of the first record of its chain."""
    opened: date
    programmes: dict[str, Programme]
    """Those in force, by name, whosever product they are for."""
    offers: tuple[Offer, ...]
    covered: tuple[tuple[Record, CoverageRecorded], ...]
    """Every coverage in force on the day."""
    kinds: tuple[CoverageKind, ...]
    """The kind of coverage of each order of benefits, the newest of equals."""
    every_kind: frozenset[CoverageKind]
    """Every kind that is in force, an older primary coverage without an end included."""
    enrolments: tuple[Enrolment, ...]
    scheduled: Scheduled
    denials: tuple[Record, ...]
    """Refused authorizations up to the day."""
    deaths: tuple[Unconfirmed, ...]

    @property
    def mine(self) -> dict[str, Programme]:
        """The programmes that are for this product."""
        product = self.case.product.name
        return {name: each for name, each in self.programmes.items() if product in each.products}


def asked_of(case: Case, on: date, deaths: tuple[Unconfirmed, ...]) -> Asked | None:
    """What the tasks of a case are worked out from; None before anybody opened the encounter."""
    opening = next((record for record, _ in case.seen.of(EncounterOpened)), None)
    if opening is None:
        return None
    programmes = {each.name: each for each in case.rules.listed(Programme, on)}
    covered = tuple(_covered(case, on))
    return Asked(
        case=case,
        on=on,
        anchor=opening.key,
        named_by=replacements(case.seen.known).first(opening.key),
        opened=opening.day,
        programmes=programmes,
        offers=_offers(case, on),
        covered=covered,
        kinds=_kinds(covered),
        every_kind=frozenset(fact.kind for _, fact in covered),
        enrolments=tuple(_enrolments(case, programmes)),
        scheduled=_scheduled(case),
        denials=tuple(record for record, _ in case.seen.of(AuthorizationDenied)),
        deaths=deaths,
    )


def _offers(case: Case, on: date) -> tuple[Offer, ...]:
    known = {each.name for each in case.rules.listing.all(Programme)}
    for each in case.rules.listing.all(Offer):
        if each.programme not in known:
            raise PageError(
                f"{each.file}: offer {each.name!r} is of the programme {each.programme!r}, which no"
                " page of support/ has; add the programme, or correct the name"
            )
    return case.rules.listed(Offer, on)


def _covered(case: Case, on: date) -> Iterator[tuple[Record, CoverageRecorded]]:
    for record, fact in case.seen.of(CoverageRecorded):
        if fact.since <= on and (fact.until is None or on <= fact.until):
            yield record, fact


def _kinds(covered: Iterable[tuple[Record, CoverageRecorded]]) -> tuple[CoverageKind, ...]:
    newest: dict[OrderOfBenefits, CoverageKind] = {}
    for _, fact in sorted(covered, key=lambda pair: pair[1].since):
        newest[fact.order_of_benefits] = fact.kind
    return tuple(newest[order] for order in _ORDER if order in newest)


def _enrolments(case: Case, programmes: dict[str, Programme]) -> Iterator[Enrolment]:
    """A name that several programmes bear means the one that is for this product."""
    product = case.product.name
    known = sorted(programmes.values(), key=lambda each: product not in each.products)
    for record, fact in case.seen.of(SupportEnrolled):
        named = next((each for each in known if each.is_called(fact.programme)), None)
        yield Enrolment(record=record, fact=fact, programme=named)


def _scheduled(case: Case) -> Scheduled:
    orders = list(case.seen.of(ProductOrdered))
    days = [
        *(record.day for record, _ in case.seen.of(ApheresisCompleted)),
        *(record.day for record, _ in case.seen.of(ApheresisFailed)),
    ]
    slots = [fact.slot for _, fact in orders if fact.slot is not None]
    return Scheduled(
        ordered=min((record.day for record, _ in orders), default=None),
        collected=min(days or slots, default=None),
    )
