"""Every short history over a small alphabet: the tree that row S4 walks.

A history is a list of steps, one a day. A step says a fact; or says one that is not legal and
confirms it, which counts as two; or voids the record said last. Only histories whose every record
is in effect (but for what was voided) grow further, and what they share is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from tests.naive.bridge import STAGES, record_of
from tests.naive.model import Fact as Plain
from tests.naive.model import State, is_legal, judge, take
from tests.naive.page.facts import DECISIONS
from tests.naive.table import BEFORE_INFUSION
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.evolve import evolve
from veinledger.domain.standing.fold import Folded, fold
from veinledger.domain.standing.legality import is_legal as has_a_place

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


@dataclass(slots=True)
class Counted:
    """What a walk has looked at."""

    histories: dict[int, int] = field(default_factory=dict[int, int])
    """Legal histories by their number of steps."""
    folded: int = 0
    """Of these, the ones that were folded as a whole as well."""
    leaves: int = 0
    refused: int = 0
    """Steps that were rightly not legal."""
    confirmed: int = 0
    voided: int = 0

    def add(self, other: Counted) -> None:
        for depth, count in other.histories.items():
            self.histories[depth] = self.histories.get(depth, 0) + count
        self.folded += other.folded
        self.leaves += other.leaves
        self.refused += other.refused
        self.confirmed += other.confirmed
        self.voided += other.voided

    def __str__(self) -> str:
        by_depth = ", ".join(f"{n} of {depth}" for depth, n in sorted(self.histories.items()))
        return (
            f"{sum(self.histories.values())} legal histories ({by_depth} steps;"
            f" {self.folded} folded whole),"
            f" {self.refused} illegal ones refused, {self.confirmed} confirmed against the table,"
            f" {self.voided} voided"
        )


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


# ---- What is checked ------------------------------------------------------------------------


def folded(told: Told) -> Folded:
    return fold(told.records, told.holders(told.plains), ME)


def check_a_legal_one(told: Told, thoroughly: bool) -> None:
    """The fold of the whole is the steps one by one, by the program and by the model alike."""
    whole = folded(told)
    voided = {key for plain in told.plains for key in targets_of(plain)}
    for key, standing in whole.standings.items():
        expected = "superseded" if key in voided else "in effect"
        assert standing.status == expected, (told.steps, key, standing)
    assert whole.encounter == told.theirs, told.steps
    assert whole.encounter.stage.value == STAGES[told.ours.stage], told.steps
    chains = {chain: STAGES[stage] for chain, stage in told.ours.chains.items()}
    batches = {chain: b.stage.value for chain, b in whole.encounter.batches.items()}
    if told.ours.stage in BEFORE_INFUSION:  # afterwards no stage of a chain has any effect
        assert batches == chains, told.steps
    if thoroughly:
        model = judge(list(told.plains), told.holders(told.plains), ME)
        assert model.stage == told.ours.stage, told.steps
        agree(whole, model.standing, told)


def check_the_step(told: Told, step: Step, after: Told) -> None:
    """By themselves, a step's legality and where it leads are the same to both."""
    if step.kind != "voided":
        has_one = has_a_place(told.theirs, said(len(told.records) + 1, step.letter)[1])
        assert has_one == (step.kind == "said"), (told.steps, step)
    assert after.theirs.stage.value == STAGES[after.ours.stage], (told.steps, step)


def check_an_illegal_one(told: Told, letter: int, thoroughly: bool) -> None:
    """Said in spite of the table it has no place, unless by that it changes what came before."""
    plain, record = said(len(told.records) + 1, letter)
    plains, records = (*told.plains, plain), (*told.records, record)
    holders = told.holders(plains)
    if not thoroughly:
        assert told.reorders(letter) or not has_a_place(told.theirs, record), told.steps
        return
    whole = fold(records, holders, ME)
    agree(whole, judge(list(plains), holders, ME).standing, told)
    if not told.reorders(letter):
        status = whole.standings[record.key].status
        assert status in ("waiting", "disputed"), (told.steps, plain["type"], status)
        assert whole.encounter == told.theirs, (told.steps, plain["type"])


