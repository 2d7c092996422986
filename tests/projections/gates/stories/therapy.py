"""Label, referral, prior therapy and disease: what the gates of therapy.toml answer."""

from __future__ import annotations

from datetime import date
from typing import Final

from tests.given import day, opened, record
from tests.projections.gates.ready import (
    assessed,
    four_lines,
    line,
    ready,
    refractory,
    requested,
    two_lines,
    without,
)
from tests.projections.gates.stories.registry import before
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.reports import Record

REFERRAL: Final = "the_referral_says_for_which_indication"
LABEL: Final = "the_indication_is_on_the_label_on_the_day"
LEFT: Final = "a_population_that_left_the_label_is_asked_about"
LINES: Final = "the_prior_therapy_is_what_the_label_asks_for"
REFRACTORY: Final = "the_disease_is_refractory_to_what_the_label_names"
TIMELINE: Final = "the_timeline_of_the_refractoriness_is_written_down"
LOG: Final = "the_prior_therapy_log_is_complete"
UNNAMED: Final = "a_class_that_no_line_can_name_is_read_in_the_chart"
DISEASE: Final = "the_disease_is_documented_as_the_indication_s"
REMISSION: Final = "a_disease_in_remission_is_asked_about"


def referred(day_of: date, indication: str, product: str = "carvykti") -> list[Record]:
    """A referral of another year, thirty days before."""
    on = (day_of - day(0)).days - 30
    referral = EncounterOpened(
        product=product, indication=indication, patient="P1", centre="lakeside"
    )
    covered = CoverageRecorded(payer="medicare", kind="FFS", since=day(on - 30))
    return [record(referral, on), record(covered, on), assessed(on, "in relapse", "C90.02")]


def cited() -> Record:
    """Where a compendium supports the use."""
    filed = DocumentFiled(kind="compendium citation", reference="NCCN-MM-1")
    return record(filed, -40, "compendium")


@before(REFERRAL, "met", "refractory to lenalidomide")
@before(LABEL, "met", "from 2024-04-05 [R76, high confidence]")
@before(LEFT, "not asked")
@before(LINES, "met", "second line: 2 prior lines (1 at least)", "bortezomib (line 1)")
@before(LINES, "met", "immunomodulator: lenalidomide (line 1, 2)", intent="collect")
@before(REFRACTORY, "met", "progression on 2026-01-01, 20 days after the last dose (60 at most)")
@before(TIMELINE, "met", "document DOC-LEN says so")
@before(LOG, "met", "2 prior lines, each with drugs, dates, best response")
@before(UNNAMED, "not asked")
@before(DISEASE, "met", "C90.00, not in remission, documented on 2026-02-20")
@before(REMISSION, "met", "80 days old")
def second_line_as_the_page_has_it() -> list[Record]:
    return ready()


@before(REFERRAL, "not met", "may mean fourth line or second line", "none in full", edition="page")
@before(
    LINES,
    "not met",
    "0 of at least 4 prior lines",
    " / second line: 0 of at least 1",
    edition="page",
)
def myeloma_that_may_be_two() -> list[Record]:
    return ready(opened(), lines=(), refractory=())


@before(REFERRAL, "not met", "the chart shows second line in full", edition="page")
@before(LINES, "met", "second line: 2 prior lines", edition="page")
@before(REFRACTORY, "met", "20 days after the last dose", edition="page")
@before(REFERRAL, "met", "refractory to lenalidomide")
def myeloma_that_the_chart_makes_a_second_line() -> list[Record]:
    return ready(opened())


@before(
    LABEL, "not met", "words name no indication that the product has had", "has: Myeloma after one"
)
@before(REFERRAL, "not asked")
def lupus() -> list[Record]:
    return ready(opened(indication="lupus"))


@before(LABEL, "met", "that the product has had; the compendium citation NCCN-MM-1 is on file")
def lupus_with_a_compendium() -> list[Record]:
    return [*ready(opened(indication="lupus")), cited()]


THE_YEAR_BEFORE: Final = date(2024, 4, 4)


@before(
    LABEL,
    "not met",
    "second line comes onto the label on 2024-04-05 only",
    "on 2024-04-04 the label of CARVYKTI has: Myeloma after four or more lines",
    on=THE_YEAR_BEFORE,
)
@before(LABEL, "met", "from 2024-04-05", on=date(2024, 4, 5))
def second_line_on_the_last_day_before_its_label() -> list[Record]:
    return referred(THE_YEAR_BEFORE, "2L+")


