"""The border: a line becomes a report, or every reason why it is none, without a word of it."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.minimal import MINIMAL
from tests.strategies import NAMES, Line, as_reported, facts, places, report_lines
from veinledger.adapters.codec import vocabulary
from veinledger.adapters.codec.canonical import canonical, said
from veinledger.adapters.codec.envelope import ENVELOPE
from veinledger.adapters.codec.fields import judged, read_fact
from veinledger.adapters.codec.report import ReadReport, Unread, read_report
from veinledger.adapters.codec.schema import fact_schema, line_schema
from veinledger.domain.facts.base import FACTS, Fact
from veinledger.domain.facts.catalogue import may_name_nobody
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.decisions import RecordsCorrected
from veinledger.domain.facts.encounter import EncounterOpened

pytestmark = pytest.mark.untraced

DESIGN_10: Line = {
    "encounter": "E1",
    "type": "apheresis.completed",
    "occurred_at": "2026-04-02T09:10:00-05:00",
    "source": {"connection": "epic-adt", "message": "MSG00017", "item": 1},
    "actor": {"id": "rn-204", "role": "apheresis nurse"},
    "service": {"facility": "main", "class": "outpatient", "account": "A-1001"},
    "chain_of_identity": "COI-7731",
}
INFUSED: Line = {
    **DESIGN_10,
    "type": "cells.infused",
    "lot": "L1",
    "bags": 1,
    "extent": "complete",
    "access": "central",
    "verifiers": ["rn-1", "rn-2"],
    "weight": 70.5,
}
LEFT_OUT = object()


def line(start: Line = DESIGN_10, **changed: Any) -> bytes:
    whole = {**start, **changed}
    return json.dumps({k: v for k, v in whole.items() if v is not LEFT_OUT}).encode()


def read(content: bytes) -> ReadReport:
    found = read_report(content)
    assert isinstance(found, ReadReport), str(found.refusal)
    return found


def refused(content: bytes) -> Unread:
    found = read_report(content)
    assert isinstance(found, Unread)
    assert found.refusal.objections
    return found


def against(content: bytes) -> list[tuple[str, str | None]]:
    return [(each.rule, each.field) for each in refused(content).refusal.objections]


def test_the_line_of_the_design_is_a_report() -> None:
    report = read(line())
    assert (report.subject, report.name) == ("encounter", "E1")
    assert report.occurred_at == "2026-04-02T09:10:00-05:00"
    assert (report.source.connection, report.source.message, report.source.item) == (
        "epic-adt",
        "MSG00017",
        1,
    )
    assert (report.actor.id, report.actor.role) == ("rn-204", "apheresis nurse")
    assert isinstance(report.fact, ApheresisCompleted)
    assert report.fact.service.patient_class == "outpatient"
    assert report.canonical == json.dumps(DESIGN_10, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_line_made_of_a_fact_reads_as_that_fact(name: str, data: st.DataObject) -> None:
    told = data.draw(report_lines(name))
    report = read(canonical(told))
    assert report.canonical == canonical(told)
    assert report.fact.type == name
    around = ENVELOPE - as_reported(report.fact).keys()
    assert as_reported(report.fact) == {k: v for k, v in told.items() if k not in around}


@given(facts())
def test_the_canonical_fields_of_a_fact_read_as_the_same_fact(fact: Fact) -> None:
    assert read_fact(fact.type, canonical(said(fact)).decode()) == fact


def test_blanks_and_order_do_not_change_what_the_same_bytes_means() -> None:
    spaced = json.dumps(dict(reversed(DESIGN_10.items())), indent=2).encode()
    assert read(spaced).canonical == read(line()).canonical


def test_a_message_without_an_id_is_a_report() -> None:
    report = read(line(source={"connection": "epic-adt"}))
    assert report.source.message is None
    assert report.source.item == 1


def test_encounter_opened_says_its_centre_as_a_field() -> None:
    report = read(
        line(
            type="encounter.opened",
            service=LEFT_OUT,
            chain_of_identity=LEFT_OUT,
            product="carvykti",
            indication="myeloma",
            patient="P-1",
            centre="main",
        )
    )
    assert isinstance(report.fact, EncounterOpened)
    assert (report.subject, report.name, report.fact.centre) == ("encounter", "E1", "main")


def test_a_certification_is_a_fact_of_its_centre() -> None:
    fields: Line = {
        "type": "certification.recorded",
        "service": LEFT_OUT,
        "chain_of_identity": LEFT_OUT,
        "subject": "main",
        "role": "infusion facility",
        "programme": "FACT",
        "since": "2025-01-01",
    }
    report = read(line(**fields, encounter=LEFT_OUT, centre="main"))
    assert (report.subject, report.name) == ("centre", "main")
    rule = "a_report_names_its_encounter_or_its_centre"
    assert against(line(**fields)) == [(rule, None)]


@pytest.mark.parametrize(
    "changed",
    [
        {"centre": "main"},
        {"encounter": LEFT_OUT, "centre": "main"},
    ],
)
def test_a_report_names_its_encounter_or_its_centre(changed: Line) -> None:
    assert against(line(**changed)) == [("a_report_names_its_encounter_or_its_centre", None)]


@pytest.mark.parametrize("encounter", [LEFT_OUT, None])
def test_a_report_may_name_neither_and_waits_for_a_person_then(encounter: Any) -> None:
    report = read(line(encounter=encounter))
    assert (report.subject, report.name) == ("encounter", "")


@pytest.mark.parametrize("name", sorted(n for n in FACTS if not may_name_nobody(n)))
def test_what_is_about_an_encounter_itself_or_its_records_names_it(name: str) -> None:
    around = {n: DESIGN_10[n] for n in ("occurred_at", "source", "actor")}
    fields = {n: v for n, v in MINIMAL[name].items() if n != "centre"}
    rules = [rule for rule, _ in against(json.dumps({**around, "type": name, **fields}).encode())]
    assert "a_report_names_its_encounter_or_its_centre" in rules


def test_an_unknown_type_is_refused_with_the_nearest_known() -> None:
    objection = refused(line(type="apheresis.complete")).refusal.objections[0]
    assert objection.rule == "a_type_is_one_of_the_catalogue"
    assert "apheresis.completed, apheresis.failed" in objection.remedy
    assert objection.field == "type"


def test_an_unknown_type_is_refused_with_the_faults_of_its_envelope() -> None:
    assert against(line(type="x", actor=LEFT_OUT)) == [
        ("a_required_field_is_there", "actor"),
        ("a_type_is_one_of_the_catalogue", "type"),
    ]


HOLDS = "a_field_holds_what_the_schema_says"
THERE = "a_required_field_is_there"
KNOWN = "a_field_is_known"


@pytest.mark.parametrize(
    ("changed", "rule", "field", "reason", "remedy"),
    [
        ({"type": LEFT_OUT}, THERE, "type", "nothing", "a name"),
        ({"occurred_at": "20260402"}, HOLDS, "occurred_at", "8 characters", "RFC 3339"),
        ({"occurred_at": "2026-02-30"}, HOLDS, "occurred_at", "10 characters", "YYYY-MM-DD"),
        ({"occurred_at": 20260402}, HOLDS, "occurred_at", "a whole number", "RFC 3339"),
        ({"actor": "rn-204"}, HOLDS, "actor", "a text of 6 characters", "with id, role"),
        ({"source": {"connection": "a", "item": 0}}, HOLDS, "source.item", "outside", "from 1"),
        ({"extent": "most"}, HOLDS, "extent", "a text of 4", "one of complete, partial"),
        ({"extent": LEFT_OUT}, THERE, "extent", "nothing", "one of complete, partial"),
        ({"lot": " L1"}, HOLDS, "lot", "a text of 3 characters", "no blank at either end"),
        ({"access": None}, HOLDS, "access", "nothing", "one of peripheral, central"),
        ({"bags": "1"}, HOLDS, "bags", "a text of 1 character", "a whole number from 0"),
        ({"bags": True}, HOLDS, "bags", "true or false", "a whole number"),
        ({"bags": 1.5}, HOLDS, "bags", "outside", "a whole number"),
        ({"weight": "70.5"}, HOLDS, "weight", "a text of 4 characters", "a number above 0"),
        ({"weight": 501}, HOLDS, "weight", "outside the limits", "up to 500"),
        ({"weight": []}, HOLDS, "weight", "a list of 0 items", "a number above 0"),
        ({"acquired_under_340b": 1}, HOLDS, "acquired_under_340b", "whole", "true or false"),
        ({"verifiers": ["a"]}, THERE, "verifiers.1", "nothing", "a name"),
        ({"verifiers": ["a", 2]}, HOLDS, "verifiers.1", "a whole number", "a name"),
        ({"ndc_on_label": "1-2-3"}, HOLDS, "ndc_on_label", "5 characters", "three segments"),
        ({"service": {"facility": "m"}}, THERE, "service.class", "nothing", "outpatient"),
        ({"service": {"facility": "m", "class": "x"}}, HOLDS, "service.class", "1", "office"),
        ({"colour": 1}, KNOWN, None, "does not know", "known: "),
        ({"acces": 1}, KNOWN, None, "does not know", "nearest known: access"),
        (
            {"service": {"facility": "m", "class": "office", "acount": 1}},
            KNOWN,
            "service",
            "does not know",
            "nearest known: account",
        ),
    ],
)
def test_a_fault_names_field_and_kind_and_what_would_be_right(
    changed: Line, rule: str, field: str | None, reason: str, remedy: str
) -> None:
    [objection] = refused(line(INFUSED, **changed)).refusal.objections
    assert (objection.rule, objection.field) == (rule, field)
    assert reason in objection.reason
    assert remedy in objection.remedy
    assert "veinledger facts --schema" in objection.source


def test_fields_that_disagree_are_refused_with_the_facts_own_rule() -> None:
    [objection] = refused(line(chain_of_identity=LEFT_OUT)).refusal.objections
    assert objection.rule == "fields_agree_with_each_other"
    assert "a chain of identity or a donation number" in objection.remedy


def test_every_fault_of_a_line_is_told_at_once() -> None:
    found = against(line(INFUSED, bags=-1, extent="x", occurred_at=3, service={"class": "office"}))
    assert sorted(found, key=str) == sorted(
        [
            (HOLDS, "occurred_at"),
            (HOLDS, "bags"),
            (HOLDS, "extent"),
            (THERE, "service.facility"),
        ],
        key=str,
    )


def test_a_field_told_under_both_of_its_names_is_refused() -> None:
    service = {"facility": "main", "class": "outpatient", "patient_class": "inpatient"}
    assert against(line(service=service)) == [(KNOWN, "service")]


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"null", b'"x"', b'{"a":1,"a":1}', b"{"])
def test_what_is_no_object_is_refused(content: bytes) -> None:
    assert refused(content).type is None


def test_what_could_be_read_of_a_refused_line_is_handed_on() -> None:
    unread = refused(line(chain_of_identity=7))
    assert (unread.type, unread.subject, unread.name) == ("apheresis.completed", "encounter", "E1")
    assert unread.source is not None
    assert unread.source.message == "MSG00017"
    assert unread.canonical == canonical({**DESIGN_10, "chain_of_identity": 7})


def correction(fact: Any, name: str = "crs.graded") -> bytes:
    change = {
        "kind": "replace",
        "sequence": 3,
        "hash": "0" * 64,
        "replacement": {"type": name, "occurred_at": "2026-05-01", "fact": fact},
    }
    return line(
        type="records.corrected",
        service=LEFT_OUT,
        chain_of_identity=LEFT_OUT,
        reason="wrong grade",
        changes=[change],
    )


@pytest.mark.parametrize("fact", [{"grade": 2}, '{"grade":2}'])
def test_a_replacement_is_told_as_an_object_or_as_its_canonical_text(fact: Any) -> None:
    report = read(correction(fact))
    assert isinstance(report.fact, RecordsCorrected)
    told = report.fact.changes[0].replacement
    assert told is not None
    assert told.fact == '{"grade":2}'


@pytest.mark.parametrize(
    ("fact", "name", "field"),
    [
        ({"grade": 7}, "crs.graded", "changes.0.replacement.fact.grade"),
        ({}, "crs.graded", "changes.0.replacement.fact.grade"),
        ({"grade": 2}, "crs.grade", "changes.0.replacement.fact.type"),
        ('{"grade": 2}', "crs.graded", "changes.0.replacement.fact"),
        ('{"grade":2,"grade":2}', "crs.graded", None),
    ],
)
def test_a_replacement_is_judged_as_any_report(fact: Any, name: str, field: str | None) -> None:
    assert [found for _, found in against(correction(fact, name))] == [field]


CANARY = "CANARY4711"


def _planted(told: Line, path: tuple[Any, ...], how: int) -> Line:
    """The line with the canary in the place of a value, behind it, or as a name beside it."""
    planted = deepcopy(told)
    there: Any = planted
    for step in path[:-1]:
        there = there[step]
    if not path:
        return {**planted, CANARY: CANARY}
    wrong: list[Any] = [CANARY, f" {CANARY}" * 50, {CANARY: CANARY}, [CANARY], f"{CANARY}\n"]
    there[path[-1]] = wrong[how]
    return planted


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_refusal_repeats_anything_that_stood_in_the_line(data: st.DataObject) -> None:
    told = data.draw(report_lines())
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(told)))
        told = _planted(told, path, data.draw(st.integers(0, 4)))
    found = read_report(canonical(told))
    if isinstance(found, Unread):
        assert CANARY not in str(found.refusal) + repr(found.refusal) + repr(found)
    else:
        assert CANARY not in repr(found) + repr(found.fact)


def test_a_canary_in_every_kind_of_fault_is_silent() -> None:
    content = line(
        INFUSED,
        type="cells.infused",
        lot=f" {CANARY}",
        extent=CANARY,
        weight=CANARY,
        verifiers=[CANARY],
        service={CANARY: CANARY, "class": CANARY},
        actor={"id": [CANARY], "role": {CANARY: 1}},
        **{CANARY: CANARY},
    )
    refusal = refused(content).refusal
    assert len(refusal.objections) >= 8
    assert CANARY not in str(refusal) + repr(refusal)


def test_the_names_that_a_path_may_show_are_names_of_the_schema() -> None:
    assert {"service", "class", "patient_class", "dose", "occurred_at"} <= vocabulary.names()
    assert all(name.replace("_", "").isalnum() and name.islower() for name in vocabulary.names())


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_of_a_fact_has_its_fields_and_whole_references(name: str) -> None:
    schema = fact_schema(name)
    required = {key for key in schema["properties"] if key in schema.get("required", ())}
    empty = judged(FACTS[name], {})
    missing = {each.field for each in empty} if isinstance(empty, tuple) else set[str | None]()
    assert required == missing - {None}
    assert _references(schema) <= schema.get("$defs", {}).keys()


def test_the_schema_of_all_lines_holds_every_fact_once() -> None:
    schema = line_schema()
    assert [one["$ref"].rpartition("/")[2] for one in schema["oneOf"]] == list(NAMES)
    assert _references(schema) <= schema["$defs"].keys()
    properties = schema["$defs"]["apheresis.completed"]["properties"]
    assert set(DESIGN_10) <= properties.keys()
    assert properties["type"] == {"const": "apheresis.completed"}


def test_the_schema_of_a_number_is_a_number_with_its_limits() -> None:
    weight = fact_schema("cells.infused")["properties"]["weight"]["anyOf"][0]
    assert weight["type"] == "number"
    assert (weight["exclusiveMinimum"], weight["maximum"]) == (0, 500)


def _references(schema: Any) -> set[str]:
    """The definitions that a schema refers to, wherever in it."""
    found = re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema))
    return set(found)
