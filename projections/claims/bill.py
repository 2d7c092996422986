"""Which services stand on one bill: kind, form, biller, account, and the record it hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from veinledger.domain.centre.directory import Facility
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.stay import PatientAdmitted, PatientDischarged
from veinledger.domain.reports import Record
from veinledger.projections.claims.case import Case
from veinledger.projections.claims.shapes import ClaimKind, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An inpatient stay: its admission, and its discharge where it has come."""

    admitted: Record
    discharged: Record | None
    account: str | None
    facility: str

    def covers(self, day: date) -> bool:
        """Whether a day lies within the stay, both ends included."""
        end = self.discharged.day if self.discharged else date.max
        return self.admitted.day <= day <= end


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One claim before the rules have spoken."""

    case: Case
    kind: ClaimKind
    form: Form
    facility: Facility
    biller: str
    account: str | None
    anchor: Record
    services: tuple[Record, ...]
    """Records in effect whose services stand here, in the order in which they happened."""
    stay: Stay | None = None
    """The inpatient stay that the bill is for; None for outpatient and office."""
    moved: Mapping[str, Moved] = field(default_factory=dict[str, "Moved"])
    """Services that stand here by a rule and would stand elsewhere without it, by report key."""

    @property
    def inpatient(self) -> bool:
        """Whether it bills an inpatient stay."""
        return self.stay is not None

    @property
    def first_day(self) -> date:
        """The first day of service or of the stay."""
        days = [record.day for record in self.services]
        return min([*days, self.stay.admitted.day] if self.stay else days)

    @property
    def last_day(self) -> date:
        """The last day of service, or the discharge where it has come."""
        days = [record.day for record in self.services]
        if self.stay and self.stay.discharged:
            days.append(self.stay.discharged.day)
        return max(days)

    @property
    def key(self) -> str:
        """Kind, form, billing provider and anchor record."""
        return f"{self.kind}/{self.form}/{self.biller}/{self.anchor.key[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Why a service stands on another claim than its own."""

    away_from: ClaimKind
    reason: str
    source: str


Setting = Literal["inpatient", "outpatient", "office"]


def service_of(record: Record) -> Service | None:
    """The service group of a fact, where it has one."""
    service: Service | None = getattr(record.fact, "service", None)
    return service


def setting_of(service: Service) -> Setting:
    """Inpatient, hospital outpatient or office: what decides the form."""
    if service.patient_class == "inpatient":
        return "inpatient"
    return "office" if service.patient_class == "office" else "outpatient"


def form_of(service: Service) -> Form:
    """CMS-1500 from an office, UB-04 from a hospital (the page's site-of-care table)."""
    return "CMS-1500" if setting_of(service) == "office" else "UB-04"


def stays(case: Case) -> Iterator[Stay]:
    """The inpatient stays in effect, each with its own discharge."""
    admissions = [
        (record, fact)
        for record, fact in case.seen.of(PatientAdmitted)
        if fact.service.patient_class == "inpatient"
    ]
    for record, fact in admissions:
        yield Stay(
            admitted=record,
            discharged=_discharge_of(case, record, fact),
            account=fact.service.account,
            facility=fact.service.facility,
        )


def _discharge_of(case: Case, admitted: Record, admission: PatientAdmitted) -> Record | None:
    account = admission.service.account
    return next(
        (
            record
            for record, fact in case.seen.of(PatientDischarged)
            if record.day >= admitted.day and fact.service.account in (None, account)
        ),
        None,
    )


def in_window(stay: Stay, day: date, days: int) -> bool:
    """Whether an outpatient day falls into the window of so many days before an admission."""
    return stay.admitted.day - timedelta(days=days) <= day <= stay.admitted.day
