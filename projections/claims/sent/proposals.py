"""What to do about claims that went out and no longer say what happened: replace them or void them.

What a payment window moved since a claim was derived, what a claim hung on and lost, and what was
corrected or came late change the facts; that today's rules would sort services otherwise proposes
nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from veinledger.domain.facts.billing import ClaimAnswered, ClaimSubmitted
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, History, effective
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill, service_day
from veinledger.projections.claims.bills.grouping import as_given, bills
from veinledger.projections.claims.charges.nights import days_in_words
from veinledger.projections.claims.sent.appealed import until_decided
from veinledger.projections.claims.sent.changed import changed
from veinledger.projections.claims.shapes import Proposal

REPLACE: Final[Literal["7"]] = "7"
VOID: Final[Literal["8"]] = "8"
SOURCE: Final = "NUBC claim frequency codes; Medicare claims manual 3, 40.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A claim as it went out and as it is now."""

    record: Record
    sent: ClaimSubmitted
    was: Bill | None
    """By today's rules at the position that it was derived at."""
    now: Bill | None
    found: Sequence[Bill]
    """Every bill of the encounter as it is now."""

    @property
    def lost(self) -> tuple[Record, ...]:
        """The services that it went out with and that stand on another claim now."""
        left = {record.key for record in self.now.services} if self.now else set[str]()
        services = self.was.services if self.was else ()
        return tuple(each for each in services if each.key not in left and self.bill_of(each))

    @property
    def gained(self) -> tuple[Record, ...]:
        """The services that its admission drew in since it went out."""
        before = {record.key for record in self.was.services} if self.was else set[str]()
        services = self.now.services if self.now and self.was else ()
        moved = self.now.moved.keys() if self.now else frozenset[str]()
        return tuple(each for each in services if each.key in moved and each.key not in before)

    def bill_of(self, record: Record) -> Bill | None:
        """The bill on which a service stands now, of the same part as the claim that went out."""
        alike = (bill for bill in self.found if self.was and bill.part == self.was.part)
        holding = (bill for bill in alike if any(record.key == r.key for r in bill.services))
        return next(holding, None)


def proposals(
    case: Case, history: History, as_of: AsOf, found: tuple[Bill, ...]
) -> tuple[Proposal, ...]:
    """One for each claim that went out and must be sent again, in the order of the labels."""
    made = (_proposed(case, each) for each in _out(case, history, as_of, found))
    return tuple(sorted((each for each in made if each), key=lambda each: each.label))


def _out(case: Case, history: History, as_of: AsOf, found: tuple[Bill, ...]) -> Iterator[Since]:
    """What is out of each claim of this edition: its last sending, not voided, not rejected.

    An outpatient claim and the stay that drew all of it in may have one key; they are two claims.
    """
    now = {bill.key: bill for bill in found}
    out: dict[tuple[str, bool], Since] = {}
    for record, fact in case.seen.of(ClaimSubmitted):
        bill, was = now.get(fact.claim_key), _as_it_was(case, history, as_of, fact)
        inpatient = was is not None and was.inpatient
        mine = [place for place in out if place[0] == fact.claim_key]
        if fact.frequency == VOID and mine:
            stale = [place for place in mine if bill is None or place[1] != bill.inpatient]
            del out[(stale or mine)[0]]
        elif fact.frequency != VOID and fact.edition == case.rules.edition:
            alike = bill if bill is None or was is None or bill.inpatient == inpatient else None
            since = Since(record=record, sent=fact, was=was, now=alike, found=found)
            out[fact.claim_key, inpatient] = since
    yield from (each for each in out.values() if not _rejected(case, each.record, each.sent))


def _answers(case: Case, sent: ClaimSubmitted) -> Iterator[tuple[Record, ClaimAnswered]]:
    for record, fact in case.seen.of(ClaimAnswered):
        number = sent.patient_control_number
        if fact.claim_key == sent.claim_key or fact.patient_control_number == number:
            yield record, fact


def _rejected(case: Case, record: Record, sent: ClaimSubmitted) -> bool:
    """Whether the payer turned the last sending away before it became a claim of theirs."""
    since = [fact for each, fact in _answers(case, sent) if case.came_before(record, each)]
    return bool(since) and since[-1].kind == "rejected"


