"""What must be true of every short history, by the program and by the model."""

from __future__ import annotations

from tests.naive.bridge import STAGES
from tests.naive.model import judge
from tests.naive.short.steps import ME, Step, Told, said, targets_of
from tests.naive.table import BEFORE_INFUSION
from veinledger.domain.standing.fold import Folded, fold
from veinledger.domain.standing.legality import is_legal as has_a_place


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
