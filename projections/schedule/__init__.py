"""The schedule: what is owed in an encounter, by when, and what has met it."""

from veinledger.projections.schedule.assemble import (
    Frame,
    frame,
    schedule,
    schedule_on,
    schedule_seen,
)
from veinledger.projections.schedule.shapes import Earlier, Group, Obligation, Schedule, Status

__all__ = [
    "Earlier",
    "Frame",
    "Group",
    "Obligation",
    "Schedule",
    "Status",
    "frame",
    "schedule",
    "schedule_on",
    "schedule_seen",
]
