"""Which certificate counts: this product's, on the day, of whoever the facts name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.cells import SITE
from tests.given import DAY_0, certified, day, history, opened, record, service
from tests.tiers import size
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certification import Certification
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.collection import ApheresisCompleted, ProductOrdered
from veinledger.domain.facts.manufacturing import ProductReceived
from veinledger.domain.facts.surveillance import AppointmentBooked
from veinledger.domain.gates.gate import Intent
from veinledger.domain.reports import Occurrence, Record
from veinledger.domain.standing.history import History
from veinledger.projections.gates.check import Step, check
from veinledger.projections.gates.shapes import Verdict

FACILITY = "the_facility_is_certified_under_the_products_programme"
PRESCRIBER = "the_prescriber_is_certified_under_the_products_programme"
PHARMACY = "the_pharmacy_is_certified_under_the_products_programme"
PROGRAMME = (FACILITY, PRESCRIBER, PHARMACY)
FACT = "the_centre_is_accredited_where_the_payer_asks"
NETWORK = "the_centre_is_one_that_the_payer_approves"
TOCILIZUMAB = "tocilizumab_is_on_hand"
LAST_DAY = date(2025, 6, 25)
OTHERS = ("abecma", "breyanzi", "kymriah", "tecartus", "yescarta", "kite")


def story(shift: int = 0, *more: Record) -> History:
    """Ordered by dr_imani, collected, received and booked at the main hospital."""
    ordered = ProductOrdered(chain_of_identity="COI-1", provider="dr_imani")
    collection = ApheresisCompleted(chain_of_identity="COI-1", service=service())
    came = ProductReceived(chain_of_identity="COI-1", service=service())
    booked = AppointmentBooked(
        appointment="A1",
        kind="infusion",
        scheduled_for=f"{day(shift).isoformat()}T11:00:00-05:00",
        facility="main",
    )
    moved = [replace(each, occurred=_on(each, shift)) for each in opened("medicare")]
    return history(
        moved,
        record(ordered, shift - 50),
        record(collection, shift - 45),
        record(came, shift - 10),
        record(booked, shift - 9),
        list(more),
    )


def _on(each: Record, shift: int) -> Occurrence:
    moved = each.day + timedelta(days=shift)
    return replace(each.occurred, local_day=moved, text=moved.isoformat(), instant=None)


def verdicts(
    told: History,
    centre: Centre,
    on: date = DAY_0,
    edition: Edition = "page",
    intent: Intent = "infuse",
) -> dict[str, Verdict]:
    found = check(told, centre, shipped_rules(edition), Step(intent=intent, on=on))
    return {each.gate: each for each in found.verdicts}


CERTIFIED = SITE.certifying(
    replace(each, since=date(2022, 6, 15), capabilities=(*each.capabilities, "tocilizumab on hand"))
    for each in certified()
)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("after", range(-5, 11))
def test_the_programme_is_asked_for_until_its_last_day_in_public_and_for_ever_on_the_page(
    after: int, edition: Edition
) -> None:
    """From 2025-06-20 to 2025-07-05."""
    on = LAST_DAY + timedelta(days=after)
    shift = (on - day(0)).days
    asked = edition == "page" or on <= LAST_DAY
    without = verdicts(story(shift), SITE, on, edition)
    held = verdicts(story(shift), CERTIFIED, on, edition)
    for gate in PROGRAMME:
        assert without[gate].state == ("not met" if asked else "not asked")
        assert held[gate].state == ("met" if asked else "not asked")
    if not asked:
        assert (
            without[FACILITY].reason == "the CARVYKTI REMS has ended; its last day was 2025-06-25"
        )


HELD = st.builds(
    Certification,
    record=st.uuids().map(str),
    subject=st.sampled_from(["main", "annex", "dr_imani", "dr_park"]),
    role=st.sampled_from(["infusion facility", "apheresis facility", "prescriber", "pharmacy"]),
    programme=st.sampled_from(
        [
            *(f"{name}_rems" for name in OTHERS),
            *(f"authorized treatment center, {name}" for name in OTHERS),
        ]
    ),
    capabilities=st.sampled_from([(), ("neurological monitoring", "tocilizumab on hand")]),
    since=st.just(date(2020, 1, 1)),
)


@given(st.lists(HELD, max_size=12))
@settings(max_examples=size(60, 400, 4_000), deadline=None)
def test_a_certificate_of_another_product_never_makes_a_gate_met(
    held: list[Certification],
) -> None:
    found = verdicts(story(), SITE.certifying(held))
    for gate in (*PROGRAMME, TOCILIZUMAB, FACT):
        assert found[gate].state == "not met", gate


def test_which_other_certificate_the_centre_holds_is_said() -> None:
    found = verdicts(story(), SITE.certifying(certified(product="abecma")))[FACILITY]
    assert found.reason == (
        "no CARVYKTI REMS certificate of main as infusion facility counts on 2026-05-11 (the "
        "appointment names it); a REMS certificate of ABECMA (main), ABECMA (dr_imani) does not "
        "count"
    )
    assert "certificate of this product" in found.remedy


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"subject": "annex"}, "annex holds one, and it is not annex that is named"),
        ({"until": date(2026, 5, 11)}, "its last day was 2026-05-10"),
        ({"since": date(2026, 5, 12)}, "it begins on 2026-05-12"),
        ({"capabilities": ()}, "it does not say that main has neurological monitoring"),
    ],
)
def test_why_a_certificate_of_the_product_does_not_answer_is_said(
    change: dict[str, object], says: str
) -> None:
    held = (
        replace(each, **change) if each.programme == "carvykti_rems" else each  # type: ignore[arg-type]
        for each in certified()
    )
    found = verdicts(story(), SITE.certifying(held))[FACILITY]
    assert found.state == "not met"
    assert says in found.reason


def test_a_prescriber_is_whoever_ordered_the_product_and_not_whoever_has_a_certificate() -> None:
    ordered = ProductOrdered(chain_of_identity="COI-1", provider="dr_park")
    found = verdicts(story(0, record(ordered, -49, "ordered again")), CERTIFIED)
    assert found[PRESCRIBER].state == "not met"
    assert "dr_imani holds one, and it is not dr_imani that is named" in found[PRESCRIBER].reason
    assert found[FACILITY].state == found[PHARMACY].state == "met"


def test_where_no_fact_names_anybody_that_is_said_and_nobody_is_taken_for_him() -> None:
    found = verdicts(history(opened("medicare")), CERTIFIED)
    assert "no fact tells where the cells will be given" in found[FACILITY].reason
    assert "no fact tells who prescribes the product" in found[PRESCRIBER].reason
    assert "no fact tells which pharmacy the product comes to" in found[PHARMACY].reason
    assert {found[gate].state for gate in PROGRAMME} == {"not met"}


def test_fact_is_no_condition_of_medicare_in_public_and_always_one_on_the_page() -> None:
    public = verdicts(story(), SITE, edition="public")[FACT]
    assert (public.state, "R72" in public.source) == ("not asked", True)
    page = verdicts(story(), SITE)[FACT]
    assert page.state == "not met"
    assert "no FACT or FACT-JACIE accreditation of main as infusion facility" in page.reason
    jacie = (
        replace(each, programme="FACT-JACIE") if each.programme == "FACT" else each
        for each in certified()
    )
    assert verdicts(story(), SITE.certifying(jacie))[FACT].state == "met"


def asking(payer: str, policy: str) -> Centre:
    payers = (
        replace(each, policy=policy) if each.name == payer else each for each in CERTIFIED.payers
    )
    return replace(CERTIFIED, payers=tuple(payers))


def test_a_payer_that_has_a_network_wants_its_own_and_no_makers_list() -> None:
    told = history(opened("harbor_health"), [each for each in story().records[-4:]])
    centre = asking("harbor_health", "unitedhealthcare")
    maker = replace(
        centre.certifications[0], programme="authorized treatment center, carvykti", reference="1"
    )
    listed = centre.certifying((*centre.certifications, maker))
    missing = verdicts(told, listed, edition="public")[NETWORK]
    assert missing.state == "not met"
    assert missing.confidence == "unverified"
    assert "no certificate says that main is in the network of harbor_health" in missing.reason
    assert "the maker's list of treatment centres is another one" in missing.reason
    network = replace(maker, programme="payer network, harbor_health")
    approved = centre.certifying((*centre.certifications, network))
    assert verdicts(told, approved, edition="public")[NETWORK].state == "met"
    other = replace(maker, programme="payer network, birch_health")
    elsewhere = centre.certifying((*centre.certifications, other))
    assert verdicts(told, elsewhere, edition="public")[NETWORK].state == "not met"
