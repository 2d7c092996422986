"""What the site says about itself and its payers: dated data that facts and claims refer to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.centre.dated import Dated
from veinledger.domain.centre.rates import MedicareRate, ProductPrice, refuse_two_of_a_day
from veinledger.domain.codebook.page import PAGE, Line, Name

PaymentSystem = Literal["ipps", "exempt_cancer", "childrens", "cah", "maryland", "office"]
"""How Medicare pays the facility; it decides the payment window."""

Coverage = Literal["FFS", "MA", "commercial", "Medicaid"]
"""The kind of a payer, and the key under which the code book asks for its rules."""

ClaimKind = Literal["A", "B", "C", "D", "E", "E0"]

Zone = Annotated[str, StringConstraints(pattern=r"^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$")]
"""An IANA zone by name; whether the name exists is checked where files may be read."""

Asked = Literal[
    "invoice_cost",
    "fact_accreditation",
    "neurological_plan",
    "product_name_in_remarks",
    "chain_of_identity_label",
]
"""What a payer may want beyond the standard claim."""

Ccn = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{6}$")]
Tin = Annotated[str, StringConstraints(pattern=r"^\d{9}$")]
Zip4 = Annotated[str, StringConstraints(pattern=r"^\d{5}-\d{4}$")]
Taxonomy = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$")]
FilingIndicator = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2}$")]

Charged = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


def _npi(number: str) -> str:
    """The check digit of an NPI is that of 80840 followed by its ten digits (Luhn)."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(number)]
    if (24 + sum(each // 10 + each % 10 for each in doubled)) % 10:
        raise ValueError("no NPI: its last digit does not fit the nine before it")
    return number


Npi = Annotated[str, StringConstraints(pattern=r"^[12]\d{9}$"), AfterValidator(_npi)]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Facility(Dated):
    """A place where services are given and billed."""

    name: Name
    label: Line
    zone: Zone
    payment_system: PaymentSystem
    npi: Npi
    ccn: Ccn | None = None
    """CMS certification number of the hospital."""
    tin: Tin | None = None
    """Federal tax number of who is paid."""
    zip4: Zip4 | None = None
    """ZIP+4 of the place of service, as a claim's service address needs it."""
    taxonomy: Taxonomy | None = None
    campus: Literal["on", "off"] = "on"
    excepted: bool = True
    """Of an off-campus department: whether Medicare pays it as it paid before 2017."""
    owner: Name
    """Facilities of one owner share a payment window."""
    rural_sole_community: bool = False
    """Decided which 340B modifier it reported before 2025."""
    collection_charges: Literal["tracked", "folded"] = "tracked"
    """Under Medicare: collection and preparation as lines of their own, or folded into the
    product's charge; never both."""
    medicare_rates: tuple[MedicareRate, ...] = ()
    """What Medicare pays this hospital for a stay of weight 1, by fiscal year: for estimates."""

    @model_validator(mode="after")
    def _has_one_rate_a_day(self) -> Self:
        refuse_two_of_a_day(self.medicare_rates, "medicare_rates")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Provider(Dated):
    """A person or group that performs or bills services."""

    name: Name
    label: Line
    npi: Npi
    kind: Literal["person", "group"] = "person"
    speciality: Line | None = None
    taxonomy: Taxonomy | None = None
    group: Name | None = None
    """The group that bills for the person."""
    owner: Name | None = None
    """Of a group: who owns it; a hospital of the same owner draws it into its payment window."""
    tin: Tin | None = None

    @model_validator(mode="after")
    def _is_a_person_or_a_group(self) -> Self:
        if self.kind == "group" and self.group is not None:
            raise ValueError('a group has no group of its own; drop group, or say kind = "person"')
        if self.kind == "person" and self.owner is not None:
            raise ValueError("a person has no owner; name the group, and its owner in its own row")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Payer(Dated):
    """Who pays; the kind decides which rules of the code book apply."""

    name: Name
    label: Line
    kind: Coverage
    identifier: Line | None = None
    """The payer's id on electronic claims."""
    filing_indicator: FilingIndicator | None = None
    """X12 claim filing indicator: MA and MB Medicare, 16 Medicare Advantage, CI commercial, ..."""
    payment_window: bool = False
    """Whether outpatient services before an admission go on the inpatient claim."""
    asks_for: tuple[Asked, ...] = ()
    """What this payer wants beyond the standard claim."""
    collection_meaning: Name | None = None
    """The meaning under which it takes the collection, where that is not the CAR-T harvest."""
    dose_fractions: Annotated[int, Field(gt=0, le=100)] | None = None
    """Into how many professional claims it wants an office dose split."""
    policy: Name | None = None
    """The name of its policy about CAR-T; without one, the policy of its kind stands."""
    filing_days: Annotated[int, Field(gt=0, le=3650)] | None = None
    """Days after the service within which a claim must arrive."""
    appeal_days: Annotated[int, Field(gt=0, le=3650)] | None = None
    """Days after its answer within which an appeal must arrive."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class CaseRate:
    """One amount for every claim of some kinds within so many days of an anchor fact."""

    anchor: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]
    """The dotted name of the fact from which the days count; its own day is day 0."""
    first_day: Annotated[int, Field(ge=-365, le=3650)] = 0
    days: Annotated[int, Field(gt=0, le=3650)]
    counts_day_0: bool = True
    """Whether the anchor's own day is the first of `days`; else they begin on the day after."""
    covers: Annotated[tuple[ClaimKind, ...], Field(min_length=1)]
    excludes: tuple[ClaimKind, ...] = ()
    carves_out_product: bool = False
    """Whether the product line is paid beside the rate."""
    readmission_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """A readmission within so many days of the infusion's discharge is inside the rate."""
    amount: Charged | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        both = [kind for kind in self.covers if kind in self.excludes]
        if both:
            raise ValueError(f"covers and excludes both name {', '.join(both)}; drop one")
        if self.readmission_days is not None and "D" in self.excludes:
            raise ValueError("readmission_days takes claims D in, and excludes names D; drop one")
        if self.first_day < 0 and not self.counts_day_0:
            raise ValueError(
                "first_day lies before the anchor and counts_day_0 is false; the rate cannot "
                "begin before a day that it does not count"
            )
        return self

    def bundles(self, kind: ClaimKind, day: int) -> bool:
        """Whether a claim of this kind is inside the rate, `day` days after the anchor."""
        first = self.first_day if self.counts_day_0 else max(self.first_day, 1)
        return kind in self.covers and first <= day < first + self.days


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class FixedFee:
    """One amount for every claim of a kind, whatever its charges."""

    covers: Annotated[tuple[ClaimKind, ...], Field(min_length=1)]
    amount: Charged
    clause: Line


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Contract(Dated):
    """What the site agreed with a payer about a product."""

    name: Name
    payer: Name
    product: Name | None = None
    """Absent means every product."""
    case_rate: CaseRate | None = None
    fixed_fees: tuple[FixedFee, ...] = ()
    product_prices: tuple[ProductPrice, ...] = ()
    """What is paid for the product where the case rate leaves it outside; for estimates."""
    clause: Line
    """Where the contract says so; it stands beside every line that it bundles."""

    def price_of_the_product(self, on: date) -> ProductPrice | None:
        """What is paid for a dose beside the case rate on a day, where the directory has it."""
        return next((each for each in self.product_prices if each.holds(on)), None)

    @model_validator(mode="after")
    def _prices_a_product_that_stands_outside(self) -> Self:
        outside = self.case_rate is not None and self.case_rate.carves_out_product
        if self.product_prices and not outside:
            raise ValueError(
                "product_prices stand beside a case_rate with carves_out_product = true; say so"
                " there, or drop them"
            )
        refuse_two_of_a_day(self.product_prices, "product_prices")
        return self

    @model_validator(mode="after")
    def _has_one_fee_for_a_kind(self) -> Self:
        kinds = [kind for fee in self.fixed_fees for kind in fee.covers]
        twice = dict.fromkeys(kind for kind in kinds if kinds.count(kind) > 1)
        if twice:
            raise ValueError(f"two fixed fees cover claims {', '.join(twice)}; one fee a kind")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Charge(Dated):
    """The site's own price of one unit, for a line without a posted charge."""

    facility: Name | None = None
    """Absent means every facility."""
    revenue: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None
    hcpcs: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$")] | None = None
    amount: Charged
    """Dollars for one billing unit."""

    @model_validator(mode="after")
    def _names_what_it_prices(self) -> Self:
        if not (self.revenue or self.hcpcs):
            raise ValueError("a charge names a revenue code, a HCPCS code, or both")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Connection:
    """A source of messages; its zone reads a message time without offset."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    zone: Zone
