"""The inpatient stays in effect: each from its admission to its own discharge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged
from veinledger.domain.reports import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An inpatient stay: its admission, and its discharge where it has come."""

    admitted: Record
    admission: PatientAdmitted
    discharged: Record | None = None
    discharge: PatientDischarged | None = None
    ended_by: date | None = None
    """The next admission's day, where the discharge never came."""

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


def stays(records: Iterable[Record]) -> tuple[Stay, ...]:
    """The stays among records in the order of the fold."""
    found: list[Stay] = []
    for record in records:
        fact = record.fact
        if isinstance(fact, PatientAdmitted) and fact.service.patient_class == "inpatient":
            _admit(found, record, fact)
        if isinstance(fact, PatientDischarged):
            _discharge(found, record, fact)
    return tuple(found)


def _admit(found: list[Stay], record: Record, fact: PatientAdmitted) -> None:
    """A second admission to the open stay is the same stay; one under another account ends it."""
    latest = found[-1] if found else None
    if latest is not None and latest.last_day is None:
        if not _of_another(fact.service.account, latest):
            return
        found[-1] = replace(latest, ended_by=record.day)
    found.append(Stay(admitted=record, admission=fact))


def _discharge(found: list[Stay], record: Record, fact: PatientDischarged) -> None:
    for at in reversed(range(len(found))):
        if found[at].discharged is None and not _of_another(fact.service.account, found[at]):
            found[at] = replace(found[at], discharged=record, discharge=fact)
            return


def _of_another(account: str | None, stay: Stay) -> bool:
    return None not in (account, stay.account) and account != stay.account
