"""Claims as they went out beside what they are now: which are with a payer, and which are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, Effective, History, effective, told_in
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import as_given, bills
from veinledger.projections.claims.sent.derived_at import derived_at
from veinledger.projections.claims.sent.sendings import VOID, Sending, sendings, told
from veinledger.projections.claims.sent.shapes import Outcome, Sent


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Since:
    """A claim as it went out and as it is now, both by today's rules."""

    case: Case
    sending: Sending
    then: Effective
    """What was known at the position that it was derived at."""
    was: Bill | None
    """By today's rules at that position."""
    now: Bill | None
    found: Sequence[Bill]
    """Every bill of the encounter as it is now."""

    def __repr__(self) -> str:
        return f"<since {self.sent.label} went out>"

    @property
    def record(self) -> Record:
        """The submission."""
        return self.sending.record

    @property
    def sent(self) -> ClaimSubmitted:
        """What the submission says."""
        return self.sending.fact

    @property
    def fixed_by_itself(self) -> bool:
        """Whether the charges of the collection stand as they do because this claim went out so."""
        folding = self.now.folding if self.now else None
        return folding is not None and self.record in folding.fixed_by

    @property
    def lost(self) -> tuple[Record, ...]:
        """The services that it went out with and that stand on another claim now."""
        left = self._named(self.now.services) if self.now else frozenset[str]()
        services = self.was.services if self.was else ()
        first = self.case.chains.first
        return tuple(r for r in services if first(r.key) not in left and self.bill_of(r))

    @property
    def gained(self) -> tuple[Record, ...]:
        """The services that its admission drew in since it went out."""
        before = self._named(self.was.services) if self.was else frozenset[str]()
        services = self.now.services if self.now and self.was else ()
        moved = self.now.moved.keys() if self.now else frozenset[str]()
        first = self.case.chains.first
        return tuple(r for r in services if r.key in moved and first(r.key) not in before)

    def bill_of(self, record: Record) -> Bill | None:
        """The bill on which a service stands now, of the same part as the claim that went out."""
        alike = (bill for bill in self.found if self.was and bill.part == self.was.part)
        named = self.case.chains.first(record.key)
        return next((bill for bill in alike if named in self._named(bill.services)), None)

    def _named(self, records: Iterable[Record]) -> frozenset[str]:
        """Records by the first of their chains: one that was corrected is the same service."""
        return frozenset(self.case.chains.first(record.key) for record in records)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WentOut:
    """Everything that went out: what is with a payer now, and each sending with its outcome."""

    out: tuple[Since, ...] = ()
    every: tuple[Sent, ...] = ()

    def __repr__(self) -> str:
        return f"<went out: {len(self.every)}, of which {len(self.out)} are with a payer>"

    def of(self, bill: Bill) -> Since | None:
        """The sending of a bill that is with a payer."""
        return next((each for each in self.out if each.now is bill), None)

    def last_of(self, bill: Bill) -> Sent | None:
        """The last time that anything was sent under a bill's key."""
        mine = [each for each in self.every if each.key == bill.key]
        return mine[-1] if mine else None


Place = tuple[str, bool]
"""A claim's key, and whether it is of a stay: an outpatient claim and the stay that drew all of it
in may have one key, and are two claims."""


def went_out(case: Case, history: History, as_of: AsOf, found: tuple[Bill, ...]) -> WentOut:
    """What is out of each claim: its last sending that the payer took and that was not voided."""
    made = sendings(case)
    if not made:
        return WentOut()
    now = {bill.key: bill for bill in found}
    out: dict[Place, Since] = {}
    outcomes: dict[str, Outcome] = {}
    for sending in made:
        if sending.rejected:
            outcomes[sending.record.key] = "rejected"
        elif sending.fact.frequency == VOID:
            outcomes[sending.record.key] = "void"
            _take_back(sending, now, out, outcomes)
        else:
            place, since = _since(case, history, as_of, sending, found)
            if place in out:
                outcomes[out[place].record.key] = "replaced"
            out[place] = since
            outcomes[sending.record.key] = "out"
    every = tuple(told(each, outcomes[each.record.key]) for each in made)
    return WentOut(out=tuple(out.values()), every=every)


def _take_back(
    void: Sending, now: dict[str, Bill], out: dict[Place, Since], outcomes: dict[str, Outcome]
) -> None:
    """A void takes back what is no longer so, where two claims went out under one key."""
    bill = now.get(void.fact.claim_key)
    mine = [place for place in out if place[0] == void.fact.claim_key]
    stale = [place for place in mine if bill is None or place[1] != bill.inpatient]
    for place in (stale or mine)[:1]:
        outcomes[out.pop(place).record.key] = "voided"


def _since(
    case: Case, history: History, as_of: AsOf, sending: Sending, found: tuple[Bill, ...]
) -> tuple[Place, Since]:
    key = sending.fact.claim_key
    known = derived_at(sending.record, sending.fact)
    then = effective(told_in(history, sending.record, known), as_of, known)
    was = _as_it_was(replace(case, seen=then), case, key)
    bill = next((each for each in found if each.key == key), None)
    inpatient = was is not None and was.inpatient
    alike = bill if bill is None or was is None or bill.inpatient == inpatient else None
    since = Since(case=case, sending=sending, then=then, was=was, now=alike, found=found)
    return (key, inpatient), since


def _as_it_was(then: Case, case: Case, key: str) -> Bill | None:
    """The bill by today's rules at the position that the claim was derived at.

    A claim whose position does not know it is taken as its services were given, before any window.
    """
    for known in (bills(then), as_given(case)):
        for bill in known:
            if bill.key == key:
                return bill
    return None
