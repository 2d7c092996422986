"""Stories in which some reports name nobody, told in any order and assigned at any time."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.adapters.test_assigning import assign, nobodys, waiting
from tests.adapters.test_ledger import Line
from tests.given_ledger import ledger, lines_of
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.domain.standing.history import History

SHUFFLES = size(2, 30, 2_000)
STORIES = ("page_patient_2l", "manufacturing_failure", "withdrawn", "readmission_and_parkinsonism")


@pytest.mark.stochastic
def test_the_end_is_the_same_whichever_reports_named_nobody_and_whenever_they_were_assigned(
    tmp_path: Path,
) -> None:
    """A story with every name told in order, against the same with names left out, in any order."""
    for seed in range(SEED, SEED + SHUFFLES):
        rng = Random(seed)
        story = [json.loads(line) for line in lines_of(rng.choice(STORIES))]
        with ledger(tmp_path / f"{seed}-named") as named:
            named.record(*story)
            expected = ends(named)
        store = "sqlite" if seed % 2 else "memory"
        (tmp_path / f"{seed}-nobody").mkdir()
        with ledger(tmp_path / f"{seed}-nobody", store=store) as nameless:
            told_without_names(nameless, story, rng)
            assert ends(nameless) == expected, seed
            assert not waiting(nameless), seed
    tell(f"names left out, seeds {SEED} to {SEED + SHUFFLES - 1}: {SHUFFLES} stories")


def told_without_names(kept: Ledger, story: list[Line], rng: Random) -> None:
    """Some of the story names nobody; each such report is assigned some time after it came."""
    whose = {(line["source"]["connection"], line["source"]["message"]): line for line in story}
    lines = [line if must_name(line) or rng.random() < 0.5 else nobodys(line) for line in story]
    rng.shuffle(lines)
    for number, line in enumerate(lines):
        kept.record(line)
        if rng.random() < 0.2 or number == len(lines) - 1:
            for each in waiting(kept):
                source = each.report.source
                encounter = whose[source.connection, source.message]["encounter"]
                known = encounter in kept.encounters()
                if known and (number == len(lines) - 1 or rng.random() < 0.5):
                    told = assign(kept, each.record, encounter, f"W-{each.record}")
                    assert told.answer == "recorded", told.refusal


def must_name(line: Line) -> bool:
    return line["type"] == "encounter.opened" or "encounter" not in line


def ends(kept: Ledger) -> dict[str, object]:
    """Standings, order, stage, findings and claims of every encounter, decisions apart."""
    return {name: end_of(kept, kept.history(name)) for name in sorted(kept.encounters())}


def end_of(kept: Ledger, history: History) -> tuple[object, ...]:
    seen = kept.effective(history.encounter)
    mine = [r.key for r in seen.records if r.fact.type != "report.assigned"]
    standings = {r.key: str(seen.standings[r.key]) for r in seen.known}
    acts = {r.key for r in seen.known if r.fact.type == "report.assigned"}
    claims = [(c.key, c.state, c.total) for c in kept.claims(history.encounter).claims]
    found = sorted(each.key for each in seen.findings)
    told = {key: how for key, how in standings.items() if key not in acts}
    return mine, told, seen.stage, found, claims


@pytest.mark.stochastic
def test_the_control_notices_a_report_that_was_assigned_to_nobody(tmp_path: Path) -> None:
    story = [json.loads(line) for line in lines_of("withdrawn")]
    with ledger(tmp_path / "named") as named, ledger(tmp_path / "nobody") as nameless:
        named.record(*story)
        nameless.record(*story[:-1], nobodys(story[-1]))
        assert ends(nameless) != ends(named)
