"""Every CAR-T product bills its own codes and nobody else's; bispecifics open no encounter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.claims.by_product import (
    CASES,
    RULES,
    Case,
    bag,
    changed,
    inpatient,
    outpatient,
    to_the_bag,
)
from tests.given import (
    DAY_0,
    admitted,
    discharged,
    history,
    lymphodepletion,
    opened,
    room_charged,
)
from veinledger.adapters.pages import read_centre, read_rules, shipped_pages, shipped_rules
from veinledger.domain.centre.directory import Charge
from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site")


def seen_in(edition: Edition, *told: Record | list[Record]) -> ClaimSet:
    return claims(history(*told), CENTRE, shipped_rules(edition))


def the(made: ClaimSet, label: str) -> Claim:
    claim = made.claim(label)
    assert claim is not None, [each.label for each in made.claims]
    return claim


def found(claim: Claim) -> dict[str, str]:
    return {each.rule: each.reason for each in claim.findings}


def name(case: Case) -> str:
    return case.product


def of_others(case: Case) -> set[str]:
    """Every code that belongs to another product."""
    others = [each for each in CASES if each is not case]
    return {code for each in others for code in (each.hcpcs, each.peripheral, each.central)}


def codes_on(made: ClaimSet) -> set[str]:
    lines = {line.code for line in made.lines()}
    return lines | {code.code for claim in made.claims for code in claim.codes}


@pytest.mark.parametrize("case", CASES, ids=name)
class TestEveryProduct:
    def test_an_inpatient_infusion_bills_its_own_dose_procedure_and_label(self, case: Case) -> None:
        made = seen_in("public", inpatient(case))
        claim = the(made, "C1")
        (dose,) = [line for line in made.lines() if line.code == case.hcpcs]
        assert (dose.units, dose.ndc, dose.revenue_code) == (Decimal(1), case.ndc, "0891")
        assert claim.coded("procedure") == (case.peripheral,)
        assert claim.payment_mechanism == "MS-DRG 018"
        assert claim.coded("principal") == (case.code,)
        assert claim.coded("remarks") == (case.product.upper(),)
        assert claim.state == "ready", claim.state_reason

    def test_an_outpatient_infusion_bills_its_own_dose_and_group(self, case: Case) -> None:
        made = seen_in("public", outpatient(case))
        claim = the(made, "C1")
        (dose,) = [line for line in made.lines() if line.code == case.hcpcs]
        assert (dose.units, dose.ndc, dose.payment) == (Decimal(1), case.ndc, "billed")
        apc = RULES.code(f"{case.product}_apc", DAY_0)
        assert claim.payment_mechanism == f"APC {apc.code}"
        assert not claim.coded("procedure")
        assert claim.state == "ready", claim.state_reason

    def test_a_central_vein_has_its_own_procedure(self, case: Case) -> None:
        told = [
            changed(each, access="central") if each.fact.type == "cells.infused" else each
            for each in inpatient(case)
        ]
        assert the(seen_in("public", told), "C1").coded("procedure") == (case.central,)

    def test_nothing_of_another_product_stands_anywhere(self, case: Case) -> None:
        for told in (inpatient(case), outpatient(case)):
            made = seen_in("public", told)
            assert not codes_on(made) & of_others(case)
            labels = {product_of(line.ndc) for line in made.lines() if line.ndc}
            strange = {product_of(each.ndc) for each in CASES if each is not case}
            assert not labels & strange

    def test_its_lymphodepletion_is_billed_by_its_own_regimen(self, case: Case) -> None:
        made = seen_in("public", inpatient(case))
        flu, cy, _ = made.dosing
        for said, daily in zip((flu, cy), case.daily, strict=True):
            assert said.arithmetic.startswith(f"{daily} mg/m2 x 1.85 m2")
        assert {line.code for line in made.lines()} >= {"J9185", "J9075"}

    def test_its_cells_are_capped(self, case: Case) -> None:
        *_, cells = seen_in("public", inpatient(case)).dosing
        assert f"{case.cap} x 10^6" in cells.arithmetic
        for number, told in ((case.cap, False), (case.cap + 1, True)):
            story = [each for each in inpatient(case) if each.fact.type != "cells.infused"]
            heavy = bag(case, cells=number * 1_000_000, weight=Decimal(200))
            claim = the(seen_in("public", story, heavy), "C1")
            assert ("a_number_of_cells_outside_the_dose_is_told" in found(claim)) is told
            assert claim.state == "ready"

    def test_what_was_not_verified_is_told_and_holds_nothing(self, case: Case) -> None:
        rule = "what_nobody_verified_on_the_product_page_is_told"
        made = seen_in("public", inpatient(case))
        told = {claim.kind for claim in made.claims if rule in found(claim)}
        assert told == {"tecartus": {"B", "C"}, "breyanzi": {"C"}}.get(case.product, set())
        assert "held" not in {claim.state for claim in made.claims}


@pytest.mark.parametrize(("product", "code"), [("tecvayli", "J9380"), ("elrexfio", "J1323")])
def test_a_bispecific_antibody_opens_no_encounter_and_is_told_where_it_belongs(
    product: str, code: str
) -> None:
    made = seen_in("public", opened(product=product))
    assert made.claims == ()
    (why,) = [x for x in made.findings if x.rule == "an_encounter_is_about_a_car_t_product"]
    assert (why.severity, why.holds) == ("critical", True)
    assert f"each dose is a drug line ({code}" in why.reason
    assert "the claim of its own visit" in why.reason


def test_a_seventh_product_is_one_page_of_data(tmp_path: Path) -> None:
    """Aucatzyl, whose code the book knows, by a page of the site's own."""
    abecma = shipped_pages()["products/abecma.toml"].decode()
    page = (
        abecma.replace('"abecma"', '"aucatzyl"')
        .replace('"ABECMA"', '"AUCATZYL"')
        .replace('"59572-0515"', '"83047-0400"')
        .replace('"abecma_dose"', '"obecabtagene_dose"')
    )
    own = "\n".join(
        each
        for each in page.splitlines()
        if not each.startswith(("ndc = ", "labeler = ", "apc = "))
    )
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "aucatzyl.toml").write_text(own)
    case = replace(
        CASES[0], product="aucatzyl", indication="3L+", ndc="83047-400-10", hcpcs="Q2058"
    )
    stay = [admitted(), bag(case), room_charged(), discharged()]
    told = history(to_the_bag(case), lymphodepletion(), stay)
    price = Charge(hcpcs="Q2058", amount=Decimal(650_000), since=date(2025, 1, 1))
    priced = replace(CENTRE, charges=(*CENTRE.charges, price))
    made = claims(told, priced, read_rules("public", [tmp_path]))
    claim = the(made, "C1")
    assert [line.ndc for line in claim.lines if line.code == "Q2058"] == ["83047-400-10"]
    assert claim.coded("remarks") == ("AUCATZYL",)
    assert "held" not in {each.state for each in made.claims}


