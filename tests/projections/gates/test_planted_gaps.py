"""Nothing is missing before any step of the example; each planted gap fails its own gate alone."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest

from tests.projections.gates.planted import (
    EVE,
    Change,
    added,
    asked,
    both,
    changed,
    lines,
    without,
)
from veinledger.domain.gates.gate import Intent

STEPS: dict[Intent, date] = {
    "collect": date(2026, 4, 1),
    "receive": date(2026, 5, 14),
    "lymphodeplete": date(2026, 5, 19),
    "infuse": EVE,
}
HARBOR = {"payer": "harbor_health", "kind": "commercial", "mac": None}


@pytest.mark.parametrize(("intent", "on"), STEPS.items(), ids=str)
def test_nothing_is_missing_before_a_step_of_the_example(intent: Intent, on: date) -> None:
    told = asked(lines(), intent, on)
    assert [each.gate for each in told.failing] == []
    assert told.sentence.endswith(f"on {on} may go ahead: nothing that is asked for is missing.")


class Gap(NamedTuple):
    """A change, the gates that must fail for it and no other, and what the first one says."""

    change: Change
    gates: str
    says: str
    intent: Intent = "infuse"
    on: date = EVE


def grant(**fields: Any) -> Change:
    told: dict[str, Any] = {
        "payer": "harbor_health",
        "reference": "AUTH-1",
        "services": ["apheresis", "lymphodepletion", "infusion"],
        "since": "2026-03-20",
        **fields,
    }
    return both(
        changed("coverage.recorded", HARBOR), added("authorization.granted", "2026-03-20", **told)
    )


def commercial(*more: Change) -> Change:
    return both(changed("coverage.recorded", HARBOR), *more)


def request(when: str) -> Change:
    return added("authorization.requested", when, payer="harbor_health", services=["infusion"])


GAPS = {
    "no coverage": Gap(
        without("coverage.recorded"),
        "a_payer_is_on_record_for_the_day",
        "no coverage is in force on 2026-05-24",
    ),
    "a coverage that ended": Gap(
        changed("coverage.recorded", {"until": "2026-05-23"}),
        "a_payer_is_on_record_for_the_day",
        "no coverage is in force on 2026-05-24",
    ),
    "a payer that the directory does not know": Gap(
        changed("coverage.recorded", {"payer": "medicaire"}),
        "a_payer_is_on_record_for_the_day",
        "the directory has no payer 'medicaire' on 2026-05-24; it has medicare, harbor_health",
    ),
    "a payer of another kind": Gap(
        changed("coverage.recorded", {"kind": "MA", "mac": None}),
        "a_payer_is_on_record_for_the_day an_authorization_is_in_force_for_the_step",
        "the coverage says MA, and the directory has medicare as FFS",
    ),
    "no place": Gap(
        both(
            without("patient.admitted"),
            without("appointment.booked", kind="infusion"),
            changed("product.received", {"service": None}),
        ),
        "the_place_of_the_step_is_in_the_directory",
        "no fact tells where it will be done",
    ),
    "a place that the directory does not know": Gap(
        both(
            without("patient.admitted"),
            changed("appointment.booked", {"facility": "mian"}, kind="infusion"),
        ),
        "the_place_of_the_step_is_in_the_directory tocilizumab_is_on_hand",
        "the directory has no facility 'mian' on this day; it has main, annex",
    ),
    "tocilizumab": Gap(
        both(
            changed("certification.recorded", {"capabilities": []}, programme="FACT"),
            changed("certification.recorded", {"capabilities": []}, programme="REMS"),
        ),
        "tocilizumab_is_on_hand",
        "no certificate of main says on 2026-05-24 that tocilizumab is on hand; 2 doses must be",
    ),
    "no authorization at all": Gap(
        commercial(),
        "an_authorization_is_in_force_for_the_step",
        "no authorization for infusion or product is in force on 2026-05-24",
    ),
    "an authorization that is asked for": Gap(
        commercial(request("2026-03-16")),
        "an_authorization_is_in_force_for_the_step",
        "requested on 2026-03-16",
    ),
    "an authorization that was pended": Gap(
        commercial(
            request("2026-03-16"),
            added(
                "authorization.pended",
                "2026-03-18",
                payer="harbor_health",
                reason="more is wanted",
                answer_by="2026-06-01",
            ),
        ),
        "an_authorization_is_in_force_for_the_step",
        "pended on 2026-03-18 and wants an answer by 2026-06-01",
    ),
    "an authorization that was denied": Gap(
        commercial(
            added(
                "authorization.denied",
                "2026-03-20",
                payer="harbor_health",
                reason="not covered",
                appeal_by="2026-09-16",
            )
        ),
        "an_authorization_is_in_force_for_the_step",
        "denied on 2026-03-20, appeal by 2026-09-16",
    ),
    "an authorization that was taken back": Gap(
        both(
            grant(),
            added(
                "authorization.denied",
                "2026-04-20",
                payer="harbor_health",
                reference="AUTH-1",
                reason="taken back",
            ),
        ),
        "an_authorization_is_in_force_for_the_step",
        "denied on 2026-04-20",
    ),
    "an authorization that expired": Gap(
        grant(until="2026-05-23"),
        "an_authorization_is_in_force_for_the_step",
        "there is AUTH-1 from 2026-03-20 to 2026-05-23",
    ),
    "an authorization of another service": Gap(
        grant(services=["apheresis", "admission"]),
        "an_authorization_is_in_force_for_the_step",
        "no authorization for infusion or product is in force",
    ),
    "an authorization of another setting": Gap(
        grant(setting="outpatient"),
        "an_authorization_is_in_force_for_the_step",
        "AUTH-1 is for outpatient care, and the cells would be given inpatient",
    ),
    "an authorization from another payer": Gap(
        grant(payer="tamarack_mutual"),
        "an_authorization_is_in_force_for_the_step",
        "no authorization for infusion or product is in force",
    ),
    "an authorization whose units are used up": Gap(
        grant(units=1),
        "an_authorization_is_in_force_for_the_step",
        "AUTH-1 is for 1 and 1 of that was used already",
        "collect",
        date(2026, 5, 30),
    ),
    "a diagnosis of another disease": Gap(
        changed("disease.assessed", {"code": "C83.30"}),
        "the_use_is_on_label_or_in_a_compendium the_disease_is_documented_as_the_indication_s",
        "the documented diagnosis C83.30 is none of the indication second_line",
    ),
    "no shipment": Gap(
        without("cells.shipped"),
        "the_chain_of_identity_is_unbroken",
        "no cells.shipped is on record under the chain in use",
    ),
    "no start of the manufacture": Gap(
        without("manufacturing.started"),
        "the_chain_of_identity_is_unbroken",
        "no manufacturing.started is on record under the chain in use",
    ),
    "no release": Gap(
        without("manufacturing.released"),
        "the_chain_of_identity_is_unbroken",
        "no manufacturing.released is on record under the chain in use",
    ),
    "no receipt": Gap(
        without("product.received"),
        "the_step_is_legal_now",
        "the encounter stands at released, where cells.infused is not legal; missing: "
        "product.received",
    ),
    "a label that was read as another's": Gap(
        changed("product.received", {"identity_as_read": "COI-8420"}),
        "the_chain_of_identity_is_unbroken",
        "product.received of 2026-05-15: the label was read as another chain",
    ),
    "a receipt under a chain that nobody knows": Gap(
        changed("product.received", {"chain_of_identity": "COI-8420"}),
        "the_chain_of_identity_is_unbroken the_step_is_legal_now",
        "product.received of 2026-05-15 waits for apheresis.completed",
    ),
    "another lot": Gap(
        changed("product.received", {"lot": "CV-1"}),
        "the_chain_of_identity_is_unbroken",
        "the lot that was received is not the lot that was released",
    ),
    "the label of Abecma": Gap(
        changed("manufacturing.released", {"hcpcs_on_label": "Q2055"}),
        "the_label_is_this_products",
        "the label says Q2055, which is ABECMA, another BCMA CAR-T, not CARVYKTI",
    ),
    "the label of another product of the maker": Gap(
        changed("product.received", {"ndc_on_label": "57894-502-05"}),
        "the_label_is_this_products",
        "the label says NDC 57894-502-05, which is",
    ),
    "a label that nobody read": Gap(
        changed("manufacturing.released", {"ndc_on_label": None, "hcpcs_on_label": None}),
        "the_label_is_this_products",
        "neither release nor receipt says which NDC or HCPCS code the label carries",
    ),
    "out of specification": Gap(
        changed("manufacturing.released", {"specification": "out"}),
        "the_product_is_in_specification_or_its_deviation_is_accepted",
        "released out of specification, and no accepted deviation is reported",
    ),
    "expired": Gap(
        changed("manufacturing.released", {"expiry": "2026-05-23"}),
        "the_product_has_not_expired",
        "the product expired; its last day was 2026-05-23",
    ),
    "no expiry": Gap(
        changed("manufacturing.released", {"expiry": None}),
        "the_product_has_not_expired",
        "the release does not say until when the product may be used",
    ),
    "damaged": Gap(
        changed("product.received", {"condition": "damaged"}),
        "the_product_came_intact",
        "it was received damaged on 2026-05-15",
    ),
    "rejected": Gap(
        added(
            "product.rejected",
            "2026-05-19T09:00:00-05:00",
            chain_of_identity="COI-8402",
            reason="bag torn",
        ),
        "the_step_is_legal_now",
        "the batch failed or was rejected, and no other is on its way",
    ),
    "too many cells": Gap(
        changed("manufacturing.released", {"cells": 70_000_001}),
        "the_dose_is_within_the_label",
        "70.000001 x 10^6 cells released, where the label has 35 to 70 x 10^6 at 70 kg",
    ),
    "too few cells": Gap(
        changed("manufacturing.released", {"cells": 34_999_999}),
        "the_dose_is_within_the_label",
        "34.999999 x 10^6 cells released, where the label has 35 to 70 x 10^6 at 70 kg",
    ),
    "no count of cells": Gap(
        changed("manufacturing.released", {"cells": None}),
        "the_dose_is_within_the_label",
        "the release does not say how many CAR-positive viable T cells it holds",
    ),
    "no lymphodepletion": Gap(
        without("lymphodepletion.dose_given"),
        "the_lymphodepletion_is_complete",
        "no dose of lymphodepletion is on record",
    ),
    "a day of fludarabine less": Gap(
        without(
            "lymphodepletion.dose_given",
            agent="fludarabine",
            occurred_at="2026-05-21T09:00:00-05:00",
        ),
        "the_lymphodepletion_is_complete",
        "fludarabine was given on 2 days, not on 3",
    ),
    "no cyclophosphamide": Gap(
        without("lymphodepletion.dose_given", agent="cyclophosphamide"),
        "the_lymphodepletion_is_complete",
        "no cyclophosphamide was given",
    ),
    "the dose of another product": Gap(
        changed(
            "lymphodepletion.dose_given",
            {"drug": {"dose": 925, "route": "infusion"}},
            agent="cyclophosphamide",
        ),
        "the_lymphodepletion_doses_go_by_the_body_surface",
        "925 mg of cyclophosphamide on 2026-05-20, where 300 mg/m2 at 1.85 m2 is 555 mg",
    ),
    "a death": Gap(
        added("patient.died", "2026-05-24"),
        "the_patient_is_alive the_step_is_legal_now",
        "the patient died on 2026-05-24",
    ),
    "an infusion that slipped by more than two weeks": Gap(
        both(),
        "the_lymphodepletion_is_repeated_where_the_infusion_slipped no_infection_is_active",
        "the last dose was 15 days before, and after 14 the course is repeated",
        on=date(2026, 6, 6),
    ),
    "a record that waits": Gap(
        added("crs.graded", "2026-05-23", grade=1),
        "nothing_about_the_encounter_waits_or_is_disputed",
        "crs.graded of 2026-05-23",
    ),
    "an infusion too late after the last dose": Gap(
        both(),
        "the_cells_follow_the_lymphodepletion_in_time",
        "the cells would go in 5 days after the last dose, not 2 to 4",
        on=date(2026, 5, 27),
    ),
}


def _before_the_cells(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines up to the eve: what came later plays no part."""
    return [each for each in told if each["occurred_at"][:10] <= str(EVE)]


