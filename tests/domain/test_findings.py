"""Findings that two places make under one name: neither silently takes the other's place."""

from __future__ import annotations

from dataclasses import replace

from veinledger.domain.findings import Finding, Objection, Refusal, each_once

ONE = Finding(
    rule="a_rule",
    severity="warning",
    reason="the weight is missing",
    remedy="report it",
    source="page 1",
    records=("a", "b"),
)


def test_what_one_rule_says_twice_of_the_same_records_is_one_finding_with_both_reasons() -> None:
    other = replace(ONE, reason="the height is missing", remedy="measure it", source="page 2")
    (found,) = each_once([ONE, other])
    assert found.key == ONE.key
    assert found.reason == "the weight is missing; the height is missing"
    assert found.remedy == "report it; measure it"
    assert found.source == "page 1; page 2"


def test_of_two_under_one_key_the_one_that_holds_leads_and_the_worse_severity_stands() -> None:
    holding = replace(ONE, reason="no code is known", severity="notice", holds=True)
    (found,) = each_once([replace(ONE, severity="critical"), holding])
    assert found.holds
    assert found.severity == "critical"
    assert found.reason == "no code is known; the weight is missing"


def test_what_is_said_in_the_same_words_is_said_once() -> None:
    assert each_once([ONE, replace(ONE), ONE]) == (ONE,)


def test_a_finding_that_is_told_again_stays_as_it_was_though_its_own_words_repeat() -> None:
    twice = replace(ONE, reason="a grade is missing; a grade is missing")
    assert each_once([twice, replace(twice)]) == (twice,)


def test_of_two_that_hold_alike_the_first_leads() -> None:
    for holds in (True, False):
        first, other = replace(ONE, holds=holds), replace(ONE, holds=holds, reason="no height")
        (found,) = each_once([first, other])
        assert (found.holds, found.reason) == (holds, "the weight is missing; no height")


def test_of_two_severities_the_worse_stands_whichever_comes_first() -> None:
    other = replace(ONE, severity="critical", reason="no height")
    for pair in ([ONE, other], [other, ONE]):
        (found,) = each_once(pair)
        assert found.severity == "critical"


def test_an_objection_says_its_rule_its_field_where_it_has_one_and_what_to_do() -> None:
    about = Objection(rule="a_rule", reason="no weight", remedy="report it", source="page 1")
    assert str(about) == "a_rule: no weight; report it"
    assert str(replace(about, field="dose.weight")) == "a_rule [dose.weight]: no weight; report it"
    assert str(Refusal(objections=(about, about))) == f"{about}; {about}"


def test_findings_of_other_records_or_rules_stay_apart_and_in_their_order() -> None:
    others = (replace(ONE, records=("b", "a")), ONE, replace(ONE, rule="another_rule"))
    assert each_once(others) == others
