"""The naive model and the program, told the same and compared after every message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from zlib import crc32

from tests.naive.bridge import STAGES, line_of
from tests.naive.model import Fact as Plain
from tests.naive.page.facts import DECISIONS
from tests.naive.page.two_records import NAMED_BY_TWO, PUT_OUT, Pair
from tests.naive.program import LATER, NAMING, Program, ThroughALedger
from tests.naive.telling.commands import Script
from tests.naive.world import Answer, Item, World
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.reports import Record, Source
from veinledger.domain.standing.history import Effective, effective

PARAGRAPHS: Final = {
    "a_correction_names_records_that_are_there": "6.1",
    "a_decision_is_corrected_never_voided": "6.2",
    "a_record_is_corrected_where_it_stands_now": "6.3",
    "a_record_is_voided_once": "6.3",
    "a_replacement_is_a_fact_of_an_encounter": "6.4",
    "a_fact_is_not_dated_more_than_a_day_ahead": "6.4",
    "a_record_is_moved_to_another_encounter_that_is_there": "6.5",
    "a_correction_leaves_no_record_without_its_place": "6.6",
    "what_a_correction_brings_in_can_stand": "6.7",
    "a_decision_is_about_a_record_that_waits_or_is_disputed": "6.target",
    "an_attested_step_is_on_the_way_of_the_product": "6.attested",
    "an_attested_step_is_one_that_is_missing": "6.attested",
}
"""The paragraph of docs/standing.md that each rule of the program keeps."""
FINDINGS: Final = {
    "one_record_puts_another_out_of_effect": PUT_OUT,
    "a_chain_of_identity_is_named_by_one_encounter": NAMED_BY_TWO,
}


@dataclass
class Tally:
    """What a comparison has seen, so that nobody takes silence for agreement."""

    commands: int = 0
    messages: int = 0
    seen: dict[str, int] = field(default_factory=dict[str, int])

    def count(self, what: str, by: int = 1) -> None:
        self.seen[what] = self.seen.get(what, 0) + by

    def add(self, other: Tally) -> None:
        self.commands += other.commands
        self.messages += other.messages
        for what, count in other.seen.items():
            self.count(what, count)

    def __str__(self) -> str:
        seen = ", ".join(f"{self.seen[what]} {what}" for what in sorted(self.seen))
        return f"{self.commands} commands, compared after each of {self.messages} messages; {seen}"


@dataclass
class BothSides:
    """One world in the model, and the same in the program under names of its own."""

    program: Program
    world: World = field(default_factory=lambda: World(now=LATER))
    prefix: str = ""
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """The program's report key for each of the model's keys."""
    ours: dict[str, str] = field(default_factory=dict[str, str])
    """And back."""

    def __post_init__(self) -> None:
        self.world.key_of_what_is_brought = report_key_of_what_is_brought

    # ---- Telling -----------------------------------------------------------------------

    def names(self, name: str) -> str:
        return self.prefix + name

    def key(self, key: str) -> str:
        return self.keys.get(key, "0" * 64)

    def records(self, encounter: str) -> tuple[Record, ...]:
        history = self.program.history(self.names(encounter))
        return history.records if history is not None else ()

    def lines(self, message: list[Item]) -> list[bytes]:
        return [
            line_of(fact, name, self.place_in(name), self.key, self.names) for name, fact in message
        ]

    def place_in(self, encounter: str) -> Place:
        return Place(self, encounter)

    def compare(self, message: list[Item], outcomes: Sequence[Outcome], tally: Tally) -> None:
        """What both answer, and what they then hold."""
        for (_, fact), outcome in zip(message, outcomes, strict=True):
            fact["report_key"] = outcome.record or fact["key"]
            fact["told_as"] = self.names(fact["message"])
        answers = self.world.hear(message)
        for answer, outcome in zip(answers, outcomes, strict=True):
            self.same_answer(answer, outcome)
            tally.count(answer.answer)
            for paragraph in answer.against:
                tally.count(f"refused by {paragraph}")
        for (_, fact), answer in zip(message, answers, strict=True):
            if fact["type"] in DECISIONS and answer.answer == "recorded":
                tally.count(f"accepted {fact['type']}")
        tally.commands += len(message)
        tally.messages += 1
        for encounter in self.world.encounters:
            self.learn_what_was_brought_in(encounter)
        for encounter in self.world.encounters:
            self.same_standing(encounter, tally)

    def learn(self, ours: str, theirs: str) -> None:
        self.keys[ours], self.ours[theirs] = theirs, ours

    def learn_what_was_brought_in(self, encounter: str) -> None:
        """By the correction and by the sequence of what each stands in place of."""
        facts = self.world.encounters[encounter]
        if all(fact["key"] in self.keys for fact in facts):
            return
        theirs = {
            (found.correction, found.encounter, found.sequence): record.key
            for record in self.records(encounter)
            if (found := record.in_place_of) is not None
        }
        for fact in facts:
            if fact["key"] not in self.keys:
                stood_in = self.names(fact["stood_in"])
                named = self.keys[fact["correction"]], stood_in, fact["stands_for"]
                self.learn(fact["key"], theirs[named])

    # ---- Comparing ---------------------------------------------------------------------

    def same_answer(self, answer: Answer, outcome: Outcome) -> None:
        assert outcome.answer == answer.answer, (outcome.type, answer, str(outcome.refusal))
        if answer.answer == "refused":
            rules = [o.rule for o in outcome.refusal.objections] if outcome.refusal else []
            against = {PARAGRAPHS.get(rule, rule) for rule in rules}
            assert against == set(answer.against), (outcome.type, answer, rules)
        elif answer.key is not None and outcome.record is not None:
            if answer.answer == "duplicate":
                assert self.keys[answer.key] == outcome.record, outcome.type
            self.learn(answer.key, outcome.record)

    def same_standing(self, encounter: str, tally: Tally) -> None:
        history = self.program.history(self.names(encounter))
        assert history is not None, encounter
        theirs, ours = self.program.effective(history), self.world.verdict(encounter)
        for fact in self.world.encounters[encounter]:
            found = theirs.standings[self.keys[fact["key"]]]
            expected = ours.standing[fact["key"]]
            assert (found.status, found.waits_for) == expected, (fact["key"], found, expected)
        assert len(theirs.standings) == len(ours.standing), encounter
        assert theirs.stage.value == STAGES[ours.stage], (encounter, theirs.stage, ours.stage)
        order = [taken.record.fact.type for taken in theirs.taken]
        assert order == [taken["type"] for taken in ours.taken], encounter
        late = sum(taken.a_day_late for taken in theirs.taken)
        assert late == len(ours.clock_disagrees), (encounter, late, ours.clock_disagrees)
        expected_findings = self.world.findings(encounter)
        found_findings = self.findings(theirs)
        assert found_findings == expected_findings, (encounter, found_findings, expected_findings)
        for rule, _ in expected_findings:
            tally.count(f"findings that {rule}")

    def findings(self, theirs: Effective) -> set[Pair]:
        return {
            (FINDINGS[f.rule], frozenset(self.ours.get(key, key) for key in f.records))
            for f in theirs.findings
            if f.rule in FINDINGS
        }

    def same_stage_as_of(self, encounter: str) -> None:
        """Section 5, for each day on which anything happened and the day after."""
        history = self.program.history(self.names(encounter))
        assert history is not None, encounter
        ours = self.world.verdict(encounter)
        for day in sorted({fact["day"] for fact in ours.taken}):
            for asked in (day, day + timedelta(days=1)):
                theirs = effective(history, asked).stage.value
                assert theirs == STAGES[ours.stage_as_of(asked)], (encounter, asked)


def report_key_of_what_is_brought(act: Plain, target: Plain) -> str:
    """As docs/format.md makes it: of the correction's item, and of what is corrected."""
    source = Source(connection=act["connection"], message=act["told_as"], item=act["item"])
    return NAMING.report_key("corrected", source, target["report_key"]).hex()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the records of an encounter stand, by the model's keys."""

    sides: BothSides
    encounter: str

    def __call__(self, key: str) -> tuple[int, str]:
        theirs = self.sides.keys.get(key)
        for record in self.sides.records(self.encounter):
            if record.key == theirs:
                return record.seal.sequence, record.seal.leaf
        return 10_000 + crc32(key.encode()), "0" * 64


