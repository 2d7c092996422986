"""The day that a question is asked about: a date as it is, an instant on the centre's calendar.

One instant can be written with any offset. By the asker's own, one visit would be due and missed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import overload

from veinledger.domain.centre.centre import Centre
from veinledger.domain.standing.history import Effective


@overload
def local_day(as_of: date, centre: Centre, seen: Effective) -> date: ...
@overload
def local_day(as_of: None, centre: Centre, seen: Effective) -> None: ...
@overload
def local_day(as_of: date | None, centre: Centre, seen: Effective) -> date | None: ...
def local_day(as_of: date | None, centre: Centre, seen: Effective) -> date | None:
    """The day; of an instant that of the encounter's centre, however the instant is written."""
    if not isinstance(as_of, datetime):
        return as_of
    return as_of.astimezone(_clock(centre, seen.state.centre)).date()


def _clock(centre: Centre, name: str | None) -> tzinfo:
    """Of the first facility that the encounter's centre is or owns, else of the first; or UTC."""
    theirs = (place for place in centre.facilities if name in (place.name, place.owner))
    place = next(theirs, None) or next(iter(centre.facilities), None)
    return UTC if place is None else centre.clocks.get(place.zone, UTC)
