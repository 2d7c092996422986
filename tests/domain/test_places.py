"""Where a fact has its place, and where it leads though it has none."""

from __future__ import annotations

import pytest

from tests.given import collected, day, history, infused, made, opened, record
from tests.given_decisions import confirming, kept, the, then
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.decisions import Change, RecordsCorrected
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.manufacturing import ManufacturingFailed, ProductRejected
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import effective

OUTSIDE = Service(facility="main", patient_class="outpatient")


def gathered(number: int, donation: str) -> Record:
    """A collection whose bag has a donation number, and no chain of identity yet."""
    fact = ApheresisCompleted(donation_number=donation, service=OUTSIDE)
    return record(fact, number, f"donation {donation}")


def test_cells_collected_under_no_chain_of_identity_bring_the_encounter_on_its_way() -> None:
    seen = effective(history(*opened(), gathered(-45, "D1")))
    assert seen.stage is Stage.COLLECTED
    assert seen.state.cells_under_no_chain is Stage.COLLECTED
    assert seen.state.collections == {"D1"}
    assert not seen.state.batches


def test_a_collection_that_a_person_confirms_after_the_infusion_takes_nothing_back() -> None:
    """It is in effect and told, and the cells stay in."""
    told = kept(*opened(), *collected(), *made(), infused(), gathered(9, "D2"))
    late = the(told, "apheresis.completed")
    assert not effective(told).standings[late.key].in_effect
    seen = effective(confirming(told, late))
    assert seen.standings[late.key].in_effect
    assert seen.stage is Stage.INFUSED
    assert seen.state.collections == {"D1", "D2"}
    assert "what_a_person_confirmed_is_told" in [each.rule for each in seen.findings]


@pytest.mark.parametrize(
    "fact",
    [
        ManufacturingFailed(chain_of_identity="COI-1", reason="no growth"),
        ProductRejected(chain_of_identity="COI-1", reason="thawed"),
    ],
)
def test_cells_that_are_in_the_patient_can_neither_fail_nor_be_rejected(fact: Fact) -> None:
    told = kept(*opened(), *collected(), *made(), infused(), record(fact, 3))
    seen = effective(told)
    standing = seen.standings[the(told, fact.type).key]
    assert str(standing) == "disputed"
    against = {each.rule: each for each in standing.objections}
    told_so = against["a_bag_that_was_infused_can_neither_fail_nor_be_rejected"]
    assert told_so.reason == "the cells under this chain of identity are in the patient"
    assert told_so.remedy.startswith("check the chain of identity and the date")
    assert seen.stage is Stage.INFUSED


def test_a_step_that_nobody_may_attest_gives_nothing_a_place() -> None:
    """Intake refuses such a confirmation; a row that holds one all the same changes nothing."""
    told = kept(*opened(), *collected(), infused())
    infusion = the(told, "cells.infused")
    seen = effective(confirming(told, infusion, product_received=-1))
    by_the_book = [each.record.fact.type for each in seen.taken if each.record.kind == "attested"]
    assert by_the_book == ["product.received"]
    (finding,) = [f for f in seen.findings if f.rule == "what_a_person_attested_is_told"]
    assert finding.reason == (
        f"product.received is attested for {day(-1)}, and nobody has reported it"
    )
    assert finding.holds
    other = effective(confirming(told, infusion, patient_admitted=-1))
    assert not [each for each in other.taken if each.record.kind == "attested"]
    assert "what_a_person_confirmed_is_told" in [each.rule for each in other.findings]


def test_a_correction_of_a_record_that_is_not_there_takes_nothing_out() -> None:
    """Intake refuses it; a row that holds one all the same changes nothing."""
    told = kept(*opened(), *collected())
    change = Change(kind="void", sequence=99, hash="ab" * 32)
    act = record(RecordsCorrected(changes=(change,), reason="charted wrongly"), 200)
    before, after = effective(told), effective(then(told, act))
    assert after.stage is before.stage
    assert before.standings.items() <= after.standings.items()
