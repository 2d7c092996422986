"""What claims say of the code book itself: pages that are due, meanings without a code."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.claims.encounters.code_pages import a_claim_of_a_day_past_the_review_of_pages
from tests.given import admitted, collected, history, infused, made, opened, room_charged
from tests.given_ledger import SITE
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.lines import no_code
from veinledger.projections.claims.shapes import ClaimSet

CENTRE = read_centre(SITE)
RULES = shipped_rules()
DUE = date(2027, 1, 1)
A_DAY = timedelta(days=1)


def asked(*told: list[Record] | Record, as_of: date | None) -> ClaimSet:
    return claims(history(*told), CENTRE, RULES, as_of)


def notices(found: ClaimSet) -> list[Finding]:
    return [each for each in found.findings if each.rule.startswith("the_page_")]


def test_a_day_past_the_review_of_a_page_carries_a_notice_that_names_it() -> None:
    found = notices(asked(a_claim_of_a_day_past_the_review_of_pages(), as_of=DUE))
    (hcpcs,) = [each for each in found if each.source == "codebook/hcpcs.toml"]
    assert "codebook/hcpcs.toml was last held against its source on 2026-11-23" in hcpcs.reason
    assert "HCPCS quarterly update" in hcpcs.remedy
    assert {each.severity for each in found} == {"notice"}


def test_a_notice_holds_no_claim_and_stands_on_none() -> None:
    story = a_claim_of_a_day_past_the_review_of_pages()
    before, after = (asked(story, as_of=on) for on in (DUE - A_DAY, DUE))
    assert [each.state for each in before.claims] == [each.state for each in after.claims]
    assert not [f for claim in after.claims for f in claim.findings if f in notices(after)]


@pytest.mark.parametrize("on", [None, date(2026, 11, 2), DUE - A_DAY])
def test_nothing_is_said_before_a_page_is_due_or_without_a_day(on: date | None) -> None:
    assert not notices(asked(a_claim_of_a_day_past_the_review_of_pages(), as_of=on))


def test_a_meaning_without_a_code_on_its_day_says_what_the_book_knows() -> None:
    (record,) = opened()[:1]
    known = RULES.known("car_t_administration")
    found = no_code("car_t_administration", date(2018, 12, 31), (record,), known)
    assert found.reason == (
        "the code book has no code for car t administration on 2018-12-31 in this edition; the"
        " book knows 0540T (2019-01-01 to 2025-01-01), 38228 (2025-01-01 to open)"
    )
    assert found.holds


def test_a_stay_is_partial_until_a_code_of_the_families_of_rooms_is_posted() -> None:
    story = [*opened(), *collected(), *made(), admitted(), infused()]
    rooms = room_charged()
    assert isinstance(rooms.fact, ChargePosted)
    without, with_one = (asked(*told, as_of=None) for told in ([story], [story, rooms]))
    said = [
        next(claim.state_reason for claim in found.claims if claim.kind == "C")
        for found in (without, with_one)
    ]
    assert "no accommodation charge" in said[0]
    assert "no accommodation charge" not in said[1]
