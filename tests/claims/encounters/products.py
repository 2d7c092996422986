"""Other products, wrong labels, and contracts that pay otherwise than by the line."""

from __future__ import annotations

from tests.claims.by_product import CASES, Case, bag, changed, depleted, outpatient, to_the_bag
from tests.claims.encounters.registry import encounter
from tests.given import (
    admitted,
    collected,
    discharged,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
)
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.reports import Record


@encounter()
def product_breyanzi_as_an_outpatient() -> list[Record]:
    """A CD19 product for leukaemia, infused as an outpatient: its own code, label and payment."""
    return outpatient(_case("breyanzi"))


@encounter()
def product_tecartus_into_a_central_vein() -> list[Record]:
    """A CD19 product with cyclophosphamide 500: central procedure, and what nobody verified."""
    case = _case("tecartus")
    stay = [admitted(), bag(case, access="central"), room_charged(), discharged()]
    return [*to_the_bag(case), *depleted(case), *stay]


@encounter()
def product_label_wrong_in_every_way() -> list[Record]:
    """A CD19 code, Darzalex's NDC, another maker's release, a lot nobody knows: held for each."""
    case = _case("carvykti")
    strange = bag(case, hcpcs_on_label="Q2041", ndc_on_label="57894-502-05", lot="L9")
    told = [
        changed(each, ndc_on_label="59572-515-01")
        if each.fact.type == "manufacturing.released"
        else each
        for each in to_the_bag(case)
    ]
    referred = [
        changed(each, indication="4L+") if each.fact.type == "encounter.opened" else each
        for each in told
    ]
    return [*referred, admitted(), strange, room_charged(), discharged()]


@encounter()
def product_cd19_for_myeloma() -> list[Record]:
    """Yescarta, and more of it than its label has, for myeloma: every claim waits."""
    case = _case("yescarta")
    told = [
        changed(each, code="C90.02") if each.fact.type == "disease.assessed" else each
        for each in to_the_bag(case)
    ]
    heavy = bag(case, cells=200_000_001)
    return [*told, *depleted(case), admitted(), heavy, room_charged(), discharged()]


@encounter()
def product_bispecific_antibody() -> list[Record]:
    """Tecvayli is no CAR-T: no claims, and where its doses belong."""
    return opened("medicare", "tecvayli")


@encounter()
def contract_with_the_product_beside_its_rate() -> list[Record]:
    """A 90-day rate with the product beside it; day 92, soon after the discharge, is inside it."""
    stay = [admitted(), infused(), room_charged(days=75), discharged(75)]
    back = [
        record(CrsGraded(grade=2), 92),
        admitted(92, "CRS/ICANS", "A-5"),
        room_charged(92, "A-5", 3),
        discharged(95, "A-5"),
    ]
    before = [*opened("cedar_advantage"), *collected(), *made(), *lymphodepletion()]
    return [*before, *stay, *back]


@encounter()
def contract_with_fixed_fees() -> list[Record]:
    """One fee for the collection and one for the infusion, whatever their charges."""
    stay = [admitted(), infused(), room_charged(), discharged()]
    return [*opened("lakes_medicaid"), *collected(), *made(), *lymphodepletion(), *stay]


def _case(product: str) -> Case:
    return next(case for case in CASES if case.product == product)
