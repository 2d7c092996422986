"""An encounter that was asked about other moments answers as one that was never asked."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.claims.generated import encounters
from tests.claims.golden import CENTRE
from tests.claims.test_edits import BY_NAME
from tests.claims.test_never import RULES
from tests.examples.stories import told as told_example
from tests.given import history
from tests.given_ledger import EXAMPLES
from tests.tiers import SEED, size, tell
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.gates.gate import INTENTS
from veinledger.domain.reports import Record
from veinledger.domain.standing.fold import Folding
from veinledger.domain.standing.history import History, effective
from veinledger.domain.standing.occurred import Happened
from veinledger.domain.standing.recorded import Held
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.case.again.kept import AT_MOST, KEPT, again
from veinledger.projections.case.again.watched import Watched, watched
from veinledger.projections.case.case import Case
from veinledger.projections.case.opening import case_of
from veinledger.projections.claims import registry
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.claims.edits.registry import Draft
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.gates.check import Step, check
from veinledger.projections.schedule import schedule
from veinledger.projections.settling.found import every_finding

ENCOUNTERS: Final = size(8, 8, 5_000)
AS_MANY: Final = settings(
    max_examples=ENCOUNTERS,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def answers(told: History, day: date, edition: Edition) -> dict[str, object]:
    """Everything that claims play a part in, as of a day."""
    of = (told, CENTRE, RULES[edition])
    return {
        "claims": claims(*of, day),
        "estimate": estimate(*of, day),
        "appeals": appeals(*of, day),
        "findings": every_finding(*of, day),
        "gates": [check(*of, Step(intent=intent, on=day)) for intent in INTENTS],
        "schedule": schedule(*of, day),
    }


def never_asked(told: History) -> History:
    """The same history; what was folded and worked out of it is left behind."""
    merged = tuple(never_asked(each) for each in told.merged)
    earlier = tuple(never_asked(each) for each in told.earlier)
    return replace(told, merged=merged, earlier=earlier, folding=None)


def answers_alike(told: History, days: Sequence[date], edition: Edition) -> None:
    """Asked about one day after the other, as of each day alone."""
    asked = never_asked(told)
    for day in days:
        assert answers(asked, day, edition) == answers(never_asked(told), day, edition), day


def days_of(told: History) -> list[date]:
    """The days of the facts, and those before and after them."""
    return sorted({r.day + timedelta(days=n) for r in told.records for n in (-1, 0, 1)})


@pytest.mark.stochastic
def test_a_day_has_the_answers_that_it_has_alone_whatever_days_were_asked_about_before() -> None:
    @seed(SEED)
    @AS_MANY
    @given(encounters(), st.integers(0, 2**32), st.sampled_from(EDITIONS))
    def alike(told: list[Record], drawn: int, edition: Edition) -> None:
        known = history(told)
        days = days_of(known)
        answers_alike(known, [Random(drawn + n).choice(days) for n in range(6)], edition)

    alike()
    tell(f"days one after the other: {ENCOUNTERS} encounters, seed {SEED}")


@pytest.mark.stochastic
@pytest.mark.parametrize("example", EXAMPLES)
def test_each_day_of_a_worked_example_has_the_answers_that_it_has_alone(
    example: str, tmp_path: Path
) -> None:
    """One after the other, and to and fro."""
    edition = EDITIONS[EXAMPLES.index(example) % 2]
    with told_example(example, tmp_path) as opened:
        for name in opened.encounters():
            told = opened.history(name)
            days = days_of(told)[:: size(25, 25, 1)]
            shuffled = Random(SEED).sample(days, len(days))
            answers_alike(told, days, edition)
            answers_alike(told, shuffled, edition)


def grown(told: Sequence[Record], claimed: History) -> Iterator[History]:
    """What was known after each message, as a ledger hands it on: one folding for all."""
    folding = Folding(claimed.encounter)
    for known in range(1, len(told) + 1):
        yield replace(claimed, records=tuple(told[:known]), folding=folding)


@pytest.mark.stochastic
def test_after_each_message_the_answers_are_those_of_a_history_that_was_never_asked() -> None:
    """Of today, of another day and as known at another position, one encounter's in turn."""

    @seed(SEED)
    @AS_MANY
    @given(encounters(), st.integers(0, 2**32), st.sampled_from(EDITIONS))
    def alike(told: list[Record], drawn: int, edition: Edition) -> None:
        known = history(told)
        days = days_of(known)
        for number, now in enumerate(grown(known.records, known)):
            if (number + drawn) % 4 == 0:
                rng = Random(drawn + number)
                day, position = rng.choice(days), rng.choice(now.records).seal.position
                for as_of, known_at in ((days[-1], None), (day, None), (day, position)):
                    of = (CENTRE, RULES[edition], as_of, known_at)
                    for ask in (claims, estimate, schedule):
                        assert ask(now, *of) == ask(never_asked(now), *of), (number, as_of)

    alike()
    tell(f"messages one after the other: {ENCOUNTERS} encounters, seed {SEED}")


