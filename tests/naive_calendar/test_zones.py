"""The calendar counts from the facility's local day, whatever the clock and the process say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.clocks.site import Machine, site
from tests.clocks.test_processes import PROCESSES, said_by_a_child
from tests.naive_calendar.infusions import NOW, ZONES, moments, told
from tests.naive_calendar.model import day_at, status, written
from tests.naive_calendar.stories import Line, lines_of
from tests.tiers import size

pytestmark = pytest.mark.stochastic


def on_paper(day_0: date, today: date) -> dict[str, Line]:
    return {
        each.rule: (
            day_at(each.due),
            day_at(each.opens),
            day_at(each.closes),
            status(each, today, (), None),
        )
        for each in written(day_0)
    }


@pytest.mark.parametrize("zone", ZONES)
def test_an_infusion_near_midnight_or_a_change_of_the_clock_counts_from_its_local_day(
    zone: str, tmp_path: Path
) -> None:
    today = date(2027, 5, 31)
    visits = ("neurology", "laboratory", "registry")
    with site(tmp_path, "memory", Machine(NOW)) as ledger:
        for name, day_0, lines in told(zone):
            outcomes = ledger.record(*lines)
            assert {each.answer for each in outcomes} == {"recorded"}, name
            owed = ledger.schedule(name, as_of=today)
            assert owed.infusion_day == day_0, name
            paper = on_paper(day_0, today)
            found = lines_of(owed, visits)
            assert found == {rule: paper[rule] for rule in found}, name
            assert len(found) > 30


def test_the_moments_are_hard_ones() -> None:
    """Each zone with a summer has changes; and some moments fall on two days in two zones."""
    for zone in ZONES:
        days = {name: day for name, day, _ in told(zone)}
        utc = [moment.date() for moment in moments(zone)]
        assert len(days) == len(moments(zone)) >= 12
        if zone != "UTC":
            assert any(day != other for day, other in zip(days.values(), utc, strict=True)), zone


CHILD = """
import sys
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from tests.clocks.site import Machine, site
from tests.naive_calendar.infusions import NOW, ZONES, told
from veinledger.projections.due.measures import Asked
from veinledger.projections.due.shapes import Wanted

said = []
with TemporaryDirectory() as folder:
    with site(Path(folder), sys.argv[1], Machine(NOW)) as ledger:
        for zone in ZONES:
            for name, _, lines in list(told(zone))[::5]:
                ledger.record(*lines)
        for days in (0, 1, 40, 400):
            found = ledger.due(date(2026, 5, 11) + timedelta(days=days), wanted=Wanted(within=None))
            said.append(found.ended)
            said += [(row.encounter, row.centre, row.days, row.obligation) for row in found.owed]
            said += [(each.encounter, each.report.reason) for each in found.reported_not_confirmed]
        asked = Asked(first=date(2025, 1, 1), last=date(2026, 12, 31))
        said.append(ledger.measures(asked, as_of=date(2027, 1, 1)).measures)
assert len(said) > 1000
def told_in_full(each):
    fields = getattr(each, "__dataclass_fields__", None)
    return each if fields is None else [told_in_full(getattr(each, name)) for name in fields]
shown = [list(map(told_in_full, each)) if isinstance(each, tuple) else each for each in said]
print(sha256(repr(shown).encode()).hexdigest())
"""


def test_neither_the_zone_nor_the_hash_seed_of_the_process_changes_the_due_list() -> None:
    chosen = PROCESSES[1 : 1 + size(2, 3, 5)]
    assert len({said_by_a_child(environment, "memory", CHILD) for environment in chosen}) == 1


def test_a_child_that_is_asked_about_another_day_says_something_else() -> None:
    """The control: the digest depends on what was asked."""
    other = CHILD.replace("2026, 5, 11", "2026, 5, 12")
    assert said_by_a_child(PROCESSES[1], "memory", other) != said_by_a_child(
        PROCESSES[1], "memory", CHILD
    )
