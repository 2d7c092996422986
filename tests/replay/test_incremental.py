"""Row G2: a ledger that was asked in between answers as one that is replayed from bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count, product
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.given_ledger import SITE, ledger, lines_of
from tests.projections.any.asking import Question
from tests.replay.lives import MADE, Step, done, line, lives
from tests.tiers import SEED, size, tell
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre
from veinledger.adapters.reading import Histories
from veinledger.adapters.replaying.digesting import digest_of
from veinledger.domain.centre.directory import Connection
from veinledger.domain.gates.gate import INTENTS
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective, FoldedHistory, History, KnownAt
from veinledger.projections.audit import AuditTrail
from veinledger.projections.case.again.kept import _Kept  # pyright: ignore[reportPrivateUsage]
from veinledger.projections.replay.every import PROJECTIONS, every_projection
from veinledger.projections.settling.found import every_finding

ASKED_EVERY = 3
"""Messages."""
PARTS = size(1, 4, 40)
EXAMPLES = size(20, 504, 100_000)
LATER = datetime(2032, 1, 1, tzinfo=UTC)
_SITE = read_centre(SITE)
CENTRE = replace(
    _SITE, connections=(*_SITE.connections, Connection(name="test", zone="America/Chicago"))
)
WHEN: Final = ("now", "as of a day", "known at a position", "both")
QUESTIONS: Final = [*product(PROJECTIONS, WHEN)]
STRIDE: Final = 11
"""From one question to the next: it comes round to all of them, each time another projection."""
SOME_OF_THEM: Final = 3
"""Answers of an earlier moment that are compared of each encounter."""

Answers = dict[str, Callable[[], object]]


def answers(
    asked: Ledger, name: str, as_of: date | None = None, known_at: KnownAt = None
) -> Answers:
    """Every projection, through the door that a user asks it by."""
    on = as_of or day_of_the_last(asked, name)
    times: dict[str, object] = {"as_of": as_of, "known_at": known_at}

    def ask(question: Callable[..., object]) -> Callable[[], object]:
        return lambda: question(name, **times)

    return {
        "history": lambda: known(asked, name),
        "stage": lambda: stage(asked.effective(name, as_of=as_of, known_at=known_at)),
        "claims": ask(asked.claims),
        "estimate": ask(asked.estimate),
        "schedule": ask(asked.schedule),
        "support": ask(asked.support),
        "appeals": ask(asked.appeals),
        "authorization": lambda: asked.authorization(name, as_of=on, known_at=known_at),
        "gates": lambda: [asked.check(name, i, on=on, known_at=known_at) for i in INTENTS],
        "findings": lambda: asked.findings(name, on=on, known_at=known_at),
        "settlements": ask(asked.settlements),
        "audit": lambda: of_records(asked.audit(name, as_of=as_of, known_at=known_at)),
    }


def of_records(trail: AuditTrail) -> AuditTrail:
    """A replay is of records: what was refused is none, and stands in rows of its own."""
    return replace(trail, refused=(), refused_of=0)


def folded(asked: Ledger, name: str) -> FoldedHistory:
    return asked._histories.folded(asked.history(name))  # pyright: ignore[reportPrivateUsage]


def known(asked: Ledger, name: str) -> tuple[object, ...]:
    return folded(asked, name).known, asked.history(name).claims


def stage(seen: Effective) -> tuple[object, ...]:
    return seen.stage, [t.record.key for t in seen.taken], seen.standings, seen.findings


def day_of_the_last(asked: Ledger, name: str) -> date:
    return folded(asked, name).known[-1].seal.recorded_at.astimezone(UTC).date()


def digest(answer: Callable[[], object]) -> str:
    """Of an answer; a question about no known product has none."""
    try:
        return digest_of(answer()).hex()
    except NotFound:
        return digest_of(None).hex()


def replayed(asked: Ledger, name: str) -> dict[str, str]:
    """The digest of every projection, from the bytes alone."""
    found = every_projection(asked.replayer().read(name))
    return {projection: digest_of(view).hex() for projection, view in found}


def replayed_then(asked: Ledger, name: str, as_of: date, known_at: KnownAt) -> Answers:
    """What the bytes alone answer of an earlier moment."""
    of = asked.replayer().read(name)
    then = Question(
        history=of.history, rules=of.rules, centre=of.centre, as_of=as_of, known_at=known_at
    )
    checks = [f"check {intent}" for intent in INTENTS]
    asked_then = {**then.answers(), **then.slow_answers()}
    gates = [asked_then[check] for check in checks]
    return asked_then | {
        "gates": lambda: [gate() for gate in gates],
        "findings": lambda: every_finding(of.history, of.centre, of.rules, as_of, known_at),
    }


@dataclass(slots=True)
class Seen:
    """What was drawn and answered: that two agree about nothing shows nothing."""

    questions: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    deeds: Counter[str] = field(default_factory=Counter[str])
    """By the fact that was taken."""
    answers: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    encounters: int = 0

    def add(self, found: dict[str, str]) -> None:
        self.encounters += 1
        for projection, answer in found.items():
            self.answers.setdefault(projection, set()).add(answer)

    def was_enough(self) -> None:
        """Deeds were done and taken, questions asked in between, and answered variously."""
        lacking = {each.type for each in MADE} - set(self.deeds)
        assert len(lacking) < (8 if self.encounters < 100 else 3), lacking
        if self.encounters >= 100:
            assert set(self.questions) == set(QUESTIONS), set(QUESTIONS) - set(self.questions)
            few = {p: len(found) for p, found in self.answers.items() if len(found) < 5}
            assert not few, few


class Life:
    """One encounter in a ledger that is asked in between."""

    def __init__(self, asked: Ledger, steps: list[Step], first: int, seen: Seen) -> None:
        told = [step for step in steps if isinstance(step, Record)]
        self.asked, self.name, self.seen = asked, told[0].name, seen
        start = Random(first).randrange(len(QUESTIONS))
        self.questions = (QUESTIONS[n % len(QUESTIONS)] for n in count(start, STRIDE))
        for number, step in enumerate(steps):
            self.take(step, number)
            if number % ASKED_EVERY == 0:
                self.ask(*next(self.questions))

    def take(self, step: Step, number: int) -> None:
        if isinstance(step, Record):
            self.asked.record(line(step))
        elif self.is_there():
            for each in done(self.asked, self.name, step, number):
                (outcome,) = self.asked.record(line(each))
                if outcome.answer == "recorded":
                    self.seen.deeds[each.fact.type] += 1

    def is_there(self) -> bool:
        return self.name in self.asked.encounters()

    def ask(self, projection: str, when: str) -> None:
        if self.is_there():
            as_of, known_at = self.moment(self.seen.questions.total())
            now_only = when in ("now", "known at a position"), when in ("now", "as of a day")
            times = None if now_only[0] else as_of, None if now_only[1] else known_at
            digest(answers(self.asked, self.name, *times)[projection])
            self.seen.questions[projection, when] += 1

    def moment(self, which: int) -> tuple[date, int]:
        """A day on which something happened, and a position at which something was recorded."""
        records = self.asked.history(self.name).records
        happened, came = records[which % len(records)], records[which * 7 % len(records)]
        return happened.day, came.seal.position


def asked_and_replayed(life: Life) -> tuple[dict[str, str], dict[str, str]]:
    """Of a ledger that was asked one thing after the other in between, and of its bytes."""
    found = {each: digest(answer) for each, answer in answers(life.asked, life.name).items()}
    return found, replayed(life.asked, life.name)


def asked_of_then(life: Life, which: int) -> Iterator[tuple[str, str, str]]:
    """Some answers of an earlier moment, of that ledger and of its bytes."""
    as_of, known_at = life.moment(which)
    here = answers(life.asked, life.name, as_of, known_at)
    anew = replayed_then(life.asked, life.name, as_of, known_at)
    both = [each for each in here if each in anew]
    for at in range(SOME_OF_THEM):
        name = both[(which + at * 4) % len(both)]
        yield name, digest(here[name]), digest(anew[name])


@pytest.mark.stochastic
@pytest.mark.parametrize("part", range(PARTS))
def test_a_ledger_that_was_asked_in_between_answers_as_one_that_is_replayed(part: int) -> None:
    seen = Seen()

    @seed(SEED + part)
    @settings(
        max_examples=EXAMPLES // PARTS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(steps=lives(), first=st.integers(0, 2**32))
    def answer_alike(steps: list[Step], first: int) -> None:
        with ledger(Path("unused"), centre=CENTRE, clock=lambda: LATER) as asked:
            life = Life(asked, steps, first, seen)
            if life.is_there():
                found, anew = asked_and_replayed(life)
                assert found == anew
                assert tuple(found) == PROJECTIONS
                for name, here, there in asked_of_then(life, first):
                    assert here == there, name
                seen.add(found)

    answer_alike()
    seen.was_enough()
    asked = f"{seen.questions.total()} questions and {seen.deeds.total()} deeds in between"
    tell(f"asked and replayed, part {part + 1} of {PARTS}: {seen.encounters} encounters, {asked}")


def example(name: str) -> tuple[str, list[bytes]]:
    told = lines_of(name)
    return json.loads(told[-1])["encounter"], told


def differing(found: dict[str, str], anew: dict[str, str]) -> set[str]:
    return {projection for projection in PROJECTIONS if found[projection] != anew[projection]}


def test_the_control_a_fold_that_is_kept_too_long_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: dict[str, FoldedHistory] = {}
    fold = Histories.folded

    def stale(self: Histories, history: History) -> FoldedHistory:
        return kept.setdefault(history.encounter, fold(self, history))

    monkeypatch.setattr(Histories, "folded", stale)
    name, told = example("withdrawn")
    with ledger(Path("unused")) as asked:
        for number, each in enumerate(told):
            asked.record(each)
            if number == len(told) // 2:
                digest(lambda: asked.claims(name))
        found = {each: digest(answer) for each, answer in answers(asked, name).items()}
        assert {"history", "stage"} <= differing(found, replayed(asked, name))


def test_the_control_an_answer_that_is_kept_for_another_day_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def whenever(*_: object) -> bool:
        return True

    name, told = example("page_patient_2l")
    with ledger(Path("unused")) as asked:
        asked.record(*told)
        (infused,) = (r.day for r in asked.history(name).records if r.fact.type == "cells.infused")
        with monkeypatch.context() as planted:
            planted.setattr(_Kept, "holds", whenever)
            digest(lambda: asked.claims(name, as_of=infused))
            found = {each: digest(answer) for each, answer in answers(asked, name).items()}
        assert {"claims", "estimate"} <= differing(found, replayed(asked, name))