@before(LABEL, "met", "from 2022-02-28 [R76, medium confidence]", on=THE_YEAR_BEFORE)
@before(LEFT, "not asked", on=THE_YEAR_BEFORE)
@before(LABEL, "met", "[R76, low confidence]", edition="page")
@before(
    LINES, "met", "fourth line: 4 prior lines (4 at least)", "isatuximab (line 4)", edition="page"
)
@before(LABEL, "not asked", "fourth line left the label")
@before(
    LEFT,
    "not met",
    "fourth line left the label on 2024-04-05 [R76, medium confidence]",
    "the chart shows fourth line in full",
    "on the label now: second line, where nothing documents that the disease is refractory to",
)
@before(LINES, "met", "anti-CD38 antibody: daratumumab (line 2), isatuximab (line 4)")
@before(REFRACTORY, "not asked", "fourth line asks for no refractoriness")
@before(REFERRAL, "met", "fourth line, whose text has ended")
def four_lines_and_no_word_of_lenalidomide() -> list[Record]:
    on = date(2024, 3, 5)
    return [*referred(on, "4L+"), *four_lines()]


@before(LEFT, "met", "shows fourth line in full; the compendium citation NCCN-MM-1 is on file")
def four_lines_and_a_compendium() -> list[Record]:
    return ready(opened(indication="fourth_line"), lines=[*four_lines(), cited()], refractory=())


@before(LEFT, "met", "the chart shows second line in full, on the label from 2024-04-05")
@before(LINES, "met", "second line: 4 prior lines (1 at least)")
@before(REFRACTORY, "met", "20 days after the last dose")
def four_lines_and_refractory_to_lenalidomide() -> list[Record]:
    return ready(opened(indication="fourth_line"), lines=four_lines())


@before(LEFT, "not met", "does not show fourth line in full either")
@before(LINES, "met", "second line: 3 prior lines (1 at least)")
@before(REFRACTORY, "not met", "nothing documents", "line 1 (RVd, to 2022-10-19) and line 2")
@before(
    LINES,
    "not met",
    "fourth line: 3 of at least 4 prior lines are recorded",
    edition="page",
)
def three_lines_told_as_a_fourth() -> list[Record]:
    return ready(opened(indication="fourth_line"), lines=four_lines()[:3], refractory=())


@before(
    LINES,
    "not met",
    "no prior line has a drug of the class anti-CD38 antibody",
    edition="page",
)
def four_lines_without_an_antibody() -> list[Record]:
    lines = [line(each, "KPd", "carfilzomib", "pomalidomide") for each in (1, 2, 3, 4)]
    return ready(opened(indication="fourth_line"), lines=lines)


@before(LINES, "not met", "second line: 0 of at least 1", "proteasome inhibitor", "immunomodulator")
@before(REFRACTORY, "not met", "nothing documents", "and no prior line has it")
@before(TIMELINE, "not asked")
@before(LOG, "not met", "no prior line is recorded (asked for by")
def nothing_told_of_the_therapy() -> list[Record]:
    return ready(lines=(), refractory=())


@before(LINES, "not met", "second line: no prior line has a drug of the class proteasome inhibitor")
@before(LINES, "not met", intent="lymphodeplete")
def lenalidomide_alone() -> list[Record]:
    return ready(lines=[line(1, "Rd", "lenalidomide", "dexamethasone")])


@before(REFRACTORY, "met", "60 days after the last dose (60 at most)")
def sixty_days() -> list[Record]:
    return ready(refractory=[refractory(-190, -130)])


@before(REFRACTORY, "not met", "to 2025-11-01, progression on 2026-01-01, 61 days after the last")
def sixty_one_days() -> list[Record]:
    return ready(refractory=[refractory(-191, -130)])


@before(REFRACTORY, "met", "progression on 2026-01-01, during therapy")
def progression_during_therapy() -> list[Record]:
    return ready(refractory=[refractory(-100, -130)])


@before(REFRACTORY, "not met", "which is before the first dose")
def progression_before_the_first_dose() -> list[Record]:
    return ready(refractory=[refractory(-100, -130, first_dose=day(-120))])


@before(REFRACTORY, "met", "to 2025-12-12, progression on 2026-01-01, 20 days after")
@before(TIMELINE, "met", "document DOC-LEN says so")
def a_second_document_that_shows_nothing() -> list[Record]:
    return ready(refractory=[refractory(), refractory(-300, -100, document="DOC-OTHER")])


@before(REFRACTORY, "not met", "61 days after the last dose (60 at most); lenalidomide from")
@before(TIMELINE, "not asked")
def two_documents_that_show_nothing() -> list[Record]:
    return ready(refractory=[refractory(-191, -130), refractory(-300, -100)])


