"""Packet and gates read the same evidence: neither says the opposite of the other.

Every story that was told before a gate about an item of the checklist is asked for its packet too.
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.claims.cells import SITE
from tests.given import Payer, day, history, opened, record
from tests.projections.authorization.told import ON, booked, centre, item, packet, story
from tests.projections.gates import stories
from tests.projections.gates.ready import four_lines, ready
from tests.projections.gates.stories.registry import STORIES, Story
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.policies.policy import Item
from veinledger.domain.reports import Record
from veinledger.projections.authorization.packet import Request, authorization
from veinledger.projections.discovery import every_module_of
from veinledger.projections.gates.check import Step, check

every_module_of(stories)

READ_ALIKE: Final[dict[str, Item]] = {
    "the_performance_status_is_what_the_payer_takes": "ecog",
    "the_heart_was_cleared": "cardiac_clearance",
    "the_lungs_were_cleared": "pulmonary_clearance",
    "kidneys_and_liver_were_cleared": "organ_function",
    "no_autoimmune_disease_is_active": "no_autoimmune_disease",
    "the_target_was_proven_on_the_disease": "bcma_pathology",
    "the_disease_burden_was_measured_lately": "imaging",
    "the_prior_therapy_log_is_complete": "prior_therapy_log",
    "the_baseline_that_is_asked_for_shows_no_movement_disorder": "baseline_neurology",
    "the_surveillance_plan_that_is_asked_for_is_filed": "neurological_plan",
    "the_centre_is_accredited_where_the_payer_asks": "fact_accreditation",
    "the_centre_is_one_that_the_payer_approves": "authorized_centre",
}
SAME = [each for each in STORIES if each.gate in READ_ALIKE]
OF_THE_LABEL = (
    "the_prior_therapy_is_what_the_label_asks_for",
    "the_disease_is_refractory_to_what_the_label_names",
)


def state(story: Story, name: Item) -> str:
    """How the packet of the story's day has an item."""
    rules = shipped_rules(story.edition)
    made = authorization(history(story.told()), story.centre, rules, Request(as_of=story.on))
    assert made is not None
    return item(made, name).state


@pytest.mark.parametrize("story", SAME, ids=lambda story: story.name)
def test_the_packet_has_what_the_gate_finds_met_and_lacks_what_it_does_not(story: Story) -> None:
    found, packed = story.verdict(), state(story, READ_ALIKE[story.gate])
    alike = {
        "met": {"have"},
        "not met": {"missing", "expired", "not met"},
        "settled": {"missing", "expired", "not met"},
        "not asked": {"not asked"},
    }
    assert packed in alike[found.state], found.reason


@pytest.mark.parametrize(
    "story", [each for each in STORIES if each.gate in OF_THE_LABEL], ids=lambda story: story.name
)
def test_the_packet_never_has_the_indication_where_a_gate_of_the_label_is_not_met(
    story: Story,
) -> None:
    packed = state(story, "indication_documented")
    if story.verdict().state == "not met":
        assert packed in {"missing", "not met", "not asked"}


def test_there_are_stories_for_every_gate_about_the_patient_that_reads_alike() -> None:
    told = {each.gate for each in STORIES}
    assert {name for name in READ_ALIKE if not name.startswith("the_centre_is")} <= told


def cited() -> Record:
    fact = DocumentFiled(kind="compendium citation", reference="NCCN MM 3.2026")
    return record(fact, -20, "cited")


@pytest.mark.parametrize(
    "told",
    [
        ready(opened("medicare", indication="2L+")),
        ready(opened("medicare", indication="2L+"), refractory=()),
        ready(opened("medicare", indication="2L+", code=None)),
        ready(opened("medicare", indication="4L+"), lines=four_lines(), refractory=()),
        ready(opened("medicare", indication="4L+"), lines=four_lines()),
        [*ready(opened("medicare", indication="4L+"), refractory=()), cited()],
    ],
    ids=["second line", "not refractory", "no code", "left the label", "both", "cited"],
)
def test_medicare_finds_on_label_what_its_gate_does(told: list[Record]) -> None:
    rules, gate = shipped_rules(), "the_use_is_on_label_or_in_a_compendium"
    checked = check(history(told), SITE, rules, Step(intent="infuse", on=day(-1)))
    assert checked is not None
    verdict = next(each for each in checked.verdicts if each.gate == gate)
    made = authorization(history(told), SITE, rules, Request(as_of=day(-1)))
    assert made is not None
    found = item(made, "indication_documented")
    assert (found.state == "have") == (verdict.state == "met"), (found.found, verdict.reason)


