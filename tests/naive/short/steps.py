"""Short histories over a small alphabet, step by step: what row S4 walks through.

A history is a list of steps, one a day. A step says a fact; or says one that is not legal and
confirms it, which counts as two; or voids the record said last. Only histories whose every record
is in effect (but for what was voided) grow further, and what they share is worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from tests.naive.bridge import record_of
from tests.naive.model import Fact as Plain
from tests.naive.model import State, take
from tests.naive.page.facts import DECISIONS
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.evolve import evolve

ME, CHAIN = "E1", "COI-1"
CELLS = {"chain": CHAIN}
ALPHABET: tuple[Plain, ...] = (
    {"type": "encounter.opened"},
    {"type": "apheresis.completed", "donation": "D-1"} | CELLS,
    {"type": "manufacturing.started"} | CELLS,
    {"type": "manufacturing.failed"} | CELLS,
    {"type": "manufacturing.released"} | CELLS,
    {"type": "product.received"} | CELLS,
    {"type": "lymphodepletion.dose_given"},
    {"type": "cells.infused", "extent": "complete"} | CELLS,
    {"type": "patient.admitted", "reason": "CRS/ICANS", "account": "A-1"},
    {"type": "patient.discharged", "account": "A-1"},
    {"type": "neurology.visit_completed", "patient_class": "outpatient"},
    {"type": "crs.graded"},
    {"type": "patient.lost_to_follow_up"},
    {"type": "encounter.completed"},
    {"type": "encounter.withdrawn"},
    {"type": "patient.died"},
)
ENDS = ("patient.died", "encounter.withdrawn")
AGAINST_THE_TABLE = 2
"""A history with a step that was confirmed against the table is followed by so many steps less."""

Kind = Literal["said", "confirmed", "voided"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history; a void is of the step before it."""

    kind: Kind
    letter: int


@dataclass(frozen=True, slots=True)
class Told:
    """A history as both sides know it: their records, and the states that they step through."""

    steps: tuple[Step, ...] = ()
    plains: tuple[Plain, ...] = ()
    records: tuple[Record, ...] = ()
    ours: State = field(default_factory=State)
    theirs: Encounter = field(default_factory=Encounter)
    before_last: Told | None = None
    """The history without its last step, for a void."""

    @property
    def depth(self) -> int:
        return sum(2 if step.kind == "confirmed" else 1 for step in self.steps)

    @property
    def against_the_table(self) -> bool:
        return any(step.kind == "confirmed" for step in self.steps)

    @property
    def after_an_end(self) -> bool:
        return any(plain["type"] in ENDS for plain in self.plains)

    def reorders(self, letter: int) -> bool:
        """An opening opens the fold whatever its date; an end is contested by what lives on."""
        opens = ALPHABET[letter]["type"] == "encounter.opened"
        return self.after_an_end or (opens and bool(self.in_effect()))

    def in_effect(self) -> list[Plain]:
        """What was said and not voided."""
        gone = {key for plain in self.plains for key in targets_of(plain)}
        return [p for p in self.plains if p["type"] not in DECISIONS and p["key"] not in gone]

    def holders(self, plains: tuple[Plain, ...]) -> dict[str, str]:
        """The one collection claims the one chain, where it was not voided."""
        voided = {key for plain in plains for key in targets_of(plain)}
        claims = [p for p in plains if p["type"] == "apheresis.completed"]
        return {CHAIN: ME} if any(p["key"] not in voided for p in claims) else {}


def targets_of(plain: Plain) -> list[str]:
    if plain["type"] != "records.corrected":
        return []
    return [change["target"] for change in plain["changes"]]


@cache
def said(number: int, letter: int) -> tuple[Plain, Record]:
    """The fact of a letter, said as the so-manieth record on the so-manieth day."""
    return paired(number, ALPHABET[letter])


@cache
def confirmation(number: int, letter: int) -> tuple[Plain, Record]:
    """Of the record before it."""
    target = said(number - 1, letter)[0]
    return paired(number, {"type": "report.confirmed", "target": target["key"]})


@cache
def void(number: int, letter: int) -> tuple[Plain, Record]:
    """Of the record before it."""
    target = said(number - 1, letter)[0]
    change = {"kind": "void", "target": target["key"]}
    return paired(number, {"type": "records.corrected", "changes": [change]})


def paired(number: int, letter: Plain) -> tuple[Plain, Record]:
    plain: Plain = {
        "key": f"{number:02d} {letter['type']}",
        "day": date(2026, 3, 1) + timedelta(days=number),
        "instant": None,
        "connection": "adt",
        "message": f"M{number:02d}",
        "item": 1,
        "conflict": False,
        **letter,
    }
    sequences = {target: number - 1 for target in targets_of(plain)}
    return plain, record_of(plain, sequences, number, ME)


def with_a_fact(told: Told, letter: int) -> Told:
    plain, record = said(len(told.records) + 1, letter)
    ours = told.ours.copy()
    take(plain, ours)
    return Told(
        steps=(*told.steps, Step("said", letter)),
        plains=(*told.plains, plain),
        records=(*told.records, record),
        ours=ours,
        theirs=evolve(told.theirs, record),
        before_last=told,
    )


def with_a_confirmed_fact(told: Told, letter: int) -> Told:
    after = with_a_fact(told, letter)
    plain, record = confirmation(len(after.records) + 1, letter)
    return replace(
        after,
        steps=(*told.steps, Step("confirmed", letter)),
        plains=(*after.plains, plain),
        records=(*after.records, record),
    )


def with_the_last_voided(told: Told) -> Told:
    before, last = told.before_last, told.steps[-1]
    assert before is not None
    plain, record = void(len(told.records) + 1, last.letter)
    return Told(
        steps=(*told.steps, Step("voided", last.letter)),
        plains=(*told.plains, plain),
        records=(*told.records, record),
        ours=before.ours,
        theirs=before.theirs,
    )


def may_be_confirmed(told: Told, letter: int) -> bool:
    """A second opening is disputed, confirmed or not; an end contests what follows it."""
    return ALPHABET[letter]["type"] != "encounter.opened" and not told.after_an_end
