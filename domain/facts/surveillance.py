"""The time after the infusion: appointments, monitoring, neurology visits, registry forms."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.groups import Condition, Service
from veinledger.domain.values import Code, Count, Day, Identifier, LongText, Moment, Ordinal, Text

Mode = Literal["in person", "telehealth"]
VisitKind = Literal[
    "neurology", "monitoring", "laboratory", "apheresis", "lymphodepletion", "infusion", "other"
]


@fact("appointment.booked")
class AppointmentBooked(Fact):
    """An appointment was made."""

    appointment: Identifier
    kind: VisitKind
    scheduled_for: Moment
    obligation: Text | None = None
    """Which obligation it is meant for; a hint, for matching is derived."""
    facility: Identifier | None = None
    provider: Identifier | None = None


@fact("appointment.cancelled")
class AppointmentCancelled(Fact):
    """An appointment was called off."""

    appointment: Identifier
    reason: Text | None = None


@fact("monitoring.day_completed")
class MonitoringDayCompleted(Fact):
    """The patient was monitored on a day soon after the infusion."""

    day_number: Count | None = None
    """Days since the infusion, as the site counts them; the infusion is day 0."""
    mode: Mode = "in person"
    findings: tuple[Text, ...] = ()
    service: Service | None = None


@fact("acute_monitoring.ended")
class AcuteMonitoringEnded(Fact):
    """The daily monitoring after the infusion came to its end."""

    reason: Text | None = None
    provider: Identifier | None = None


@fact("neurology.visit_completed")
class NeurologyVisitCompleted(Fact):
    """Neurology saw the patient."""

    service: Service
    obligation: Text | None = None
    """Which obligation it is meant for; a hint, for matching is derived."""
    service_group: Literal["office visit", "outpatient consultation", "inpatient", "other"] = (
        "office visit"
    )
    cpt: Code | None = None
    """The code that the provider chose."""
    patient_kind: Literal["new", "established"] = "established"
    minutes: Count | None = None
    """Total time of the provider on the day of the visit."""
    level: Literal["straightforward", "low", "moderate", "high"] | None = None
    """The level of medical decision making."""
    mode: Mode = "in person"
    patient_at: Literal["home", "elsewhere"] | None = None
    """Where the patient was during a telehealth visit; it decides the place of service."""
    findings: tuple[Text, ...] = ()
    """What was found; empty means that nothing was."""
    conditions: tuple[Condition, ...] = ()
    phase_of_treatment: Literal["before infusion", "acute", "surveillance"] | None = None
    separately_identifiable: bool | None = None
    """Whether the provider documented a problem apart from whatever else was done that day."""


@fact("neurology.visit_missed")
class NeurologyVisitMissed(Fact):
    """A neurological visit was due and did not take place."""

    obligation: Text | None = None
    appointment: Identifier | None = None
    reason: LongText | None = None


@fact("registry.form_filed")
class RegistryFormFiled(Fact):
    """A form was sent to the registry (CIBMTR)."""

    registry: Text = "CIBMTR"
    form: Identifier
    """The form's number: 4000, 4100, ..."""
    revision: Ordinal | None = None
    period: Text | None = None
    """Which reporting period it covers: 100 days, 6 months, 1 year, ..."""
    obligation: Text | None = None
    contact_on: Day | None = None
    """The day of the contact that it reports."""
    reference: Identifier | None = None


@fact("surveillance.plan_filed")
class SurveillancePlanFiled(Fact):
    """The plan of neurological surveillance was written down, as payers ask for it."""

    protocol: Text | None = None
    """Whose calendar it is: the site's, a payer's."""
    visits: tuple[Text, ...] = ()
    """The visits planned: baseline, +1 month, ..."""
    baseline_on: Day | None = None
    provider: Identifier | None = None
    document: Identifier | None = None
