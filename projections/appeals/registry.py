"""What an appeal wants shown: one function for each, found by its name in `domain/appeals`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.appeals.reason import Reason, Wanted
from veinledger.domain.centre.certification import Certification
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.appeals.shapes import Cited, Shown
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import referral
from veinledger.projections.claims.shapes import Claim, ClaimSet


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Asked:
    """A denial as the look-ups see it."""

    case: Case
    on: date
    """The day of the service; of a request the day of its denial."""
    claims: ClaimSet
    claim: Claim | None
    payer: str | None
    """Who denied, by its name in the directory."""
    reason: Reason | None = None
    """The reason that is answered."""

    @property
    def judged(self) -> tuple[Indication, ...]:
        """The indications in force on the day that the reason is about."""
        known = judged_by(self.case, self.on)
        about = self.reason.judges if self.reason is not None else None
        if about is None:
            return known
        asking = tuple(e for e in known if (e.refractory_to is not None) == (about == "refractory"))
        return asking or known


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Found:
    """Something that is there, or that is missing with what to do about it."""

    text: str
    records: tuple[Record, ...] = ()
    certificates: tuple[Certification, ...] = ()
    missing: str | None = None
    """What to do; None where it is there."""
    aside: bool = False
    """For the one who writes the appeal: no argument for the payer."""


LookUp = Callable[[Asked], Iterable[Found]]

LOOK_UPS: Final[dict[Wanted, LookUp]] = {}
"""Every look-up by name, filled as their modules are imported."""


def looks_up(want: Wanted) -> Callable[[LookUp], LookUp]:
    """Declare the function that looks a thing up."""

    def declare(body: LookUp) -> LookUp:
        if want in LOOK_UPS:
            raise TypeError(f"{want} is looked up twice")
        LOOK_UPS[want] = body
        return body

    return declare


def shown(asked: Asked, wants: Iterable[Wanted]) -> Iterator[Shown]:
    """Everything wanted, in its order."""
    for want in wants:
        for found in LOOK_UPS[want](asked):
            yield Shown(
                want=want,
                state="have" if found.missing is None else "missing",
                text=found.text,
                aside=found.aside,
                remedy=found.missing or "",
                records=(
                    *(cited(each, asked.case.seen.encounter) for each in found.records),
                    *(cited_certificate(each) for each in found.certificates),
                ),
            )


def cited(record: Record, here: str) -> Cited:
    """A record by its key, its number, its day and its message; `here` is the encounter asked."""
    of_merged = record.subject == "encounter" and record.name != here
    return Cited(
        record=record.key,
        stream="centre" if record.subject == "centre" else "encounter",
        sequence=record.seal.sequence,
        merged=record.name if of_merged else None,
        type=record.fact.type,
        day=record.day,
        message=f"{record.source.connection} {record.source.message}",
    )


def cited_certificate(held: Certification) -> Cited:
    """A certificate by the record of the centre's stream that tells of it."""
    if held.told is not None:
        return cited(held.told, "")
    return Cited(
        record=held.record,
        stream="centre",
        sequence=None,
        type="certification.recorded",
        day=held.since,
        message="",
    )


def meant(case: Case, on: date) -> tuple[Indication, ...]:
    """The indications that the referral means on a day; where its text has ended, those it meant.

    In `public` a referral to the fourth line after 2024-04-05 still means the fourth line.
    """
    found, edition = referral(case), case.rules.edition
    if found is None:
        return ()
    now = case.product.indications_called(found[1], on, edition)
    known = (each for each in case.product.indications if edition in each.editions)
    return now or tuple(each for each in known if each.called(found[1]))


def judged_by(case: Case, on: date) -> tuple[Indication, ...]:
    """The indications in force on a day that the encounter is judged by."""
    in_force = case.product.indications_on(on, case.rules.edition)
    names = {each.name for each in meant(case, on)}
    return tuple(each for each in in_force if each.name in names) or in_force
