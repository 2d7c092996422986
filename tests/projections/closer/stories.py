"""Patients after the infusion in whom neurology found something, or did not."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.given import collected, day, discharged, infused, made, opened, record, service
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ToxicityKind, ToxicityObserved
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.schedule import Obligation, Schedule, schedule

CENTRE: Final = read_centre(Path(__file__).parents[3] / "examples" / "site")
RULES: Final = shipped_rules()
HOME: Final = (*opened(), *collected(), *made(), infused(), discharged())
"""Infused on day 0, discharged on day 14."""
FOUND_ON: Final = 93


def visit(number: int, *findings: str, message: str | None = None) -> Record:
    fact = NeurologyVisitCompleted(
        service=service("office", f"N-{number}", "neurology_office"),
        cpt="99214",
        minutes=35,
        findings=findings,
    )
    return record(fact, number, message)


def toxicity(
    number: int, kind: ToxicityKind = "parkinsonism/MNT", resolved: int | None = None
) -> Record:
    ended = None if resolved is None else day(resolved).isoformat()
    fact = ToxicityObserved(kind=kind, resolved=ended)
    return record(fact, number, f"{kind}@{number} {resolved}")


def owed(history: History, on: int | None = None, edition: Edition = "public") -> Schedule:
    as_of = None if on is None else day(on)
    return schedule(history, CENTRE, shipped_rules(edition), as_of)


def closer(told: Schedule) -> list[Obligation]:
    return [each for each in told.obligations if "closer watch" in each.what]


def stands(told: Schedule) -> list[tuple[int, str]]:
    """Each closer visit: on which day after the infusion it is due, and how it stands."""
    return [((each.due - day(0)).days, each.status) for each in closer(told)]


def billed(history: History, on: int | None = None, edition: Edition = "public") -> ClaimSet:
    as_of = None if on is None else day(on)
    return claims(history, CENTRE, shipped_rules(edition), as_of)
