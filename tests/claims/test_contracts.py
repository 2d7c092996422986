"""What a contract does to claims: case rates, what they leave outside, and fixed fees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from tests.given import (
    Payer,
    admitted,
    at,
    collected,
    day,
    discharged,
    history,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import CaseRate, Contract, FixedFee
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site")
CELLS = infused()
BOUGHT = replace(
    CELLS, fact=replace(cast("CellsInfused", CELLS.fact), invoice_amount=Decimal("571970.00"))
)
STAY = [admitted(), BOUGHT, room_charged(), discharged()]
CLAUSE = "an agreement, section 1"


def story(payer: Payer, *told: Record | list[Record]) -> list[Record | list[Record]]:
    return [opened(payer), collected(), made(), lymphodepletion(), *told]


def seen_by(centre: Centre, *told: Record | list[Record]) -> ClaimSet:
    return claims(history(*told), centre, shipped_rules())


def seen(payer: Payer, *told: Record | list[Record]) -> ClaimSet:
    return seen_by(CENTRE, *story(payer, *told))


def the(made_of: ClaimSet, label: str) -> Claim:
    claim = made_of.claim(label)
    assert claim is not None, [each.label for each in made_of.claims]
    return claim


def visit(number: int) -> Record:
    where = service("office", f"V{number}", "neurology_office")
    return record(NeurologyVisitCompleted(service=where, cpt="99214"), number)


ON_DAY_0 = [
    record(admitted().fact, at(0, "08:00"), "admitted"),
    record(infused().fact, at(0, "12:00"), "infused"),
    record(visit(0).fact, at(0, "18:00"), "seen in the evening"),
]
"""Infused at noon and seen by neurology in the evening."""


def readmitted(number: int) -> list[Record]:
    return [
        record(CrsGraded(grade=2), number),
        admitted(number, "CRS/ICANS", "A-5"),
        room_charged(number, "A-5", 3),
        discharged(number + 3, "A-5"),
    ]


def agreed(**rate: Any) -> Centre:
    """The sample site with one case rate with Harbor Health in place of its own."""
    made_of: dict[str, Any] = {"anchor": "cells.infused", "days": 60, "covers": ("C",), **rate}
    contract = Contract(
        name="agreed",
        payer="harbor_health",
        clause=CLAUSE,
        since=date(2026, 1, 1),
        case_rate=CaseRate(**made_of),
    )
    return replace(CENTRE, contracts=(contract,))


class TestTheProductBesideARate:
    """Cedar Advantage pays one rate for 90 days, and the product beside it."""

    SET = seen("cedar_advantage", STAY, visit(30), visit(89), visit(90))

    def test_the_product_line_is_billed_and_cites_the_clause(self) -> None:
        claim = the(self.SET, "C1")
        (dose,) = [line for line in claim.lines if line.code == "Q2056"]
        assert dose.payment == "billed"
        assert dose.payment_reason.startswith("beside the case rate: Cedar Advantage agreement")

    def test_every_other_line_is_inside_the_rate(self) -> None:
        others = [line for line in the(self.SET, "C1").lines if line.code != "Q2056"]
        assert {line.revenue_code for line in others} >= {"0120"}
        for line in others:
            assert line.payment == "bundled"
            assert line.payment_reason.startswith("case rate: Cedar Advantage agreement 2025")

    def test_the_claim_goes_out(self) -> None:
        claim = the(self.SET, "C1")
        assert claim.state == "ready", claim.state_reason
        assert claim.payment_mechanism == "case rate, the product beside it"
        assert "schedule 2, section 3" in claim.payment_reason

    def test_the_visits_inside_are_bundled_whole(self) -> None:
        inside = {c.label: c.state == "bundled" for c in self.SET.claims if c.kind == "E"}
        assert inside == {"E1": True, "E2": True, "E3": False}

    def test_what_a_window_moved_there_does_not_put_it_before_day_0(self) -> None:
        claim = the(self.SET, "C1")
        assert any(line.moved_from == "B" for line in claim.lines)
        assert claim.first_day < day(0)

    def test_without_the_carve_out_the_infusion_is_bundled_whole(self) -> None:
        made_of = seen_by(agreed(), *story("harbor_health", STAY))
        claim = the(made_of, "C1")
        assert (claim.state, claim.payment_mechanism) == ("bundled", "case rate")
        assert {line.payment for line in claim.lines} == {"bundled"}
        assert {line.payment_reason for line in claim.lines} == {f"case rate: {CLAUSE}"}


class TestDayZero:
    """Birch Health counts its year of visits from the day after the infusion."""

    @pytest.mark.parametrize(
        ("number", "inside"), [(0, False), (1, True), (365, True), (366, False)]
    )
    def test_the_days_begin_after_the_infusion(self, number: int, inside: bool) -> None:
        told = ON_DAY_0 if number == 0 else [*ON_DAY_0[:2], visit(number)]
        claim = next(claim for claim in seen("birch_health", told).claims if claim.kind == "E")
        assert (claim.state == "bundled") is inside

    def test_a_rate_that_counts_the_day_includes_it_and_ends_a_day_sooner(self) -> None:
        centre = agreed(covers=("E",), days=30)
        told = story("harbor_health", ON_DAY_0, visit(29), visit(30))
        made_of = seen_by(centre, *told)
        inside = [c.state == "bundled" for c in made_of.claims if c.kind == "E"]
        assert inside == [True, True, False]


class TestReadmissions:
    CENTRE = agreed(covers=("C",), days=1, readmission_days=10)

    @pytest.mark.parametrize(("number", "inside"), [(14, True), (24, True), (25, False)])
    def test_a_readmission_soon_after_the_discharge_is_inside(
        self, number: int, inside: bool
    ) -> None:
        told = story("harbor_health", STAY, readmitted(number))
        claim = the(seen_by(self.CENTRE, *told), "D1")
        assert (claim.state == "bundled") is inside
        if inside:
            assert CLAUSE in claim.state_reason
            assert "the discharge of the infusion, within the 10" in claim.state_reason
            assert {line.payment for line in claim.lines} == {"bundled"}

    def test_how_many_days_it_was_is_said(self) -> None:
        claim = the(seen_by(self.CENTRE, *story("harbor_health", STAY, readmitted(15))), "D1")
        assert "readmitted 1 day after" in claim.payment_reason
        claim = the(seen_by(self.CENTRE, *story("harbor_health", STAY, readmitted(14))), "D1")
        assert "readmitted on the day of the discharge of the infusion" in claim.payment_reason

    def test_a_contract_without_such_a_rule_leaves_it_outside(self) -> None:
        centre = agreed(covers=("C",), days=1)
        claim = the(seen_by(centre, *story("harbor_health", STAY, readmitted(20))), "D1")
        assert claim.state != "bundled"

    def test_an_outpatient_infusion_has_no_discharge_to_count_from(self) -> None:
        where = service(account="A-3")
        told = story("harbor_health", infused(where), readmitted(5))
        assert the(seen_by(self.CENTRE, *told), "D1").state != "bundled"


class TestFixedFees:
    """Lakes State Medicaid pays one fee for the collection and one for the infusion."""

    SET = seen("lakes_medicaid", STAY)

    @pytest.mark.parametrize(
        ("label", "amount", "where"),
        [("A1", "$5,200.00", "chapter 12.3"), ("C1", "$480,000.00", "chapter 12.5")],
    )
    def test_a_fee_is_the_mechanism_and_cites_its_clause(
        self, label: str, amount: str, where: str
    ) -> None:
        claim = the(self.SET, label)
        assert claim.payment_mechanism == f"fixed fee {amount}"
        assert where in claim.payment_reason
        assert claim.state == "ready"
        for line in claim.lines:
            assert (line.payment, where in line.payment_reason) == ("bundled", True)

    def test_a_claim_without_a_fee_is_paid_as_it_would_be(self) -> None:
        claim = the(self.SET, "B1")
        assert claim.payment_mechanism == "by contract"
        assert {line.payment for line in claim.lines} == {"billed"}

    def test_a_case_rate_goes_before_a_fee(self) -> None:
        fee = FixedFee(covers=("C",), amount=Decimal(1), clause="a fee")
        (rate,) = agreed().contracts
        centre = replace(CENTRE, contracts=(replace(rate, fixed_fees=(fee,)),))
        claim = the(seen_by(centre, *story("harbor_health", STAY)), "C1")
        assert claim.payment_mechanism == "case rate"


def test_the_contract_of_the_coverage_of_the_day_decides() -> None:
    assert CENTRE.contract("birch_health", "carvykti", day(0)) is not None
    claim = the(seen("medicare", STAY), "C1")
    assert claim.payment_mechanism == "MS-DRG 018"
