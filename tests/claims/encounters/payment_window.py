"""Medicare's payment window: what it moves, what stays, by whose word, and what was sent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from tests.claims.encounters.registry import encounter
from tests.given import (
    admitted,
    at,
    collected,
    day,
    discharged,
    drug,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
    vials,
)
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import ChargePosted, ClaimSubmitted
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import TocilizumabGiven
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.attested import finding_about

BEFORE: Final = [*opened("medicare"), *collected(), *made()]


@encounter()
def window_takes_lymphodepletion() -> list[Record]:
    """Day -3 moves and its charges with it, days -5 and -4 stay; an owned office is marked PD."""
    nurse = ChargePosted(
        revenue_code="0335",
        hcpcs="96413",
        units=Decimal(1),
        amount=Decimal(780),
        service_date=day(-3),
        service=service(account="A-2"),
    )
    owned = service("office", "N-1", "oncology_office")
    independent = service("office", "N-2", "neurology_office")
    return [
        *BEFORE,
        *lymphodepletion(),
        record(nurse, -2),
        record(NeurologyVisitCompleted(service=owned, cpt="99214", minutes=35), -2, "owned"),
        record(NeurologyVisitCompleted(service=independent, cpt="99214", minutes=35), -1, "other"),
        admitted(),
        infused(),
        room_charged(),
        discharged(),
    ]


@encounter()
def window_makes_an_outpatient_infusion_a_stays() -> list[Record]:
    """Infused as an outpatient and sent so, admitted two days later: the claim sent is voided."""
    cells = infused(service("outpatient", "A-3"))
    before = [*BEFORE, *lymphodepletion(), cells]
    sent = ClaimSubmitted(
        claim_key=f"C/UB-04/main/{cells.key}",
        kind="C",
        label="C1",
        form="837I",
        payer="medicare",
        billing_provider="main",
        anchor=cells.key,
        claim="{}",
        claim_version=1,
        patient_control_number="PCN-1",
        total=Decimal("629166.75"),
        edition="public",
        rule_pack="0" * 64,
        position_known=len(before),
    )
    return [
        *before,
        record(sent, 1),
        admitted(2, "CRS/ICANS", "A-4"),
        room_charged(2, "A-4", 6),
        discharged(8, "A-4"),
    ]


@encounter()
def window_and_an_attestation() -> list[Record]:
    """Of two doses before a stay a person attests one to be unrelated: it stays, with code 51."""
    doses = [_tocilizumab(18), _tocilizumab(19)]
    attested = FindingSettled(
        finding=finding_about(doses[0], "", "").key,
        decision="code chosen",
        code="51",
        credential="CCS",
        reason="given for a flare of arthritis; the stay is for a fracture",
    )
    stay = [
        admitted(20, "infection", "A-7"),
        room_charged(20, "A-7", 3),
        discharged(23, "A-7"),
    ]
    first = [admitted(), infused(), room_charged(), discharged()]
    return [*BEFORE, *first, *doses, *stay, record(attested, 25)]


@encounter(as_of=date(2026, 5, 31))
def window_is_open() -> list[Record]:
    """A dose of day 19 waits until day 22; a coverage that changed leaves the stay its payer."""
    began = CoverageRecorded(payer="harbor_health", kind="commercial", since=day(5))
    ended = CoverageRecorded(payer="medicare", kind="FFS", since=day(16))
    first = [admitted(), infused(), room_charged(), discharged()]
    changes = [record(began, 5), record(ended, 16, "back to Medicare")]
    return [*BEFORE, *first, *changes, _tocilizumab(19)]


def _tocilizumab(number: int) -> Record:
    where = service("outpatient", f"T-{number}", "main", at(number, "10:00"), at(number, "11:00"))
    fact = TocilizumabGiven(
        drug=drug("560", "50242-137-01", opened=[vials("80", 7)]), service=where
    )
    return record(fact, number, f"toci@{number}")
