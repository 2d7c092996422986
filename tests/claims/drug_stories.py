"""Doses as tests tell them: one drug on one day, from these vials, from then to then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.given import DAY_0, at, collected, day, history, infused, made, opened, record, service
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Coverage
from veinledger.domain.codebook.book import Book
from veinledger.domain.codebook.entry import entries
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.groups import Drug, Service, Vials
from veinledger.domain.facts.treatment import Agent, LymphodepletionDoseGiven, TocilizumabGiven
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet, Line

CENTRE: Final = read_centre(Path(__file__).parents[2] / "examples" / "site")
ACTEMRA: Final = "50242-136-01"


def seen_in(
    edition: Edition,
    *told: Record | list[Record],
    centre: Centre = CENTRE,
    rules: Rules | None = None,
) -> ClaimSet:
    """The claims of a story; a rule pack of its own where a site lays something over the book."""
    return claims(history(*told), centre, rules or shipped_rules(edition))


def the(claim_set: ClaimSet, label: str) -> Claim:
    """The claim of this label."""
    claim = claim_set.claim(label)
    assert claim is not None, [each.label for each in claim_set.claims]
    return claim


def told_by(claim: Claim) -> set[str]:
    """The rules that found something on a claim."""
    return {each.rule for each in claim.findings}


def held_by(claim: Claim) -> set[str]:
    """The rules whose findings hold a claim."""
    return {each.rule for each in claim.findings if each.holds}


def drug_lines(claim: Claim) -> list[Line]:
    """The lines of drugs, not of their giving."""
    return [line for line in claim.lines if line.code[:1] in ("J", "Q")]


def billed(claim: Claim) -> list[tuple[str, int, tuple[str, ...]]]:
    """Code, units and modifiers of the drug lines."""
    return [(line.code, int(line.units), line.modifiers) for line in drug_lines(claim)]


def given_codes(claim: Claim) -> list[tuple[str, int]]:
    """Code and units of the administration lines."""
    return [(line.code, int(line.units)) for line in claim.lines if line.code.startswith("96")]


def insured(kind: Coverage = "FFS", payer: str = "medicare") -> list[Record]:
    """An encounter with its product at hand since 2022, and coverage as far back."""
    first = [each for each in opened("medicare") if each.fact.type != "coverage.recorded"]
    covered = CoverageRecorded(payer=payer, kind=kind, since=date(2022, 1, 1))
    return [*first, record(covered, -90), *collected(number=-1400), *made(number=-1395)]


def treated(number: int = 0) -> list[Record]:
    """The same, and the cells went in outside a bed."""
    return [*insured(), infused(service("outpatient", "A-3"), number=number)]


def on(when: date) -> int:
    """A date as a day counted from the infusion."""
    return (when - DAY_0).days


def drug(mg: str, opened: Iterable[Vials] = (), ndc: str | None = None, **more: Any) -> Drug:
    """So many mg of a drug, from these vials; `more` are fields of the group."""
    return Drug(dose=Decimal(mg), ndc=ndc, vials=tuple(opened), **more)


Times = tuple[str | None, str | None]
"""Start and stop: a clock time is of the dose's day, a longer text is as it stands."""


def _service(number: int, times: Times, **where: Any) -> Service:
    start, end = (at(number, each) if each and len(each) == 5 else each for each in times)
    fields: dict[str, Any] = {"facility": "main", "patient_class": "outpatient", **where}
    return Service(start=start, end=end, **fields)


def dose(
    what: Drug,
    agent: Agent = "cyclophosphamide",
    number: int = -5,
    times: Times = ("09:00", "10:00"),
    **where: Any,
) -> Record:
    """One dose of lymphodepletion; `where` are fields of its service, its course and its name."""
    course, name = where.pop("course", 1), where.pop("name", None)
    fact = LymphodepletionDoseGiven(
        agent=agent,
        drug=what,
        course=course,
        service=_service(number, times, **{"account": "A-2", **where}),
    )
    return record(fact, number, name or f"{agent} {times[0]} {what.dose} {day(number)}")


def tocilizumab(
    what: Drug, number: int = 3, times: Times = ("09:00", "10:00"), **where: Any
) -> Record:
    """One dose of tocilizumab; `where` are fields of its service, and its indication."""
    indication = where.pop("indication", "CRS")
    fact = TocilizumabGiven(
        drug=what,
        indication=indication,
        service=_service(number, times, **{"account": "A-6", **where}),
    )
    return record(fact, number, f"tocilizumab {times[0]} {what.dose} {day(number)}")


def with_entries(page: str, edition: Edition = "public") -> Rules:
    """The shipped rules, and what a site adds to the code book."""
    shipped = shipped_rules(edition)
    more = entries("codebook/site.toml", page.encode())
    return replace(shipped, book=Book.of((*shipped.book, *more)))


def at_a(**changes: Any) -> Centre:
    """The centre, whose main hospital is another kind of hospital."""
    facilities = tuple(
        replace(each, **changes) if each.name == "main" else each for each in CENTRE.facilities
    )
    return replace(CENTRE, facilities=facilities)
