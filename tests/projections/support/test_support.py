"""Who is sent to which support: by product, by coverage, by what was done already."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given import admitted, collected, day, infused, made, opened, record
from tests.given_decisions import correcting, kept, the
from veinledger.adapters.pages import read_centre, read_rules, shipped_rules
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    CoverageKind,
    CoverageRecorded,
    OrderOfBenefits,
    SupportEnrolled,
)
from veinledger.domain.facts.collection import ProductOrdered
from veinledger.domain.facts.encounter import EncounterOpened, EncounterWithdrawn
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, History
from veinledger.domain.support.programme import Offer, Programme, spelt
from veinledger.projections.support.shapes import Support, Task
from veinledger.projections.support.support import support

CENTRE = read_centre(Path(__file__).parents[3] / "examples" / "site")
PRODUCTS: Final = ("carvykti", "abecma", "yescarta", "kymriah", "tecartus", "breyanzi")
KINDS: Final[tuple[CoverageKind, ...]] = get_args(CoverageKind)
HUBS: Final = {
    "carvykti": {"carepath", "mycarvykti"},
    "abecma": {"cell_therapy_360"},
    "breyanzi": {"cell_therapy_360"},
    "yescarta": {"kite_konnect"},
    "tecartus": {"kite_konnect"},
    "kymriah": {"kymriah_cares"},
}
OPEN: Final = {"late", "do now", "ask first"}
NOW: Final = day(-60)


def referred(product: str = "carvykti", *kinds: CoverageKind | None) -> list[Record]:
    """A referral, and one primary coverage of each kind."""
    opening = EncounterOpened(product=product, indication="any", patient="P1", centre="lakeside")
    return [record(opening, -90), *(covered(kind) for kind in kinds if kind)]


def covered(
    kind: CoverageKind,
    order: OrderOfBenefits = "primary",
    since: int = -400,
    until: int | None = None,
) -> Record:
    fact = CoverageRecorded(
        payer=f"payer of {kind}",
        kind=kind,
        order_of_benefits=order,
        since=day(since),
        until=None if until is None else day(until),
    )
    return record(fact, -90, f"{kind} {order} {since}")


def enrolled(
    programme: str, *services: str, when: int = -70, until: int | None = None, message: str = ""
) -> Record:
    ends = None if until is None else day(until)
    fact = SupportEnrolled(programme=programme, services=services, until=ends)
    return record(fact, when, message or f"{programme}@{when}")


def told(history: History, on: AsOf = NOW, edition: Edition = "public") -> Support:
    found = support(history, CENTRE, shipped_rules(edition), on)
    assert found is not None
    return found


def states(found: Support) -> dict[str, str]:
    return {each.rule: each.state for each in found.tasks}


def task(found: Support, rule: str) -> Task:
    return next(each for each in found.tasks if each.rule == rule)


def rules_found(found: Support) -> list[str]:
    return [each.rule for each in found.findings]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("kind", [*KINDS, None])
@pytest.mark.parametrize("product", PRODUCTS)
class TestEveryProductUnderEveryCoverage:
    def test_gets_its_own_makers_hub_and_no_other(
        self, product: str, kind: CoverageKind | None, edition: Edition
    ) -> None:
        found = told(kept(referred(product, kind)), edition=edition)
        every_hub = {hub for hubs in HUBS.values() for hub in hubs}
        assert {t.programme for t in found.tasks} & every_hub == HUBS[product]
        open_hubs = {t.programme for t in found.tasks if t.state == "do now"}
        assert HUBS[product] <= open_hubs

    def test_is_sent_to_copay_help_under_a_commercial_plan_alone(
        self, product: str, kind: CoverageKind | None, edition: Edition
    ) -> None:
        found = told(kept(referred(product, kind)), edition=edition)
        helped = {t.rule: t.state for t in found.tasks if "copay assistance" in t.gives}
        if product != "carvykti":
            assert helped == {}
        else:
            expected = {"commercial": "do now", None: "ask first"}
            assert helped == {"carepath_copay": expected.get(kind, "not for this patient")}

    def test_is_sent_to_funds_for_myeloma_where_somebody_insures_him(
        self, product: str, kind: CoverageKind | None, edition: Edition
    ) -> None:
        found = told(kept(referred(product, kind)), edition=edition)
        granted = {t.programme: t.state for t in found.tasks if "cost-share grant" in t.gives}
        if product not in ("carvykti", "abecma"):
            assert granted == {}
            return
        expected = {"FFS": "do now", "MA": "do now", "self-pay": "not for this patient"}
        assert granted == dict.fromkeys(
            ("pan", "healthwell", "lls"), expected.get(kind or "", "ask first")
        )

    def test_is_sent_to_free_product_at_once_where_nobody_insures_him(
        self, product: str, kind: CoverageKind | None, edition: Edition
    ) -> None:
        found = told(kept(referred(product, kind)), edition=edition)
        free = [t.state for t in found.tasks if "free product" in t.gives]
        carvykti = ["do now" if kind == "self-pay" else "ask first"]
        assert free == (carvykti if product == "carvykti" else [])

    def test_has_each_task_once_with_its_source_and_a_reason_for_what_is_not_for_him(
        self, product: str, kind: CoverageKind | None, edition: Edition
    ) -> None:
        found = told(kept(referred(product, kind)), edition=edition)
        keys = [each.key for each in found.tasks]
        assert len(set(keys)) == len(keys)
        for each in found.tasks:
            assert each.source
            assert bool(each.do) == (each.state in OPEN)
            assert each.reason or each.state != "not for this patient"
            assert ("unverified" in each.source) <= (each.confidence == "unverified")

    def test_of_medicare_without_a_fund_on_a_page_is_told_so(
        self, product: str, kind: CoverageKind | None, edition: Edition
    ) -> None:
        found = told(kept(referred(product, kind)), edition=edition)
        none_known = kind in ("FFS", "MA") and product not in ("carvykti", "abecma")
        expected = ["a_patient_of_medicare_is_sent_to_a_foundation"] * none_known
        assert rules_found(found) == expected


@st.composite
def coverages(draw: st.DrawFn) -> list[Record]:
    """Any number of coverages of any kind, in any order of benefits, on any days."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(KINDS),
                st.sampled_from(get_args(OrderOfBenefits)),
                st.integers(-400, 30),
                st.none() | st.integers(0, 400),
            ),
            max_size=5,
            unique_by=lambda each: each[:3],
        )
    )
    return [covered(k, o, since, None if n is None else since + n) for k, o, since, n in drawn]


