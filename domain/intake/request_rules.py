"""Rules for what people ask of the ledger itself: to correct, to confirm, to discard.

The past cannot be refused, but a request can (docs/standing.md, section 6).
"""

from __future__ import annotations

from typing import Final

from veinledger.domain.findings import Objection
from veinledger.domain.intake.confirmation_rules import (
    a_decision_is_about_a_record_that_waits_or_is_disputed,
    an_attested_step_is_on_the_way_of_the_product,
)
from veinledger.domain.intake.correction_rules import (
    a_correction_names_records_that_are_there,
    a_decision_is_corrected_never_voided,
    a_record_is_corrected_where_it_stands_now,
    a_record_is_moved_to_another_encounter_that_is_there,
    a_record_is_voided_once,
    a_replacement_is_a_fact_of_an_encounter,
    a_replacement_is_not_dated_more_than_a_day_ahead,
)
from veinledger.domain.intake.request import RequestRule
from veinledger.domain.intake.whose.link_rules import (
    a_merge_is_undone_by_a_void_of_its_link_alone,
    a_survivor_stands_by_itself,
    an_encounter_is_merged_into_another_that_is_there,
    an_encounter_is_merged_once,
    merged_encounters_are_about_one_product,
)


def a_decision_is_about_an_encounter() -> Objection:
    """What people decide about records of a centre is not built yet, and says so."""
    return Objection(
        rule="a_decision_is_about_an_encounter",
        reason="it is about records of a centre, which this version cannot change",
        remedy="report the certificate with its right dates under a new message",
        source="CHANGELOG, known limits",
        field="centre",
    )


REQUEST_RULES: Final[tuple[RequestRule, ...]] = (
    a_correction_names_records_that_are_there,
    a_decision_is_corrected_never_voided,
    a_record_is_corrected_where_it_stands_now,
    a_record_is_voided_once,
    a_replacement_is_a_fact_of_an_encounter,
    a_replacement_is_not_dated_more_than_a_day_ahead,
    a_record_is_moved_to_another_encounter_that_is_there,
    a_decision_is_about_a_record_that_waits_or_is_disputed,
    an_attested_step_is_on_the_way_of_the_product,
    an_encounter_is_merged_into_another_that_is_there,
    an_encounter_is_merged_once,
    a_survivor_stands_by_itself,
    merged_encounters_are_about_one_product,
    a_merge_is_undone_by_a_void_of_its_link_alone,
)