@pytest.mark.parametrize("name", GAPS)
def test_a_planted_gap_fails_its_own_gate_and_says_what_was_found(name: str) -> None:
    gap = GAPS[name]
    told = asked(gap.change(_before_the_cells(lines())), gap.intent, gap.on)
    fails = {each.gate: each for each in told.failing}
    wanted = gap.gates.split()
    assert set(fails) == set(wanted), {gate: each.reason for gate, each in fails.items()}
    assert gap.says in fails[wanted[0]].reason
    assert all(each.remedy for each in fails.values())


def test_what_nobody_may_settle_stands_before_what_a_person_may() -> None:
    expired = changed("manufacturing.released", {"expiry": "2026-05-20"})
    told = asked(both(added("patient.died", "2026-05-24"), expired)(_before_the_cells(lines())))
    assert [each.finding is None for each in told.stopping] == [True, True, False]
    assert "3 gates are not met (No death is reported; " in told.sentence


FAILED = added(
    "manufacturing.failed", "2026-04-20", chain_of_identity="COI-8402", reason="no growth"
)


def test_nothing_is_taken_in_where_every_batch_failed() -> None:
    """The table lets a receipt be recorded whenever it was; that is no leave to expect one."""
    told = asked(
        FAILED([each for each in lines() if each["occurred_at"] < "2026-04-20"]),
        "receive",
        date(2026, 4, 21),
    )
    assert [each.gate for each in told.stopping] == ["the_step_is_legal_now"]
    assert "every batch of this encounter failed" in told.stopping[0].reason


