"""What a product is: one page of dated data. Nothing else in the program names a product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Exact, Line, Name
from veinledger.domain.codebook.statement import Edition, Statement, in_force

NdcProduct = Annotated[str, StringConstraints(pattern=r"^\d{5}-\d{4}$")]
"""Labeler and product as 5-4 digits, the form that `ndc.product_of` gives."""

Days = Annotated[int, Field(ge=0, le=730)]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Codes:
    """The meanings under which the code book knows the product."""

    dose: Name
    """HCPCS: one therapeutic dose."""
    ndc: Name | None = None
    infusion_peripheral: Name | None = None
    infusion_central: Name | None = None
    apc: Name | None = None
    drg: Name | None = None

    def named(self) -> tuple[str, ...]:
        """Every meaning that the product names, for checking them against the book."""
        named = (self.dose, self.ndc, self.infusion_peripheral, self.infusion_central)
        return tuple(each for each in (*named, self.apc, self.drg) if each)


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Dose(Statement):
    """CAR-positive viable T cells: least and most per kilogram of body weight, most in all."""

    per_kg_least: int
    per_kg_most: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Indication(Statement):
    """For whom the product is approved, and what a packet has to show."""

    name: Name
    label: Line
    diagnoses: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Meanings of the code book."""
    lines_least: int
    """Prior lines of therapy, at least."""
    classes: tuple[Line, ...]
    """Drug classes that the prior lines must hold."""
    refractory_to: Line | None = None
    refractory_days: Days | None = None
    """Progression on or within so many days of the last dose."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class RegimenDrug:
    """One drug of the lymphodepletion."""

    meaning: Name
    agent: Line
    mg_per_m2: Exact


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Regimen(Statement):
    """Lymphodepletion: drugs and days, and how it stands to the infusion on day 0."""

    name: Name
    drugs: tuple[RegimenDrug, ...]
    days: Days
    rest_least: Days
    """Days from the last dose to the infusion, at least."""
    rest_most: Days
    first_day: int | None = None
    """Day of the first dose where the calendar itself is asked for: -5."""
    last_day: int | None = None
    repeat_after: Days | None = None
    """Repeat it when the infusion slips by more than so many days."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Regime(Statement):
    """Acute monitoring after an infusion on a day within this statement's span."""

    daily: Days
    """Days of daily monitoring."""
    near: Days
    """Days within reach of the centre."""
    no_driving: Days


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Visit:
    """One surveillance visit: so many months after the infusion, give or take some days."""

    name: Name
    months: Annotated[int, Field(ge=0, le=180)]
    early: Days
    late: Days


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Calendar(Statement):
    """The surveillance visits, and the rule of the code book that says on whose word."""

    name: Name
    rule: Name
    visits: tuple[Visit, ...]
    window_source: Line
    """Where the days either side come from."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Programme(Statement):
    """A restricted programme that certifies sites and people, while it lasts."""

    name: Name
    label: Line
    roles: tuple[Line, ...]
    capabilities: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Product:
    """A product, complete enough to judge an encounter by, or only to be recognised by."""

    name: Name
    brand: Line
    generic: Line
    manufacturer: Line
    kind: Literal["CAR-T", "bispecific"]
    target: Literal["BCMA", "CD19"]
    complete: bool
    """False: known so that a wrong product is recognised; no encounter is judged by it."""
    source: Line
    row: Line
    confidence: Literal["high", "medium", "low", "unverified"]
    remarks: Line | None = None
    """The name that goes into a claim's remarks."""
    codes: Codes
    ndcs: tuple[NdcProduct, ...] = ()
    """The NDC products of its true labels."""
    doses: tuple[Dose, ...] = ()
    indications: tuple[Indication, ...] = ()
    regimens: tuple[Regimen, ...] = ()
    regimes: tuple[Regime, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    programmes: tuple[Programme, ...] = ()

    def dose(self, on: date, edition: Edition) -> Dose | None:
        """The cell dose in force, if the page says one."""
        return next(iter(in_force(self.doses, on, edition)), None)

    def regimen(self, on: date, edition: Edition) -> Regimen | None:
        """The lymphodepletion in force on a day."""
        return next(iter(in_force(self.regimens, on, edition)), None)

    def regime(self, infused_on: date, edition: Edition) -> Regime | None:
        """The acute monitoring that the day of infusion decides, for good."""
        return next(iter(in_force(self.regimes, infused_on, edition)), None)

    def calendar(self, infused_on: date, edition: Edition) -> Calendar | None:
        """The surveillance visits that the day of infusion decides."""
        return next(iter(in_force(self.calendars, infused_on, edition)), None)

    def indications_on(self, on: date, edition: Edition) -> tuple[Indication, ...]:
        """The indications in force on a day."""
        return in_force(self.indications, on, edition)

    def programmes_on(self, on: date, edition: Edition) -> tuple[Programme, ...]:
        """The programmes whose certificates a service on this day needs."""
        return in_force(self.programmes, on, edition)

    def infusion_code(self, access: Literal["peripheral", "central"]) -> str | None:
        """The meaning of the inpatient procedure code for a vein, if the page names one."""
        central = access == "central"
        return self.codes.infusion_central if central else self.codes.infusion_peripheral

    def meanings(self) -> Iterator[str]:
        """Every meaning that the page names anywhere."""
        yield from self.codes.named()
        for indication in self.indications:
            yield from indication.diagnoses
        for regimen in self.regimens:
            yield from (drug.meaning for drug in regimen.drugs)
        yield from (calendar.rule for calendar in self.calendars)
