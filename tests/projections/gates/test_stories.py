"""Each story is answered as it says, and each gate about the patient is met once and not once."""

from __future__ import annotations

import pytest

from tests.projections.gates import stories
from tests.projections.gates.stories.registry import STORIES, Story
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.gates.gate import GateRule
from veinledger.projections.discovery import every_module_of
from veinledger.projections.gates.registry import GATES

every_module_of(stories)

PATIENT = sorted(name for name, body in GATES.items() if ".rules.patient." in body.__module__)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_is_answered_as_it_says(story: Story) -> None:
    verdict = story.verdict()
    assert verdict.state == story.state, verdict.reason
    for text in story.says:
        assert text in verdict.reason


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_what_is_not_met_says_what_to_do_and_what_it_rests_on(story: Story) -> None:
    verdict = story.verdict()
    assert (verdict.finding is not None) == (verdict.state == "not met")
    assert bool(verdict.remedy) == (verdict.state == "not met")
    assert verdict.records


@pytest.mark.parametrize("gate", PATIENT)
def test_every_gate_about_the_patient_is_met_in_one_story_and_not_met_in_another(gate: str) -> None:
    states = {each.state for each in STORIES if each.gate == gate}
    never_met = gate == "a_class_that_no_line_can_name_is_read_in_the_chart"
    assert states >= ({"not met", "not asked"} if never_met else {"met", "not met"})


def test_every_gate_has_a_row_and_every_row_a_gate() -> None:
    rows = {each.name for each in shipped_rules().listing.all(GateRule)}
    assert rows == set(GATES)


@pytest.mark.parametrize("gate", PATIENT)
def test_nothing_about_the_patient_is_asked_before_the_cells_are_received(gate: str) -> None:
    rows = [each for each in shipped_rules().listing.all(GateRule) if each.name == gate]
    assert all("receive" not in row.before for row in rows)
