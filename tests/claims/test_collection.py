"""Claim A: collections tracked on lines of their own, or folded into the product's line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from tests.claims.cells import CLINIC, OFFICE, SITE, price_posted, sent, site, so
from tests.given import (
    CHAIN,
    admitted,
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
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.collection import ApheresisCompleted, ApheresisFailed, CellsPrepared
from veinledger.domain.facts.encounter import EncounterWithdrawn
from veinledger.domain.facts.manufacturing import ManufacturingFailed, ManufacturingStarted
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet, Line

TO_THE_BAG = [*collected(), *made()]
CLINIC_DAY = [*opened("medicare"), *TO_THE_BAG, infused(CLINIC)]
STAY = [*opened("medicare"), *TO_THE_BAG, admitted(), infused(), room_charged(), discharged()]
FOLDED, TRACKED = site("folded"), site("tracked")
OF_THE_COLLECTION = {"0871", "0872", "0873"}


def seen(
    told: list[Record], centre: Centre = SITE, edition: Edition = "public", as_of: AsOf = None
) -> ClaimSet:
    return claims(history(told), centre, shipped_rules(edition), as_of)


def the(found: ClaimSet, label: str) -> Claim:
    claim = found.claim(label)
    assert claim is not None, [each.label for each in found.claims]
    return claim


def product(found: ClaimSet) -> Line:
    (line,) = [line for line in found.lines() if line.code == "Q2056"]
    return line


def own_lines(found: ClaimSet) -> list[tuple[str, str]]:
    """The lines of collection, preparation and receipt, by day and code."""
    lines = (line for line in found.lines() if line.revenue_code in OF_THE_COLLECTION)
    return [(str(line.day), line.code) for line in lines]


def rules_found(claim: Claim) -> set[str]:
    return {each.rule for each in claim.findings}


def a_collection(
    number: int,
    chain: str | None = CHAIN,
    donation: str | None = None,
    account: str = "A-1",
    message: str | None = None,
) -> Record:
    where = service(account=account)
    fact = ApheresisCompleted(chain_of_identity=chain, donation_number=donation, service=where)
    return record(fact, number, message or f"collected {chain} {donation}@{number} {account}")


class TestUnderMedicare:
    def test_a_tracking_site_has_lines_that_are_not_paid(self) -> None:
        found = seen(CLINIC_DAY, TRACKED)
        assert [line.payment for line in the(found, "A1").lines] == ["tracking", "tracking"]
        assert own_lines(found) == [
            ("2026-03-27", "38225"),
            ("2026-03-27", "38226"),
            ("2026-05-11", "38227"),
        ]
        assert product(found).folded == ()
        assert product(found).charge == Decimal("629166.75")

    def test_a_folding_site_has_their_charges_in_the_products_line(self) -> None:
        found = seen(CLINIC_DAY, FOLDED)
        line = product(found)
        assert own_lines(found) == []
        assert line.charge == Decimal("629166.75") + 4200 + 1800 + 1600
        assert {each.key for each in collected()[:2]} <= set(line.folded)
        assert set(line.folded) <= set(line.basis.records)
        assert "38225 of 2026-03-27" in line.quantity

    def test_a_folded_collection_is_no_claim_of_its_own(self) -> None:
        claim = the(seen(CLINIC_DAY, FOLDED), "A1")
        assert (claim.state, claim.lines) == ("bundled", ())
        assert claim.state_reason.startswith("folded into the product line of claim C")

    def test_a_stay_takes_the_collection_and_keeps_its_receipt_as_posted(self) -> None:
        found = seen([*STAY, _receipt_posted()], FOLDED)
        assert product(found).charge == Decimal("629166.75") + 4200 + 1800
        received = [line for line in the(found, "C1").lines if line.revenue_code == "0873"]
        assert [(line.code, line.charge) for line in received] == [("", Decimal("1600.00"))]

    def test_a_receipt_with_a_code_stands_on_the_stay_too(self) -> None:
        found = seen([*STAY, _receipt_posted("38227")])
        received = [line for line in the(found, "C1").lines if line.revenue_code == "0873"]
        assert [(line.code, line.charge) for line in received] == [("", Decimal("1600.00"))]

    def test_a_charge_posted_for_the_collection_is_folded_as_posted(self) -> None:
        posted = price_posted(-45, Decimal("5000.00"), "A-1", None, "0871")
        line = product(seen([*CLINIC_DAY, posted], FOLDED))
        assert line.charge == Decimal("629166.75") + 5000 + 1800 + 1600
        assert posted.key in line.basis.records

    def test_a_charge_that_is_not_known_holds_the_claim_that_should_have_it(self) -> None:
        unpriced = replace(FOLDED, charges=tuple(c for c in SITE.charges if c.revenue != "0871"))
        claim = the(seen(CLINIC_DAY, unpriced), "C1")
        assert product(seen(CLINIC_DAY, unpriced)).charge is None
        assert claim.state == "held"
        assert "38225 of 2026-03-27" in claim.state_reason
        assert "every_folded_charge_is_known" not in rules_found(
            the(seen(CLINIC_DAY, FOLDED), "C1")
        )

    def test_the_page_folds_nothing(self) -> None:
        found = seen(CLINIC_DAY, FOLDED, "page")
        assert [line.code for line in the(found, "A1").lines] == ["38206"]
        assert product(found).folded == ()

    def test_another_payer_pays_for_the_collection_by_itself(self) -> None:
        told = [*opened(), *TO_THE_BAG, infused(CLINIC)]
        found = seen(told, FOLDED)
        assert {line.payment for line in the(found, "A1").lines} == {"billed"}
        assert product(found).folded == ()


def _receipt_posted(hcpcs: str | None = None) -> Record:
    return price_posted(0, Decimal("1600.00"), "A-3", hcpcs, "0873")


class TestWhatIsNeverFolded:
    def test_a_failed_collection_stands_nowhere(self) -> None:
        fact = ApheresisFailed(chain_of_identity=CHAIN, reason="access", service=service())
        failed = record(fact, -47)
        found = seen([*CLINIC_DAY, failed], FOLDED)
        assert failed.key not in product(found).folded
        assert "never folded" in found.unbilled[failed.key]

    def test_the_collection_of_a_batch_that_failed_keeps_its_line_and_says_why(self) -> None:
        found = seen([*_a_batch_that_failed(), *CLINIC_DAY], FOLDED)
        assert own_lines(found) == [("2026-02-20", "38225")]
        (kept,) = [line for line in found.lines() if line.code == "38225"]
        assert (
            "not folded: no report links it to the cells that were infused" in kept.payment_reason
        )
        assert product(found).charge == Decimal("629166.75") + 4200 + 1800 + 1600

    def test_cells_made_again_under_a_new_chain_keep_their_collection(self) -> None:
        """One collection, two batches: the second failed not, and names the donation."""
        first = [
            a_collection(-80, "COI-0", "D9", "A-0"),
            record(ManufacturingStarted(chain_of_identity="COI-0"), -75),
            record(ManufacturingFailed(chain_of_identity="COI-0", reason="no growth"), -60),
        ]
        again = ManufacturingStarted(chain_of_identity=CHAIN, collections=("D9",))
        told = [*opened("medicare"), *first, record(again, -50), *made(number=-40)[1:]]
        found = seen([*told, infused(CLINIC)], FOLDED)
        assert own_lines(found) == []
        assert first[0].key in product(found).folded
        tracked = seen([*told, infused(CLINIC)], TRACKED)
        assert own_lines(tracked)[:1] == [("2026-02-20", "38225")]
        assert len([line for line in tracked.lines() if line.code == "38225"]) == 1

    def test_a_collection_before_a_failure_that_the_next_batch_does_not_name_is_kept(self) -> None:
        first = [
            a_collection(-80, CHAIN, "D8", "A-0"),
            record(ManufacturingStarted(chain_of_identity=CHAIN), -75),
            record(ManufacturingFailed(chain_of_identity=CHAIN, reason="no growth"), -60),
        ]
        second = [
            a_collection(-55, CHAIN, "D9"),
            record(ManufacturingStarted(chain_of_identity=CHAIN, collections=("D9",)), -50),
        ]
        told = [*opened("medicare"), *first, *second, *made(number=-40)[1:], infused(CLINIC)]
        found = seen(told, FOLDED)
        assert own_lines(found) == [("2026-02-20", "38225")]
        assert second[0].key in product(found).folded

    def test_a_top_up_during_manufacturing_is_folded_with_the_first(self) -> None:
        found = seen([*CLINIC_DAY, a_collection(-38, account="A-7")], FOLDED)
        assert product(found).charge == Decimal("629166.75") + 2 * 4200 + 1800 + 1600
        assert {claim.state for claim in found.claims if claim.kind == "A"} == {"bundled"}

    def test_a_product_that_nobody_bought_takes_no_other_charge(self) -> None:
        found = seen(so(CLINIC_DAY, acquisition="free"), FOLDED)
        assert product(found).charge == Decimal("1.00")
        assert [code for _, code in own_lines(found)] == ["38225", "38226", "38227"]
        assert "token charge" in the(found, "A1").lines[0].payment_reason

    @pytest.mark.parametrize(
        ("biller", "why"),
        [(None, "another provider bills the infusion"), ("main", "on a professional claim")],
    )
    def test_an_office_has_no_line_to_fold_into(self, biller: str | None, why: str) -> None:
        where = replace(OFFICE, biller=biller)
        found = seen([*opened("medicare"), *TO_THE_BAG, infused(where), price_posted()], FOLDED)
        assert [line.code for line in the(found, "A1").lines] == ["38225", "38226"]
        assert why in the(found, "A1").lines[0].payment_reason

    def test_a_collection_that_another_payer_covered_stays_that_payers(self) -> None:
        told = [each for each in CLINIC_DAY if each.fact.type != "coverage.recorded"]
        before = CoverageRecorded(
            payer="harbor_health", kind="commercial", since=day(-400), until=day(-20)
        )
        after = CoverageRecorded(payer="medicare", kind="FFS", since=day(-19))
        covered = [record(before, -90, "before"), record(after, -19, "after")]
        found = seen([*told, *covered], FOLDED)
        assert {line.payment for line in the(found, "A1").lines} == {"billed"}
        assert product(found).charge == Decimal("629166.75") + 1600
        assert the(found, "A1").state == "ready"


class TestBeforeTheInfusion:
    def test_a_folding_site_waits_until_the_cells_are_infused(self) -> None:
        claim = the(seen([*opened("medicare"), *collected()], FOLDED), "A1")
        assert claim.state == "waiting"
        assert "nobody knows yet whether these cells are infused" in claim.state_reason
        assert the(seen([*opened("medicare"), *collected()], TRACKED), "A1").state == "ready"

    def test_cells_that_will_not_be_infused_have_lines_of_their_own(self) -> None:
        told = [*opened("medicare"), *TO_THE_BAG]
        withdrawn = record(EncounterWithdrawn(reason="infection"), -2)
        claim = the(seen([*told, withdrawn], FOLDED), "A1")
        assert [line.code for line in claim.lines] == ["38225", "38226"]
        assert "nothing made of these cells was infused" in claim.lines[0].payment_reason
        assert claim.state == "ready"

    def test_a_batch_that_failed_frees_its_collection(self) -> None:
        told = [*opened("medicare"), *_a_batch_that_failed()]
        assert the(seen(told, FOLDED), "A1").state == "ready"


def _a_batch_that_failed() -> list[Record]:
    return [
        a_collection(-80, "COI-0", "D0", "A-0"),
        record(ManufacturingStarted(chain_of_identity="COI-0"), -75),
        record(ManufacturingFailed(chain_of_identity="COI-0", reason="no growth"), -70),
    ]


class TestTheFirstClaimSent:
    """It fixes the way for the encounter; a change of the directory afterwards changes nothing."""

    FIXED = "the_first_claim_sent_fixes_where_collection_charges_stand"

    def test_a_tracked_collection_that_was_sent_stays_tracked(self) -> None:
        gone = sent(the(seen(CLINIC_DAY, TRACKED), "A1"), -30)
        found = seen([*CLINIC_DAY, gone], FOLDED)
        assert product(found).folded == ()
        assert len(own_lines(found)) == 3
        for label in ("A1", "C1"):
            assert self.FIXED in rules_found(the(found, label))

    def test_a_folded_product_that_was_sent_stays_folded(self) -> None:
        gone = sent(the(seen(CLINIC_DAY, FOLDED), "C1"), 10)
        found = seen([*CLINIC_DAY, gone], TRACKED)
        assert own_lines(found) == []
        assert len(product(found).folded) == 3
        assert the(found, "A1").state == "bundled"
        assert self.FIXED in rules_found(the(found, "C1"))

    def test_a_product_sent_without_anything_folded_into_it_fixes_lines(self) -> None:
        gone = sent(the(seen(STAY, TRACKED), "C1"), 20)
        found = seen([*STAY, gone], FOLDED)
        assert product(found).folded == ()
        assert [line.code for line in the(found, "A1").lines] == ["38225", "38226"]

    def test_without_a_change_there_is_nothing_to_say(self) -> None:
        gone = sent(the(seen(CLINIC_DAY, FOLDED), "C1"), 10)
        found = seen([*CLINIC_DAY, gone], FOLDED)
        assert self.FIXED not in {each.rule for each in found.findings}

    def test_the_first_of_two_decides(self) -> None:
        tracked = sent(the(seen(CLINIC_DAY, TRACKED), "A1"), -30)
        folded = sent(the(seen(CLINIC_DAY, FOLDED), "C1"), 10)
        assert product(seen([*CLINIC_DAY, tracked, folded], FOLDED)).folded == ()

    def test_what_went_to_another_payer_decides_nothing(self) -> None:
        gone = sent(the(seen(CLINIC_DAY, TRACKED), "A1"), -30, payer="harbor_health")
        assert product(seen([*CLINIC_DAY, gone], FOLDED)).folded

    @pytest.mark.parametrize("said", ["[]", "{}", '{"lines": 7}', '{"lines": [3]}', "not json"])
    def test_a_text_that_is_no_claim_decides_nothing(self, said: str) -> None:
        gone = sent(the(seen(CLINIC_DAY, TRACKED), "A1"), -30, said=said)
        assert product(seen([*CLINIC_DAY, gone], FOLDED)).folded


class TestOnceADay:
    def test_two_days_are_two_lines(self) -> None:
        found = seen([*CLINIC_DAY, a_collection(-44)], TRACKED)
        days = [line.day for line in found.lines() if line.code == "38225"]
        assert days == [day(-45), day(-44)]

    def test_two_collections_of_one_day_are_one_line(self) -> None:
        found = seen([*CLINIC_DAY, a_collection(-45, message="again")], TRACKED)
        (line,) = [line for line in found.lines() if line.code == "38225"]
        assert line.units == 1
        assert len(line.basis.records) == 2

    def test_two_accounts_of_one_day_are_one_line_and_a_notice(self) -> None:
        again = a_collection(-45, account="A-7", message="again")
        found = seen([*CLINIC_DAY, again], TRACKED)
        assert len([line for line in found.lines() if line.code == "38225"]) == 1
        rule = "a_second_collection_of_a_day_on_another_claim_is_told"
        assert len([claim for claim in found.claims if rule in rules_found(claim)]) == 1
        assert rule not in {each.rule for each in seen(CLINIC_DAY, TRACKED).findings}

    def test_a_collection_for_another_chain_is_its_own(self) -> None:
        other = [
            a_collection(-30, "COI-2", "D2", "A-8"),
            record(CellsPrepared(chain_of_identity="COI-2", donation_number="D2"), -30, "prep 2"),
        ]
        found = seen([*CLINIC_DAY, *other], FOLDED)
        assert own_lines(found) == [("2026-04-11", "38225"), ("2026-04-11", "38226")]


class TestThePayersOwnCode:
    RULE = "a_payers_own_code_for_the_collection_is_not_medicares"

    @pytest.mark.parametrize(
        ("meaning", "code"),
        [
            ("stem_cell_harvest_autologous", "38206"),
            ("therapeutic_apheresis_white_cells", "36511"),
        ],
    )
    def test_a_payer_may_want_another_code(self, meaning: str, code: str) -> None:
        told = [*opened(), *collected()]
        lines = the(seen(told, site(collection_meaning=meaning)), "A1").lines
        assert [(line.code, line.revenue_code) for line in lines] == [
            (code, "0871"),
            ("38226", "0872"),
        ]

    def test_the_page_has_its_own_for_everybody(self) -> None:
        centre = site(collection_meaning="therapeutic_apheresis_white_cells")
        (line,) = the(seen([*opened(), *collected()], centre, "page"), "A1").lines
        assert line.code == "38206"
        assert "36511" in " ".join(each.there for each in line.differs)

    def test_the_pages_own_code_by_a_payers_wish_is_no_difference(self) -> None:
        centre = site(collection_meaning="stem_cell_harvest_autologous")
        line = the(seen([*opened(), *collected()], centre), "A1").lines[0]
        assert not [each for each in line.differs if "38206" in each.there]

    def test_medicare_would_pay_twice_and_is_not_asked_to(self) -> None:
        centre = site(collection_meaning="therapeutic_apheresis_white_cells")
        claim = the(seen([*opened("medicare"), *collected()], centre), "A1")
        assert claim.lines[0].code == "38225"
        assert self.RULE in rules_found(claim)
        assert claim.state == "ready"

    def test_a_payer_without_a_wish_is_no_finding(self) -> None:
        claim = the(seen([*opened("medicare"), *collected()]), "A1")
        assert self.RULE not in rules_found(claim)


POOL: list[Record] = [
    *CLINIC_DAY,
    *_a_batch_that_failed(),
    *lymphodepletion(),
    a_collection(-44, donation="D5"),
    a_collection(-45, account="A-7", message="again"),
    a_collection(-2, account="A-9"),
    admitted(1, "CRS/ICANS", "A-5"),
    discharged(6, "A-5"),
    sent(the(seen(CLINIC_DAY, TRACKED), "A1"), -30),
    sent(the(seen(CLINIC_DAY, FOLDED), "C1"), 10),
    record(EncounterWithdrawn(reason="infection"), -1),
]


@settings(max_examples=80, deadline=None)
@hypothesis_given(
    st.lists(st.sampled_from(POOL[1:]), unique_by=lambda each: each.key),
    st.sampled_from((FOLDED, TRACKED)),
    st.sampled_from(EDITIONS),
)
def test_no_collection_is_tracked_and_folded_or_stands_twice(
    kept: list[Record], centre: Centre, edition: Edition
) -> None:
    found = seen([POOL[0], *kept], centre, edition)
    folded = [key for line in found.lines() for key in line.folded]
    own = [line for line in found.lines() if line.revenue_code in OF_THE_COLLECTION]
    assert len(folded) == len(set(folded))
    for line in own:
        assert not set(folded) & set(line.basis.records)
    for one, other in pairwise(sorted(own, key=lambda line: (line.code, line.day))):
        assert (one.code, one.day) != (other.code, other.day)


def test_folding_moves_the_charges_and_changes_no_sum() -> None:
    def total(found: ClaimSet) -> Decimal:
        return sum((claim.total for claim in found.claims), Decimal(0))

    stories: list[list[Any]] = [CLINIC_DAY, STAY, [*CLINIC_DAY, a_collection(-44)]]
    for told in stories:
        assert total(seen(told, FOLDED)) == total(seen(told, TRACKED))
