"""What never stands on a claim, whatever happened: asked of encounters drawn at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.claims.generated import encounters
from tests.claims.golden import CENTRE
from tests.given import history
from tests.tiers import size
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.entry import System
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted, ApheresisFailed, CellsPrepared
from veinledger.domain.facts.manufacturing import ProductReceived
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import (
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.bill import service_of
from veinledger.projections.claims.shapes import Claim, ClaimSet

pytestmark = pytest.mark.stochastic

RULES = {edition: shipped_rules(edition) for edition in EDITIONS}
OWN = "Q2056"
DOSES = {"Q2041", "Q2042", "Q2053", "Q2054", "Q2055", "Q2056"}
BILLABLE = (
    ApheresisCompleted,
    CellsPrepared,
    LymphodepletionDoseGiven,
    CellsInfused,
    TocilizumabGiven,
    NeurologyVisitCompleted,
)


Never = Callable[[list[Record], ClaimSet], None]
NEVER: list[Never] = []
"""What holds of every encounter and its claims, each a sentence. One drawing asks all of them."""
NEVER_IN_PUBLIC: list[Never] = []
"""The same, of what independent sources support alone."""


def never(rule: Never) -> Never:
    NEVER.append(rule)
    return rule


def never_in_public(rule: Never) -> Never:
    NEVER_IN_PUBLIC.append(rule)
    return rule


def billed(told: list[Record], edition: Edition) -> ClaimSet:
    return claims(history(told), CENTRE, RULES[edition])


@settings(
    max_examples=size(100, 100, 20_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(told=encounters(), edition=st.sampled_from(EDITIONS))
def test_what_never_happens_to_a_claim_does_not(told: list[Record], edition: Edition) -> None:
    found = billed(told, edition)
    for rule in (*NEVER, *(NEVER_IN_PUBLIC if edition == "public" else ())):
        note(rule.__name__)
        rule(told, found)


@settings(
    max_examples=size(60, 60, 5_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(told=encounters(), edition=st.sampled_from(EDITIONS), seed=st.integers(0, 2**16))
def test_claims_do_not_depend_on_the_order_in_which_messages_came(
    told: list[Record], edition: Edition, seed: int
) -> None:
    shuffled = list(told)
    random.Random(seed).shuffle(shuffled)
    assert as_json(billed(told, edition)) == as_json(billed(shuffled, edition))


def facts(told: list[Record], kind: type[Fact]) -> list[Record]:
    seen = effective(history(told))
    return [each for each in seen.records if isinstance(each.fact, kind)]


def sent(found: ClaimSet) -> list[Claim]:
    """The claims that somebody may send."""
    return [claim for claim in found.claims if claim.state in ("ready", "partial")]


@never
def a_dose_is_billed_once_at_most_and_only_if_received_and_infused(
    told: list[Record], found: ClaimSet
) -> None:
    doses = [line for line in found.lines() if line.code in DOSES]
    assert {line.code for line in doses} <= {OWN}
    assert sum((line.units for line in doses), Decimal(0)) in (0, 1)
    if doses:
        assert facts(told, CellsInfused)
        assert facts(told, ProductReceived)


@never
def a_bag_with_a_label_of_another_product_is_on_no_claim_that_may_be_sent(
    told: list[Record], found: ClaimSet
) -> None:
    strange = [
        each.fact
        for each in facts(told, CellsInfused)
        if isinstance(each.fact, CellsInfused) and each.fact.hcpcs_on_label not in (None, OWN)
    ]
    for claim in sent(found):
        assert not (strange and any(line.code == OWN for line in claim.lines))


@never
def every_line_and_code_names_records_of_the_history(told: list[Record], found: ClaimSet) -> None:
    keys = {record.key for record in told}
    for claim in found.claims:
        for basis in (*(x.basis for x in claim.lines), *(x.basis for x in claim.codes)):
            assert basis.records
            assert set(basis.records) <= keys
            assert basis.rule
            assert basis.source
        assert all(found.rule and found.remedy and found.source for found in claim.findings)


@never
def money_and_units_add_up(told: list[Record], found: ClaimSet) -> None:
    for claim in found.claims:
        charges = [line.charge for line in claim.lines if line.charge is not None]
        assert claim.total == sum(charges, Decimal(0))
        assert all(charge == charge.quantize(Decimal("0.01")) for charge in charges)
        assert all(line.units > 0 for line in claim.lines)
        whole = [line for line in claim.lines if line.code != OWN and line.code]
        assert all(line.units == int(line.units) for line in whole)


@never_in_public
def no_code_is_picked_for_a_day_on_which_it_is_not_in_force(
    told: list[Record], found: ClaimSet
) -> None:
    book = RULES["public"].book
    systems: tuple[System, ...] = ("HCPCS", "CPT")
    for line in found.lines():
        known = [e for e in book if e.code == line.code and e.system in systems]
        own = [e for e in known if "public" in e.editions]
        if own and line.basis.book:
            assert any(each.holds(line.day, "public") for each in own), (line.code, line.day)


@never_in_public
def no_rems_modifier_after_the_rems(told: list[Record], found: ClaimSet) -> None:
    for line in found.lines():
        assert "KX" not in line.modifiers
        assert "JG" not in line.modifiers


@never
def an_outpatient_service_is_on_an_inpatient_claim_only_by_a_payment_window(
    told: list[Record], found: ClaimSet
) -> None:
    records = {record.key: record for record in told}
    stays = (PatientAdmitted, PatientDischarged)
    for claim in found.claims:
        for line in claim.lines if claim.inpatient else ():
            for key in line.basis.records:
                service = service_of(records[key])
                if service is None or isinstance(records[key].fact, stays):
                    continue
                inside = service.patient_class == "inpatient"
                assert inside or line.moved_from or line.basis.rule.startswith("charges_")


@never_in_public
def a_grade_is_never_principal_and_each_toxicity_stands_once(
    told: list[Record], found: ClaimSet
) -> None:
    for claim in found.claims:
        for prefix in ("D89.83", "G92.0"):
            assert not [c for c in claim.coded("principal", "first-listed") if c.startswith(prefix)]
            assert len([c for c in claim.diagnoses if c.startswith(prefix)]) <= 1
        families = Counter(code[:6] for code in claim.diagnoses if code.startswith("T80.82"))
        assert all(number == 1 for number in families.values())
        assert max(Counter(claim.diagnoses).values(), default=1) == 1


@never_in_public
def a_failed_collection_is_on_no_claim(told: list[Record], found: ClaimSet) -> None:
    failed = {record.key for record in told if isinstance(record.fact, ApheresisFailed)}
    for line in found.lines():
        assert not failed & set(line.basis.records)


@never_in_public
def every_service_stands_on_a_claim_or_is_told_to_stand_on_none(
    told: list[Record], found: ClaimSet
) -> None:
    placed = {key for claim in found.claims for key in claim.records} | set(found.unbilled)
    for record in facts(told, Fact):
        if isinstance(record.fact, BILLABLE):
            assert record.key in placed, record.fact.type


@never_in_public
def the_cells_stand_on_one_claim_or_on_one_set_of_fractions(
    told: list[Record], found: ClaimSet
) -> None:
    of_the_cells = [claim for claim in found.claims if claim.kind == "C"]
    fractions = [claim.fraction for claim in of_the_cells if claim.fraction is not None]
    if fractions:
        parts = fractions[0][1]
        assert fractions == [(number, parts) for number in range(1, parts + 1)]
    assert len(of_the_cells) == (len(fractions) or min(1, len(of_the_cells)))
