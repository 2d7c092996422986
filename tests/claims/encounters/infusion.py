"""Infusions: fractions of a dose, what was not bought, a trial, and what a payer asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.claims.cells import (
    CLINIC,
    first_day,
    in_an_office,
    opened_for,
    price_posted,
    so,
    to_the_bag,
)
from tests.claims.encounters.registry import encounter
from tests.given import (
    CHAIN,
    INSIDE,
    admitted,
    discharged,
    infused,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.manufacturing import ManufacturingReleased
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record

NCT = "NCT01234567"


@encounter()
def infusion_in_an_office_in_tenths() -> list[Record]:
    """Medicare, an office: the dose and its price on ten claims, the rest on the first."""
    return [*opened("medicare"), *in_an_office()]


@encounter()
def infusion_in_an_office_under_the_rems() -> list[Record]:
    """June 2025, a patient in another product's trial: the attestation is a fifth modifier."""
    number = first_day(date(2025, 6, 2))
    told = [*opened_for("medicare", "FFS", number - 100), *in_an_office(number)]
    return so(told, trial=NCT)


@encounter()
def infusion_in_an_office_too_dear_for_its_fractions() -> list[Record]:
    """Eighths of a price above $799,999.84 would not fit a line of a professional claim."""
    told = [*opened_for("clearwater_mutual", "commercial"), *to_the_bag()]
    office = service("office", "A-3", "neurology_office")
    return [*told, infused(office), price_posted(0, Decimal("812000.00"))]


@encounter()
def infusion_of_a_trials_product() -> list[Record]:
    """Outpatient, product from the trial's sponsor: a token charge, Z00.6, 30, the number, Q0."""
    told = [*opened("medicare"), *to_the_bag(), infused(CLINIC), price_posted()]
    return so(told, acquisition="trial", trial=NCT)


@encounter()
def infusion_of_a_trials_product_in_fiscal_2024() -> list[Record]:
    """A stay that ended in September 2024 is paid 0.27 of MS-DRG 018; its number is missing."""
    end = first_day(date(2024, 9, 20))
    told = [*opened_for("medicare", "FFS", end - 120), *to_the_bag(end - 60)]
    stay = [admitted(end - 14), infused(INSIDE, number=end - 14)]
    return so([*told, *stay, room_charged(end - 14), discharged(end)], acquisition="trial")


@encounter()
def infusion_under_expanded_access() -> list[Record]:
    """A stay in fiscal 2026: condition code 90 with its note, and no factor that a source gives."""
    told = [*opened("medicare"), *to_the_bag(), admitted(), infused(), room_charged()]
    return so([*told, discharged()], acquisition="expanded access", trial="EAP-26-017")


@encounter()
def infusion_of_free_product_in_an_office() -> list[Record]:
    """A professional claim has no revenue code to tell of a gift: a coder decides."""
    return so([*opened(), *in_an_office()], acquisition="free")


@encounter()
def infusion_for_a_payer_that_asks() -> list[Record]:
    """Commercial stay: the invoice as value code 86, and the product's name in the remarks."""
    told = [*opened_for("clearwater_mutual", "commercial"), *to_the_bag(), admitted(), infused()]
    return so([*told, room_charged(), discharged()], invoice_amount=Decimal("571970.00"))


@encounter()
def infusion_without_the_invoice() -> list[Record]:
    """The same payer, and nobody reported the invoice."""
    told = [*opened_for("clearwater_mutual", "commercial"), *to_the_bag(), admitted(), infused()]
    return [*told, room_charged(), discharged()]


@encounter()
def infusion_charged_a_dollar_out_of_specification() -> list[Record]:
    """A bag out of specification, reported as bought, and charged one dollar: three questions."""
    told = [*opened("medicare"), *to_the_bag(), admitted(), infused(), room_charged()]
    out = [
        replace(each, fact=replace(each.fact, specification="out"))
        if isinstance(each.fact, ManufacturingReleased)
        else each
        for each in told
    ]
    received = price_posted(0, Decimal("1600.00"), hcpcs="38227", revenue="0873")
    return [*out, discharged(), received, price_posted(0, Decimal("1.00"))]


@encounter()
def infusion_of_three_bags() -> list[Record]:
    """Three bags on three days, the last under another account: one product, three givings."""
    told = [*opened("medicare"), *to_the_bag()]
    other = service("outpatient", "A-9")
    return [*told, bag(0, CLINIC), bag(1, CLINIC), bag(2, other)]


def bag(number: int, where: Service) -> Record:
    """One bag of several, on a day."""
    fact = CellsInfused(
        chain_of_identity=CHAIN,
        bags=1,
        extent="partial",
        access="peripheral",
        verifiers=("rn-1", "rn-2"),
        acquired_under_340b=True,
        service=where,
    )
    return record(fact, number, f"bag of day {number}")
