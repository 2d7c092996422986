"""The schedule: what is owed in an encounter, by when, and what has met it."""

from veinledger.projections.schedule.assemble import schedule, schedule_seen
from veinledger.projections.schedule.shapes import Earlier, Group, Obligation, Schedule, Status

__all__ = [
    "Earlier",
    "Group",
    "Obligation",
    "Schedule",
    "Status",
    "schedule",
    "schedule_seen",
]
