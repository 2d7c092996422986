"""The nights of a stay, and which of them no accommodation charge covers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from veinledger.projections.case.stays import Stay

_A_DAY: Final = timedelta(days=1)
Room = tuple[date, int]
"""The date of an accommodation charge, and how many days it is for."""


def nights(stay: Stay) -> tuple[date, ...]:
    """From the day of admission to the day before the discharge; one day where both are the same.

    Source: Medicare Claims Processing Manual, chapter 3, section 40.1 (counting inpatient days).
    """
    if stay.last_day is None:
        return ()
    count = max(1, (stay.last_day - stay.admitted.day).days)
    return tuple(stay.admitted.day + each * _A_DAY for each in range(count))


def nights_without_a_room(stay: Stay, rooms: Sequence[Room]) -> tuple[date, ...]:
    """The nights that no accommodation charge covers.

    House rule: a charge for one day covers its own date. One for several days covers as many
    nights from its date on; what the stay has no more nights for it covers backward, since some
    systems post the days of a whole stay on the last.
    """
    singles = {day for day, count in rooms if count == 1}
    left = [night for night in nights(stay) if night not in singles]
    for day, count in sorted(room for room in rooms if room[1] > 1):
        onward = [night for night in left if night >= day][:count]
        before = [night for night in left if night < day]
        backward = before[max(0, len(before) - (count - len(onward))) :]
        left = [night for night in left if night not in (*onward, *backward)]
    return tuple(left)


def days_in_words(days: Iterable[date]) -> str:
    """Days that follow each other as one span: 2026-05-11 to 2026-05-13, 2026-05-20."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day == spans[-1][-1] + _A_DAY:
            spans[-1].append(day)
        else:
            spans.append([day])
    ends = (dict.fromkeys((span[0], span[-1])) for span in spans)
    return ", ".join(" to ".join(map(str, each)) for each in ends)