def test_nothing_is_taken_in_after_the_cells() -> None:
    told = asked(lines(), "receive", date(2026, 6, 1))
    assert [each.gate for each in told.stopping] == ["the_step_is_legal_now"]
    assert "infused on 2026-05-25, and nothing else is on its way" in told.stopping[0].reason


def test_a_compendium_citation_answers_for_a_use_off_label() -> None:
    """NCD 110.24: on the label, or supported by a compendium."""
    off_label = changed("disease.assessed", {"code": "C90.20"})
    cited = added("document.filed", "2026-05-20", kind="compendium citation", reference="NCCN-1")
    gate = "the_use_is_on_label_or_in_a_compendium"
    states = [
        next(each for each in asked(change(lines())).verdicts if each.gate == gate)
        for change in (off_label, both(off_label, cited))
    ]
    assert [each.state for each in states] == ["not met", "met"]
    assert "the compendium citation NCCN-1 is on file" in states[1].reason


AUTHORIZED = "an_authorization_is_in_force_for_the_step"
EXTENDED = {"payer": "harbor_health", "reference": "AUTH-1", "until": "2026-12-31"}
DEVIATION: dict[str, Any] = {
    "chain_of_identity": "COI-8402",
    "provider": "dr_imani",
    "pathway": "expanded access",
    "number": "EAP-1",
}