@given(coverages(), st.sampled_from(PRODUCTS), st.integers(-90, 200), st.sampled_from(EDITIONS))
def test_nobody_with_public_coverage_is_ever_sent_to_a_makers_copay_help(
    held: list[Record], product: str, on: int, edition: Edition
) -> None:
    found = told(kept(referred(product), held, infused()), day(on), edition)
    facts = [each.fact for each in held]
    public = any(
        isinstance(f, CoverageRecorded)
        and f.kind in ("FFS", "MA", "Medicaid")
        and f.since <= day(on) <= (f.until or date.max)
        for f in facts
    )
    for each in found.tasks:
        if "copay assistance" in each.gives and public:
            assert each.state == "not for this patient"
            assert "anti-kickback" in each.reason
            assert not each.do


def test_a_commercial_plan_beside_medicare_opens_no_copay_help() -> None:
    story = [*referred("carvykti", "commercial"), covered("FFS", "secondary")]
    refused = task(told(kept(story)), "carepath_copay")
    assert refused.state == "not for this patient"
    assert refused.reason == (
        "covered by Medicare (FFS): a maker may not pay the cost share of a patient of Medicare or"
        " Medicaid (anti-kickback); refer the patient to foundations"
    )
    ended = [*referred("carvykti", "commercial"), covered("FFS", "secondary", until=-80)]
    assert task(told(kept(ended)), "carepath_copay").state == "do now"


