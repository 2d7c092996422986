"""Last days of paper: filing, appeals, authorizations, certificates; before any infusion too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.given import (
    admitted,
    certified,
    collected,
    day,
    discharged,
    infused,
    made,
    opened,
    record,
    service,
)
from tests.given_decisions import correcting, kept, the
from tests.projections.schedule.stories import (
    CENTRE,
    RULES,
    on_day_0,
    one,
    owed,
    until_infused,
    visit,
)
from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.appeal import AppealAnswered, AppealFiled
from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    AuthorizationExtended,
    AuthorizationGranted,
    AuthorizationPended,
    AuthorizationRequested,
)
from veinledger.domain.facts.billing import ClaimAnswered, ClaimSubmitted
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.projections.case.opening import case_of
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.schedule import Obligation

A = "timely_filing_a_hospital"
EXPIRY = "authorization_expiry"
COLLECTED = (*opened(), *collected())
FOR_MEDICARE = (*opened(payer="medicare"), *collected())


def sent(told: list[Record], number: int, frequency: str = "1", pcn: str = "P-A1") -> Record:
    """The first claim of a story, sent on a day."""
    case = case_of(kept(*told), CENTRE, RULES)
    assert case is not None
    bill = bills(case)[0]
    fact = ClaimSubmitted(
        claim_key=bill.key,
        kind=bill.kind,
        label="A1",
        form="837I",
        payer="medicare" if told[1] == FOR_MEDICARE[1] else "harbor_health",
        billing_provider="main",
        anchor=bill.anchor.key,
        frequency=frequency,  # type: ignore[arg-type]
        claim="{}",
        claim_version=1,
        patient_control_number=pcn,
        original_payer_control_number=None if frequency == "1" else "ICN-1",
        total=Decimal(4200),
        edition="public",
        rule_pack="ab" * 32,
        position_known=1,
    )
    return record(fact, number, f"sent {number} {frequency} {pcn}")


def answered(number: int, kind: Any, pcn: str = "P-A1") -> Record:
    return record(ClaimAnswered(patient_control_number=pcn, kind=kind), number, f"{kind} {number}")


def appealed(number: int, level: int = 1) -> Record:
    fact = AppealFiled(patient_control_number="P-A1", payer="x", level=level, reason="r")
    return record(fact, number, f"appeal {level}")


def granted(until: int | None, reference: str = "AUTH-1", **fields: Any) -> Record:
    fact = AuthorizationGranted(
        payer=fields.pop("payer", "harbor_health"),
        reference=reference,
        services=fields.pop("services", ("infusion",)),
        since=day(fields.pop("since", -60)),
        until=None if until is None else day(until),
    )
    return record(fact, fields.pop("on", -60), reference)


def filed(
    told: list[Record], number: int | None, rule: str = A, centre: Centre = CENTRE
) -> Obligation:
    return one(owed(told, None if number is None else day(number), centre=centre), rule)


class TestTimelyFiling:
    def test_stands_before_any_infusion(self) -> None:
        assert filed([*COLLECTED], -40).status == "upcoming"
        assert filed([*COLLECTED], None).what == "send claim A1"

    def test_counts_the_days_of_the_directory_from_the_last_day_of_service(self) -> None:
        closes = day(-45) + timedelta(days=180)
        told = filed([*COLLECTED], None)
        assert (told.due, told.closes) == (closes, closes)
        assert told.opens == closes - timedelta(days=60)
        assert told.source == "directory: payer harbor_health, filing_days 180"

    @pytest.mark.parametrize(
        ("on", "stands"), [(74, "upcoming"), (75, "due"), (135, "due"), (136, "missed")]
    )
    def test_is_due_in_the_days_of_notice_and_missed_behind_the_last(
        self, on: int, stands: str
    ) -> None:
        assert filed([*COLLECTED], on).status == stands

    def test_is_met_however_early_and_late_behind_the_last_day(self) -> None:
        told = [*COLLECTED]
        assert filed([*told, sent(told, -30)], 200).status == "met"
        assert filed([*told, sent(told, 135)], 200).status == "met"
        assert filed([*told, sent(told, 136)], 200).status == "late"

    def test_a_void_or_a_rejected_claim_has_not_arrived(self) -> None:
        told = [*COLLECTED]
        assert filed([*told, sent(told, -30, "8")], 100).status == "due"
        rejected = [*told, sent(told, -30), answered(-29, "rejected")]
        assert filed(rejected, 100).status == "due"
        assert "a rejected claim has not arrived" in filed(rejected, 100).caution[0]
        again = [*rejected, sent(told, 20, pcn="P-A1b")]
        assert (filed(again, 100).status, filed(again, 100).met_on) == ("met", day(20))

    @pytest.mark.parametrize(
        ("service", "last"),
        [
            (date(2026, 3, 27), date(2027, 3, 27)),
            (date(2027, 3, 1), date(2028, 3, 1)),
            (date(2028, 2, 28), date(2029, 2, 28)),
            (date(2028, 2, 29), date(2029, 2, 28)),
        ],
    )
    def test_under_medicare_is_one_calendar_year_whatever_the_directory_says(
        self, service: date, last: date
    ) -> None:
        told = on_day_0(service + timedelta(days=45), FOR_MEDICARE)
        assert filed(told, None).closes == last
        assert "42 CFR 424.44" in filed(told, None).source

    def test_of_a_stay_counts_from_the_discharge_and_is_not_there_before_it(self) -> None:

        stay = [*COLLECTED, *made(), admitted(), infused()]
        rules = {each.rule for each in owed(stay, day(9)).of("filing")}
        assert rules == {A}
        home = owed([*stay, discharged(14)], day(20))
        assert one(home, "timely_filing_c_hospital").closes == day(14 + 180)

    def test_of_a_professional_under_medicare_counts_from_the_first_day(self) -> None:
        told = owed([*until_infused(payer="medicare"), visit(31)])
        assert one(told, "timely_filing_e_professional").closes == date(2027, 6, 11)

    def test_that_nobody_can_date_is_told_with_what_is_missing(self) -> None:
        silent = replace(CENTRE, payers=tuple(replace(p, filing_days=None) for p in CENTRE.payers))
        told = owed([*COLLECTED], centre=silent)
        assert told.of("filing") == ()
        assert told.gaps == (
            "no filing limit is known for claim A1: payer harbor_health of the directory has no"
            " filing_days",
        )
        without = owed([r for r in COLLECTED if r.fact.type != "coverage.recorded"])
        assert without.gaps == (
            f"no filing limit is known for claim A1: no coverage is recorded for {day(-45)}",
        )

    def test_keeps_its_name_when_its_anchor_is_corrected(self) -> None:
        before = kept(*COLLECTED)
        wrong = the(before, "apheresis.completed")
        after = correcting(before, (wrong, wrong.fact, -44))
        was, now = one(owed(before), A), one(owed(after), A)
        assert was.key == now.key
        assert now.closes - was.closes == timedelta(days=1)


class TestAnAppeal:
    DENIED = (*COLLECTED, sent([*COLLECTED], -30), answered(0, "denied"))
    OF_MEDICARE = (*FOR_MEDICARE, sent([*FOR_MEDICARE], -30), answered(0, "denied"))
    SITE = replace(CENTRE, payers=tuple(replace(p, appeal_days=90) for p in CENTRE.payers))
    RULE = "claim_appeal_level_1"

    def test_counts_the_days_of_the_directory_from_the_answer(self) -> None:
        assert filed([*self.DENIED], 1, self.RULE, self.SITE).closes == day(90)

    def test_under_medicare_is_120_days_after_the_notice_is_taken_to_have_come(self) -> None:
        told = filed([*self.OF_MEDICARE], 1, self.RULE)
        assert (told.closes, told.confidence) == (day(125), "high")

    def test_that_nobody_can_date_is_told(self) -> None:
        told = owed([*self.DENIED])
        assert told.of("appeal") == ()
        assert "payer harbor_health of the directory has no appeal_days" in told.gaps[-1]

    @pytest.mark.parametrize(
        ("on", "stands"), [(64, "upcoming"), (65, "due"), (125, "due"), (126, "missed")]
    )
    def test_is_due_in_the_days_of_notice(self, on: int, stands: str) -> None:
        assert filed([*self.OF_MEDICARE], on, self.RULE).status == stands

    def test_is_met_by_the_appeal_of_its_level_and_cancelled_by_payment(self) -> None:
        told = [*self.OF_MEDICARE]
        assert filed([*told, appealed(20)], 30, self.RULE).status == "met"
        assert filed([*told, appealed(20, 2)], 30, self.RULE).status == "upcoming"
        assert filed([*told, appealed(130)], 140, self.RULE).status == "late"
        assert filed([*told, answered(20, "paid")], 30, self.RULE).status == "cancelled"

    def test_that_was_lost_can_go_up_a_level_by_the_day_that_the_decision_names(self) -> None:
        lost = AppealAnswered(
            patient_control_number="P-A1", level=1, outcome="upheld", next_deadline=day(77)
        )
        told = [*self.DENIED, appealed(10), record(lost, 40)]
        assert filed(told, 41, "claim_appeal_level_2").closes == day(77)
        won = replace(lost, outcome="overturned", next_deadline=None)
        assert len(owed([*self.DENIED, record(won, 40)], centre=self.SITE).of("appeal")) == 1


class TestAnAuthorization:
    def test_runs_out_unless_what_it_is_for_was_given_by_then(self) -> None:
        assert filed([*COLLECTED, granted(20)], -20, EXPIRY).status == "upcoming"
        assert filed([*COLLECTED, granted(20)], -10, EXPIRY).status == "due"
        assert filed([*COLLECTED, granted(20)], 21, EXPIRY).status == "missed"
        assert filed([*until_infused(), granted(20)], 21, EXPIRY).status == "met"
        assert filed([*until_infused(), granted(-1)], 21, EXPIRY).status == "missed"

    def test_of_several_services_waits_for_the_last_of_them(self) -> None:
        both = granted(20, services=("apheresis", "infusion"), since=-80)
        assert filed([*COLLECTED, both], -10, EXPIRY).status == "due"
        assert filed([*until_infused(), both], 1, EXPIRY).met_on == day(0)

    def test_that_is_extended_keeps_the_day_before_and_says_who_moved_it(self) -> None:
        more = AuthorizationExtended(payer="harbor_health", reference="AUTH-1", until=day(80))
        told = filed([*COLLECTED, granted(20), record(more, 5)], 21, EXPIRY)
        (earlier,) = told.was_due
        assert (told.closes, earlier.due) == (day(80), day(20))
        assert earlier.reason.startswith(f"the payer extended it on {day(5)} by record ")

    def test_without_an_end_never_runs_out_and_one_is_met_by_its_renewal(self) -> None:
        assert owed([*COLLECTED, granted(None)]).of("authorization") == ()
        renewed = [*COLLECTED, granted(20), granted(200, "AUTH-2", since=15, on=15)]
        first = owed(renewed, day(30)).of("authorization")[0]
        assert (first.status, first.reason) == ("met", "renewed by AUTH-2")

    def test_that_is_renewed_without_a_gap_is_met_on_the_day_of_the_new_one(self) -> None:
        renewed = granted(200, "AUTH-2", since=21, on=15)
        found = owed([*COLLECTED, granted(20), renewed], day(30)).of("authorization")[0]
        assert (found.status, found.met_on) == ("met", day(15))

    def test_that_is_renewed_too_late_or_with_a_gap_is_late(self) -> None:
        afterwards = granted(200, "AUTH-2", since=10, on=25)
        with_a_gap = granted(200, "AUTH-2", since=23, on=15)
        for renewed, on in ((afterwards, 25), (with_a_gap, 23)):
            found = owed([*COLLECTED, granted(20), renewed], day(30)).of("authorization")[0]
            assert (found.status, found.met_on) == ("late", day(on))

    def test_that_was_extended_is_not_renewed_by_one_that_ends_before_the_extension(self) -> None:
        more = AuthorizationExtended(payer="harbor_health", reference="AUTH-1", until=day(80))
        other = granted(50, "AUTH-2", since=15, on=15)
        found = owed([*COLLECTED, granted(20), record(more, 5), other], day(81))
        assert found.of("authorization")[0].status == "missed"

    def test_of_the_visits_is_served_by_the_last_one_unless_a_closer_watch_goes_on(self) -> None:
        """Month 12 opens on day 335."""
        visits = granted(400, services=("surveillance",))
        assert filed([*until_infused(), visits, visit(334)], 401, EXPIRY).status == "missed"
        assert filed([*until_infused(), visits, visit(336)], 401, EXPIRY).met_on == day(336)
        seen = NeurologyVisitCompleted(service=service("office"), findings=("micrographia",))
        found, last = record(seen, 300), record(seen, 336)
        ended = [*until_infused(), visits, found, visit(320), visit(336)]
        assert filed(ended, 401, EXPIRY).met_on == day(336)
        assert filed([*until_infused(), visits, found, last], 401, EXPIRY).status == "missed"

    def test_of_an_admission_for_an_outpatient_is_served_by_the_infusion(self) -> None:
        both = granted(20, services=("infusion", "admission"))
        assert filed([*until_infused(), both], 21, EXPIRY).met_on == day(0)
        alone = granted(20, services=("admission",))
        assert filed([*until_infused(), alone], 21, EXPIRY).status == "missed"

    def test_that_names_no_service_runs_out_whatever_was_given(self) -> None:
        """Found by a soak, seed 1795890000: the whole schedule broke off."""
        nothing = granted(20, services=())
        told = filed([*until_infused(), nothing], 21, EXPIRY)
        assert (told.status, told.what) == (
            "missed", "authorization AUTH-1 (services not named) runs out",
        )  # fmt: skip
        assert filed([*until_infused(), nothing], 1, EXPIRY).status == "due"

    def test_that_is_pended_is_owed_an_answer_by_the_day_that_the_payer_named(self) -> None:
        pended = AuthorizationPended(payer="harbor_health", reason="the log", answer_by=day(-50))
        told = [*COLLECTED, record(pended, -60)]
        rule = "authorization_answer"
        assert [filed(told, n, rule).status for n in (-60, -50, -49)] == ["due", "due", "missed"]
        asked = AuthorizationRequested(payer="harbor_health", services=("infusion",))
        assert filed([*told, record(asked, -52)], -49, rule).status == "met"
        assert filed([*told, record(asked, -48)], -47, rule).status == "late"
        other = replace(asked, payer="medicare")
        assert filed([*told, record(other, -52)], -49, rule).status == "missed"

    def test_that_is_denied_can_be_appealed_until_the_day_that_the_payer_named(self) -> None:
        denied = AuthorizationDenied(payer="harbor_health", reason="no log", appeal_by=day(-10))
        told = [*COLLECTED, record(denied, -60)]
        rule = "authorization_appeal"
        assert filed(told, -9, rule).status == "missed"
        assert filed([*told, granted(20, on=-20)], -9, rule).status == "met"
        assert filed(told, -9, rule).group == "appeal"


class TestACertificate:
    RULE = "certification_expiry"

    def held(self, until: int, **fields: Any) -> Centre:
        first = replace(certified()[0], until=day(until + 1), **fields)
        return replace(CENTRE, certifications=(first,))

    def test_that_runs_out_before_the_infusion_is_owed_a_renewal(self) -> None:
        told = [*COLLECTED]
        assert filed(told, -40, self.RULE, self.held(10)).status == "due"
        assert filed(told, 11, self.RULE, self.held(10)).status == "missed"
        assert filed([*until_infused()], 11, self.RULE, self.held(10)).status == "met"
        assert filed([*until_infused()], 11, self.RULE, self.held(-1)).status == "missed"

    def test_is_met_by_its_renewal_of_either_accreditation(self) -> None:
        short = self.held(10)
        longer = replace(
            short.certifications[0], programme="FACT-JACIE", until=None, record="renewal"
        )
        both = replace(short, certifications=(*short.certifications, longer))
        assert filed([*COLLECTED], 11, self.RULE, both).met_by == "renewal"
        elsewhere = replace(longer, subject="annex")
        other = replace(short, certifications=(*short.certifications, elsewhere))
        assert filed([*COLLECTED], 11, self.RULE, other).status == "missed"

    @pytest.mark.parametrize(("first", "stands"), [(11, "met"), (12, "late")])
    def test_that_is_renewed_from_the_next_day_on_leaves_no_gap(
        self, first: int, stands: str
    ) -> None:
        short = self.held(10)
        longer = replace(short.certifications[0], since=day(first), until=None, record="renewal")
        both = replace(short, certifications=(*short.certifications, longer))
        assert filed([*COLLECTED], 20, self.RULE, both).status == stands

    @pytest.mark.parametrize(
        "counts_for_nothing",
        [
            {"until": day(-100)},
            {"subject": "annex"},
            {"programme": "abecma_rems"},
            {"programme": "carvykti_rems"},
            {"programme": "payer network, medicare"},
        ],
        ids=str,
    )
    def test_that_this_encounter_does_not_need_is_not_owed(
        self, counts_for_nothing: dict[str, Any]
    ) -> None:
        """Over before it began, another place, another product, a REMS that is no more."""
        centre = self.held(10)
        held = replace(centre.certifications[0], **counts_for_nothing)
        centre = replace(centre, certifications=(held,))
        assert owed(until_infused(), centre=centre).of("certification") == ()

    def test_of_a_network_counts_for_the_patients_payer(self) -> None:
        told = owed([*COLLECTED], centre=self.held(10, programme="payer network, harbor_health"))
        assert len(told.of("certification")) == 1