def test_threads_that_ask_one_history_about_many_days_get_the_answers_of_each_day(
    tmp_path: Path,
) -> None:
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    days = Random(SEED).sample(days_of(told), 24)
    expected = {day: claims(never_asked(told), CENTRE, RULES["public"], day) for day in days}
    asked = never_asked(told)

    def ask(day: date) -> tuple[date, ClaimSet]:
        return day, claims(asked, CENTRE, RULES["public"], day)

    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected[day] for day, found in pool.map(ask, days * 3))


# ---- What makes it fail ---------------------------------------------------------------------


def test_the_control_a_rule_that_looks_past_the_watch_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It counts what had occurred, and nobody noted that it looked."""

    def counts(bill: Bill) -> Iterator[registry.Said]:
        seen = bill.case.watched.whole.records
        yield finding((bill.anchor,), f"{len(seen)} records", "none", holds=False)

    planted = replace(registry.RULES[0], name="counts", body=counts)
    monkeypatch.setitem(registry._BY_KIND, "C", [*registry._BY_KIND["C"], planted])  # pyright: ignore[reportPrivateUsage]
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    with pytest.raises(AssertionError):
        answers_alike(told, days_of(told), "public")


def test_the_control_a_rule_that_counts_what_is_known_past_the_watch_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was recorded grows with each message, whatever day is asked about."""

    def counts(bill: Bill) -> Iterator[registry.Said]:
        known = bill.case.watched.recorded.known
        yield finding((bill.anchor,), f"{len(known)} records", "none", holds=False)

    planted = replace(registry.RULES[0], name="counts", body=counts)
    monkeypatch.setitem(registry._BY_KIND, "C", [*registry._BY_KIND["C"], planted])  # pyright: ignore[reportPrivateUsage]
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    found = [claims(each, CENTRE, RULES["public"]) for each in grown(told.records, told)]
    assert found[-1] != claims(never_asked(told), CENTRE, RULES["public"])


def times_worked_out(asked: Iterable[tuple[History, date | None]]) -> tuple[int, int]:
    """How often the rules of a bill were gone through, and how many claims there were."""
    worked_out: list[str] = []

    def heard(bill: Bill) -> Iterator[registry.Said]:
        worked_out.append(bill.key)
        yield from ()

    planted = replace(registry.RULES[0], name="heard", body=heard)
    claimed = 0
    with pytest.MonkeyPatch.context() as patched:
        for kind, rules in registry._BY_KIND.items():  # pyright: ignore[reportPrivateUsage]
            patched.setitem(registry._BY_KIND, kind, [*rules, planted])  # pyright: ignore[reportPrivateUsage]
        for told, day in asked:
            claimed += len(claims(told, CENTRE, RULES["public"], day).claims)
    return len(worked_out), claimed


@pytest.mark.parametrize("order", ["one after the other", "in no order"])
def test_what_did_not_change_is_not_worked_out_again(order: str, tmp_path: Path) -> None:
    """Otherwise nothing here tries anything: the claims of the next day are the same objects."""
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    days = sorted({record.day for record in told.records})
    if order == "in no order":
        days = Random(SEED).sample(days, len(days))
    worked_out, claimed = times_worked_out((told, day) for day in days)
    assert worked_out < claimed * 0.6, (worked_out, claimed)


def test_what_a_message_does_not_touch_is_not_worked_out_again(tmp_path: Path) -> None:
    """Handed on from one history to the next; the control is histories that hand nothing on."""
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    worked_out, claimed = times_worked_out((each, None) for each in grown(told.records, told))
    assert worked_out < claimed * 0.6, (worked_out, claimed)
    alone = (never_asked(each) for each in grown(told.records, told))
    worked_out, claimed = times_worked_out((each, None) for each in alone)
    assert worked_out >= claimed, (worked_out, claimed)


