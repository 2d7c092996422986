"""What the modules of the domain hold beside functions: names, ranks and what follows what."""

from __future__ import annotations

from hashlib import sha256
from itertools import combinations

from tests.naive import table
from tests.naive.page import folding
from veinledger.domain.intake.whose.unassigned import DISMISSED, WAITS_TO_BE_ASSIGNED
from veinledger.domain.lifecycle.stages import LETTERS
from veinledger.domain.lifecycle.table import (
    NUMBER,
    RANK_OF_ADMISSION_FOR_TOXICITY,
    RANKS,
    TABLE,
)
from veinledger.domain.standing import identity, set_aside
from veinledger.domain.standing.found import contested_ends, two_records
from veinledger.domain.standing.found.contested_ends import CANNOT_FOLLOW
from veinledger.domain.standing.related import continuing, merging
from veinledger.domain.standing.variants import DEPENDS_ON_THE_STAY


def test_each_stage_is_called_as_on_the_page_of_the_lifecycle() -> None:
    assert {letter: stage.value for letter, stage in LETTERS.items()} == table.STAGE_NAMES


def test_facts_of_one_day_stand_as_on_the_page_of_the_lifecycle() -> None:
    def by_hand(name: str) -> int:
        return table.RANKS.get(name, table.RANK_OF_THE_UNNAMED)

    for one, other in combinations(RANKS, 2):
        ours = (RANKS[one] > RANKS[other], RANKS[one] == RANKS[other])
        assert ours == (by_hand(one) > by_hand(other), by_hand(one) == by_hand(other)), (one, other)


ROWS_BY_NUMBER = {1: "ba66f724bebd287e"}
"""A digest of the rows that each number of the table stands for."""


def test_the_table_of_the_lifecycle_has_another_number_where_its_rows_are_others() -> None:
    """A replay says by which table a history is legal: one number means one table."""
    told = sorted(f"{r.fact.type} {r.rank} {r.moves} {r.variant}" for r in TABLE)
    told.append(f"admission for toxicity {RANK_OF_ADMISSION_FOR_TOXICITY}")
    assert sha256("\n".join(told).encode()).hexdigest()[:16] == ROWS_BY_NUMBER[NUMBER]


def test_what_cannot_follow_an_end_is_what_the_page_of_standing_lists() -> None:
    assert {end: {*facts} for end, facts in CANNOT_FOLLOW.items()} == {
        end: {*facts} for end, facts in folding.SIGNS_OF_LIFE.items()
    }


def test_a_rule_of_standing_keeps_its_name() -> None:
    """A settlement names a finding by its rule, and a host an objection: both would be lost."""
    assert [
        set_aside.ONE_MESSAGE,
        set_aside.ONE_HOLDER,
        set_aside.OPENED_ONCE,
        two_records.PUT_OUT,
        identity.CONTESTED,
        contested_ends.NOTHING_FOLLOWS_THE_END,
        continuing.EARLIER_CELLS,
        merging.TOLD_IN_BOTH,
    ] == [
        "one_message_says_one_thing",
        "a_chain_of_identity_has_one_holder",
        "an_encounter_is_opened_once",
        "one_record_puts_another_out_of_effect",
        "a_chain_of_identity_is_named_by_one_encounter",
        "nothing_is_done_to_the_patient_after_death_or_withdrawal",
        "earlier_cells_are_a_line_of_therapy",
        "one_event_is_told_in_one_of_two_merged_encounters",
    ]


def test_an_open_stay_decides_the_variant_of_three_facts() -> None:
    of_a_stay = {"patient.admitted", "patient.discharged", "acute_monitoring.ended"}
    assert of_a_stay == DEPENDS_ON_THE_STAY


def test_a_report_that_names_nobody_waits_until_a_person_says_whose_it_is_or_nobodys() -> None:
    assert (WAITS_TO_BE_ASSIGNED.status, WAITS_TO_BE_ASSIGNED.waits_for) == (
        "waiting",
        "report.assigned",
    )
    assert [each.rule for each in WAITS_TO_BE_ASSIGNED.objections] == [
        "a_report_names_its_encounter_or_its_centre"
    ]
    assert DISMISSED.status == "superseded"
    assert [each.rule for each in DISMISSED.objections] == ["discarded"]
