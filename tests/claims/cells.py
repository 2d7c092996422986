"""Stories of collections and infusions for tests: a site, a claim sent, an infusion told so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

from tests.given import at, collected, day, infused, made, record, service
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.pages import read_centre
from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import ChargePosted, ClaimSubmitted
from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.claims.shapes import Claim

SITE: Final = read_centre(Path(__file__).parents[2] / "examples" / "site")
OFFICE: Final = service("office", "A-3", "neurology_office")
CLINIC: Final = service("outpatient", "A-3")
PRICE: Final = Decimal("629166.75")


def site(charges: Literal["tracked", "folded"] = "tracked", **payer: Any) -> Centre:
    """The example's site, its hospital's way with collection charges and its payers changed."""
    places = (
        replace(each, collection_charges=charges) if each.name == "main" else each
        for each in SITE.facilities
    )
    payers = (replace(each, **payer) for each in SITE.payers)
    return replace(SITE, facilities=tuple(places), payers=tuple(payers))


def so(told: Iterable[Record], **fields: Any) -> list[Record]:
    """The same story, its infusions told with other fields."""
    return [
        replace(each, fact=replace(each.fact, **fields))
        if isinstance(each.fact, CellsInfused)
        else each
        for each in told
    ]


def opened_for(payer: str, kind: Any, since: int = -400, mac: str | None = None) -> list[Record]:
    """A referral under some payer of the directory."""
    covered = CoverageRecorded(payer=payer, kind=kind, mac=mac, since=day(since))
    return [
        record(
            EncounterOpened(product="carvykti", indication="myeloma", patient="P1", centre="main"),
            since + 10,
        ),
        record(covered, since + 10),
        record(DiseaseAssessed(code="C90.00", status="not in remission"), since + 20),
    ]


def to_the_bag(number: int = -45) -> list[Record]:
    """Cells collected on a day, and the product received five weeks later."""
    return [*collected(number=number), *made(number=number + 5)]


def price_posted(
    number: int = 0,
    amount: Decimal = PRICE,
    account: str = "A-3",
    hcpcs: str | None = "Q2056",
    revenue: str = "0891",
) -> Record:
    """The product's price as the site's billing system posted it."""
    posted = ChargePosted(
        revenue_code=revenue,
        hcpcs=hcpcs,
        units=Decimal(1),
        amount=amount,
        service_date=day(number),
        service=service(account=account),
    )
    return record(posted, number, f"{revenue} {hcpcs} posted to {account}@{number}")


def in_an_office(number: int = 0) -> list[Record]:
    """The cells go in at an office, and the price is posted."""
    return [*to_the_bag(number - 45), infused(OFFICE, number=number), price_posted(number)]


def sent(claim: Claim, number: int, payer: str = "medicare", said: str | None = None) -> Record:
    """A claim that went out, as it was."""
    fact = ClaimSubmitted(
        claim_key=claim.key,
        kind=claim.kind,
        label=claim.label,
        form="837I" if claim.form == "UB-04" else "837P",
        payer=payer,
        billing_provider=claim.biller,
        anchor=claim.anchor,
        claim=as_json(claim) if said is None else said,
        claim_version=1,
        patient_control_number=f"PCN-{claim.label}",
        total=claim.total,
        edition="public",
        rule_pack="0" * 64,
        position_known=1,
    )
    return record(fact, at(number, "17:00"), f"sent {claim.label}@{number}")


def first_day(of: date) -> int:
    """A calendar day as a number from the infusion's day 0."""
    return (of - day(0)).days