def test_a_population_that_left_the_label_is_told_to_every_payer() -> None:
    told = ready(opened(indication="4L+"), lines=four_lines(), refractory=())
    made = authorization(history(told), SITE, shipped_rules(), Request(as_of=day(-1)))
    assert made is not None
    found = item(made, "indication_documented")
    assert found.state == "missing"
    assert "the chart shows fourth line, which left the label on 2024-04-05" in found.found
    paged = authorization(history(told), SITE, shipped_rules("page"), Request(as_of=day(-1)))
    assert paged is not None
    assert item(paged, "indication_documented").state == "have"


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("fact_accreditation", "the_centre_is_accredited_where_the_payer_asks"),
        ("authorized_centre", "the_centre_is_one_that_the_payer_approves"),
        ("rems_certification", "the_facility_is_certified_under_the_products_programme"),
    ],
)
def test_a_certificate_that_lies_around_answers_for_nobody_in_packet_and_gate(
    name: Item, gate: str
) -> None:
    at, rules = centre("unitedhealthcare"), shipped_rules("page")
    told = [each for each in story() if each not in booked()]
    said = "no fact tells where the cells will be given"
    for made, state_then in ((told, ("missing", "not met")), (story(), ("have", "met"))):
        found = item(packet(made, at=at, edition="page"), name)
        checked = check(history(made), at, rules, Step(intent="infuse", on=ON))
        verdict = next(each for each in checked.verdicts if each.gate == gate)
        assert (found.state, verdict.state) == state_then
        assert (said in found.found) == (said in verdict.reason) == (found.state == "missing")
        assert found.evidence


def test_a_place_that_no_fact_tells_stands_on_no_form() -> None:
    told = [each for each in story() if each not in booked()]
    assert {each.site for each in packet(told).services if each.service != "surveillance"} == {None}
    assert [each.what for each in packet(told).gaps] == ["where the cells will be given"]
    assert not packet(story()).gaps


ABOUT_THE_LABEL: Final = (
    *OF_THE_LABEL,
    "the_indication_is_on_the_label_on_the_day",
    "the_use_is_on_label_or_in_a_compendium",
    "a_population_that_left_the_label_is_asked_about",
)


@pytest.mark.parametrize("said", ["4L+", "myeloma"])
@pytest.mark.parametrize("payer", ["medicare", "cedar_advantage", "harbor_health"])
def test_a_fourth_line_documented_in_full_is_looked_at_and_stopped_by_nothing(
    payer: Payer, said: str
) -> None:
    """R76: that the text was replaced is of medium confidence, whoever pays."""
    told, rules = (
        ready(opened(payer, indication=said), lines=four_lines(), refractory=()),
        shipped_rules(),
    )
    checked = check(history(told), SITE, rules, Step(intent="infuse", on=day(-1)))
    against = [each for each in checked.failing if each.gate in ABOUT_THE_LABEL]
    assert [(each.gate, each.weight) for each in against] == [(ABOUT_THE_LABEL[-1], "warns")]
    made = authorization(history(told), SITE, rules, Request(as_of=day(-1)))
    assert made is not None
    found = item(made, "indication_documented")
    assert found.state == "missing"
    for words in (against[0].reason, found.found):
        assert "fourth line" in words
        assert "left the label on 2024-04-05 [R76, medium confidence]" in words


@pytest.mark.parametrize("said", ["4L+", "myeloma"])
def test_a_fourth_line_of_another_disease_is_stopped(said: str) -> None:
    lymphoma = opened("medicare", indication=said, code="C83.31")
    told = ready(lymphoma, lines=four_lines(), refractory=())
    step = Step(intent="infuse", on=day(-1))
    checked = check(history(told), SITE, shipped_rules(), step)
    assert "the_use_is_on_label_or_in_a_compendium" in {each.gate for each in checked.stopping}
