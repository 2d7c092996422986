"""What a payment window moves onto a stay, and what stays by the word of a named person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.facts.treatment import (
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.projections.claims.bills.attested import UNRELATED, finding_about, settlement
from veinledger.projections.claims.bills.bill import Bill, service_day
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.drugs.administration import (
    days_with_a_posted_giving,
    moved_givings,
)

THERAPY: Final = (
    ApheresisCompleted,
    CellsPrepared,
    LymphodepletionDoseGiven,
    CellsInfused,
    TocilizumabGiven,
)
"""Facts of the therapy itself: no stay that follows it is plainly unrelated to them."""
ATTEST: Final = (
    "nothing, where it belongs to the stay; where it is clinically distinct from the reason for "
    "the stay, have a named person settle this finding with condition code"
)


@rule("A", "B", "C", "D", source="payment window, charges included; evidence R61, R62")
def what_was_moved_without_a_line_is_told(bill: Bill) -> Iterator[Said]:
    """The giving of a drug or of the cells has no procedure code on an inpatient claim.

    A posted charge of its day answers for it, or the site's listed one; else somebody must post it.
    """
    if not bill.moved:
        return
    posted = days_with_a_posted_giving(bill)
    charged = {record.key for _, slot, *_ in moved_givings(bill) for record in slot.records}
    given = [
        record
        for record in bill.services
        if record.key in bill.moved
        and isinstance(record.fact, (LymphodepletionDoseGiven, CellsInfused))
        and record.day not in posted
        and record.key not in charged
    ]
    if given:
        yield finding(
            given,
            "the payment window moved these services here, and the charge of their giving is "
            "neither posted nor listed",
            "post the charges of their administration to the stay's account by revenue code",
            holds=False,
        )


@rule("A", "B", "C", "D", source="Medicare claims manual 3, 40.3; evidence R61, R62")
def each_service_that_a_window_moved_is_told(bill: Bill) -> Iterator[Said]:
    """One finding a service, which a named person may settle with the attestation's code."""
    for record in bill.services:
        moved = bill.moved.get(record.key)
        if moved is None or not moved.by_window or isinstance(record.fact, ChargePosted):
            continue
        entry = bill.case.rules.find(UNRELATED, service_day(record))
        if entry is None:
            continue
        too_late = settlement(bill.case, record) is not None
        same_day = service_day(record) >= moved.onto.day
        remedy = "none: all services of the day of admission are part of the stay"
        reason = f"moved from claim {moved.away_from}: {moved.reason}"
        if too_late and same_day:
            reason += "; the attestation has no effect on the day of admission"
        yield finding_about(record, reason, remedy if same_day else f"{ATTEST} {entry.code}")


@rule("A", "B", "C", "D", "E", "E0", source="CR 7142; Noridian; evidence R62")
def an_attested_service_stays_under_its_condition_code(bill: Bill) -> Iterator[Said]:
    """The code stands on the claim only by the word of a person, whose decision it cites."""
    attested = [record for record in bill.services if record.key in bill.unrelated]
    if not attested:
        return
    words = {bill.unrelated[record.key].key: bill.unrelated[record.key] for record in attested}
    records = (*words.values(), *attested)
    yield coded(bill, UNRELATED, As(role="condition code", records=records))
    for record in attested:
        if not isinstance(record.fact, ChargePosted):
            yield finding_about(
                record,
                "attested to be unrelated to the stay that follows: it stays on its own claim",
                "void the decision if it was wrong; the window then moves the service",
            )


@rule("A", "B", "C", "D", source="CMS: clinically related whatever the diagnoses; CR 7502")
def a_service_of_the_therapy_attested_unrelated_is_questioned(bill: Bill) -> Iterator[Said]:
    """A step of the therapy is hardly distinct from the stay that follows it within days."""
    doubtful = [r for r in bill.services if r.key in bill.unrelated and isinstance(r.fact, THERAPY)]
    if doubtful:
        yield finding(
            doubtful,
            "a step of the same therapy is attested to be unrelated to the stay that follows",
            "have whoever attested it name the reason for the stay and why this step is distinct",
            holds=False,
        )
    visits = [
        record
        for record in bill.services
        if record.key in bill.unrelated and isinstance(record.fact, PatientAdmitted)
    ]
    if visits:
        yield finding(
            visits,
            "a visit is attested to be unrelated to the stay that follows; its diagnostic services "
            "are part of the stay all the same",
            "post the diagnostic charges of the visit to the account of the stay",
            holds=False,
        )
