"""What a product is: one page of dated data. Nothing else in the program names a product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Line, Name
from veinledger.domain.codebook.statement import Edition, Statement, in_force
from veinledger.domain.obligations.point import Point
from veinledger.domain.products.described import (
    Approval,
    BoxedWarning,
    Choice,
    Description,
    Reference,
)
from veinledger.domain.products.treatment import (
    Days,
    Dose,
    Regime,
    Regimen,
    RegimenDrug,
    about,
)

NdcProduct = Annotated[str, StringConstraints(pattern=r"^\d{5}-\d{4}$")]
"""Labeler and product as 5-4 digits, the form that `ndc.product_of` gives."""

Family = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,3})?$")]
"""A category of ICD-10-CM."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Codes:
    """The meanings under which the code book knows the product."""

    dose: Name
    """HCPCS: one therapeutic dose."""
    ndc: Name | None = None
    labeler: Name | None = None
    """The first segment of its NDCs."""
    infusion_peripheral: Name | None = None
    infusion_central: Name | None = None
    apc: Name | None = None
    drg: Name | None = None

    def named(self) -> tuple[str, ...]:
        """Every meaning that the product names, for checking them against the book."""
        label = (self.dose, self.ndc, self.labeler)
        named = (*label, self.infusion_peripheral, self.infusion_central, self.apc, self.drg)
        return tuple(each for each in named if each)


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Indication(Statement):
    """For whom the product is approved, and what a packet has to show."""

    name: Name
    label: Line
    known_as: tuple[Line, ...] = ()
    """What a referral calls it: 2L+, multiple myeloma."""
    diagnoses: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Meanings of the code book."""
    families: tuple[Family, ...] = ()
    """ICD-10-CM categories whose codes fit too, such as C83.3; a category is no code itself."""
    not_for: tuple[Name, ...] = ()
    """Meanings of codes that do not fit, although they stand in a family."""
    lines_least: int
    """Prior lines of therapy, at least."""
    classes: tuple[Line, ...]
    """Drug classes that the prior lines must hold."""
    refractory_to: Line | None = None
    refractory_days: Days | None = None
    """Progression on or within so many days of the last dose."""

    def called(self, text: str) -> bool:
        """Whether a referral's words name it, whatever their case and their hyphens."""
        return _plain(text) in {_plain(each) for each in (self.name, self.label, *self.known_as)}


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("-", " ").lower().split())


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Visit(Point):
    """One surveillance visit: so many months after the infusion, give or take some days."""


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
    belongs: Line | None = None
    """Of a product that is no CAR-T: where its claims belong instead."""
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
    descriptions: tuple[Description, ...] = ()
    choices: tuple[Choice, ...] = ()
    boxed_warnings: tuple[BoxedWarning, ...] = ()
    approvals: tuple[Approval, ...] = ()
    references: tuple[Reference, ...] = ()

    def dose(
        self,
        on: date,
        edition: Edition,
        indication: str | None = None,
        weight: Decimal | None = None,
    ) -> Dose | None:
        """The cell dose for an indication and a weight; None where the page leaves it open."""
        known = about(in_force(self.doses, on, edition), indication)
        fitting = [each for each in known if each.fits(weight)]
        return fitting[0] if len(fitting) == 1 else None

    def regimen(self, on: date, edition: Edition, indication: str | None = None) -> Regimen | None:
        """The lymphodepletion for an indication; None where it takes one to choose."""
        return next(iter(about(in_force(self.regimens, on, edition), indication)), None)

    def regimen_drugs(self, on: date, edition: Edition) -> tuple[RegimenDrug, ...]:
        """Every drug of every lymphodepletion in force on a day."""
        known = in_force(self.regimens, on, edition)
        return tuple(drug for regimen in known for drug in regimen.drugs)

    def regime(
        self, infused_on: date, edition: Edition, indication: str | None = None
    ) -> Regime | None:
        """The acute monitoring that the day of infusion decides, for good."""
        return next(iter(about(in_force(self.regimes, infused_on, edition), indication)), None)

    def calendar(self, infused_on: date, edition: Edition) -> Calendar | None:
        """The surveillance visits that the day of infusion decides."""
        return next(iter(in_force(self.calendars, infused_on, edition)), None)

    def indications_on(self, on: date, edition: Edition) -> tuple[Indication, ...]:
        """The indications in force on a day."""
        return in_force(self.indications, on, edition)

    def indications_called(self, text: str, on: date, edition: Edition) -> tuple[Indication, ...]:
        """The indications that a referral's words may mean on a day; `myeloma` may mean two."""
        return tuple(each for each in self.indications_on(on, edition) if each.called(text))

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
            yield from (*indication.diagnoses, *indication.not_for)
        for regimen in self.regimens:
            yield from (drug.meaning for drug in regimen.drugs)
        yield from (calendar.rule for calendar in self.calendars)
