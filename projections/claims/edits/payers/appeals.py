"""A denial that nobody appealed: told with its deadline while there is time."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.appeal_deadlines import Denied, deadline
from veinledger.projections.case.appealed import WON, course_of, sendings
from veinledger.projections.claims.edits.payers.answers import answers_to
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit

DENIED = frozenset({"denied", "reversed", "recouped"})
FINAL = DENIED | {"paid"}


@edit(
    "A", "B", "C", "D", "E", "E0",
    source="page: denial reasons and appeal logic; limits in domain/obligations",
)  # fmt: skip
def a_denial_is_answered_in_time(draft: Draft) -> Iterator[Finding]:
    """The payer's last word was no, and no appeal is open or won."""
    case, last = draft.bill.case, _last_word(draft)
    if last is None or last[1].kind not in DENIED:
        return
    record, fact = last
    found = course_of(case, draft.claim.key, record)
    decided = found.decided
    if found.open is not None or (decided is not None and decided[1].outcome in WON):
        return
    sent = sendings(case.seen, draft.claim.key)
    payer = sent[-1][1].payer if sent else draft.claim.payer
    due = deadline(case, Denied(payer=payer, day=record.day), found)
    appealed = f"; its appeal was {decided[1].outcome}" if decided is not None else ""
    yield say(
        (record.key, *((decided[0].key,) if decided is not None else ())),
        f"the payer's answer of {record.day} is {fact.kind}{appealed}",
        f"`veinledger appeal` lays out what answers it; level {due.level}: "
        f"{f'by {due.day}, ' if due.day else ''}{due.how}",
    )


def _last_word(draft: Draft) -> tuple[Record, ClaimAnswered] | None:
    decided = [pair for pair in answers_to(draft) if pair[1].kind in FINAL]
    return decided[-1] if decided else None