def agree(whole: Folded, model: dict[str, tuple[str, str | None]], told: Told) -> None:
    said_by_the_program = {k: (s.status, s.waits_for) for k, s in whole.standings.items()}
    assert said_by_the_program == model, (told.steps, said_by_the_program, model)


# ---- The walk -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the tree: everything that begins with these steps, up to a depth."""

    begins: tuple[Step, ...]
    depth: int
    thorough: int
    """Up to this many steps the model judges the whole anew, beyond it step by step."""
    one_in: int = 1
    """Of the histories of full length so many are folded as a whole, beyond the thorough ones."""
    until: int = 99
    """From this many steps on a history belongs to another branch."""

    def grows(self, told: Told) -> bool:
        less = AGAINST_THE_TABLE if told.against_the_table else 0
        return told.depth < self.depth - less


def walked(branch: Branch) -> Counted:
    """Every history of a branch, checked."""
    counted = Counted()
    walk(grown(branch.begins), branch, counted)
    return counted


def grown(steps: tuple[Step, ...]) -> Told:
    told = Told()
    for step in steps:
        told = follow(told, step)
    return told


def follow(told: Told, step: Step) -> Told:
    match step.kind:
        case "said":
            return with_a_fact(told, step.letter)
        case "confirmed":
            return with_a_confirmed_fact(told, step.letter)
        case _:
            return with_the_last_voided(told)


def walk(told: Told, branch: Branch, counted: Counted) -> None:
    if told.depth >= branch.until:
        return
    thoroughly = told.depth <= branch.thorough
    if told.depth < branch.depth or thoroughly or counted.leaves % branch.one_in == 0:
        check_a_legal_one(told, thoroughly)
        counted.folded += 1
    counted.leaves += told.depth == branch.depth
    counted.histories[told.depth] = counted.histories.get(told.depth, 0) + 1
    if not branch.grows(told):
        return
    for step in next_steps(told, branch.depth):
        counted.voided += step.kind == "voided"
        counted.confirmed += step.kind == "confirmed"
        after = follow(told, step)
        check_the_step(told, step, after)
        walk(after, branch, counted)
    for letter in illegal_letters(told):
        check_an_illegal_one(told, letter, thoroughly)
        counted.refused += 1


def next_steps(told: Told, depth: int) -> Iterator[Step]:
    """The steps that are legal by the model, and lead no further than so many."""
    number = len(told.records) + 1
    for letter in range(len(ALPHABET)):
        if is_legal(said(number, letter)[0], told.ours):
            if letter or not told.in_effect():
                yield Step("said", letter)
        elif told.depth + 2 <= depth and may_be_confirmed(told, letter):
            yield Step("confirmed", letter)
    if told.steps and told.steps[-1].kind == "said":
        yield Step("voided", told.steps[-1].letter)


def illegal_letters(told: Told) -> Iterator[int]:
    number = len(told.records) + 1
    for letter in range(len(ALPHABET)):
        if not is_legal(said(number, letter)[0], told.ours):
            yield letter


def branches(depth: int, thorough: int, one_in: int = 1, cut: int = 3) -> list[Branch]:
    """The tree in parts that do not overlap: its trunk, and what grows from it."""
    trunk = Branch((), depth, thorough, one_in, until=cut)
    return [
        trunk,
        *(Branch(steps, depth, thorough, one_in) for steps in grown_from(Told(), trunk)),
    ]


def grown_from(told: Told, trunk: Branch) -> Iterator[tuple[Step, ...]]:
    """Where the trunk ends, branch by branch."""
    if told.depth >= trunk.until:
        yield told.steps
    elif trunk.grows(told):
        for step in next_steps(told, trunk.depth):
            yield from grown_from(follow(told, step), trunk)


__all__ = ["ALPHABET", "Branch", "Counted", "Stage", "Told", "branches", "walked"]