def test_travel_is_mycarvyktis_in_public_and_carepaths_on_the_page_and_never_computed() -> None:
    history = kept(referred("carvykti", "commercial"))
    public, page = told(history), told(history, edition="page")
    travel = {"mycarvykti_travel", "carepath_travel", "imf_travel"}
    assert set(states(public)) & travel == {"mycarvykti_travel", "imf_travel"}
    assert set(states(page)) & travel == {"carepath_travel", "imf_travel"}
    assert task(page, "carepath_travel").ask == (
        "does the patient live more than 50 to 100 miles from the certified centre? No distance is"
        " on record"
    )


class TestTheHubAndTheCollection:
    ORDER = record(ProductOrdered(chain_of_identity="COI-1", slot=day(-45)), -62)
    STORY = (*referred("carvykti", "commercial"), ORDER)

    def hub(self, *more: Record, on: int = -60) -> Task:
        return task(told(kept(self.STORY, *more), day(on)), "carepath_hub")

    def test_before_the_order_it_is_to_do_without_a_day(self) -> None:
        early = task(told(kept(self.STORY), day(-63)), "carepath_hub")
        assert (early.state, early.due, early.reason) == (
            "do now", None, "no collection is ordered yet",
        )  # fmt: skip

    def test_from_the_order_to_the_slot_it_is_to_do_and_past_it_late(self) -> None:
        assert [self.hub(on=number).state for number in (-62, -45, -44)] == [
            "do now", "do now", "late",
        ]  # fmt: skip
        assert (self.hub().due, self.hub().closes) == (day(-62), day(-45))

    def test_the_collection_itself_counts_where_it_came_otherwise_than_the_slot(self) -> None:
        assert self.hub(*collected(number=-50), on=-49).state == "late"
        assert self.hub(*collected(number=-50), on=-49).reason == (
            f"the collection of {day(-50)} is past"
        )

    def test_a_denial_makes_it_late_at_once(self) -> None:
        denied = record(AuthorizationDenied(payer="any", reason="not documented"), -61)
        assert self.hub(denied).state == "late"
        assert self.hub(denied).reason == f"a denial of {day(-61)} is on record"
        done = self.hub(denied, enrolled("CarePath", when=-60))
        assert (done.state, done.reason) == (
            "done", f"enrolled on {day(-60)}, after the denial of {day(-61)}",
        )  # fmt: skip


ALIASES: Final = [
    (rule, spelling)
    for rule, name in (
        ("carepath_hub", "carepath"),
        ("mycarvykti_navigation", "mycarvykti"),
        ("jjpaf_free_product", "jjpaf"),
        ("pan_grant", "pan"),
        ("healthwell_grant", "healthwell"),
        ("lls_grant", "lls"),
        ("imf_travel", "imf"),
    )
    for each in shipped_rules().listing.all(Programme)
    if each.name == name
    for spelling in (name, each.label, *each.known_as, f"  {each.label.upper()}® ")
]


@pytest.mark.parametrize(("rule", "spelling"), ALIASES)
def test_an_enrolment_under_any_spelling_meets_its_task(rule: str, spelling: str) -> None:
    found = told(kept(referred("carvykti", "FFS"), enrolled(spelling)))
    done = task(found, rule)
    assert (done.state, done.done_on) == ("done", day(-70))
    assert done.reason == f"enrolled on {day(-70)}"
    assert found.findings == ()


def test_no_spelling_means_two_programmes() -> None:
    said: dict[str, str] = {}
    for each in shipped_rules().listing.all(Programme):
        for text in {spelt(t) for t in (each.name, each.label, *each.known_as)}:
            assert said.setdefault(text, each.name) == each.name


def test_before_the_enrolment_and_after_its_end_the_task_is_open() -> None:
    history = kept(referred("carvykti", "commercial"), enrolled("JanssenCarePath", until=-61))
    open_again = task(told(history, day(-60)), "carepath_hub")
    assert task(told(history, day(-71)), "carepath_hub").state == "do now"
    assert task(told(history, day(-70)), "carepath_hub").state == "done"
    assert task(told(history, day(-61)), "carepath_hub").state == "done"
    assert open_again.state == "do now"
    assert open_again.reason.startswith(f"the enrolment ended on {day(-61)}")


