"""What centre and people are certified for: accreditation, the product's REMS, a payer's network.

Another product's certificate never counts. Where no fact says yet where the cells will be given, or
who prescribes them, a certificate that somebody holds is shown, and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import ACCREDITED
from veinledger.domain.products.profile import Programme
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import (
    INFUSION,
    brands_of_others,
    known,
    names_of,
    wanted_of,
)
from veinledger.projections.case.centre.holders import UNTOLD, holder
from veinledger.projections.case.evidence.question import Question, Reading, not_asked, together

NETWORK: Final = "payer network"
CENTRES: Final = "authorized treatment center"
"""The programme under which a maker lists the centres that may give its product."""


def accreditation(question: Question) -> Reading:
    """FACT or FACT-JACIE of the centre that gives the cells, in force on the day."""
    named = f"{' or '.join(ACCREDITED)} accreditation of the {INFUSION}"
    return _held(question, _Wanted(programmes=ACCREDITED, role=INFUSION, name=named))


def network(question: Question) -> Reading:
    """The centre's place in the network of the payer that asks; a maker's list is no payer's."""
    mine = (f"{NETWORK}, {question.payer}",)
    named = f"certificate of the payer's network, of the {INFUSION},"
    return _held(question, _Wanted(programmes=mine, role=INFUSION, name=named))


def rems(question: Question) -> Reading:
    """A certificate of every role of each programme of the product that is in force on the day."""
    case = question.case
    programmes = case.product.programmes_on(question.on, case.rules.edition)
    if not programmes:
        return not_asked(f"no programme of {case.product.brand} is in force on {question.on}")
    return together(
        _held(question, _of_the_rems(case, each, role))
        for each in programmes
        for role in each.roles
    )


def treatment_site(case: Case, on: date) -> str | None:
    """Where the cells went in, else where they will by what facts tell; None where none does."""
    given = [fact.service.facility for _, fact in case.infusions() if fact.service]
    told = holder(case, INFUSION, on)
    return given[0] if given else told.name if told else None


def last_day(held: Certification) -> date | None:
    """The last day on which a certificate is in force."""
    return held.until - timedelta(days=1) if held.until else None


def programme_label(held: Certification) -> str:
    """A certificate's programme as people write it."""
    if held.programme.endswith("_rems"):
        return f"{held.programme.removesuffix('_rems').upper()} REMS"
    programme, _, whose = held.programme.partition(", ")
    if programme == CENTRES:
        whose = whose.upper()
    return f"{programme} ({whose.replace('_', ' ')})" if whose else programme


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A certificate that is looked for: whose programme, which role, with what it must cover."""

    programmes: tuple[str, ...]
    role: str
    name: str
    """In words, as it stands in a sentence."""
    capabilities: frozenset[str] = frozenset()


def _of_the_rems(case: Case, programme: Programme, role: str) -> _Wanted:
    return _Wanted(
        programmes=tuple(sorted(names_of(case, programme))),
        role=role,
        name=f"{programme.label} certificate of the {role}",
        capabilities=frozenset(wanted_of(programme, role)),
    )


def _held(question: Question, wanted: _Wanted) -> Reading:
    """The holder's certificate in force on the day; else the newest that ended; else none."""
    named = holder(question.case, wanted.role, question.on)
    every = tuple(_told(question, wanted))
    if named is None:
        return _untold(question, wanted, every)
    told = tuple(each for each in every if each.subject == named.name)
    in_force = [each for each in told if each.holds(question.on)]
    if in_force:
        return Reading(state="have", found=_in_words(in_force[0]), certificates=(in_force[0],))
    remedy = (
        f"report the certificate of the {wanted.role} with its number and days "
        "(certification.recorded)"
    )
    ended = [each for each in told if each.until is not None and each.until <= question.on]
    if ended:
        newest = max(ended, key=lambda each: each.until or date.min)
        found = f"the {wanted.name} ended on {last_day(newest)}"
        return Reading(state="expired", found=found, remedy=remedy, certificates=(newest,))
    return Reading(state="missing", found=_lacking(question, wanted, told), remedy=remedy)


def _untold(question: Question, wanted: _Wanted, every: tuple[Certification, ...]) -> Reading:
    """Whose certificate it would be, no fact says; those that somebody holds are shown."""
    told, remedy = UNTOLD[wanted.role]
    held = tuple(each for each in every if each.holds(question.on))
    if not held:
        return Reading(state="missing", found=_lacking(question, wanted, every), remedy=remedy)
    whose = " and ".join(dict.fromkeys(each.subject for each in held))
    found = f"{told}; {whose} holds it, and it counts once a fact says that {whose} is meant"
    return Reading(state="missing", found=found, remedy=remedy, certificates=held)


def _lacking(question: Question, wanted: _Wanted, told: tuple[Certification, ...]) -> str:
    needs = sorted(wanted.capabilities)
    with_these = f" with {' and '.join(needs)}" if needs else ""
    later = f"; one begins on {min(each.since for each in told)}" if told else ""
    others = brands_of_others(question.case, question.on) if "REMS" in wanted.name else ()
    counts_not = f"; the certificate of {', '.join(others)} does not count" if others else ""
    return f"no {wanted.name}{with_these} is in force on {question.on}{later}{counts_not}"


def _told(question: Question, wanted: _Wanted) -> Iterator[Certification]:
    """The certificates of the programme and role, whoever holds them."""
    for each in known(question.case.centre):
        mine = each.programme in wanted.programmes and each.role == wanted.role
        if mine and wanted.capabilities <= set(each.capabilities):
            yield each


def _in_words(held: Certification) -> str:
    """Programme, role, number and days: `FACT, infusion facility, FACT-3307, since 2024-06-01`."""
    ends = f"{held.since} to {last_day(held)}" if held.until else f"since {held.since}"
    parts = (programme_label(held), held.role, held.reference, ends)
    return ", ".join(part for part in parts if part)
