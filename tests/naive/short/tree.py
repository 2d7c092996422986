"""The tree of all short histories, walked branch by branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.naive.model import is_legal
from tests.naive.short.checks import check_a_legal_one, check_an_illegal_one, check_the_step
from tests.naive.short.steps import (
    AGAINST_THE_TABLE,
    ALPHABET,
    Step,
    Told,
    may_be_confirmed,
    said,
    with_a_confirmed_fact,
    with_a_fact,
    with_the_last_voided,
)


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
