"""The review that a coder is asked for where a finding made the watch closer."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.toxicity import ToxicityObserved
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.conditions import on_a_day_of
from veinledger.projections.closer.review import SOURCE, reviews_from
from veinledger.projections.closer.watches import anchors


@rule("C", "D", "E", source=SOURCE)
def findings_that_make_the_watch_closer_go_to_a_coder(bill: Bill) -> Iterator[Said]:
    """On the claim of the visit that found it, or of the days on which the toxicity was seen."""
    own = {record.key for record in bill.records}
    for anchor in anchors(bill.case):
        if _stands_here(bill, anchor, own):
            yield from reviews_from(bill.case, anchor.key)


def _stands_here(bill: Bill, anchor: Record, own: set[str]) -> bool:
    seen_then = isinstance(anchor.fact, ToxicityObserved)
    return anchor.key in own or (seen_then and on_a_day_of(bill, anchor.day))
