"""A wrong label is found, named and held, each way of being wrong by a rule of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import tests.given as world
from tests.claims.by_product import CASES, Case, bag, changed, inpatient, to_the_bag
from tests.given import (
    admitted,
    certified,
    collected,
    discharged,
    history,
    infused,
    made,
    opened,
    record,
    room_charged,
)
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site").certifying(certified())
BY_NAME = {case.product: case for case in CASES}
CARVYKTI, BREYANZI, YESCARTA = (BY_NAME[name] for name in ("carvykti", "breyanzi", "yescarta"))
ANOTHER_CODE = "a_code_of_another_product_on_the_label_holds_the_claim"
ANOTHER_MAKER = "a_label_of_another_maker_holds_the_claim"
ANOTHER_PRODUCT = "another_product_of_the_same_maker_holds_the_claim"
ANOTHER_LOT = "another_lot_than_the_one_that_came_holds_the_claim"
ANOTHER_CLASS = "a_product_of_another_class_is_never_billed_for_myeloma"
NOT_ON_THE_PAGE = "the_indication_is_on_the_product_page_on_the_day"
DOES_NOT_FIT = "the_documented_disease_fits_the_indication"
LABEL_RULES = {ANOTHER_CODE, ANOTHER_MAKER, ANOTHER_PRODUCT, ANOTHER_LOT}


def infusion(edition: Edition, *told: Record | list[Record]) -> Claim:
    claim = claims(history(*told), CENTRE, shipped_rules(edition)).claim("C1")
    assert claim is not None
    return claim


def found(claim: Claim) -> dict[str, str]:
    return {each.rule: each.reason for each in claim.findings}


def with_bag(case: Case, **label: Any) -> list[Record]:
    """An encounter of a product whose bag says something else at the bedside."""
    return [*to_the_bag(case), admitted(), bag(case, **label), room_charged(), discharged()]


def dose_ndcs(claim: Claim) -> list[str | None]:
    return [line.ndc for line in claim.lines if line.code.startswith("Q20")]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("Q2055", "which is ABECMA, another BCMA CAR-T, not Q2056"),
        ("Q2041", "which is YESCARTA, a CD19 CAR-T for lymphoma and leukaemia, never multiple my"),
        ("Q2042", "which is KYMRIAH, a CD19 CAR-T for lymphoma and leukaemia"),
        ("J9380", "which is TECVAYLI, another BCMA bispecific, not Q2056"),
        ("J9999", "which is no code that this program knows"),
    ],
)
def test_a_code_of_another_product_is_named_with_its_class(
    edition: Edition, code: str, words: str
) -> None:
    claim = infusion(edition, with_bag(CARVYKTI, hcpcs_on_label=code))
    assert (claim.state, set(found(claim)) & LABEL_RULES) == ("held", {ANOTHER_CODE})
    assert words in found(claim)[ANOTHER_CODE]
    assert code not in {line.code for line in claim.lines}


@pytest.mark.parametrize(
    ("code", "words"), [("Q2057", "Tecelra"), ("Q2058", "Aucatzyl, a CD19"), ("J3055", "Talvey")]
)
def test_a_product_without_a_page_is_named_too(code: str, words: str) -> None:
    assert words in found(infusion("public", with_bag(CARVYKTI, hcpcs_on_label=code)))[ANOTHER_CODE]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("ndc", "words"),
    [
        ("59572-515-01", "which is ABECMA (BCMA CAR-T): Celgene"),
        ("0078-0846-19", "which is KYMRIAH (CD19 CAR-T): Novartis, labeler 00078"),
        ("71287-119-01", "which is YESCARTA (CD19 CAR-T): Kite"),
        ("50242-135-01", "which is no product that this program knows: labeler 50242, unknown"),
    ],
)
def test_another_maker_is_named_and_its_label_is_on_no_line(
    edition: Edition, ndc: str, words: str
) -> None:
    claim = infusion(edition, with_bag(CARVYKTI, ndc_on_label=ndc))
    assert (claim.state, set(found(claim)) & LABEL_RULES) == ("held", {ANOTHER_MAKER})
    assert words in found(claim)[ANOTHER_MAKER]
    assert "not Janssen Biotech, labeler 57894" in found(claim)[ANOTHER_MAKER]
    assert dose_ndcs(claim) == [None]


@pytest.mark.parametrize(
    ("ndc", "words"),
    [
        ("57894-502-05", "which is Darzalex"),
        ("57894-449-01", "which is TECVAYLI (BCMA bispecific)"),
        ("57894-450-01", "which is TECVAYLI (BCMA bispecific)"),
        ("57894-469-01", "which is Talvey"),
        ("57894-470-01", "which is Talvey, further strength"),
        ("57894-999-01", "which is no product that this program knows"),
    ],
)
def test_another_product_of_the_same_labeler_is_told_from_its_own(ndc: str, words: str) -> None:
    claim = infusion("public", with_bag(CARVYKTI, ndc_on_label=ndc))
    assert (claim.state, set(found(claim)) & LABEL_RULES) == ("held", {ANOTHER_PRODUCT})
    assert words in found(claim)[ANOTHER_PRODUCT]
    assert "the same maker as CARVYKTI" in found(claim)[ANOTHER_PRODUCT]
    assert dose_ndcs(claim) == [None]


def test_one_maker_with_two_car_t_products_is_told_apart() -> None:
    claim = infusion("public", with_bag(YESCARTA, ndc_on_label="71287-219-01"))
    assert "which is TECARTUS (CD19 CAR-T)" in found(claim)[ANOTHER_PRODUCT]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.product)
def test_a_true_label_is_never_held_in_either_edition(case: Case) -> None:
    for edition in EDITIONS:
        claim = infusion(edition, inpatient(case))
        assert not set(found(claim)) & LABEL_RULES
        assert dose_ndcs(claim) == [case.ndc]


def test_a_code_and_a_maker_that_are_both_wrong_are_two_findings() -> None:
    claim = infusion(
        "public", with_bag(CARVYKTI, hcpcs_on_label="Q2055", ndc_on_label="59572-515-01")
    )
    assert set(found(claim)) & LABEL_RULES == {ANOTHER_CODE, ANOTHER_MAKER}


def test_the_printed_ndc_is_its_own_on_the_page_and_another_product_in_public() -> None:
    batch = made(ndc="57894-502-01")
    bed = [admitted(), infused(ndc="57894-502-01"), room_charged(), discharged()]
    told = [*opened("medicare"), *collected(), *batch, *bed]
    page, public = infusion("page", told), infusion("public", told)
    assert (page.state, dose_ndcs(page)) == ("ready", ["57894-502-01"])
    assert public.state == "held"
    assert "Darzalex" in found(public)[ANOTHER_PRODUCT]


class TestTheLabelerOfBreyanzi:
    """The page prints 73154, which is Ardelyx; the true one is 73153."""

    def test_the_true_labeler_is_a_difference_on_both_sides(self) -> None:
        for edition, there in (("public", "73154"), ("page", "73153")):
            claim = infusion("public" if edition == "public" else "page", inpatient(BREYANZI))
            (told,) = [each for each in claim.differs if each.row == "R67"]
            assert told.there == there
            assert "Ardelyx" in told.consequence

    def test_the_printed_labeler_is_accepted_by_the_page_and_named_in_public(self) -> None:
        told = with_bag(BREYANZI, ndc_on_label="73154-900-01")
        assert not set(found(infusion("page", told))) & LABEL_RULES
        public = infusion("public", told)
        assert "Ardelyx, labeler 73154, not Juno" in found(public)[ANOTHER_MAKER]
        assert public.state == "held"


def settling(key: str) -> FindingSettled:
    return FindingSettled(finding=key, decision="accepted", credential="CCS", reason="checked")


class TestLots:
    def test_a_lot_that_never_came_holds_the_claim(self) -> None:
        claim = infusion("public", with_bag(CARVYKTI, lot="L9"))
        assert claim.state == "held"
        assert (
            "was received under its chain of identity: nobody knows it" in found(claim)[ANOTHER_LOT]
        )

    def test_the_lot_of_another_batch_is_said_to_be_that(self) -> None:
        other = [*collected("COI-2", -80, "A-9"), *made("COI-2", -75, lot="L2")]
        claim = infusion("public", *with_bag(CARVYKTI, lot="L2"), other)
        assert "the lot of another batch" in found(claim)[ANOTHER_LOT]

    def test_a_lot_that_was_released_otherwise_holds_the_claim(self) -> None:
        told = [
            changed(each, lot="L7") if each.fact.type == "product.received" else each
            for each in with_bag(CARVYKTI, lot="L7")
        ]
        assert "was released under its chain" in found(infusion("public", told))[ANOTHER_LOT]

    def test_without_a_receipt_that_names_a_lot_the_release_is_asked(self) -> None:
        told = [
            changed(each, lot=None) if each.fact.type == "product.received" else each
            for each in with_bag(CARVYKTI, lot="L9")
        ]
        assert "was released under its chain" in found(infusion("public", told))[ANOTHER_LOT]
        other = [*collected("COI-2", -80, "A-9"), *made("COI-2", -75, lot="L2")]
        said = found(infusion("public", told, other))[ANOTHER_LOT]
        assert "was released under its chain" in said

    def test_without_a_lot_nothing_is_compared(self) -> None:
        assert ANOTHER_LOT not in found(infusion("public", with_bag(CARVYKTI, lot=None)))

    def test_two_batches_of_one_chain_are_both_its_own(self) -> None:
        again = made(number=-35, lot="L2")
        for lot in ("L1", "L2"):
            told = [*with_bag(CARVYKTI, lot=lot), *again]
            assert ANOTHER_LOT not in found(infusion("public", told))

    def test_a_person_may_settle_it(self) -> None:
        told = with_bag(CARVYKTI, lot="L9")
        keys = [each.key for each in infusion("public", told).findings if each.holds]
        settled = [record(settling(key), 20, f"settled {key}") for key in keys]
        assert infusion("public", told, settled).state == "ready"


def test_before_its_code_began_only_another_products_code_is_strange(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(world, "DAY_0", date(2022, 6, 1))
    early = infusion("public", with_bag(CARVYKTI, hcpcs_on_label="C9098"))
    assert ANOTHER_CODE not in found(early)
    strange = infusion("public", with_bag(CARVYKTI, hcpcs_on_label="Q2055"))
    assert (
        "which is ABECMA, another BCMA CAR-T, not a code of CARVYKTI"
        in found(strange)[ANOTHER_CODE]
    )


class TestTheClassOfADisease:
    def test_a_lymphoma_that_nobody_coded_is_not_billed_as_myeloma(self) -> None:
        told = [
            changed(each, code=None) if each.fact.type == "disease.assessed" else each
            for each in inpatient(YESCARTA)
        ]
        for claim in claims(history(told), CENTRE, shipped_rules()).claims:
            assert claim.state == "held", claim.label

    @pytest.mark.parametrize("code", ["C90.00", "C90.02"])
    @pytest.mark.parametrize("name", ["yescarta", "kymriah", "tecartus", "breyanzi"])
    def test_a_cd19_product_is_never_billed_for_myeloma(self, name: str, code: str) -> None:
        told = [
            changed(each, code=code) if each.fact.type == "disease.assessed" else each
            for each in inpatient(BY_NAME[name])
        ]
        made = claims(history(told), CENTRE, shipped_rules())
        for claim in made.claims:
            assert claim.state == "held", claim.label
            assert (
                "for lymphoma and leukaemia, never multiple myeloma" in found(claim)[ANOTHER_CLASS]
            )

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.product)
    def test_its_own_disease_is_no_finding(self, case: Case) -> None:
        said = set(found(infusion("public", inpatient(case))))
        assert not said & {ANOTHER_CLASS, NOT_ON_THE_PAGE, DOES_NOT_FIT}

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("carvykti", "C83.30"),
            ("carvykti", "C90.01"),
            ("breyanzi", "C91.00"),
            ("kymriah", "C83.390"),
            ("yescarta", "C91.10"),
        ],
    )
    def test_a_disease_outside_the_indication_is_told_and_holds_nothing(
        self, name: str, code: str
    ) -> None:
        told = [
            changed(each, code=code) if each.fact.type == "disease.assessed" else each
            for each in inpatient(BY_NAME[name])
        ]
        claim = infusion("public", told)
        assert claim.state == "ready"
        assert "is no diagnosis of" in found(claim)[DOES_NOT_FIT]
        assert code not in found(claim)[DOES_NOT_FIT]


class TestTheIndicationOfTheDay:
    def test_the_fourth_line_is_gone_from_the_public_page_and_stays_on_the_other(self) -> None:
        told = [
            changed(each, indication="4L+") if each.fact.type == "encounter.opened" else each
            for each in inpatient(CARVYKTI)
        ]
        unproven = [each for each in told if each.fact.type != "therapy.refractoriness_documented"]
        public, page = infusion("public", unproven), infusion("page", unproven)
        assert "it was on it 2022-02-28 to 2024-04-05" in found(public)[NOT_ON_THE_PAGE]
        assert NOT_ON_THE_PAGE not in found(page)

    def test_a_patient_who_meets_the_label_of_the_day_is_no_finding(self) -> None:
        told = [
            changed(each, indication="4L+") if each.fact.type == "encounter.opened" else each
            for each in inpatient(CARVYKTI)
        ]
        claim = infusion("public", told)
        assert claim.state == "ready"
        assert NOT_ON_THE_PAGE not in found(claim)

    @pytest.mark.parametrize("words", ["2l+", "SECOND-LINE", "second_line", "multiple myeloma"])
    def test_a_referral_is_understood_as_people_write_it(self, words: str) -> None:
        told = [
            changed(each, indication=words) if each.fact.type == "encounter.opened" else each
            for each in inpatient(CARVYKTI)
        ]
        assert NOT_ON_THE_PAGE not in found(infusion("public", told))

    def test_words_that_the_page_never_had_are_told_without_being_repeated(self) -> None:
        told = [
            changed(each, indication="sarcoma") if each.fact.type == "encounter.opened" else each
            for each in inpatient(CARVYKTI)
        ]
        said = found(infusion("public", told))[NOT_ON_THE_PAGE]
        assert "it was never on it" in said
        assert "sarcoma" not in said
