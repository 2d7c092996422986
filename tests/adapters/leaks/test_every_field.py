"""A mark in every field of every fact, through every way a message can end: nobody hears it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from tests.adapters.leaks import drives
from tests.adapters.leaks.canaries import Planted, leaves, mark, planted, with_value
from tests.adapters.leaks.drives import STRANGE, asked, record_all
from tests.adapters.leaks.sinks import Sinks
from tests.tiers import TIER, size, tell
from veinledger.adapters.ledger import Ledger
from veinledger.domain.facts.catalogue import CENTRE_FACTS, FACTS

NAMES = tuple(FACTS)
Listen = Callable[[], AbstractContextManager[Sinks]]


Open = Callable[[str], AbstractContextManager[Ledger]]


def opening(encounter: str) -> dict[str, object]:
    """Marked as all the rest: an encounter that facts can count in."""
    line = planted("encounter.opened").line
    line["encounter"] = encounter
    line["source"]["message"] = f"{encounter}-opening"
    return line


def subject_of(planting: Planted) -> str:
    return str(planting.line["centre" if planting.type in CENTRE_FACTS else "encounter"])


def keep(sinks: Sinks, kept: Ledger, planting: Planted) -> list[str]:
    """Record a marked line in every way in which it is kept; the answers."""
    encounter = subject_of(planting)
    if planting.type not in CENTRE_FACTS:
        record_all(sinks, kept, "opening", opening(encounter))
    if planting.type in drives.DECISIONS:
        waiting: dict[str, object] = {
            **planted("neurology.visit_missed").line,
            "encounter": encounter,
        }
        record_all(sinks, kept, "target", waiting)
        planting.line.update(drives.aimed(planting.line, kept, encounter))
    asked(sinks, "foresee", partial(kept.foresee, planting.bytes()))
    return [
        answer
        for how, item in drives.kept_ways(planting)
        for answer in record_all(sinks, kept, how, item)
    ]


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_what_is_kept_is_told_in_no_log_name_column_or_repr(
    store: str, listen: Listen, open_here: Open
) -> None:
    answers: Counter[str] = Counter()
    with listen() as sinks, open_here(store) as kept:
        for name in NAMES:
            answers.update(keep(sinks, kept, planted(name)))
        views(sinks, kept)
    assert answers["recorded"] + answers["parked"] >= 2 * len(NAMES) - 6
    assert answers["duplicate"] >= 2 * len(NAMES) - 6
    assert sinks.hits() == []
    tell(f"canaries kept on {store}: {sum(len(planted(n).marks) for n in NAMES)} marks, {answers}")


def views(sinks: Sinks, kept: Ledger) -> None:
    """Every view of every encounter, by its repr and by that of all its parts."""
    for name in kept.encounters():
        for view in (kept.history, kept.effective, kept.claims, kept.schedule, kept.audit):
            asked(sinks, view.__name__, partial(view, name))
        asked(sinks, "changes", partial(kept.changes, name, before=1))
    asked(sinks, "retry", kept.retry)
    asked(sinks, "rows", kept.rows)
    asked(sinks, "refused", kept.refused)
    asked(sinks, "verify", kept.verify)
    sinks.hear_object("ledger", kept)


def test_nothing_that_stood_in_a_refused_line_is_told(listen: Listen, open_here: Open) -> None:
    answers: Counter[str] = Counter()
    with listen() as sinks, open_here("memory") as kept:
        for name in NAMES[:: size(6, 1)]:
            for how, item in drives.refused_ways(planted(name)):
                answers.update(record_all(sinks, kept, how, item))
        for how, item in drives.unfit_items(planted("cells.infused")):
            told = asked(sinks, how, partial(kept.record, item))
            assert {outcome.answer for outcome in told} <= {"refused"}
    assert set(answers) == {"refused"}
    assert sinks.hits() == []
    tell(f"canaries refused: {answers.total()} lines")


def test_a_stranger_is_named_in_no_stream_and_no_word(listen: Listen, open_here: Open) -> None:
    with listen() as sinks, open_here("sqlite") as kept:
        for name in NAMES:
            line = with_value(planted(name).line, ("source", "connection"), STRANGE)
            record_all(sinks, kept, "from a stranger", line)
    assert sinks.hits() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_mark_where_it_cannot_stand_is_told_by_field_and_kind_alone(
    name: str, listen: Listen, open_here: Open
) -> None:
    """One field after the other: of the wrong type, too long, with a line feed, beside a name."""
    paths, answers = leaves(name), Counter[str]()
    chosen = paths if TIER else paths[len(name) % len(paths) :][:1]
    with listen() as sinks, open_here("memory") as kept:
        for path in chosen:
            for how, item in drives.wrong_values(planted(name).line, path, mark(90_000)):
                answers.update(record_all(sinks, kept, how, item))
                asked(sinks, f"{how}, strictly", partial(kept.record, item, strict=True))
    assert answers["refused"] >= 4 * len(chosen)
    assert sinks.hits() == []


def test_a_request_is_refused_strictly_without_a_word_of_it(
    listen: Listen, open_here: Open
) -> None:
    answers: Counter[str] = Counter()
    with listen() as sinks, open_here("memory") as kept:
        for name in NAMES:
            line = planted(name).line
            outcomes = asked(sinks, name, partial(kept.record, line, strict=True))
            answers.update(outcome.answer for outcome in outcomes)
    assert answers["refused"] > len(NAMES) // 4
    assert sinks.hits() == []
