"""The dose gate beside a naive reading of the label, over drawn weights and counts."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.claims.cells import SITE
from tests.given import CHAIN, DAY_0, collected, history, opened, record
from tests.tiers import size
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.manufacturing import ManufacturingReleased, ManufacturingStarted
from veinledger.domain.facts.patient import PatientMeasured
from veinledger.projections.gates.check import Step, check
from veinledger.projections.gates.shapes import Verdict

RULES = {edition: shipped_rules(edition) for edition in EDITIONS}


def dose(
    cells: int | None,
    weight: Decimal | None,
    edition: Edition = "public",
    product: str = "carvykti",
) -> Verdict:
    """A batch with so many cells, and a patient who weighs so much on the day before."""
    told = [each for each in opened("medicare", product) if each.fact.type != "patient.measured"]
    released = ManufacturingReleased(
        chain_of_identity=CHAIN, lot="L1", specification="in", cells=cells
    )
    weighed = [] if weight is None else [record(PatientMeasured(weight=weight), -1)]
    made = [
        record(ManufacturingStarted(chain_of_identity=CHAIN), -40),
        record(released, -15),
    ]
    story = history(told, collected(), made, weighed)
    found = check(story, SITE, RULES[edition], Step(intent="infuse", on=DAY_0))
    return next(each for each in found.verdicts if each.gate == "the_dose_is_within_the_label")


@given(
    cells=st.integers(1_000_000, 200_000_000),
    weight=st.decimals("1", "300", places=1),
    edition=st.sampled_from(EDITIONS),
)
@example(cells=35_000_000, weight=Decimal("70"), edition="public")
@example(cells=70_000_000, weight=Decimal("70"), edition="public")
@example(cells=70_000_001, weight=Decimal("70"), edition="page")
@example(cells=100_000_000, weight=Decimal("250"), edition="public")
@example(cells=100_000_001, weight=Decimal("200"), edition="public")
@settings(max_examples=size(100, 500, 10_000), deadline=None)
def test_the_dose_is_half_a_million_to_a_million_a_kilogram_and_at_most_a_hundred_million(
    cells: int, weight: Decimal, edition: Edition
) -> None:
    least = min(weight * 500_000, Decimal(100_000_000))
    most = min(weight * 1_000_000, Decimal(100_000_000))
    expected = "met" if least <= cells <= most else "not met"
    assert dose(cells, weight, edition).state == expected


def test_the_weight_is_the_last_one_measured_by_the_day() -> None:
    verdict = dose(52_000_000, Decimal(110))
    assert "55 to 100 x 10^6 at 110 kg" in verdict.reason
    assert (verdict.state, "R77" in verdict.source) == ("not met", True)


def test_without_a_weight_or_a_count_it_is_said_which_is_missing() -> None:
    assert "no weight is on record" in dose(52_000_000, None).reason
    assert "does not say how many" in dose(None, Decimal(70)).reason


def test_another_product_goes_by_its_own_page() -> None:
    """Abecma is given by count alone; its page has 300 to 510 million for one indication."""
    page = next(p for p in RULES["public"].products.products if p.name == "abecma")
    (flat,) = {(d.flat_least, d.most) for d in page.doses if d.holds(DAY_0, "public")}
    assert flat[0] is not None
    assert dose(flat[0] - 1, Decimal(70), product="abecma").state == "not met"
    assert dose(flat[0], None, product="abecma").state == "met"
    assert dose(flat[1] + 1, Decimal(70), product="abecma").state == "not met"
