"""What no appeal ever does, whatever is drawn: cite what does not count, or what came after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.appeals.stories import Story, appealed, denied, filed, request_denied
from tests.claims.encounters.denials import DENIALS, inpatient, outpatient, visited
from tests.claims.given_claims import CENTRE
from tests.given import certified, day, history
from tests.given_decisions import correcting, kept
from tests.tiers import size
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.appeals.support import Paper
from veinledger.domain.centre.certification import Certification
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.standing.history import effective
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.appeals.shapes import Appeals, Cited

TEXTS: Final = (
    "not FACT accredited, no REMS", "lenalidomide", "triple-class", "Q2055", "CD19",
    "neurological monitoring plan", "site of service", "lymphodepletion", "manufacturing failed",
    "bundled", "NDC not found", "Abecma policy", "timely filing", "no words that anybody knows",
)  # fmt: skip
BY_HAND: Final = (
    inpatient,
    lambda: inpatient("harbor_health"),
    lambda: outpatient("harbor_health", "inpatient"),
    visited,
    DENIALS[9].passes,
)
OTHERS: Final = tuple(
    replace(each, record=f"abecma {each.record}", reference=f"ABECMA-{number}")
    for number, each in enumerate(certified(product="abecma"))
    if each.programme.endswith("_rems")
)


PAPERS: Final = tuple(
    dict.fromkeys(kind for each in shipped_rules().listing.all(Paper) for kind in each.kinds[:1])
)
"""One document of every kind that an appeal may want."""


def told(number: int, text: str) -> Story:
    """One of the stories, every claim denied and a request too, with papers in the chart."""
    papers = [filed(each, f"{each}-1", 5) for each in PAPERS]
    story: Story = [*BY_HAND[number](), *papers]
    label = "A1" if number == 4 else "C1"
    denied_once = denied(story, label, 60, text=text)
    asked = request_denied(denied_once, text, -30)
    return [*asked, appealed(story, label, 80)]


def cited_by(found: Appeals) -> list[Cited]:
    """Everything that an answer leans on."""
    answers = [one for each in found.denials for one in each.candidates]
    by_facts = [cited for one in answers for fact in one.facts for cited in fact.records]
    by_papers = [cited for one in answers for each in one.attachments for cited in each.records]
    return [*by_facts, *by_papers]


@settings(max_examples=size(40, 40, 200), deadline=None)
@given(
    number=st.integers(0, len(BY_HAND) - 1),
    text=st.sampled_from(TEXTS),
    asked=st.tuples(st.sampled_from(EDITIONS), st.booleans()),
    as_of=st.one_of(st.none(), st.integers(-100, 120)),
    voided=st.lists(st.integers(0, 60), max_size=8),
)
def test_an_appeal_leans_on_records_in_effect_by_the_day_asked_and_on_own_certificates(
    number: int, text: str, asked: tuple[Edition, bool], as_of: int | None, voided: list[int]
) -> None:
    edition, alone = asked
    before = kept(*told(number, text))
    at = sorted({place % len(before.records) for place in voided})
    after = correcting(before, *((before.records[p], None, None) for p in at)) if at else before
    then = None if as_of is None else day(as_of)
    centre = replace(CENTRE, certifications=OTHERS if alone else (*OTHERS, *certified()))
    rules = shipped_rules(edition)
    found = appeals(after, centre, rules, then)
    if found is None:
        return
    seen = effective(after, then)
    in_effect = {record.key: record for record in seen.records}
    own = {each.record for each in certified()}
    for cited in cited_by(found):
        if cited.stream == "centre":
            assert cited.record in own, cited.record
        else:
            assert cited.record in in_effect
            assert then is None or in_effect[cited.record].day <= then
    for each in found.denials:
        assert each.denial.record in in_effect


@pytest.mark.parametrize("number", range(len(BY_HAND)))
def test_the_stories_do_cite_records_and_certificates(number: int) -> None:
    centre = replace(CENTRE, certifications=(*OTHERS, *certified()))
    cited = [
        each
        for text in TEXTS
        for found in [appeals(history(told(number, text)), centre, shipped_rules("page"))]
        if found is not None
        for each in cited_by(found)
    ]
    assert {each.stream for each in cited} == {"encounter", "centre"}


def test_a_certificate_that_was_told_of_later_is_no_answer_yet() -> None:
    held = _certificate(date(2026, 1, 1))
    centre = replace(CENTRE, certifications=(held,))
    story = denied(inpatient(), "C1", text="not FACT accredited")
    found = appeals(history(story), centre, shipped_rules("public"))
    assert found is not None
    (one,) = found.denials[0].candidates
    assert any("number F-1" in each.text for each in one.facts)
    ended = replace(held, until=date(2026, 5, 11))
    later = replace(centre, certifications=(ended,))
    found = appeals(history(story), later, shipped_rules("public"))
    assert found is not None
    (one,) = found.denials[0].candidates
    assert [each.state for each in one.facts] == ["missing"]


def test_another_products_certificate_is_none() -> None:
    centre = replace(CENTRE, certifications=OTHERS)
    story = denied(inpatient(), "C1", text="no REMS certification")
    found = appeals(history(story), centre, shipped_rules("page"))
    assert found is not None
    (one,) = found.denials[0].candidates
    assert {each.state for each in one.facts} == {"missing"}
    assert all(each.records == () for each in one.facts)
    assert all(each.records == () for each in one.attachments)


def test_a_document_that_was_voided_goes_along_no_more() -> None:
    paper = filed("chain of identity label", "LABEL-1", 5)
    before = kept([*denied(inpatient(), "C1", text="NDC not found"), paper])
    for after, state in (
        (before, "have"),
        (correcting(before, (before.records[-1], None, None)), "missing"),
    ):
        found = appeals(after, CENTRE, shipped_rules("public"))
        assert found is not None
        (one,) = found.denials[0].candidates
        assert [each.state for each in one.attachments] == [state]


def test_a_certificate_is_shown_with_its_last_day() -> None:
    held = replace(_certificate(date(2026, 1, 1)), until=date(2026, 6, 1))
    centre = replace(CENTRE, certifications=(held,))
    story = denied(inpatient(), "C1", text="not FACT accredited")
    found = appeals(history(story), centre, shipped_rules("public"))
    assert found is not None
    last = date(2026, 6, 1) - timedelta(days=1)
    (one,) = found.denials[0].candidates
    assert f"to {last}" in one.facts[0].text


def _certificate(since: date) -> Certification:
    return Certification(
        record="FACT 1", subject="main", role="infusion facility", programme="FACT",
        reference="F-1", since=since,
    )  # fmt: skip
