"""What a proposal carries: the difference field by field, its causes, and the claim change reason.

Where the facts changed, both sides are made by today's rules, of what was known when the claim was
derived and of what is known now; so nothing of it comes from a change of rules. Where a person asks
for what the rules changed, one side is the claim as it was kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from veinledger.domain.facts.decisions import DAY_PLAYS_NO_PART, RecordsCorrected
from veinledger.domain.standing.standing import Standing
from veinledger.projections.changed_records import record_changes
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.sent import kept
from veinledger.projections.claims.sent.changed import by_the_rules, dates_of
from veinledger.projections.claims.sent.differences import (
    Causes,
    Head,
    code_changes,
    head_changes,
    line_changes,
)
from veinledger.projections.claims.sent.sendings import VOID
from veinledger.projections.claims.sent.shapes import (
    ChangeReason,
    CodeChange,
    Difference,
    LineChange,
    Proposal,
)
from veinledger.projections.claims.sent.since import Since

DATES: Final = frozenset({"date"})
CHARGES: Final = frozenset({"amount"})
GROUPED: Final = frozenset({"principal", "secondary", "procedure"})
"""Roles of codes from which a DRG is grouped."""


def with_detail(made: Proposal, since: Since) -> Proposal:
    """The proposal with its differences, the records that caused them, and its change reason."""
    causes = Causes(
        changed=tuple(record_changes(since.then, since.case.seen)), chains=since.case.chains
    )
    if made.frequency == VOID or since.was is None or since.now is None:
        own = causes.among(_rested_on(since))
        return replace(
            made,
            records=tuple(dict.fromkeys((*made.records, *own))) or _all_the_news(since, causes),
            change_reason=_reason(since, _why_void(since)),
        )
    before, after = by_the_rules(since.was), by_the_rules(since.now)
    lines = tuple(line_changes(before[0], after[0], causes))
    codes = tuple(code_changes(before[1], after[1], causes))
    caused = (*(each.records for each in lines), *(each.records for each in codes))
    named = dict.fromkeys(key for records in caused for key in records)
    named = named or dict.fromkeys(causes.among(made.records) or _all_the_news(since, causes))
    head = tuple(head_changes(_head(since.was), _head(since.now)))
    return replace(
        made,
        records=tuple(dict.fromkeys((*made.records, *named))),
        differences=head,
        lines=lines,
        codes=codes,
        change_reason=_reason(since, _why_replaced(head, lines, codes, since.now.inpatient)),
    )


def with_what_the_rules_changed(made: Proposal, since: Since) -> Proposal:
    """The same where a person asks for it: the claim as it was kept beside today's rules.

    No record made the difference, and none is named for it but the one that asks.
    """
    if since.now is None:
        return made
    lines, codes = by_the_rules(since.now)
    changed = tuple(kept.line_changes(since.sent, lines))
    head = (*kept.diagnoses(since.sent, codes), *kept.lines_left_out(since.sent, lines))
    kinds = {_kind_of_line(each) for each in changed}
    kinds |= {"grouper" if each.name == kept.DIAGNOSES_IN_ORDER else "lines" for each in head}
    reason = _reason(since, _told_best(kinds, since.now.inpatient))
    return replace(made, differences=head, lines=changed, change_reason=reason)


def _rested_on(since: Since) -> Iterator[str]:
    """What a claim that is voided rested on, and who was to pay for it then and is now."""
    yield since.sent.anchor
    yield from (record.key for record in (since.was.records if since.was else ()))
    for bill in (since.was, since.now):
        covered = bill.case.coverage(bill.payer_day) if bill else None
        yield from (covered[0].key,) if covered else ()


def _all_the_news(since: Since, causes: Causes) -> tuple[str, ...]:
    """Where no record of a changed line changed itself: an admission that moved drew it in.

    What went out and what the payer answered to it changed no claim.
    """
    sending = since.sending
    papers = {sending.record.key, *(record.key for record, _ in sending.answers)}
    return causes.among(key for key in _counted_then_or_now(since) if key not in papers)


def _counted_then_or_now(since: Since) -> Iterator[str]:
    """What had happened by the day, what was taken out of effect, and what persons decided."""
    seen = since.case.seen
    happened = {record.key for record in seen.records}
    for record in seen.known:
        out = seen.standings[record.key].status == "superseded"
        if out or record.key in happened or isinstance(record.fact, DAY_PLAYS_NO_PART):
            yield record.key


def _head(bill: Bill) -> Head:
    return dates_of(bill) | {"account": bill.account}


def _why_replaced(
    head: Iterable[Difference],
    lines: Iterable[LineChange],
    codes: Iterable[CodeChange],
    inpatient: bool,
) -> str:
    """The one reason that tells it best; charges count only where nothing else changed."""
    kinds = {*map(_kind_of_line, lines), *map(_kind_of_code, codes)} - {""}
    if not kinds and any(each.name != "account" for each in head):
        return "service_dates"
    return _told_best(kinds, inpatient)


def _told_best(of: Iterable[str], inpatient: bool) -> str:
    kinds = {*of} - {""}
    if kinds != {"charges"}:
        kinds.discard("charges")
    if len(kinds) != 1 or (kinds == {"grouper"} and not inpatient):
        return "other"
    return kinds.pop()


def _kind_of_line(line: LineChange) -> str:
    names = {each.name for each in line.differences} - {"payment", "made of"}
    if line.changed != "changed" or names - DATES - CHARGES:
        return "lines"
    if names & DATES:
        return "service_dates"
    return "charges" if names else ""


def _kind_of_code(code: CodeChange) -> str:
    if code.role not in GROUPED:
        return ""
    only_dates = code.changed == "changed" and {each.name for each in code.differences} <= DATES
    return "service_dates" if only_dates else "grouper"


def _why_void(since: Since) -> str:
    """Another patient's claim, or one that nothing is owed for: by what was done to it last."""
    first = since.case.chains.first
    anchor = first(since.sent.anchor)
    chain = [record for record in since.case.seen.known if first(record.key) == anchor]
    numbers = {
        (record.name, record.seal.sequence)  # of merged encounters, each has numbers of its own
        for record in chain[-1:]
    }
    moved = any(
        change.kind == "move" and (record.name, change.sequence) in numbers
        for record in since.case.seen.known
        if isinstance(record.fact, RecordsCorrected) and _counts(since, record.key)
        for change in record.fact.changes
    )
    return "identity" if moved else "repayment"


def _counts(since: Since, key: str) -> bool:
    standing: Standing | None = since.case.seen.standings.get(key)
    return standing is not None and standing.in_effect


def _reason(since: Since, why: str) -> ChangeReason | None:
    """As the code book has it; a professional claim has no place for it."""
    bill = since.now or since.was
    if since.sent.form != "837I" or bill is None:
        return None
    entry = since.case.rules.find(f"claim_change_{why}", bill.last_day)
    if entry is None:
        return None
    return ChangeReason(code=entry.code, label=entry.label, source=entry.source)