def test_what_an_enrolment_must_name_is_open_until_it_does() -> None:
    story = [*referred("carvykti", "commercial"), enrolled("CarePath", "benefits investigation")]
    left = task(told(kept(story)), "carepath_copay")
    assert left.state == "do now"
    assert left.reason.startswith(f"the enrolment of {day(-70)} does not name it")
    story.append(enrolled("CarePath", "Co-Pay", when=-65))
    assert task(told(kept(story)), "carepath_copay").done_on == day(-65)


@pytest.mark.parametrize(
    ("product", "programme", "own"),
    [
        ("carvykti", "BMS Cell Therapy 360", "Janssen CarePath"),
        ("abecma", "CarePath", "Cell Therapy 360"),
        ("abecma", "MyCARVYKTI", "Cell Therapy 360"),
        ("yescarta", "kymriah cares", "Kite Konnect"),
        ("kymriah", "Kite Konnect", "Kymriah Cares"),
        ("tecartus", "CellTherapy360", "Kite Konnect"),
        ("breyanzi", "KiteKonnect", "Cell Therapy 360"),
    ],
)
def test_an_enrolment_with_another_makers_hub_is_told_and_meets_nothing(
    product: str, programme: str, own: str
) -> None:
    found = told(kept(referred(product, "commercial"), enrolled(programme)))
    (wrong,) = found.findings
    assert wrong.rule == "an_enrolment_is_with_a_programme_for_this_product"
    assert own in wrong.remedy
    assert product.upper() in wrong.reason
    assert not wrong.holds
    assert "done" not in states(found).values()


def test_another_makers_hub_is_no_matter_once_its_enrolment_ended() -> None:
    story = [*referred("carvykti", "commercial"), enrolled("Cell Therapy 360", until=-65)]
    assert told(kept(story), day(-65)).findings
    assert told(kept(story), day(-64)).findings == ()


def test_copay_help_that_was_enrolled_for_a_patient_of_medicare_is_critical() -> None:
    found = told(kept(referred("carvykti", "MA"), enrolled("CarePath", "copay assistance")))
    (against,) = found.findings
    assert against.rule == "no_maker_pays_what_a_public_payer_leaves_to_the_patient"
    assert against.severity == "critical"
    assert task(found, "carepath_copay").state == "not for this patient"
    assert task(found, "carepath_hub").state == "done"
    harmless = told(kept(referred("carvykti", "MA"), enrolled("CarePath", "appeals")))
    assert harmless.findings == ()


def test_a_programme_that_no_page_knows_is_told_and_a_site_can_name_it(tmp_path: Path) -> None:
    history = kept(referred("carvykti", "commercial"), enrolled("Pharmacy Friends"))
    assert rules_found(told(history)) == ["an_enrolment_names_a_programme_that_a_page_knows"]
    known = next(p for p in shipped_rules().listing.all(Programme) if p.name == "carepath")
    (tmp_path / "support").mkdir()
    page = f"""
[[programme]]
name = "carepath"
label = "{known.label}"
run_by = "{known.run_by}"
kind = "hub"
products = ["carvykti"]
known_as = ["Pharmacy Friends"]
reach = "room 4"
from = 2022-02-28
editions = ["public", "page"]
source = "the site's list of programmes"
row = "site: minutes of 2026-11-01"
confidence = "high"
"""
    (tmp_path / "support" / "ours.toml").write_text(page, encoding="utf-8")
    found = support(history, CENTRE, read_rules("public", [tmp_path]), NOW)
    assert found is not None
    assert found.findings == ()
    assert task(found, "carepath_hub").state == "done"


