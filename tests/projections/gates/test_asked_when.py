"""What happened after the day plays no part, nor does the order of arrival, nor what came later."""

from __future__ import annotations

import json
import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.projections.gates.planted import Line, asked, lines
from tests.tiers import size
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.gates.gate import INTENTS, Intent

DAYS = (
    date(2026, 3, 3),
    date(2026, 4, 1),
    date(2026, 4, 2),
    date(2026, 5, 14),
    date(2026, 5, 19),
    date(2026, 5, 21),
    date(2026, 5, 24),
    date(2026, 5, 25),
    date(2026, 7, 1),
)


def _has_happened(line: Line, on: date) -> bool:
    return bool(line["occurred_at"][:10] <= str(on))


@given(
    on=st.sampled_from(DAYS),
    intent=st.sampled_from(INTENTS),
    edition=st.sampled_from(EDITIONS),
    chance=st.randoms(use_true_random=False),
)
@settings(max_examples=size(25, 25, 2_000), deadline=None)
def test_no_gate_depends_on_later_facts_or_on_the_order_of_arrival(
    on: date, intent: Intent, edition: Edition, chance: random.Random
) -> None:
    told = lines()
    by_then = [each for each in told if _has_happened(each, on)]
    later = [each for each in told if not _has_happened(each, on) and chance.random() < 0.7]
    shuffled = chance.sample([*by_then, *later], len(by_then) + len(later))
    plain = asked(by_then, intent, on, edition)
    assert asked(shuffled, intent, on, edition).verdicts == plain.verdicts


def test_a_check_without_its_facts_is_another_one() -> None:
    """The control of the test above: what happened by then does play a part."""
    told, on = lines(), date(2026, 5, 24)
    missing = [each for each in told if each["type"] != "coverage.recorded"]
    assert json.dumps(told) != json.dumps(missing)
    assert asked(told, on=on).verdicts != asked(missing, on=on).verdicts
