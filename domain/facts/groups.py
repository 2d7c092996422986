"""The three groups of fields that come back in many facts: service, drug, condition."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from veinledger.domain.facts.base import Group, a_code_or_a_text, group
from veinledger.domain.values import (
    Code,
    Count,
    Identifier,
    Milligrams,
    Moment,
    Ndc,
    Quantity,
    Text,
)

PatientClass = Literal["inpatient", "observation", "outpatient", "emergency", "office"]
Acquisition = Literal["purchased", "free", "trial", "expanded access"]
Route = Literal["infusion", "push"]


@group
class Service(Group):
    """Where, when, by whom and on whose bill something was done."""

    facility: Identifier
    """The facility's name in the directory; its IANA zone decides the date of service."""
    department: Identifier | None = None
    patient_class: Annotated[PatientClass, Field(alias="class")]
    account: Identifier | None = None
    visit: Identifier | None = None
    start: Moment | None = None
    end: Moment | None = None
    performing_provider: Identifier | None = None
    attending_provider: Identifier | None = None
    ordering_provider: Identifier | None = None
    biller: Identifier | None = None
    """Who bills it, by directory name; absent means the facility itself."""
    order: Identifier | None = None


@group
class Vials(Group):
    """Containers opened for one dose."""

    ndc: Ndc | None = None
    milligrams: Milligrams
    """The labelled content of one container, mg."""
    count: Count
    kind: Literal["single-dose", "multi-dose"]


@group
class Drug(Group):
    """What was given, how much of it, from which containers, and how it was acquired."""

    ndc: Ndc | None = None
    quantity: Quantity | None = None
    unit: Text | None = None
    """NDC unit of measure as dispensed (UN, ML, ME, GR, F2)."""
    dose: Milligrams
    """mg administered."""
    vials: tuple[Vials, ...] = ()
    discarded: Quantity | None = None
    """mg discarded from the containers opened."""
    lot: Identifier | None = None
    route: Route = "infusion"
    access_site: Identifier | None = None
    """The vein or port through which it ran; each has an initial service of its own."""
    acquired_under_340b: bool = False
    acquisition: Acquisition = "purchased"


@group
class Condition(Group):
    """A diagnosis as somebody documented it. A grade or a finding is not one."""

    code: Code | None = None
    text: Text | None = None
    certainty: Literal["confirmed", "suspected", "ruled out"] = "confirmed"
    provider: Identifier | None = None
    present_on_admission: Literal["Y", "N", "U", "W"] | None = None
    linked_cause: Text | None = None

    def __post_init__(self) -> None:
        a_code_or_a_text(self.code, self.text)