def test_an_offer_of_a_programme_that_no_page_has_is_refused(tmp_path: Path) -> None:
    offer = next(o for o in shipped_rules().listing.all(Offer) if o.programme == "imf")
    (tmp_path / "support").mkdir()
    page = f"""
[[offer]]
name = "travel"
programme = "nobody"
label = "{offer.label}"
gives = ["travel"]
engage = "referral"
do = "apply"
from = 2022-02-28
editions = ["public"]
source = "the site's list of programmes"
row = "site: minutes of 2026-11-01"
confidence = "high"
"""
    (tmp_path / "support" / "ours.toml").write_text(page, encoding="utf-8")
    rules = read_rules("public", [tmp_path])
    with pytest.raises(PageError, match=r"ours\.toml: offer 'travel' is of the programme 'nobody'"):
        support(kept(referred()), CENTRE, rules, NOW)


class TestFundsThatOpenQuarterly:
    HISTORY = kept(referred("carvykti", "FFS"))

    @pytest.mark.parametrize(
        ("on", "look"),
        [
            (date(2026, 3, 31), date(2026, 4, 1)),
            (date(2026, 4, 1), date(2026, 4, 1)),
            (date(2026, 4, 2), date(2026, 7, 1)),
            (date(2026, 9, 30), date(2026, 10, 1)),
            (date(2026, 10, 2), date(2027, 1, 1)),
            (date(2026, 12, 31), date(2027, 1, 1)),
            (date(2028, 2, 29), date(2028, 4, 1)),
        ],
    )
    def test_are_looked_at_again_on_the_next_first_day_of_a_quarter(
        self, on: date, look: date
    ) -> None:
        assert task(told(self.HISTORY, on), "pan_grant").look_again == look

    @given(st.dates(date(2022, 3, 1), date(2090, 12, 31)))
    def test_within_a_quarter_whatever_the_day(self, on: date) -> None:
        pan = next(p for p in shipped_rules().listing.all(Programme) if p.name == "pan")
        look = pan.look_again(on)
        assert look is not None
        assert on <= look <= on + timedelta(days=92)
        assert (look.day, look.month % 3) == (1, 1)

    def test_are_not_looked_at_once_a_grant_was_made_and_hubs_never_are(self) -> None:
        granted = told(kept(referred("carvykti", "FFS"), enrolled("PAN")))
        assert task(granted, "pan_grant").look_again is None
        assert task(granted, "lls_grant").look_again is not None
        assert task(granted, "carepath_hub").look_again is None


class TestAnEnd:
    def test_leaves_nothing_to_do(self) -> None:
        withdrawn = record(EncounterWithdrawn(reason="progression"), -65)
        found = told(kept(referred("carvykti", "FFS"), enrolled("CarePath"), withdrawn))
        assert {each.state for each in found.tasks} == {"done", "over", "not for this patient"}
        assert task(found, "pan_grant").reason == "the encounter is withdrawn"

    def test_that_is_reported_and_not_confirmed_stands_beside_what_is_to_do(self) -> None:
        died = replace(record(PatientDied(), -65), kind="conflict")
        found = told(kept(referred("carvykti", "FFS"), died))
        for each in found.tasks:
            assert bool(each.caution) == (each.state in OPEN)
        assert task(found, "pan_grant").caution[0].startswith(f"the death of {day(-65)}")

    def test_of_the_free_product_is_the_infusion(self) -> None:
        story = [*opened(), *collected(), *made(), admitted(), infused()]
        found = told(kept(story), day(1))
        assert task(found, "jjpaf_free_product").state == "over"
        assert task(told(kept(story), day(-1)), "jjpaf_free_product").state == "ask first"


def test_keys_hold_when_the_opening_is_corrected_and_no_day_is_asked_for() -> None:
    history = kept(referred("carvykti", "FFS"))
    opening = the(history, "encounter.opened")
    after = correcting(history, (opening, opening.fact, -95))
    assert [t.key for t in told(after).tasks] == [t.key for t in told(history).tasks]
    assert told(after).tasks[0].anchor != told(history).tasks[0].anchor
    assert told(history, None).on == day(-90)


def test_a_product_that_no_complete_page_describes_has_no_answer() -> None:
    assert support(kept(referred("tecvayli", "FFS")), CENTRE, shipped_rules(), NOW) is None
    assert support(kept(covered("FFS")), CENTRE, shipped_rules(), NOW) is None
