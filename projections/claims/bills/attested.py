"""What a named person attests about a service that a payment window would move."""

from __future__ import annotations

from typing import Final

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once, once_by_its_answer
from veinledger.projections.claims.bills.bill import Bill, service_day

MOVED: Final = "the_payment_window_moved_this_service"
"""The finding that such a person settles; its key needs no more than the service."""
UNRELATED: Final = "unrelated_outpatient_service"
"""The meaning of the condition code by which a claim carries the attestation."""


def finding_about(
    record: Record, reason: str, remedy: str, source: str = "evidence R62"
) -> Finding:
    """The finding about one service, whatever is said of it on whichever claim."""
    return Finding(
        rule=MOVED,
        severity="notice",
        reason=reason,
        remedy=remedy,
        source=source,
        records=(record.key,),
    )


def settlement(case: Case, record: Record) -> Record | None:
    """The attestation that a service has nothing to do with the stay; the last decision counts."""
    decided = _anything_was_decided(case)
    found = _last_decision(case, finding_about(record, "", "").key) if decided else None
    if found is None:
        return None
    entry = case.rules.find(UNRELATED, service_day(record))
    return found[0] if entry is not None and found[1].code == entry.code else None


@once_by_its_answer
def _anything_was_decided(case: Case) -> bool:
    return bool(_last_decisions(case))


@once_by_its_answer
def _last_decision(case: Case, key: str) -> tuple[Record, FindingSettled] | None:
    return _last_decisions(case).get(key)


@once
def _last_decisions(case: Case) -> dict[str, tuple[Record, FindingSettled]]:
    """By the finding's key: the last decision in effect about it."""
    return {
        each.fact.finding: (each, each.fact)
        for each in case.seen.known
        if isinstance(each.fact, FindingSettled) and case.seen.standings[each.key].in_effect
    }


def attested_unrelated(bill: Bill, record: Record) -> Record | None:
    """The attestation of a service; the charges of a visit go with the visit."""
    visit = bill.attendance
    if isinstance(record.fact, ChargePosted) and visit is not None:
        return settlement(bill.case, visit.arrived)
    return settlement(bill.case, record)