@pytest.mark.parametrize(
    ("gate", "change", "says"),
    [
        (AUTHORIZED, grant(), "AUTH-1 from 2026-03-20 to open for apheresis"),
        (AUTHORIZED, grant(setting="inpatient", units=1), "inpatient care, 1 in all"),
        (
            AUTHORIZED,
            both(
                grant(until="2026-05-01"),
                added("authorization.extended", "2026-04-28", **EXTENDED),
            ),
            "AUTH-1 from 2026-03-20 to 2026-12-31",
        ),
        (
            "the_product_is_in_specification_or_its_deviation_is_accepted",
            both(
                changed("manufacturing.released", {"specification": "out"}),
                added("product.deviation_accepted", "2026-05-16", **DEVIATION),
            ),
            "out of specification; accepted by dr_imani under expanded access EAP-1",
        ),
    ],
)
def test_what_settles_a_gap_is_seen(gate: str, change: Change, says: str) -> None:
    told = asked(change(_before_the_cells(lines())))
    found = next(each for each in told.verdicts if each.gate == gate)
    assert found.state == "met", found.reason
    assert says in found.reason


def test_another_encounter_that_names_the_chain_stops_every_step() -> None:
    other = {"encounter": "E99", "chain_of_identity": "COI-8402"}
    ordered = added("product.ordered", "2026-05-20", **other)
    gate = "no_other_encounter_names_the_chain_of_identity"
    told = asked(ordered(_before_the_cells(lines())))
    assert [each.gate for each in told.failing] == [gate]
    assert told.failing[0].finding is None
    assert "another encounter names the chain of identity" in told.failing[0].reason
