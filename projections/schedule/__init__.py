"""The schedule: what is owed in an encounter, by when, and what has met it."""

from veinledger.projections.schedule.assemble import schedule
from veinledger.projections.schedule.shapes import Earlier, Obligation, Schedule, Status

__all__ = ["Earlier", "Obligation", "Schedule", "Status", "schedule"]
