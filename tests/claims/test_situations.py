"""Each situation on the way to the infusion has a golden encounter, billed as it was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import pytest

from tests.claims.encounters.registry import ENCOUNTERS
from tests.claims.golden import Made, everything, made_of
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.manufacturing import (
    ManufacturingFailed,
    ManufacturingReleased,
    ManufacturingStarted,
    ProductDeviationAccepted,
    ProductRejected,
)
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.shapes import ClaimSet, Line

Asked = Callable[[ClaimSet, Effective], bool]


def failed_in_manufacture(_: ClaimSet, seen: Effective) -> bool:
    return any(True for _ in seen.of(ManufacturingFailed)) and _infused(seen)


def rejected_on_arrival(_: ClaimSet, seen: Effective) -> bool:
    return any(True for _ in seen.of(ProductRejected)) and _infused(seen)


def made_again_from_the_cells_at_hand(_: ClaimSet, seen: Effective) -> bool:
    """Two batches were begun, one collection was done, and the cells went in."""
    begun, collected = (len(list(seen.of(k))) for k in (ManufacturingStarted, ApheresisCompleted))
    return begun > collected and _infused(seen)


def released_out_of_specification_and_accepted(_: ClaimSet, seen: Effective) -> bool:
    out = any(fact.specification == "out" for _, fact in seen.of(ManufacturingReleased))
    accepted = any(True for _ in seen.of(ProductDeviationAccepted))
    return out and accepted and _infused(seen)


def collected_on_two_days(_: ClaimSet, seen: Effective) -> bool:
    return len({record.day for record, _ in seen.of(ApheresisCompleted)}) > 1


def conditioned_twice(_: ClaimSet, seen: Effective) -> bool:
    return len({fact.course for _, fact in seen.of(LymphodepletionDoseGiven)}) > 1


def billed_to_two_payers(found: ClaimSet, _: Effective) -> bool:
    return len({claim.payer for claim in found.claims}) > 1


def in_a_bed_on_the_first_of_october(found: ClaimSet, _: Effective) -> bool:
    stays = [claim for claim in found.claims if claim.inpatient]
    return any(
        claim.first_day < date(claim.last_day.year, 10, 1) <= claim.last_day for claim in stays
    )


SITUATIONS: Final[tuple[Asked, ...]] = (
    failed_in_manufacture,
    rejected_on_arrival,
    made_again_from_the_cells_at_hand,
    released_out_of_specification_and_accepted,
    collected_on_two_days,
    conditioned_twice,
    billed_to_two_payers,
    in_a_bed_on_the_first_of_october,
)


def _infused(seen: Effective) -> bool:
    return any(True for _ in seen.of(CellsInfused))


@pytest.fixture(scope="module")
def golden() -> dict[str, Made]:
    return {name: made for name, _, made in everything("public")}


@pytest.mark.parametrize("asked", SITUATIONS, ids=lambda each: each.__name__)
def test_a_golden_encounter_shows_it(asked: Asked, golden: dict[str, Made]) -> None:
    shows = [name for name, (found, seen, _) in golden.items() if asked(found, seen)]
    assert shows
    assert len(shows) < len(golden), "the question is answered by every encounter"


def made(name: str, edition: Edition = "public") -> ClaimSet:
    found, _, _ = made_of(ENCOUNTERS[name], edition)
    return found


def lines(found: ClaimSet, code: str) -> list[Line]:
    return [line for line in found.lines() if line.code == code]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    "name",
    [
        "product_rejected_and_cells_collected_again",
        "made_again_from_the_same_cells",
        "made_again_under_a_new_chain_where_the_site_folds",
        "lymphodepletion_given_twice",
    ],
)
def test_whatever_went_wrong_before_one_dose_is_billed(name: str, edition: Edition) -> None:
    assert sum(line.units for line in lines(made(name, edition), "Q2056")) == 1


def test_both_collections_of_a_rejected_product_are_listed_and_the_bag_is_not() -> None:
    found = made("product_rejected_and_cells_collected_again")
    assert len(lines(found, "38225")) == 2
    assert any("turned this batch away" in reason for reason in found.unbilled.values())


def test_cells_that_are_made_again_were_collected_once() -> None:
    assert len(lines(made("made_again_from_the_same_cells"), "38225")) == 1


def test_a_collection_of_two_batches_is_folded_once() -> None:
    found = made("made_again_under_a_new_chain_where_the_site_folds")
    (dose,) = lines(found, "Q2056")
    assert lines(found, "38225") == []
    assert dose.quantity.count("38225 of") == 1


def test_each_claim_goes_to_the_payer_of_its_own_day() -> None:
    found = made("covered_by_another_payer_between_collection_and_infusion")
    payers = {claim.label: claim.payer for claim in found.claims}
    assert payers == {"A1": "tamarack_mutual", "C1": "medicare"}
    assert {line.payment for line in lines(found, "38225")} == {"billed"}


def test_two_courses_are_two_claims_with_the_units_of_each() -> None:
    found = made("lymphodepletion_given_twice")
    given = [line for line in lines(found, "J9185") if "JW" not in line.modifiers]
    assert [line.units for line in given] == [2] * 6
    assert len([claim for claim in found.claims if claim.kind == "B"]) == 2


def test_the_page_pools_the_doses_of_each_course_by_itself() -> None:
    given = lines(made("lymphodepletion_given_twice", "page"), "J9185")
    assert [line.units for line in given] == [167, 167]
