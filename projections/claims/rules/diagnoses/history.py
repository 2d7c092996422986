"""History and status behind the diagnoses: the cells, an earlier transplant, the earlier lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.disease import TherapyLineRecorded
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.disease import the_coder_has_the_disease
from veinledger.projections.claims.rules.diagnoses.documented import RANKS
from veinledger.projections.claims.rules.diagnoses.doubts import resolved
from veinledger.projections.claims.rules.diagnoses.lists import coded_on
from veinledger.projections.claims.rules.diagnoses.principal import disease_behind
from veinledger.projections.claims.rules.diagnoses.syndromes import cells_went_before
from veinledger.projections.claims.shapes import Coded
from veinledger.projections.claims.told import told

RANK: Final = RANKS["status_codes"]


def _transplants(bill: Bill) -> tuple[Record, ...]:
    lines = bill.case.seen.of(TherapyLineRecorded)
    return tuple(r for r, fact in lines if fact.transplant and r.day <= bill.last_day)


def _lines(bill: Bill) -> tuple[Record, ...]:
    lines = bill.case.seen.of(TherapyLineRecorded)
    return tuple(record for record, _ in lines if record.day <= bill.last_day)


def _cells(bill: Bill) -> tuple[Record, ...]:
    return tuple(record for record, _ in bill.case.infusions()[:1])


RECORDED: Final[dict[str, Callable[[Bill], tuple[Record, ...]]]] = {
    "stem_cell_transplant_status": _transplants,
    "prior_therapy_status": _lines,
    "surveillance_status": _cells,
}
"""What each status rests on; without such a record it is not coded."""


@rule("C", source="page: ICD-10-CM diagnoses; guideline I.C.21.c.4; evidence R43, R44")
def an_infusion_lists_what_went_before_it(bill: Bill) -> Iterator[Said]:
    """An earlier transplant and the earlier lines of therapy, where they are recorded."""
    entry = bill.case.rules.find("infusion_history", bill.last_day)
    for meaning in entry.parts if entry else ():
        records = RECORDED[meaning](bill)
        if records:
            stands = As(role="secondary", records=records, day=bill.anchor.day, rank=RANK)
            yield coded(bill, meaning, stands)


@rule("D", source="ICD-10-CM guidelines I.C.2 and I.C.21.c.4; UHDDS; evidence R34, R43")
def acute_care_lists_the_disease_and_that_the_cells_were_given(bill: Bill) -> Iterator[Said]:
    """The myeloma that is still treated, and from the infusion on that the patient had it."""
    entry = bill.case.rules.find("acute_care_background", bill.last_day)
    listed = list(_background(bill, entry))
    yield from listed
    if listed or entry is None:
        yield from _differs(bill, entry)


def _background(bill: Bill, entry: Entry | None) -> Iterator[Said]:
    if entry is not None or the_coder_has_the_disease(bill):
        yield from (each for each in disease_behind(bill) if isinstance(each, Coded))
    for meaning in entry.parts if entry and cells_went_before(bill) else ():
        records = RECORDED[meaning](bill)
        stands = As(role="secondary", records=records, day=bill.anchor.day, rank=RANK)
        yield coded(bill, meaning, stands)


def _differs(bill: Bill, entry: Entry | None) -> Iterator[Said]:
    both = "the disease and the history of the cells"
    here, there = (both, "nothing of its own") if entry else ("nothing of its own", both)
    yield from told(bill.case.rules.differs("acute_care_background", bill.last_day), here, there)


@rule("D", source="Medicare CC list: Z94.84 counts as a complication; evidence R44")
def a_transplant_that_the_coder_does_not_list_is_a_query(bill: Bill) -> Iterator[Said]:
    """On acute care the status may raise the payment of the stay: the coder lists it, or nobody."""
    entry = bill.case.rules.find("stem_cell_transplant_status", coded_on(bill))
    wanted = bill.case.rules.find("acute_care_background", bill.last_day)
    records, listed = _transplants(bill), {c.code for _, c in resolved(bill)}
    if records and bill.inpatient and wanted and entry is not None and entry.code not in listed:
        yield finding(
            records,
            f"an earlier transplant is recorded and the coder does not list {entry.code}, which "
            "counts as a complication or comorbidity",
            "ask the coder whether it belongs to this stay",
            severity="notice",
            holds=False,
        )
