"""A patient on the way to a request, a centre with its certificates, and the packet of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from tests.claims.cells import site
from tests.given import certified, day, history, opened, record
from tests.projections.gates.ready import ready
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certification import Certification
from veinledger.domain.codebook.page import of_a_site
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.authorization import CertificationRecorded, CoverageRecorded
from veinledger.domain.facts.collection import ProductOrdered
from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.facts.patient import PatientMeasured, PatientRegistered
from veinledger.domain.facts.surveillance import AppointmentBooked
from veinledger.domain.listing import listing_of
from veinledger.domain.policies.policy import Item
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.projections.authorization.packet import Request, authorization
from veinledger.projections.authorization.shapes import ChecklistItem, Packet

POLICIES: Final = (
    "commercial",
    "medicare_advantage",
    "medicaid",
    "unitedhealthcare",
    "aetna",
    "cigna",
    "medicare_ncd_110_24",
)
PARTS: Final[dict[Item, tuple[str, ...]]] = {
    "prior_therapy_log": ("lines",),
    "indication_documented": ("refractory",),
    "ecog": ("ecog",),
    "bcma_pathology": ("pathology",),
    "imaging": ("imaging",),
    "cardiac_clearance": ("lvef",),
    "pulmonary_clearance": ("pulmonary",),
    "organ_function": ("hepatic",),
    "baseline_neurology": ("baseline",),
    "neurological_plan": ("plan",),
    "no_autoimmune_disease": ("autoimmune",),
}
"""Which part of a ready encounter shows an item."""
AGED: Final[tuple[Item, ...]] = (
    "ecog",
    "bcma_pathology",
    "imaging",
    "cardiac_clearance",
    "pulmonary_clearance",
    "organ_function",
    "baseline_neurology",
    "no_autoimmune_disease",
)
"""What a payer can want to be young."""
CERTIFIED: Final[tuple[Item, ...]] = (
    "fact_accreditation",
    "rems_certification",
    "authorized_centre",
)
ON: Final = day(-2)
"""The day of the request."""


def certificates(until: date | None = None) -> tuple[Certification, ...]:
    """FACT, the product's REMS and the payer's network, with an end where one is given."""
    network = Certification(
        record="network",
        subject="main",
        role="infusion facility",
        programme="payer network, harbor_health",
        reference="NET-1",
        since=date(2022, 6, 15),
    )
    return tuple(
        replace(each, until=until, told=record(_said(each), -500, each.record))
        for each in (*certified(), network)
    )


def _said(held: Certification) -> CertificationRecorded:
    """The fact that tells of a certificate; what it is read from stands in the certificate."""
    return CertificationRecorded(
        subject=held.subject, role="infusion facility", programme="FACT", since=held.since
    )


def centre(policy: str | None = None, until: date | None = None) -> Centre:
    """The example's site, all its payers under one policy, with its certificates."""
    return site(policy=policy).certifying(certificates(until))


def registered(
    family: str = "Example", given: tuple[str, ...] = ("Ada",), mrn: str = "MRN-1"
) -> Record:
    """The patient at the registration desk."""
    fact = PatientRegistered(
        patient="P1",
        family_name=family,
        given_names=given,
        birth_date=date(1966, 5, 14),
        sex="female",
        mrn=mrn,
        authority="lakeside",
    )
    return record(fact, -90, "registered")


def referred() -> list[Record]:
    """Referral, coverage with a member id, and the disease as a named physician assessed it."""
    told = [
        each
        for each in opened(indication="second_line")
        if not isinstance(each.fact, CoverageRecorded | DiseaseAssessed | PatientMeasured)
    ]
    covered = CoverageRecorded(
        payer="harbor_health", kind="commercial", member_id="MBR-1", plan="Gold", since=day(-400)
    )
    assessed = DiseaseAssessed(code="C90.02", status="in relapse", provider="dr_imani")
    measured = PatientMeasured(weight=Decimal(70), height=Decimal(176), bsa=Decimal("1.85"))
    return [
        *told,
        registered(),
        record(covered, -90, "covered"),
        record(assessed, -80, "assessed"),
        record(measured, -80, "sized"),
    ]


def story(*without: str, more: Iterable[Record] = ()) -> list[Record]:
    """A patient who has all that a payer may ask for, but for some parts."""
    left_out: dict[str, Iterable[Record]] = dict.fromkeys((*without, "asked"), ())
    return [*ready(referred(), **left_out), *booked(), *more]


def booked() -> list[Record]:
    """Who ordered the product, and where it will be collected: whose certificates are asked for."""
    when = f"{day(1)}T09:00:00-05:00"
    place = AppointmentBooked(
        appointment="AP-1", kind="apheresis", scheduled_for=when, facility="main"
    )
    ordered = ProductOrdered(chain_of_identity="COI-1", provider="dr_imani")
    return [record(ordered, -79, "ordered"), record(place, -79, "booked")]


def packet(  # noqa: PLR0913  # all but the first by name
    told: Iterable[Record],
    *,
    at: Centre | None = None,
    on: date = ON,
    edition: Edition = "public",
    rules: Rules | None = None,
    payer: str | None = None,
) -> Packet:
    """The packet of a day."""
    made = authorization(
        history(list(told)),
        centre() if at is None else at,
        rules or shipped_rules(edition),
        Request(as_of=on, payer=payer),
    )
    assert made is not None
    return made


def item(made: Packet, name: Item) -> ChecklistItem:
    """One row of the checklist."""
    return next(each for each in made.checklist if each.item == name)


@cache
def asks(policy: str, edition: Edition) -> frozenset[Item]:
    """What a policy asks for on the day of the request, as the packet shows it."""
    made = packet(story(), at=centre(policy), edition=edition)
    return frozenset(each.item for each in made.checklist if each.state != "not asked")


def with_pages(pages: dict[str, str], edition: Edition = "public") -> Rules:
    """The shipped rules with a site's own pages over them."""
    shipped = shipped_rules(edition)
    ours = listing_of({of_a_site(name): text.encode() for name, text in pages.items()})
    return replace(shipped, listing=shipped.listing.laid_under(ours))


def ask_row(policy: str, name: str, more: str = "") -> str:
    """A row of a site's page about what its payer asks."""
    return f'''
[[ask]]
name = "{name}"
policy = "{policy}"
label = "{name.replace("_", " ")}"
from = 2020-01-01
editions = ["public", "page"]
source = "the payer's letter of 2026-01-05"
row = "site: letter of 2026-01-05"
confidence = "high"
{more}
'''


def young(policy: str, days: int) -> str:
    """A page on which a payer wants every examination to be so young."""
    rows = (ask_row(policy, name, f"within_days = {days}") for name in AGED)
    return "".join(rows)
