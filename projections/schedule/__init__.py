"""The schedule: what is owed in an encounter, by when, and what has met it."""

from veinledger.projections.schedule.ahead import (
    Course,
    Stand,
    ahead,
    is_foreseen,
    stands_on,
)
from veinledger.projections.schedule.assemble import (
    Frame,
    frame,
    schedule,
    schedule_of,
    schedule_on,
    schedule_seen,
)
from veinledger.projections.schedule.shapes import Earlier, Group, Obligation, Schedule, Status

__all__ = [
    "Course",
    "Earlier",
    "Frame",
    "Group",
    "Obligation",
    "Schedule",
    "Stand",
    "Status",
    "ahead",
    "frame",
    "is_foreseen",
    "schedule",
    "schedule_of",
    "schedule_on",
    "schedule_seen",
    "stands_on",
]