def test_the_answers_that_held_last_are_kept_and_no_more(tmp_path: Path) -> None:
    """A ledger that stays open does not grow with the days that it is asked about."""
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    case = case_of(told, CENTRE, RULES["public"])
    assert case is not None
    worked_out: list[int] = []

    def made(about: int) -> int:
        worked_out.append(about)
        return about

    fill = list(range(AT_MOST + 1))
    for about in (*fill, AT_MOST, 1, 0, 1):
        assert again(case, "many", about, partial(made, about)) == about
    assert worked_out == [*fill, 0]
    assert len(case.memo[KEPT]["many"]) == AT_MOST


def test_every_look_at_what_was_recorded_and_had_occurred_is_noted() -> None:
    both = vars(Happened) | vars(Held)
    parts = [name for name in both if not name.startswith("_")]
    assert {"taken", "state", "findings", "records", "by_class", "of", "among"} <= set(parts)
    assert {"known", "standings"} <= set(parts)
    seen = effective(history())
    occurred = Watched(seen.recorded, seen.occurred)
    for part in parts:
        asked = {"of": (CellsInfused,), "among": ((CellsInfused,),)}.get(part)
        look = getattr(Watched, part)
        ask = look if inspect.isfunction(look) else look.fget
        _, looks = watched(ask, occurred, *(asked or ()))
        assert list(looks) == ([CellsInfused] if asked else [part])


def test_an_answer_that_rests_on_another_history_is_kept_for_its_own_day_alone(
    tmp_path: Path,
) -> None:
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    asked: list[date] = []

    def earlier(about: Case, day: date) -> int:
        asked.append(day)
        other = replace(about, seen=effective(told, told.records[0].day))
        return sum(1 for _ in other.infusions())

    last = max(record.day for record in told.records)
    for day in (last, last, last - timedelta(days=1)):
        case = case_of(told, CENTRE, RULES["public"], day)
        assert case is not None
        assert again(case, "earlier", None, partial(earlier, case, day)) == 0
    assert len(asked) == 3


def test_an_answer_that_rests_on_what_was_known_is_not_kept_for_another_position(
    tmp_path: Path,
) -> None:
    """One that does not look at it is."""
    with told_example(EXAMPLES[0], tmp_path) as opened:
        told = opened.history(opened.encounters()[0])
    worked_out: list[str] = []

    def counted(about: Case) -> int:
        worked_out.append("counted")
        return len(about.seen.known)

    def infused(about: Case) -> int:
        worked_out.append("infused")
        return len(about.infusions())

    half = told.records[len(told.records) // 2].seal.position
    for position in (None, half, None, half):
        case = case_of(told, CENTRE, RULES["public"], told.records[0].day, position)
        assert case is not None
        known = [r for r in told.records if position is None or r.seal.position <= position]
        assert again(case, "counted", None, partial(counted, case)) == len(known)
        assert again(case, "infused", None, partial(infused, case)) == 0
    assert worked_out == ["counted", "infused", "counted"]


def test_an_edit_that_looks_at_the_other_claims_says_so(tmp_path: Path) -> None:
    edit = BY_NAME["no_charge_stands_on_two_claims"]
    with told_example(EXAMPLES[0], tmp_path) as opened:
        found = opened.claims(opened.encounters()[0]).claims
        case = case_of(opened.history(opened.encounters()[0]), CENTRE, RULES["public"])
    assert case is not None
    draft = Draft(bill=bills(case)[0], claim=found[0])
    assert edit.beside
    with pytest.raises(TypeError, match="beside_the_others"):
        _ = draft.others


def test_which_of_two_records_came_first_is_asked_of_records_in_effect(tmp_path: Path) -> None:
    with told_example(EXAMPLES[0], tmp_path) as opened:
        case = case_of(opened.history(opened.encounters()[0]), CENTRE, RULES["public"])
    assert case is not None
    first, second = case.seen.records[:2]
    assert case.came_before(first, second)
    assert not case.came_before(second, first)
    with pytest.raises(KeyError):
        case.came_before(first, replace(second, key="never told"))
