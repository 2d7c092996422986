"""Encounters about drug lines: what is left in a vial, whose NDC it was, and how long it ran."""

from __future__ import annotations

from decimal import Decimal

from tests.claims.drug_stories import ACTEMRA, dose, drug, insured, tocilizumab, treated
from tests.claims.encounters.registry import encounter
from tests.given import admitted, at, record, vials
from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.reports import Record


@encounter()
def vials_of_lymphodepletion_under_medicare() -> list[Record]:
    """Two vials of 50 mg for 55.5 mg are 2 units and JZ; a gram for 555 mg is 111 and 89 JW."""
    fludarabine = drug("55.5", [vials("50", 2)], "99999-0185-01")
    cyclophosphamide = drug("555", [vials("1000")], "99999-0070-01", discarded=Decimal(445))
    return [
        *insured(),
        dose(fludarabine, "fludarabine", times=("09:00", "09:30")),
        dose(cyclophosphamide, times=("09:45", "11:16")),
    ]


@encounter()
def a_drug_of_another_maker_under_340b() -> list[Record]:
    """Cyclophosphamide of Sandoz has its own code, a multi-dose vial neither JW nor JZ, and TB."""
    sandoz = drug(
        "555",
        [vials("1000", kind="multi-dose", ndc="0781-3529-10")],
        acquired_under_340b=True,
        quantity=Decimal("5.55"),
        unit="ML",
    )
    both = drug("600", [vials("500"), vials("1000", kind="multi-dose")], "99999-0070-01")
    return [*insured(), dose(sandoz), dose(both, number=-4)]


@encounter()
def lymphodepletion_that_nobody_can_bill_yet() -> list[Record]:
    """No vials, no stop time, more given than held, no code for the agent, and a wrong date."""
    on_a_wrong_day = dose(drug("1000", [vials("1000")]), number=-7).fact
    return [
        *insured(),
        dose(drug("55.5"), "fludarabine", -6, ("09:00", None)),
        dose(drug("1200", [vials("1000")]), number=-5, times=("09:00", "08:00")),
        dose(drug("555", [vials("1000")], discarded=Decimal(40)), number=-4),
        dose(drug("160", [vials("100", 2)]), "bendamustine", -3),
        record(on_a_wrong_day, at(-2, "10:00"), "wrong day"),
    ]


@encounter()
def two_veins_on_one_day() -> list[Record]:
    """A push before an infusion through the port, and an infusion through the left arm."""
    return [
        *insured(),
        dose(
            drug("50", [vials("50")], access_site="port", route="push"),
            "fludarabine",
            times=("08:00", "08:05"),
        ),
        dose(drug("500", [vials("500")], access_site="port"), times=("08:30", "09:30")),
        dose(drug("495", [vials("500")], access_site="left arm"), times=("08:30", "08:50")),
    ]


@encounter()
def tocilizumab_in_the_observation_unit() -> list[Record]:
    """Tyenne for CRS, too much and too soon for 70 kg; then an NDC that no entry knows."""
    tyenne = drug("600", [vials("400", ndc="65219-594-20"), vials("200", ndc="65219-592-10")])
    four = [tocilizumab(drug("560", [vials("400", 2)], ACTEMRA), number) for number in (5, 6, 7)]
    return [
        *treated(),
        record(PatientMeasured(weight=Decimal(70)), 1),
        record(CrsGraded(grade=2), 3),
        tocilizumab(tyenne, 3, ("02:00", "03:31"), patient_class="observation"),
        tocilizumab(drug("820", [vials("400", 3)], "12345-678-90"), 3, ("07:00", "08:00")),
        *four,
    ]


@encounter()
def tocilizumab_in_a_bed_without_an_ndc() -> list[Record]:
    """Paid with the stay; the line has the reference product's code, and the claim says so."""
    return [
        *treated(),
        admitted(5, "CRS/ICANS", "A-6"),
        tocilizumab(drug("560"), 6, (None, None), patient_class="inpatient"),
    ]
