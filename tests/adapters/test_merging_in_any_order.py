"""A story told under two names, in any order and linked at any time, against it told under one."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.adapters.test_assigning_in_any_order import STORIES
from tests.adapters.test_ledger import Line, one
from tests.adapters.test_merging import by_the_hospital, linking, undo
from tests.given_ledger import ledger, lines_of
from tests.tiers import SEED, size, tell
from veinledger.adapters.ledger import Ledger

SPLITS = size(2, 24, 2_000)


@pytest.mark.stochastic
def test_a_story_told_under_two_names_ends_as_if_it_had_been_told_under_one(
    tmp_path: Path,
) -> None:
    """Told in any order and linked at any time; and apart again once the link is voided."""
    for seed in range(SEED, SEED + SPLITS):
        rng = Random(seed)
        story = [json.loads(line) for line in lines_of(rng.choice(STORIES))]
        name = next(line["encounter"] for line in story if "encounter" in line)
        split, store = under_two_names(story, name, rng), "sqlite" if seed % 2 else "memory"
        (tmp_path / f"{seed}-two").mkdir()
        with (
            ledger(tmp_path / f"{seed}-one") as whole,
            ledger(tmp_path / f"{seed}-two", store=store) as merged,
            ledger(tmp_path / f"{seed}-apart") as apart,
        ):
            whole.record(*story)
            apart.record(*split)
            told_with_a_link(merged, split, name, rng)
            assert told_of(merged, name) == told_of(whole, name), seed
            assert told_of(merged, OTHER)[0] == [], seed
            undo(merged, OTHER)
            for each in (name, OTHER):
                assert told_of(merged, each) == told_of(apart, each), seed
    tell(f"under two names, seeds {SEED} to {SEED + SPLITS - 1}: {SPLITS} stories")


OTHER = "E-other"


def under_two_names(story: list[Line], name: str, rng: Random) -> list[Line]:
    """Half of it under another encounter's name, which somebody opened too; in any order."""
    opened = next(line for line in story if line["type"] == "encounter.opened")
    again = opened | {"encounter": OTHER, "source": {"connection": "epic-adt", "message": "O-2"}}
    split = [
        line | {"encounter": OTHER} if line.get("encounter") == name and may_be(line, rng) else line
        for line in story
    ]
    rng.shuffle(split)
    return [*split, again]


def may_be(line: Line, rng: Random) -> bool:
    return line["type"] != "encounter.opened" and rng.random() < 0.5


def told_with_a_link(kept: Ledger, lines: list[Line], name: str, rng: Random) -> None:
    """The link comes at any time once the ledger knows both names."""
    names = [line.get("encounter") for line in lines]
    first = max(names.index(name), names.index(OTHER)) + 1
    at = rng.randrange(first, len(lines) + 1)
    kept.record(*lines[:at])
    linked = by_the_hospital(linking(OTHER, name), "LK")
    assert one(kept.record(linked)).answer == "recorded"
    kept.record(*lines[at:])


def told_of(kept: Ledger, name: str) -> tuple[object, ...]:
    """What counts, in order; what does not; the stage, and what is billed."""
    seen = kept.effective(name)
    apart = ("encounter.opened", "encounter.linked", "records.corrected")
    mine = [record for record in seen.known if record.fact.type not in apart]
    counts = [r.key for r in seen.records if r.fact.type not in apart]
    parked = {r.key: str(seen.standings[r.key]) for r in mine if r.key not in counts}
    if seen.merged_into is not None:
        parked = {}
    claims = [(claim.key, claim.total) for claim in kept.claims(name).claims]
    return counts, parked, seen.stage, claims


def test_the_control_notices_a_link_that_is_missing(tmp_path: Path) -> None:
    story = [json.loads(line) for line in lines_of("withdrawn")]
    name = next(line["encounter"] for line in story if "encounter" in line)
    with ledger(tmp_path / "one") as whole, ledger(tmp_path / "two") as split:
        whole.record(*story)
        split.record(*under_two_names(story, name, Random(SEED)))
        assert told_of(split, name) != told_of(whole, name)