def _as_it_was(case: Case, history: History, as_of: AsOf, sent: ClaimSubmitted) -> Bill | None:
    """The bill by today's rules at the position that the claim was derived at.

    A claim whose position does not know it is taken as its services were given, before any window.
    """
    then = replace(case, seen=effective(history, as_of, sent.position_known))
    for known in (bills(then), as_given(case)):
        for bill in known:
            if bill.key == sent.claim_key:
                return bill
    return None


def _proposed(case: Case, since: Since) -> Proposal | None:
    """A void where nothing stands under its key, a replacement where what it says is otherwise."""
    if since.lost:
        left = "what is left is replaced" if since.now else "nothing of it is left"
        reason = f"{_where_it_went(since, since.lost)}; {left}"
        return _proposal(case, since, REPLACE if since.now else VOID, reason, since.lost)
    if since.now is None:
        why = _why_it_is_gone(case, since)
        return _proposal(case, since, VOID, why) if why else None
    if since.gained:
        reason = f"{_where_it_went(since, since.gained)}; it belongs on this claim"
        return _proposal(case, since, REPLACE, reason, since.gained)
    return _of_what_changed(case, since) if since.was and since.now else None


def _of_what_changed(case: Case, since: Since) -> Proposal | None:
    """The same claim says something else, or another payer is to have it."""
    was, now = since.was, since.now
    if was is None or now is None:
        return None
    payers = [_payer(was), _payer(now)]
    if payers[0] != payers[1]:
        reason = f"{payers[1] or 'nobody'} pays for its day, and {payers[0] or 'nobody'} did"
        return _proposal(case, since, VOID, reason)
    fixed = now.folding is not None and since.record in now.folding.fixed_by
    found = None if fixed else changed(was, now)
    if found is None:
        return None
    made = _proposal(case, since, REPLACE, f"what happened is told otherwise since: {found}")
    return replace(made, records=tuple(dict.fromkeys((*made.records, *found.records))))


def _payer(bill: Bill) -> str | None:
    covered = bill.case.coverage(bill.payer_day)
    return covered[1].payer if covered else None


def _where_it_went(since: Since, services: Iterable[Record]) -> str:
    """By which admission, or onto which claim, what was given on which days."""
    days: dict[str, set[date]] = {}
    for record in services:
        bill = since.bill_of(record)
        moved = bill.moved.get(record.key) if bill else None
        if moved is not None:
            said = f"the admission of {moved.onto.day} drew in what was given on"
        else:
            said = f"a claim {bill.kind} bills now what was given on" if bill else "nothing bills"
        days.setdefault(said, set()).add(service_day(record))
    return "; ".join(f"{said} {days_in_words(sorted(on))}" for said, on in sorted(days.items()))


def _why_it_is_gone(case: Case, since: Since) -> str | None:
    """Why no claim has its key any more; None where only the rules would say so."""
    if since.sent.anchor not in {record.key for record in case.seen.records}:
        return "the record that it hangs on is no longer in effect"
    if since.was is None:
        return None
    stay = {record.key for record in since.was.records}
    here = [bill for bill in since.found if stay & {record.key for record in bill.records}]
    kinds = ", ".join(dict.fromkeys(f"{bill.kind}, {bill.setting}" for bill in here))
    return f"what it billed stands on another claim: {kinds or 'none'}"


def _proposal(
    case: Case,
    since: Since,
    frequency: Literal["7", "8"],
    reason: str,
    services: Sequence[Record] = (),
) -> Proposal:
    numbers = [fact.payer_control_number for _, fact in _answers(case, since.sent)]
    number = next((each for each in reversed(numbers) if each is not None), None)
    moved = {key: moved for bill in since.found for key, moved in bill.moved.items()}
    admissions = (moved[record.key].onto.key for record in services if record.key in moved)
    records = (since.record.key, *admissions, *(record.key for record in services))
    waits = "" if number else "; it waits for the payer's control number"
    return Proposal(
        key=since.sent.claim_key,
        label=since.sent.label,
        frequency=frequency,
        reason=f"{reason}{waits}{until_decided(case, since.sent.claim_key, since.record)}",
        records=tuple(dict.fromkeys(records)),
        payer_control_number=number,
        source=SOURCE,
    )
