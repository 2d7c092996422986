"""What happens seldom: a collection in a bed, CRS before any cells, a dose in two accounts."""

from __future__ import annotations

from typing import Final

from tests.claims.cells import CLINIC, opened_for, to_the_bag
from tests.claims.encounters.acute_care import (
    COMPLICATION,
    MYELOMA,
    came,
    left,
    tocilizumab,
)
from tests.claims.encounters.denials import without
from tests.claims.encounters.infusion import bag
from tests.claims.encounters.registry import encounter
from tests.given import (
    CHAIN,
    INSIDE,
    admitted,
    day,
    discharged,
    infused,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.decisions import ReportConfirmed
from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged, Procedure
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.reports import Record

IN_A_BED: Final = service("inpatient", "A-1")
GRADE_2: Final = Condition(code="D89.832", present_on_admission="Y")


@encounter()
def collected_in_a_bed() -> list[Record]:
    """The collection is a procedure of its stay, and the coder took it for one of platelets."""
    fact = ApheresisCompleted(chain_of_identity=CHAIN, donation_number="D1", service=IN_A_BED)
    coded = PatientDischarged(
        status="01",
        conditions=(MYELOMA,),
        procedures=(Procedure(code="6A550Z2", day=day(-45)),),
        service=IN_A_BED,
    )
    return [
        *opened("medicare"),
        record(PatientAdmitted(reason="disease", service=IN_A_BED), -46),
        record(fact, -45),
        record(coded, -44),
    ]


@encounter()
def collected_where_nobody_is_certified() -> list[Record]:
    """In the annex, while the REMS was in force: told before the infusion, which would be held."""
    annex = service(account="A-1", facility="annex")
    fact = ApheresisCompleted(chain_of_identity=CHAIN, donation_number="D1", service=annex)
    return [*opened_for("medicare", "FFS", -600), record(fact, -400)]


@encounter()
def assessed_by_a_code_that_leads_no_claim() -> list[Record]:
    """The disease was assessed with the code of a history: nothing may be led by it."""
    history = DiseaseAssessed(code="Z92.850", status="not in remission")
    told = without(opened("medicare"), "disease.assessed")
    stay = [admitted(), infused(INSIDE), room_charged(), discharged()]
    return [*told, record(history, -80), *to_the_bag(), *stay]


@encounter()
def infused_from_two_accounts_for_a_payer_that_asks() -> list[Record]:
    """Two bags, the second under an account of its own: its claim has no product and no name."""
    told = [*opened_for("clearwater_mutual", "commercial"), *to_the_bag()]
    return [*told, bag(0, CLINIC), bag(1, service(account="A-9"))]


@encounter()
def cytokine_release_before_any_cells() -> list[Record]:
    """CRS of another therapy, confirmed by a person, before anybody assessed the disease."""
    early = [record(CrsGraded(grade=1), -60), tocilizumab(-60, "inpatient", "A-5")]
    confirmed = [
        record(ReportConfirmed(target=each.key, reason="chart"), -59, f"confirmed {each.key}")
        for each in early
    ]
    told = without(opened("medicare"), "disease.assessed")
    return [*told, came(-60), *early, *confirmed, left(-58)]


@encounter()
def complication_in_two_phases() -> list[Record]:
    """The coder lists the complication as treated now and as treated later: the first stands."""
    later = Condition(code="T80.82XD", present_on_admission="Y")
    told = [*opened("medicare"), *to_the_bag(), infused(CLINIC)]
    stay = [came(), room_charged(20, "A-5", 5), left(25, COMPLICATION, later, GRADE_2, MYELOMA)]
    return [*told, *stay]


@encounter()
def disease_before_the_complication_of_an_outpatient_infusion() -> list[Record]:
    """Infused as an outpatient, in a bed for CRS two days later, the myeloma listed first.

    The window makes the infusion the stay's; what leads it waits for a person.
    """
    return [
        *opened("medicare"),
        *to_the_bag(),
        infused(CLINIC),
        came(2),
        record(CrsGraded(grade=2), 2),
        room_charged(2, "A-5", 6),
        left(8, MYELOMA, COMPLICATION, GRADE_2),
    ]
