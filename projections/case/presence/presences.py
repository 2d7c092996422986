"""When the patient was in the hospital: how he came, what his class became, how he left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.patient import (
    PatientAdmitted,
    PatientDischarged,
    PatientStatusChanged,
)
from veinledger.domain.reports import Record

_NOT_IN_HOSPITAL: Final = "office"
Change = tuple[Record, PatientStatusChanged]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One coming of the patient, from his arrival to his own leaving."""

    arrived: Record
    arrival: PatientAdmitted
    left: Record | None = None
    leaving: PatientDischarged | None = None
    ended_by: date | None = None
    """The day of the next arrival, where the leaving was never told."""
    changes: tuple[Change, ...] = ()
    """How his class changed meanwhile, in the order in which it did."""

    @property
    def service(self) -> Service:
        """Where and on whose bill he was."""
        return self.arrival.service

    @property
    def account(self) -> str | None:
        """The account of the presence."""
        return self.service.account

    @property
    def came_as_inpatient(self) -> bool:
        """Whether he was admitted as an inpatient at once."""
        return self.service.patient_class == "inpatient"

    @property
    def last_day(self) -> date | None:
        """The day on which he left, else that on which the next arrival ended it."""
        return self.left.day if self.left else self.ended_by

    def after_he_left(self, change: Record) -> bool:
        """Whether a change of class came only when he had gone; on one day the clock decides."""
        if self.left is None:
            return self.ended_by is not None and change.day > self.ended_by
        changed, left = change.occurred.instant, self.left.occurred.instant
        if change.day != self.left.day or changed is None or left is None:
            return change.day > self.left.day
        return changed > left


def presences(records: Sequence[Record]) -> tuple[Presence, ...]:
    """The presences among records in the order of the fold.

    Changes of class are dealt out last: where only its day is known, a change stands before the
    arrival of its day in the fold.
    """
    found: list[Presence] = []
    for record in records:
        match record.fact:
            case PatientAdmitted() if record.fact.service.patient_class != _NOT_IN_HOSPITAL:
                _arrive(found, record, record.fact)
            case PatientDischarged():
                _leave(found, record, record.fact)
            case _:
                pass
    return tuple(sorted(_changed(found, records), key=lambda each: each.arrived.day))


def of_another(account: str | None, other: str | None) -> bool:
    """Whether two accounts are known to be different ones."""
    return None not in (account, other) and account != other


def same(account: str | None, other: str | None) -> bool:
    """Whether two accounts are known to be the same one."""
    return account is not None and account == other


def _arrive(found: list[Presence], record: Record, fact: PatientAdmitted) -> None:
    """A second arrival in one bed is the same presence; one under another account ends the first.

    Outside a bed it takes the same account to be the same presence.
    """
    account, inpatient = fact.service.account, fact.service.patient_class == "inpatient"
    for at, each in enumerate(found):
        if each.last_day is not None or (each.came_as_inpatient and not inpatient):
            continue
        alike = each.came_as_inpatient == inpatient
        again = not of_another(account, each.account) if inpatient else same(account, each.account)
        if alike and again:
            return
        found[at] = replace(each, ended_by=record.day)
    found.append(Presence(arrived=record, arrival=fact))


def _leave(found: list[Presence], record: Record, fact: PatientDischarged) -> None:
    """The leaving ends the presence of its account, else the last one of its class."""
    account, inpatient = fact.service.account, fact.service.patient_class == "inpatient"

    def fits(presence: Presence) -> bool:
        if presence.left is not None or presence.arrived.day > record.day:
            return False
        if of_another(account, presence.account):
            return False
        return same(account, presence.account) or inpatient or not presence.came_as_inpatient

    def likeness(at: int) -> tuple[bool, bool, int]:
        its_account = same(account, found[at].account)
        return its_account, found[at].came_as_inpatient == inpatient, at

    best = max((at for at, each in enumerate(found) if fits(each)), key=likeness, default=None)
    if best is not None:
        found[best] = replace(found[best], left=record, leaving=fact)


def _changed(found: list[Presence], records: Sequence[Record]) -> list[Presence]:
    """Each presence with its changes; one that nobody told of begins where he was served last."""
    changed = list(found)
    for record in records:
        if not isinstance(record.fact, PatientStatusChanged):
            continue
        change = record, record.fact
        where = _served_last(record, record.fact.account, records)
        for at in _where_it_belongs(changed, record, record.fact.account):
            changed[at] = replace(changed[at], changes=(*changed[at].changes, change))
            break
        else:
            if record.fact.after == "inpatient" and where is not None:
                arrival = PatientAdmitted(reason="unknown", service=where)
                changed.append(Presence(arrived=record, arrival=arrival))
    return [*changed[: len(found)], *_left(changed, len(found), records)]


def _left(changed: list[Presence], since: int, records: Iterable[Record]) -> list[Presence]:
    """The presences that a change began, with the leavings that no other presence has."""
    taken, begun = {each.left.key for each in changed if each.left}, changed[since:]
    for record in records:
        if isinstance(record.fact, PatientDischarged) and record.key not in taken:
            _leave(begun, record, record.fact)
    return begun


def _where_it_belongs(found: list[Presence], change: Record, account: str | None) -> list[int]:
    """A change belongs to the presence of its account, else to that of its day; at most one."""
    begun = [at for at, each in enumerate(found) if each.arrived.day <= change.day]
    named = [at for at in begun if same(account, found[at].account)]
    there = [
        at
        for at in begun
        if not of_another(account, found[at].account) and not found[at].after_he_left(change)
    ]
    return (named or there)[-1:]


def _served_last(change: Record, account: str | None, records: Iterable[Record]) -> Service | None:
    """The last service until a change, under its account, or on its day where it names none."""
    services = [
        service
        for record in records
        if (service := served(record)) is not None
        and record.day <= change.day
        and (same(account, service.account) if account else record.day == change.day)
    ]
    last = services[-1] if services else None
    return replace(last, patient_class="inpatient", start=None, end=None) if last else None


def served(record: Record) -> Service | None:
    """The service group of a fact, where it has one."""
    service: Service | None = getattr(record.fact, "service", None)
    return service