class Telling:
    """One seed's sequence on its way; an error names the seed and the message."""

    def __init__(
        self, seed: int, program: Program, prefix: str = "", script: Script | None = None
    ) -> None:
        self.seed, self.number = seed, 0
        self.sides = BothSides(program, prefix=prefix)
        self.script = script or Script(seed)
        self.messages = self.script.messages(self.sides.world)

    def next_message(self) -> list[Item] | None:
        self.number += 1
        return next(self.messages, None)

    def compare(self, message: list[Item], outcomes: Sequence[Outcome], tally: Tally) -> None:
        try:
            self.sides.compare(message, outcomes, tally)
        except (AssertionError, KeyError) as error:
            where = f"seed {self.seed}, message {self.number}, {message}"
            raise AssertionError(f"{where}: {error!r}") from None

    def finish(self) -> None:
        """Section 5 on the end of every seventh sequence."""
        for encounter in self.sides.world.encounters if self.seed % 7 == 0 else ():
            self.sides.same_stage_as_of(encounter)


def tell_one_by_one(seed: int, program: Program, tally: Tally, prefix: str = "") -> None:
    """Each message by itself, as callers bring them."""
    telling = Telling(seed, program, prefix)
    while (message := telling.next_message()) is not None:
        telling.compare(message, program.record(telling.sides.lines(message)), tally)
    telling.finish()


def tell_together(seeds: Iterable[int], program: ThroughALedger, tally: Tally) -> None:
    """Many sequences side by side in one ledger: one message of each shares a commit."""
    going = [Telling(seed, program, f"W{seed}-") for seed in seeds]
    while going:
        said = [(telling, telling.next_message()) for telling in going]
        messages = [(telling, message) for telling, message in said if message is not None]
        finished = [telling for telling, message in said if message is None]
        lines = [telling.sides.lines(message) for telling, message in messages]
        answers = program.ledger.record_all(lines)
        for (telling, told), outcomes in zip(messages, list(answers), strict=True):
            telling.compare(told, outcomes, tally)
        for telling in finished:
            telling.finish()
        going = [telling for telling, _ in messages]
