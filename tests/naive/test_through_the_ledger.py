"""Row S2 through the whole ledger: each command is recorded, and compared after every step.

The naive model is told what the ledger was told; what the ledger may refuse (a decision about a
record that neither waits nor is disputed) is checked against the model's own standing first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.given_ledger import centre_in_utc, ledger
from tests.minimal import MINIMAL
from tests.naive.bridge import STAGES, fields_of
from tests.naive.histories import CONNECTIONS, History, history
from tests.naive.model import Fact as Plain
from tests.naive.model import holders_among, judge, without_repeats
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.domain.intake.outcome import Outcome

pytestmark = pytest.mark.stochastic

COMMANDS = {"memory": size(16_000, 16_000, 500_000), "sqlite": size(4_000, 4_000, 50_000)}
DECISIONS = ("records.corrected", "report.confirmed", "report.discarded")
LATER = datetime(2027, 6, 1, tzinfo=UTC)


@dataclass
class Told:
    """What both sides have been told of one encounter so far."""

    ledger: Ledger
    me: str
    facts: list[Plain] = field(default_factory=list[Plain])
    others: dict[str, list[Plain]] = field(default_factory=dict[str, list[Plain]])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """The ledger's report key for each of the model's keys."""
    first: dict[tuple[str, str, int], str] = field(default_factory=dict[tuple[str, str, int], str])

    def say(self, plain: Plain, encounter: str) -> Outcome:
        return self.ledger.record(line_of(plain, encounter, self))[0]

    def leaf_of(self, key: str) -> tuple[int, str]:
        found = {r.key: r.seal for r in self.ledger.history(self.me).records}
        seal = found[self.keys[key]]
        return seal.sequence, seal.leaf


def line_of(plain: Plain, encounter: str, told: Told) -> bytes:
    said: dict[str, Any] = {
        "encounter": encounter,
        "type": plain["type"],
        "occurred_at": (plain["instant"] or plain["day"]).isoformat(),
        "source": {k: plain[k] for k in ("connection", "message", "item")},
        "actor": {"id": "rn-1", "role": "nurse"},
    }
    fields = MINIMAL[plain["type"]] | fields_of(plain, {})
    if plain["type"] == "records.corrected":
        leaves = [told.leaf_of(key) for key in dict.fromkeys(plain["targets"])]
        fields["changes"] = [{"kind": "void", "sequence": s, "hash": h} for s, h in leaves]
    elif "targets" in plain:
        fields["target"] = told.keys[plain["targets"][0]]
    return json.dumps(said | fields).encode()


def as_it_arrives(plain: Plain, told: Told) -> Plain:
    """Whichever of two with one message id comes first is the report, the other the conflict."""
    name = (plain["connection"], plain["message"], plain["item"])
    first = told.first.setdefault(name, plain["key"])
    return {**plain, "conflict": first != plain["key"]}


def is_about_what_is_there(plain: Plain, told: Told) -> bool:
    targets = plain.get("targets", [])
    if plain["type"] == "records.corrected":
        acts = {f["key"] for f in told.facts if f["type"] in DECISIONS}
        return all(t in told.keys for t in targets) and not set(targets) & acts
    return all(t in told.keys for t in targets)


def may_be_refused(plain: Plain, told: Told) -> bool:
    """By the model: confirming and discarding is for what waits or is disputed."""
    if plain["type"] not in ("report.confirmed", "report.discarded"):
        return False
    before = judge(told.facts, holders_among({told.me: told.facts, **told.others}), told.me)
    return before.standing[plain["targets"][0]][0] not in ("waiting", "disputed")


def step(plain: Plain, told: Told) -> None:
    arrived = as_it_arrives(plain, told)
    refused = may_be_refused(arrived, told)
    outcome = told.say(arrived, told.me)
    if outcome.answer == "duplicate":
        return
    assert (outcome.answer == "refused") == refused, f"{arrived['type']}: {outcome.refusal}"
    if refused or outcome.record is None:
        return
    told.keys.setdefault(arrived["key"], outcome.record)
    told.facts.append(arrived)
    model = judge(told.facts, holders_among({told.me: told.facts, **told.others}), told.me)
    seen = told.ledger.effective(told.me)
    assert seen.stage.value == STAGES[model.stage]
    for fact in without_repeats(told.facts):
        standing = seen.standings[told.keys[fact["key"]]]
        assert (standing.status, standing.waits_for) == model.standing[fact["key"]], fact["type"]


def tell_all(story: History, folder: Path, store: str, at_most: int) -> int:
    with ledger(
        folder, store=store, centre=centre_in_utc(*CONNECTIONS), clock=lambda: LATER
    ) as opened:
        told = Told(opened, story.me)
        for name, facts in story.others.items():
            told.others[name] = facts
            for plain in facts:
                told.say(plain, name)
        done = 0
        for plain in story.facts[:at_most]:
            if is_about_what_is_there(plain, told):
                step(plain, told)
                done += 1
        return done


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_the_ledger_and_the_naive_model_agree_after_every_command(
    store: str, tmp_path: Path
) -> None:
    commands, seed = 0, SEED
    while commands < COMMANDS[store]:
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            commands += tell_all(history(seed), folder, store, COMMANDS[store] - commands)
        except AssertionError as error:
            raise AssertionError(f"seed {seed} on {store}: {error}") from None
        seed += 1
    tell(f"{store}: {commands} commands, seeds {SEED} to {seed - 1}")
