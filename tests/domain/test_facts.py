"""The catalogue of facts: what it holds, what its classes promise, and what each refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.strategies import facts
from veinledger.adapters.codec.envelope import ENVELOPE
from veinledger.adapters.codec.shape import Shape, shape_of
from veinledger.domain.facts import base
from veinledger.domain.facts.authorization import CertificationRecorded, CoverageRecorded
from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.facts.catalogue import FACTS, FAMILIES
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.decisions import (
    Attested,
    Change,
    FindingSettled,
    RecordsCorrected,
    Replacement,
    ReportConfirmed,
)
from veinledger.domain.facts.disease import TherapyRefractorinessDocumented
from veinledger.domain.facts.groups import Condition, Drug, Service
from veinledger.domain.facts.patient import PatientMeasured, PatientRegistered
from veinledger.domain.facts.toxicity import CrsGraded, IcansGraded
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.values import day_of, instant_of

DESIGN_3 = """
encounter: opened continued linked withdrawn completed
patient: registered updated merged measured advised status_changed died lost_to_follow_up
patient: admitted discharged
coverage: recorded
disease: assessed
therapy: line_recorded refractoriness_documented
clearance: recorded
laboratory: resulted
document: filed
certification: recorded
authorization: requested pended granted extended denied
support: enrolled
surveillance: plan_filed
product: ordered deviation_accepted received rejected thawed
apheresis: completed failed
cells: prepared shipped infused
manufacturing: started failed released
bridging: given
lymphodepletion: dose_given held
infusion: cancelled
crs: graded
icans: graded
toxicity: observed
condition: documented
tocilizumab: given
supportive: given
appointment: booked cancelled
monitoring: day_completed
acute_monitoring: ended
neurology: visit_completed visit_missed
registry: form_filed
charge: posted
claim: submitted answered
appeal: filed answered
finding: settled
records: corrected
report: confirmed discarded
"""
NAMES = sorted(
    f"{subject}.{name}"
    for line in DESIGN_3.strip().splitlines()
    for subject, names in [line.split(": ")]
    for name in names.split()
)
UNDER_A_CHAIN = [
    "product.ordered",
    "cells.prepared",
    "cells.shipped",
    "manufacturing.started",
    "manufacturing.failed",
    "manufacturing.released",
    "product.deviation_accepted",
    "product.received",
    "product.rejected",
    "product.thawed",
    "cells.infused",
    "infusion.cancelled",
]

OUTPATIENT = Service(facility="main", patient_class="outpatient")
DIGEST = "0" * 64


def infused(**fields: Any) -> CellsInfused:
    given_in: dict[str, Any] = {
        "chain_of_identity": "COI-1",
        "lot": "L1",
        "bags": 1,
        "extent": "complete",
        "access": "peripheral",
        "verifiers": ("rn-1", "rn-2"),
        "service": OUTPATIENT,
    }
    return CellsInfused(**{**given_in, **fields})


def within(shape: Shape) -> Iterator[Shape]:
    yield shape
    for inner in (*shape.fields.values(), *shape.items):
        yield from within(inner)


def test_the_catalogue_holds_every_fact_of_the_design() -> None:
    assert set(NAMES) <= set(FACTS)


def test_every_module_that_declares_a_fact_is_a_family_of_the_catalogue() -> None:
    folder = Path(base.__file__).parent
    declaring = {p.stem for p in folder.glob("*.py") if "\n@fact(" in p.read_text()}
    assert declaring == {family.__name__.rpartition(".")[2] for family in FAMILIES}


@pytest.mark.parametrize("name", NAMES)
def test_a_class_is_called_by_its_dotted_name_in_capitals(name: str) -> None:
    called = "".join(word.capitalize() for word in re.split(r"[._]", name))
    assert FACTS[name].__name__ == called


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_says_in_one_line_what_happened(name: str) -> None:
    first, _, rest = (FACTS[name].__doc__ or "").partition("\n")
    assert first.endswith(".")
    assert not rest.strip() or rest.strip().startswith("Source:")


@pytest.mark.parametrize("name", NAMES)
def test_no_field_of_a_fact_is_a_field_of_the_line_around_it(name: str) -> None:
    shared = ENVELOPE & shape_of(FACTS[name]).fields.keys()
    assert shared == ({"centre"} if name == "encounter.opened" else set())


@pytest.mark.parametrize("name", NAMES)
def test_every_text_and_number_of_a_fact_has_limits(name: str) -> None:
    for shape in within(shape_of(FACTS[name])):
        if shape.kind in ("text", "number", "whole number"):
            assert shape.limits or shape.validators, shape


def test_two_classes_cannot_share_a_name() -> None:
    with pytest.raises(TypeError, match=r"crs\.graded: a fact's name is its identity"):

        @fact("crs.graded")
        class Another(Fact):  # pyright: ignore[reportUnusedClass]
            """Never comes to be."""

    assert FACTS["crs.graded"] is CrsGraded


@pytest.mark.parametrize("name", UNDER_A_CHAIN)
def test_a_product_fact_names_its_chain_of_identity(name: str) -> None:
    assert shape_of(FACTS[name]).fields["chain_of_identity"].required


def test_a_collection_has_a_chain_of_identity_or_a_donation_number() -> None:
    assert ApheresisCompleted(chain_of_identity="COI-1", service=OUTPATIENT)
    assert ApheresisCompleted(donation_number="W1234", service=OUTPATIENT)
    with pytest.raises(ValueError, match="a chain of identity or a donation number"):
        ApheresisCompleted(service=OUTPATIENT)


def test_two_different_persons_verify_the_label() -> None:
    assert infused()
    with pytest.raises(ValueError, match="two different persons"):
        infused(verifiers=("rn-1", "rn-1"))


@pytest.mark.parametrize("verifiers", [(), ("rn-1",), ("rn-1", "rn-2", "rn-3")])
def test_the_label_is_verified_by_two_persons_exactly(verifiers: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        infused(verifiers=verifiers)


@pytest.mark.parametrize(
    "fields",
    [
        {"bags": "1"},
        {"bags": True},
        {"bags": 1.0},
        {"bags": -1},
        {"weight": 70.5},
        {"weight": Decimal("500.1")},
        {"weight": Decimal("70.12345")},
        {"invoice_amount": Decimal("-1")},
        {"invoice_amount": Decimal("1.0001")},
        {"extent": "whole"},
        {"lot": ""},
        {"lot": " L1"},
        {"lot": "L1\n"},
        {"lot": "L\x001"},
        {"lot": "L" * 101},
        {"ndc_on_label": "57894-111"},
        {"hcpcs_on_label": "q2056"},
        {"service": {"facility": "main", "class": "inpatient", "extra": 1}},
        {"colour": "red"},
    ],
)
def test_a_value_of_another_kind_or_size_is_refused_and_never_coerced(
    fields: dict[str, Any],
) -> None:
    with pytest.raises(ValueError):
        infused(**fields)


def test_a_fact_is_keyword_only_and_cannot_be_changed() -> None:
    graded = CrsGraded(grade=2)
    with pytest.raises(FrozenInstanceError):
        graded.grade = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValueError):
        CrsGraded(2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert not hasattr(graded, "__dict__")


@pytest.mark.parametrize("grade", [0, 6, -1])
def test_a_grade_is_one_to_five(grade: int) -> None:
    assert CrsGraded(grade=5).grade == 5
    with pytest.raises(ValueError):
        CrsGraded(grade=grade)


def test_an_ice_score_is_nought_to_ten() -> None:
    assert IcansGraded(grade=4, ice_score=0).ice_score == 0
    with pytest.raises(ValueError):
        IcansGraded(grade=1, ice_score=11)


def test_a_measurement_measures_something() -> None:
    assert PatientMeasured(weight=Decimal("70.5"))
    with pytest.raises(ValueError, match="a height, a weight or a body surface area"):
        PatientMeasured()


def test_a_condition_has_a_code_or_a_text() -> None:
    assert Condition(text="sepsis")
    with pytest.raises(ValueError, match="by a code or by a text"):
        Condition(provider="dr-1")


def test_a_coverage_does_not_end_before_it_begins() -> None:
    def coverage(until: date) -> CoverageRecorded:
        since = date(2026, 1, 31)
        return CoverageRecorded(payer="medicare", kind="FFS", since=since, until=until)

    assert coverage(date(2026, 1, 31))
    with pytest.raises(ValueError, match="`until` is not before `since`"):
        coverage(date(2026, 1, 30))


def test_the_last_dose_of_a_drug_is_not_before_its_first() -> None:
    with pytest.raises(ValueError, match="`last_dose` is not before `first_dose`"):
        TherapyRefractorinessDocumented(
            drug="lenalidomide",
            first_dose=date(2025, 6, 2),
            last_dose=date(2025, 6, 1),
            progressed_on=date(2025, 7, 1),
        )


@pytest.mark.parametrize(
    ("programme", "missing"), [("REMS", "product"), ("payer network", "payer")]
)
def test_a_programme_of_somebody_names_whose_it_is(programme: Any, missing: str) -> None:
    def certification(**fields: Any) -> CertificationRecorded:
        since = date(2025, 1, 1)
        return CertificationRecorded(
            subject="main", role="infusion facility", programme=programme, since=since, **fields
        )

    assert certification(**{missing: "carvykti"})
    with pytest.raises(ValueError, match=f"`{missing}` names"):
        certification()


def test_a_replacement_claim_names_the_payers_number_of_the_one_it_replaces() -> None:
    def claim(**fields: Any) -> ClaimSubmitted:
        return ClaimSubmitted(
            claim_key="C/837I/main/abc",
            kind="C",
            label="C",
            form="837I",
            payer="medicare",
            billing_provider="main",
            anchor="abc",
            claim="{}",
            claim_version=1,
            patient_control_number="P-1",
            total=Decimal("1.00"),
            edition="public",
            rule_pack=DIGEST,
            position_known=17,
            **fields,
        )

    assert claim()
    assert claim(frequency="7", original_payer_control_number="ICN-1")
    with pytest.raises(ValueError, match="original_payer_control_number"):
        claim(frequency="8")


def test_a_settlement_has_a_code_exactly_where_a_code_was_chosen() -> None:
    def settled(decision: Any, code: str | None = None) -> FindingSettled:
        return FindingSettled(
            finding="rule/0123", decision=decision, code=code, credential="CCS", reason="chart"
        )

    assert settled("accepted")
    assert settled("code chosen", "A41.9")
    with pytest.raises(ValueError, match="code chosen"):
        settled("code chosen")
    with pytest.raises(ValueError, match="code chosen"):
        settled("overridden", "A41.9")


def test_a_change_carries_what_its_kind_needs_and_nothing_else() -> None:
    told = Replacement(type="crs.graded", occurred_at="2026-05-01", fact='{"grade":1}')

    def change(kind: Any, **fields: Any) -> Change:
        return Change(kind=kind, sequence=3, hash=DIGEST, **fields)

    assert change("void")
    assert change("replace", replacement=told)
    assert change("move", encounter="E2")
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("void", {"replacement": told}),
        ("void", {"encounter": "E2"}),
        ("replace", {}),
        ("move", {}),
        ("move", {"encounter": "E2", "replacement": told}),
    ]
    for kind, fields in wrong:
        with pytest.raises(ValueError, match="is there exactly where the kind is"):
            change(kind, **fields)


def test_a_correction_names_each_record_once_and_at_least_one() -> None:
    void = Change(kind="void", sequence=3, hash=DIGEST)
    assert RecordsCorrected(changes=(void,), reason="wrong patient")
    with pytest.raises(ValueError, match="at least one record"):
        RecordsCorrected(changes=(), reason="wrong patient")
    with pytest.raises(ValueError, match="each record once"):
        RecordsCorrected(changes=(void, void), reason="wrong patient")


@pytest.mark.parametrize(
    "text", ["20260501", "2026-5-1", "2026-02-30", "0001-01-01", "2026-05-01T00:00:00Z", "", "٢٠٢٦"]
)
def test_only_a_written_calendar_date_is_a_day(text: str) -> None:
    assert day_of("2026-05-01") == date(2026, 5, 1)
    with pytest.raises(ValueError) as caught:
        day_of(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["2026-04-03T09:10:00", "2026-04-03 09:10:00Z", "2026-04-03T25:10:00Z", "2026-04-03T09:10Z"],
)
def test_only_a_time_with_offset_is_an_instant(text: str) -> None:
    assert instant_of("2026-04-02T09:10:00-05:00").utcoffset() is not None
    with pytest.raises(ValueError) as caught:
        instant_of(text)
    assert text not in str(caught.value)


def test_no_error_of_a_fact_repeats_what_it_was_given() -> None:
    canary = " CANARY 4711"
    with pytest.raises(ValueError) as caught:
        PatientRegistered(
            patient=canary,
            family_name="x" * 201 + canary,
            birth_date=canary,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            sex=canary,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            mrn=canary,
            authority=canary,
        )
    assert "CANARY" not in str(caught.value) + repr(caught.value)


@settings(max_examples=300)
@given(facts())
def test_the_text_of_a_fact_shows_its_type_and_never_a_value(made: Fact) -> None:
    assert repr(made) == str(made) == f"<{made.type}>"


def test_the_text_of_a_group_shows_its_name_and_never_a_value() -> None:
    drug = Drug(dose=Decimal("55.5"), lot="L-4711")
    assert f"{OUTPATIENT} {drug}" == "<service> <drug>"


@settings(max_examples=300)
@given(facts())
def test_equal_facts_are_equal_and_can_be_kept_in_a_dict(made: Fact) -> None:
    fields = {name: getattr(made, name) for name in shape_of(type(made)).fields}
    again = type(made)(**fields)
    assert again == made
    assert {made: 1}[again] == 1


def test_a_confirmation_may_attest_missing_facts_by_day() -> None:
    attested = Attested(type="product.received", day=date(2026, 4, 2))
    confirmed = ReportConfirmed(target="ab" * 32, attested=(attested,), reason="not keyed in")
    assert confirmed.attested == (attested,)
