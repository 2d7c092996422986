"""The result of an examination, as a sentence: who asked for it, what it said, how old it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.disease import ClearanceKind
from veinledger.domain.policies.policy import Ask, Item
from veinledger.projections.case.examinations import Examination, examination, young_enough
from veinledger.projections.gates.registry import Asked, Found, met, not_met
from veinledger.projections.gates.rules.patient.saying import (
    age,
    aged,
    asked_for,
    days,
    nobody_asks,
    plain,
)

NAMES: Final[dict[ClearanceKind, str]] = {
    "ECOG": "ECOG performance status",
    "LVEF": "left ventricular ejection fraction",
    "pulmonary": "pulmonary function test",
    "renal": "renal function test",
    "hepatic": "hepatic function test",
    "infection": "search for an active infection",
    "BCMA pathology": "BCMA pathology",
    "imaging": "imaging",
    "autoimmune": "search for an active autoimmune disease",
    "neurology": "neurological examination",
}
"""What people call a kind of examination."""


def judged(asked: Asked, item: Item, what: str, *kinds: ClearanceKind) -> Found:
    """Every kind that an item of the payer's stands for, each by its newest result."""
    ask = asked.asks(item)
    if ask is None:
        return nobody_asks(asked, what)
    seen = [examination(asked.case, kind, asked.on) for kind in kinds]
    records = [each.record for each in seen if each is not None]
    wrong: list[str] = []
    for kind, each in zip(kinds, seen, strict=True):
        wrong += [f"no {NAMES[kind]} is recorded"] if each is None else _wrong(asked, ask, each)
    if wrong:
        old = any(_too_old(asked, ask, each) for each in seen if each is not None)
        return asked_for(asked, ask, not_met("; ".join(wrong), *records, on_this_day=old))
    right = "; ".join(_right(asked, ask, each) for each in seen if each is not None)
    return asked_for(asked, ask, met(right, *records))


def not_cleared(seen: Examination) -> str | None:
    """That the newest result did not clear the patient, or is not there yet; None where it did."""
    name, before = _named(seen), seen.overruled
    if seen.fact.result == "cleared":
        return None
    if seen.fact.result == "pending":
        told = f"{name} of {seen.day} is pending"
        return f"{told}; that of {before.day} had cleared the patient" if before else told
    told = f"{name} of {seen.day} did not clear the patient"
    return f"{told}, and overrules that of {before.day}, which had" if before else told


def _wrong(asked: Asked, ask: Ask, seen: Examination) -> Iterator[str]:
    said = not_cleared(seen)
    if said is not None:
        yield said
        return
    name, value = _named(seen), seen.fact.value
    if value is None and (ask.at_most is not None or ask.at_least is not None):
        yield f"{name} of {seen.day} has no value"
    if value is not None and ask.at_most is not None and value > ask.at_most:
        yield f"{name} of {seen.day} is above {plain(ask.at_most)}"
    if value is not None and ask.at_least is not None and value < ask.at_least:
        yield f"{name} of {seen.day} is below {plain(ask.at_least)}"
    if _too_old(asked, ask, seen):
        most = days(ask.within_days or 0)
        yield f"{name} of {seen.day} is {age(seen.day, asked.on)}, and may be {most} at most"


def _too_old(asked: Asked, ask: Ask, seen: Examination) -> bool:
    """A result that did not clear the patient is told for itself, not for its age."""
    young = young_enough(asked.case, seen.cleared, ask.within_days, asked.on)
    return seen.fact.result == "cleared" and young is None


def _right(asked: Asked, ask: Ask, seen: Examination) -> str:
    at_most = f" (at most {plain(ask.at_most)})" if ask.at_most is not None else ""
    at_least = f" (at least {plain(ask.at_least)})" if ask.at_least is not None else ""
    told = f"{_named(seen)}{at_most}{at_least} of {seen.day} cleared the patient"
    young = young_enough(asked.case, seen.cleared, ask.within_days, asked.on)
    if young is None:
        return told
    which = "" if young.record is seen.record else f" that of {young.record.day} was"
    return f"{told},{which} {aged(young, asked.on, ask.within_days)}"


def _named(seen: Examination) -> str:
    """What people call it, with its value."""
    value = seen.fact.value
    if value is None:
        return NAMES[seen.fact.kind]
    unit = f" {seen.fact.unit}" if seen.fact.unit not in (None, "%") else seen.fact.unit or ""
    return f"{NAMES[seen.fact.kind]} {plain(value)}{unit}"
