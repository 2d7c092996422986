"""Inpatient stays, and the emergency and observation visits that are none.

A stay begins with the inpatient order: the admission, or the change from observation. A visit
leads to a stay or ends by itself; a stay that the review committee reversed was a visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged
from veinledger.domain.reports import Record

SELDOM_LONGER: Final = timedelta(days=2)
"""How long a visit is taken to last whose end was never told.

Source: Medicare Benefit Policy Manual, chapter 6, section 20.6: observation seldom spans more than
48 hours.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An inpatient stay: its admission, and its discharge where it has come."""

    admitted: Record
    """The record by which he became an inpatient: an admission, or a change of class."""
    admission: PatientAdmitted
    """How he came, be it as an inpatient or into observation."""
    discharged: Record | None = None
    discharge: PatientDischarged | None = None
    ended_by: date | None = None
    """The next admission's day, where the discharge never came."""
    unexplained: tuple[Record, ...] = ()
    """Changes to an outpatient of which nobody says that the review committee decided them."""

    @property
    def service(self) -> Service:
        """Where and on whose bill the patient lay."""
        return self.admission.service

    @property
    def account(self) -> str | None:
        """The account of the stay."""
        return self.service.account

    @property
    def last_day(self) -> date | None:
        """The day of the discharge, else that on which the next stay ended it."""
        return self.discharged.day if self.discharged else self.ended_by

    @property
    def records(self) -> tuple[Record, ...]:
        """The admission and the discharge."""
        return (self.admitted, self.discharged) if self.discharged else (self.admitted,)

    def covers(self, day: date) -> bool:
        """Whether a day lies within the stay, both ends included."""
        return self.admitted.day <= day <= (self.last_day or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """A visit to the emergency department or into observation, until it ended or led to a stay."""

    arrived: Record
    arrival: PatientAdmitted
    left: Record | None = None
    ended_by: date | None = None
    """The day on which he became an inpatient or came again."""
    led_to: Record | None = None
    """The record by which he became an inpatient from here."""
    reversed_by: Record | None = None
    """The change by which an inpatient stay became this visit before the discharge."""
    ordered_late: tuple[Record, ...] = ()
    """Changes to an inpatient that came only when he had left."""

    @property
    def service(self) -> Service:
        """Where and on whose bill he was seen."""
        return self.arrival.service

    @property
    def account(self) -> str | None:
        """The account of the visit."""
        return self.service.account

    @property
    def biller(self) -> str:
        """Who bills it; the facility itself where nobody is named."""
        return self.service.biller or self.service.facility

    @property
    def last_day(self) -> date | None:
        """The day on which it ended, where that is known."""
        return self.left.day if self.left else self.ended_by

    @property
    def records(self) -> tuple[Record, ...]:
        """The arrival, what reversed the stay, and the leaving."""
        found = (self.arrived, self.reversed_by, self.left)
        return tuple(record for record in found if record is not None)

    def covers(self, day: date) -> bool:
        """Whether a day lies within the visit, both ends included."""
        return self.arrived.day <= day <= (self.last_day or self.arrived.day + SELDOM_LONGER)
