"""Stories of an infused patient on any day 0, and what is owed in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from tests.given import DAY_0, collected, day, infused, made, opened, record, service
from tests.given_decisions import kept
from veinledger.adapters.pages import read_centre, shipped_pages, shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules, rules_of
from veinledger.domain.standing.history import AsOf, History, KnownAt
from veinledger.projections.schedule import Obligation, Schedule, schedule

CENTRE: Final = read_centre(Path(__file__).parents[3] / "examples" / "site")
RULES: Final = shipped_rules("public")
OUTSIDE: Final = service("outpatient", "A-3")


def until_infused(**opening: Any) -> list[Record]:
    """Referred, collected, made, and infused as an outpatient on day 0."""
    return [*opened(**opening), *collected(), *made(), infused(OUTSIDE)]


def on_day_0(day_0: date, told: Iterable[Record]) -> list[Record]:
    """The same story with its days moved, so that day 0 is another date."""
    return [_moved(each, day_0 - DAY_0) for each in told]


def _moved(each: Record, by: timedelta) -> Record:
    on = each.day + by
    text = on.isoformat() + each.occurred.text[10:]
    fact: Any = each.fact
    if getattr(fact, "since", None) is not None:
        fact = replace(fact, since=fact.since + by)
    return replace(each, fact=fact, occurred=replace(each.occurred, text=text, local_day=on))


def visit(number: int) -> Record:
    return record(NeurologyVisitCompleted(cpt="99214", service=service("office")), number)


def owed(
    told: History | Iterable[Record],
    on: AsOf = None,
    known_at: KnownAt = None,
    rules: Rules = RULES,
    centre: Centre = CENTRE,
) -> Schedule:
    """What is owed in a story; its day is a date, or None."""
    history = told if isinstance(told, History) else kept(*told)
    return schedule(history, centre, rules, on, known_at)


def one(found: Schedule, rule: str) -> Obligation:
    """The one obligation of a rule."""
    (only,) = [each for each in found.obligations if each.rule == rule]
    return only


def status(told: Iterable[Record], rule: str, number: int) -> str:
    """How an obligation stands on a day counted from day 0."""
    return one(owed(list(told), day(number)), rule).status


def days(found: Obligation) -> tuple[str, str, str]:
    """Opens, due, closes."""
    return str(found.opens), str(found.due), str(found.closes)


def with_pages(**pages: str) -> Rules:
    """The rules with a site's pages over them: obligations or products, by folder."""
    ours = {f"{folder}/ours.toml": text.encode() for folder, text in pages.items()}
    return rules_of(shipped_pages(), edition="public", version="0", overlays=[ours])


SIGNED: Final = """
from = 2022-02-28
editions = ["public", "page"]
source = "committee of 2026-01-12"
row = "site: minutes of 2026-01-12"
confidence = "high"
"""
