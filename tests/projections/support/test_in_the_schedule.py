"""Support that has a day stands in the schedule: the hub by the collection, funds to look at."""

from __future__ import annotations

from tests.given import collected, day, record
from tests.given_decisions import kept
from tests.projections.support.test_support import CENTRE, covered, enrolled, referred
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.collection import ProductOrdered
from veinledger.domain.facts.encounter import EncounterWithdrawn
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.schedule import Obligation, schedule
from veinledger.projections.support.support import support

ORDER = record(ProductOrdered(chain_of_identity="COI-1", slot=day(-45)), -62)


def owed(history: History, on: int) -> dict[str, Obligation]:
    told = schedule(history, CENTRE, shipped_rules(), day(on))
    return {each.rule: each for each in told.of("support")}


def story(*more: Record) -> History:
    return kept(referred("carvykti", "commercial"), ORDER, *more)


def test_before_the_order_nothing_has_a_day() -> None:
    assert owed(story(), -63) == {}


def test_the_hub_is_owed_from_the_order_to_the_collection() -> None:
    hub = owed(story(), -62)["carepath_hub"]
    assert (hub.opens, hub.due, hub.closes) == (day(-62), day(-62), day(-45))
    assert hub.status == "due"
    assert owed(story(), -44)["carepath_hub"].status == "missed"
    assert "carepath_medicare_navigation" not in owed(story(), -62)


def test_an_enrolment_meets_it_on_time_or_late() -> None:
    in_time = owed(story(enrolled("CarePath", when=-50)), -40)["carepath_hub"]
    assert (in_time.status, in_time.met_on) == ("met", day(-50))
    late = owed(story(*collected(), enrolled("CarePath", when=-30)), -20)["carepath_hub"]
    assert late.status == "late"


def test_a_fund_is_owed_a_look_on_the_next_first_day_of_a_quarter() -> None:
    history = kept(referred("carvykti", "FFS"), covered("FFS", "secondary"))
    look = owed(history, -60)["pan_grant"]
    assert (str(look.due), look.status) == ("2026-04-01", "upcoming")
    assert look.what == "PAN Foundation: look whether its fund is open"
    assert look.confidence == "unverified"
    assert owed(kept(referred("carvykti", "commercial")), -60) == {}


def test_an_obligation_has_the_key_of_its_task() -> None:
    history = story()
    told = support(history, CENTRE, shipped_rules(), day(-60))
    assert told is not None
    keys = {each.key for each in told.tasks}
    assert {each.key for each in owed(history, -60).values()} <= keys


def test_a_name_within_what_is_to_do_keeps_its_capitals() -> None:
    under_medicare = owed(kept(referred("carvykti", "FFS"), ORDER), -62)
    named = under_medicare["carepath_medicare_navigation"].what
    assert named == "Janssen CarePath: navigation of Medicare"


def test_an_end_cancels_it() -> None:
    gone = story(record(EncounterWithdrawn(reason="progression"), -60))
    assert owed(gone, -50)["carepath_hub"].status == "cancelled"
