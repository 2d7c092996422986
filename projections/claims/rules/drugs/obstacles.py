"""What stands in the way of an administration code: each of it waits for a person.

Each has a name of its own, so that who settles one of them settles no other about the same doses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.rules.drugs.running import Limits, Running


def obstacles(day: tuple[Running, ...], limits: Limits) -> Iterator[Finding]:
    """Every reason why the minutes of a day lead to no code."""
    named = {
        "an_infusion_has_a_start_and_a_stop_time": _without_times(day),
        "an_infusion_stops_after_it_starts": _backwards(day),
        "a_dose_beside_two_veins_names_its_own": _through_an_unnamed_vein(day),
        "two_infusions_through_one_line_follow_each_other": _at_the_same_time(day, limits),
        "an_infusion_by_pump_waits_for_its_code": _by_pump(day, limits),
    }
    for name, found in named.items():
        yield from (replace(each, rule=name) for each in found)


def _without_times(day: tuple[Running, ...]) -> Iterator[Finding]:
    unknown = [record for each in day for record in each.untimed]
    if unknown:
        yield finding(
            unknown,
            "the infusion has no start or no stop time, and its code depends on the minutes",
            "report the dose again with both times, or have a coder choose the code",
        )


def _backwards(day: tuple[Running, ...]) -> Iterator[Finding]:
    wrong = [record for each in day for record in each.backwards]
    if wrong:
        yield finding(
            wrong,
            "the infusion stops when it starts, or before, and its code depends on the minutes",
            "correct the start or the stop time",
        )


def _through_an_unnamed_vein(day: tuple[Running, ...]) -> Iterator[Finding]:
    """Each vein has an initial code; a dose whose vein is unknown may be behind either."""
    sites = {each.site for each in day}
    if None in sites and len(sites) > 1:
        yield finding(
            _records(each for each in day if each.site is None),
            "other doses of the day ran through two veins or ports, and this one names none",
            "report through which access site it ran",
        )


def _at_the_same_time(day: tuple[Running, ...], limits: Limits) -> Iterator[Finding]:
    """No code says that two chemotherapies ran at once through one line."""
    for one, two in combinations(day, 2):
        if one.site == two.site and one.overlaps(two, limits):
            yield finding(
                _records((one, two)),
                "two infusions ran at the same time through one line, and no code in the book "
                "says so",
                "correct the times or the access sites, or have a coder choose the codes",
            )


def _by_pump(day: tuple[Running, ...], limits: Limits) -> Iterator[Finding]:
    for each in day:
        if each.minutes(limits) > limits.pump:
            yield finding(
                each.records,
                f"the infusion ran for more than {limits.pump // limits.hour} hours, and one by "
                "pump has a code of its own",
                "correct the times, or have a coder choose the code",
            )


def _records(some: Iterable[Running]) -> list[Record]:
    return [record for each in some for record in each.records]