@before(REFRACTORY, "not met", "nothing documents that the disease is refractory to lenalidomide")
def refractory_to_another_drug() -> list[Record]:
    return ready(refractory=[refractory(drug="pomalidomide")])


@before(TIMELINE, "not met", "no first dose; no document that says so")
@before(REFRACTORY, "met", "from a day that nobody wrote down")
def a_timeline_with_gaps() -> list[Record]:
    return ready(refractory=[refractory(first_dose=None, document=None)])


@before(TIMELINE, "not met", "no response in the lines with the drug")
@before(LOG, "not met", "line 2 (DRd) has no best response, no reason for stopping")
def no_response_written_down() -> list[Record]:
    lines = [
        line(1, "RVd", "lenalidomide", "bortezomib", response=None),
        line(2, "DRd", "daratumumab", "lenalidomide", response=None, reason_stopped=None),
    ]
    return ready(lines=lines)


@before(TIMELINE, "not met", "a progression on 2026-03-02, after the day on which it was written")
def a_progression_of_the_future() -> list[Record]:
    return ready(refractory=[refractory(-75, -70)])


@before(LOG, "not asked", "Medicare, NCD 110.24 does not ask for a log of the prior therapy")
def medicare_asks_for_no_log() -> list[Record]:
    return ready(opened("medicare", indication="second_line"), asked=[requested(payer="medicare")])


@before(DISEASE, "not met", "no assessment of the disease is recorded")
@before(REMISSION, "not asked")
def nobody_assessed_the_disease() -> list[Record]:
    return ready(without("disease.assessed"))


@before(DISEASE, "not met", "has no ICD-10-CM code")
def assessed_without_a_code() -> list[Record]:
    return ready(opened(indication="second_line", code=None))


@before(
    DISEASE,
    "not met",
    "C83.31, documented on 2026-02-20, is no diagnosis of the indication",
)
def a_lymphoma() -> list[Record]:
    return ready(opened(indication="second_line", code="C83.31"))


@before(DISEASE, "met", "C90.00, not in remission")
@before(REMISSION, "not met", "in remission (C90.01)", "not in remission by that of 2026-02-20")
def a_remission_after_bridging() -> list[Record]:
    return [*ready(), assessed(-20, "in remission", "C90.01")]


@before(
    DISEASE,
    "not met",
    "C90.01, documented on 2026-02-20, is no diagnosis of the indication",
)
@before(REMISSION, "not met", "no assessment before it says otherwise")
def nothing_but_a_remission() -> list[Record]:
    told = without("disease.assessed")
    return ready([*told, assessed(-80, "in remission", "C90.01")])


@before(LINES, "met", "third line: 2 prior lines (2 at least)", "daratumumab (line 2)")
@before(REFRACTORY, "not asked", "third line asks for no refractoriness")
def abecma_in_the_third_line() -> list[Record]:
    return ready(opened(product="abecma", indication="3L+"))


@before(LINES, "not met", "third line: 1 of at least 2", "anti-CD38 antibody")
def abecma_in_the_second_line() -> list[Record]:
    return ready(opened(product="abecma", indication="3L+"), lines=two_lines()[:1])


@before(LABEL, "met", "back within 12 months", on=date(2026, 5, 11))
@before(LINES, "met", "large b cell second line: 1 prior line (1 at least)")
@before(DISEASE, "met", "C83.31")
@before(REFERRAL, "met", "refractory to first-line chemoimmunotherapy")
def yescarta_in_the_second_line() -> list[Record]:
    told = opened(product="yescarta", indication="2L+", code="C83.31")
    return ready(told, lines=[line(1, "R", "rituximab")], refractory=())


@before(LINES, "not met", "mantle cell: no prior line has a drug of the class BTK inhibitor")
def tecartus_without_a_btk_inhibitor() -> list[Record]:
    told = opened(product="tecartus", indication="MCL", code="C83.11")
    return ready(told, lines=[line(1, "R", "rituximab")], refractory=())


@before(UNNAMED, "not met", "the label asks for a BCL-2 inhibitor in the lines before")
@before(LINES, "met", "BTK inhibitor: ibrutinib (line 2)")
def breyanzi_for_a_lymphocytic_leukaemia() -> list[Record]:
    told = opened(product="breyanzi", indication="CLL", code="C91.10")
    lines = [line(1, "R", "rituximab"), line(2, "ibrutinib", "ibrutinib")]
    return ready(told, lines=lines, refractory=())