def test_a_lighter_child_with_leukemia_is_dosed_by_weight_and_a_heavier_one_is_not() -> None:
    kymriah = RULES.products.named("kymriah")
    light, heavy = (
        kymriah.dose(DAY_0, "public", "lymphoblastic_leukemia", Decimal(weight))
        for weight in ("50", "50.1")
    )
    assert light is not None
    assert heavy is not None
    assert light.range(Decimal(20)) == (Decimal(4_000_000), Decimal(100_000_000))
    assert heavy.range(Decimal(80)) == (Decimal(10_000_000), Decimal(250_000_000))
    assert kymriah.dose(DAY_0, "public", "lymphoblastic_leukemia") is None


def test_a_page_that_goes_by_indication_chooses_none_without_one() -> None:
    tecartus = RULES.products.named("tecartus")
    assert tecartus.regimen(DAY_0, "public") is None
    assert tecartus.dose(DAY_0, "public") is None
    mantle = tecartus.regimen(DAY_0, "public", "mantle_cell")
    leukemia = tecartus.regimen(DAY_0, "public", "lymphoblastic_leukemia")
    assert mantle is not None
    assert leukemia is not None
    assert [mantle.days_of(drug) for drug in mantle.drugs] == [3, 3]
    assert [leukemia.days_of(drug) for drug in leukemia.drugs] == [3, 1]


def test_a_referral_that_names_the_disease_alone_is_told_apart_by_the_diagnosis() -> None:
    for code, daily in (("C83.18", "30 mg/m2 x 1.85"), ("C91.02", "25 mg/m2 x 1.85")):
        told = [*opened(product="tecartus", indication="unsaid", code=code)]
        said = [each.arithmetic for each in seen_in("public", told).dosing]
        assert said[0].startswith(daily)
