"""Charges and codes as a hand posts them: in each encounter one of them is wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.claims.cells import CLINIC, price_posted, to_the_bag
from tests.claims.drug_stories import dose, insured
from tests.claims.encounters.denials import charge
from tests.claims.encounters.registry import encounter
from tests.claims.encounters.visits import OFFICE, VISIT, documented, seen
from tests.given import (
    admitted,
    day,
    discharged,
    drug,
    infused,
    opened,
    record,
    room_charged,
    service,
    vials,
)
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.reports import Record


@encounter()
def posted_under_a_code_of_other_years() -> list[Record]:
    """The administration under the code that it had until 2024."""
    return [*opened("medicare"), *to_the_bag(), infused(CLINIC), charge("0540T")]


@encounter()
def posted_a_vial_of_another_drug() -> list[Record]:
    """Fludarabine, and the NDC that was scanned is Darzalex's."""
    scanned = drug("55.5", "57894-502-01", opened=[vials("50", 2)])
    return [*insured(), dose(scanned, "fludarabine", times=("09:00", "09:30"))]


@encounter()
def posted_a_collection_to_the_stay_as_well() -> list[Record]:
    """The preparation of the cells stands on claim A, and on the account of the infusion again."""
    again = price_posted(1, Decimal(1800), "A-3", "38226", "0872")
    stay = [admitted(), infused(), room_charged(), discharged()]
    return [*opened("medicare"), *to_the_bag(), *stay, again]


@encounter()
def posted_one_charge_for_two_visits() -> list[Record]:
    """Two offices on one day, no account anywhere, one charge: it would be paid twice."""
    neurology = replace(VISIT, service=replace(OFFICE, account=None))
    oncology = replace(
        neurology,
        service=replace(
            neurology.service, facility="oncology_office", performing_provider="dr_imani"
        ),
    )
    posted = ChargePosted(
        revenue_code="0510",
        hcpcs="99214",
        units=Decimal(1),
        amount=Decimal(340),
        service_date=day(-20),
        service=service("office"),
    )
    return [
        *opened("medicare"),
        seen(-20, neurology),
        seen(-20, oncology, "oncology"),
        record(posted, -20),
    ]


@encounter()
def posted_a_dose_on_a_day_of_no_claim() -> list[Record]:
    """The product's charge came nine days after the infusion, and no line can hold it."""
    return [*opened("medicare"), *to_the_bag(), infused(CLINIC), price_posted(9)]


@encounter()
def posted_a_visit_under_the_head_of_a_family() -> list[Record]:
    """ICANS without its grade, G92.0, is no code that a visit can be billed under."""
    told = [*opened("medicare"), *to_the_bag(), infused(CLINIC)]
    return [*told, seen(60, documented("G92.0"))]
