"""What changed between two moments: stage, records, findings, claims, schedule, money.

A pure function of one history, asked twice: what a correction did, what a night's messages did, why
a claim is another one than last week. The moments are of knowledge, or of the world. Each change
names the records that caused it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from veinledger.domain.centre.centre import Centre
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import is_of_a_gate
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective, History, KnownAt, effective
from veinledger.projections.audited_moments import moments
from veinledger.projections.case.decided import settlements
from veinledger.projections.case.opening import case_of
from veinledger.projections.case.replacements import Replacements, replacements
from veinledger.projections.changed_claims import ClaimChange, claim_changes, paired_claims
from veinledger.projections.changed_money import MoneyChanges, money_changes
from veinledger.projections.changed_obligations import ObligationChange, obligation_changes
from veinledger.projections.changed_records import RecordChange, record_changes, undone_merges
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.sent.shapes import Proposal
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.estimate.estimate import estimate_of
from veinledger.projections.estimate.shapes import Estimate
from veinledger.projections.learned import Learned, told_of
from veinledger.projections.schedule import Obligation, schedule


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SettledChange:
    """A finding that a person settled, or whose settlement was taken out."""

    finding: str
    """The finding's key."""
    settled: Literal["settled", "no longer settled", "lapsed"]
    """`lapsed`: a record of the finding changed, and what was settled is found no more."""
    record: str
    """Report key of the settlement."""

    def __repr__(self) -> str:
        return f"<finding {self.settled}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Changes:
    """What one encounter was before, and what it is after."""

    encounter: str
    edition: str
    rule_pack: str
    before: KnownAt
    after: KnownAt
    as_of: AsOf
    as_of_before: AsOf
    """The same as `as_of`, where two moments of knowledge are compared."""
    stage_before: Stage
    stage: Stage
    learned: tuple[Learned, ...] = ()
    """Records that the ledger holds after and did not hold before."""
    happened: tuple[Learned, ...] = ()
    """Records in effect that had not happened by the first day and had by the second."""
    records: tuple[RecordChange, ...] = ()
    claims: tuple[ClaimChange, ...] = ()
    obligations: tuple[ObligationChange, ...] = ()
    findings_came: tuple[Finding, ...] = ()
    findings_went: tuple[Finding, ...] = ()
    settled: tuple[SettledChange, ...] = ()
    proposals_came: tuple[Proposal, ...] = ()
    """Claims that went out and are now to be replaced or voided."""
    proposals_went: tuple[Proposal, ...] = ()
    causes: Mapping[str, tuple[str, int]]
    """By report key, of which encounter and with which number: every record that made a proposal
    so, also one that was learned before the first moment."""
    money: MoneyChanges

    @property
    def nothing(self) -> bool:
        """Whether nothing was learned or happened, and nothing is otherwise than before."""
        return (
            self.stage is self.stage_before
            and not (
                self.learned
                or self.happened
                or self.records
                or self.claims
                or self.obligations
                or self.findings_came
                or self.findings_went
                or self.settled
                or self.proposals_came
                or self.proposals_went
            )
            and self.money.nothing
        )

    def __repr__(self) -> str:
        return f"<changes: {len(self.records)} records, {len(self.claims)} claims>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What had occurred by one time, as it was known at another."""

    as_of: AsOf = None
    known_at: KnownAt = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _View:
    """Everything about an encounter that is compared, at one moment."""

    seen: Effective
    billed: ClaimSet
    estimated: Estimate | None
    owed: tuple[Obligation, ...]

    @property
    def found(self) -> dict[str, Finding]:
        """Every finding by its key."""
        return {each.key: each for each in (*self.seen.findings, *self.billed.findings)}


def changes(  # noqa: PLR0913, PLR0917  # a projection's arguments, and one moment more
    history: History,
    centre: Centre,
    rules: Rules,
    before: KnownAt,
    after: KnownAt = None,
    as_of: AsOf = None,
) -> Changes:
    """What changed from what was known at one moment to what was known at another."""
    was, now = Moment(as_of=as_of, known_at=before), Moment(as_of=as_of, known_at=after)
    return changes_between(history, centre, rules, was, now)


def changes_between(
    history: History, centre: Centre, rules: Rules, before: Moment, after: Moment
) -> Changes:
    """What changed from one moment to another, of knowledge or of the world."""
    was, now = (_view(history, centre, rules, each) for each in (before, after))
    undone = undone_merges(history, after.known_at)
    known = partial(moments, now.seen.known, history, after.known_at)
    records = tuple(record_changes(was.seen, now.seen, undone, known))
    came, went = _only_in(now.found, was.found), _only_in(was.found, now.found)
    chains, proposed = replacements(now.seen.known), _other_proposals(now.billed, was.billed)
    return Changes(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.pack,
        before=before.known_at,
        after=after.known_at,
        as_of=after.as_of,
        as_of_before=before.as_of,
        stage_before=was.seen.stage,
        stage=now.seen.stage,
        learned=tuple(_learned(was.seen, now.seen)),
        happened=tuple(_happened(was.seen, now.seen)),
        records=records,
        claims=tuple(claim_changes(was.billed, now.billed, records, chains)),
        obligations=tuple(obligation_changes(was.owed, now.owed, chains)),
        findings_came=came,
        findings_went=went,
        settled=(*_settled(was.seen, now.seen, now.found), *_lapsed(was, now)),
        proposals_came=proposed,
        proposals_went=_other_proposals(was.billed, now.billed),
        causes=_causes(proposed, now.seen),
        money=_money(was, now, chains),
    )


def _money(was: _View, now: _View, chains: Replacements) -> MoneyChanges:
    pairs = paired_claims(was.billed, now.billed, chains)
    return money_changes((was.billed, was.estimated), (now.billed, now.estimated), pairs)


def _view(history: History, centre: Centre, rules: Rules, at: Moment) -> _View:
    billed = claims(history, centre, rules, at.as_of, at.known_at)
    case = case_of(history, centre, rules, at.as_of, at.known_at)
    return _View(
        seen=effective(history, at.as_of, at.known_at),
        billed=billed,
        estimated=estimate_of(case, billed) if case is not None else None,
        owed=schedule(history, centre, rules, at.as_of, at.known_at).obligations,
    )


def _only_in(here: Mapping[str, Finding], there: Container[str]) -> tuple[Finding, ...]:
    return tuple(found for key, found in here.items() if key not in there)


def _learned(was: Effective, now: Effective) -> Iterator[Learned]:
    new = (record for record in now.known if record.key not in was.standings)
    return told_of(new, now.standings)


def _happened(was: Effective, now: Effective) -> Iterator[Learned]:
    """What both moments know of, and only the later one counts as having happened."""
    before = {record.key for record in was.records}
    in_between = (
        record
        for record in now.records
        if record.key not in before
        and record.key in was.standings
        and was.standings[record.key].in_effect
    )
    return told_of(in_between, now.standings)


def _other_proposals(here: ClaimSet, there: ClaimSet) -> tuple[Proposal, ...]:
    """Proposals that the other moment does not make, or makes otherwise."""
    known = {(each.key, each.frequency, each.reason) for each in there.proposals}
    return tuple(
        each for each in here.proposals if (each.key, each.frequency, each.reason) not in known
    )


def _causes(proposed: Iterable[Proposal], seen: Effective) -> dict[str, tuple[str, int]]:
    """A proposal is measured from what went out, so its causes may be older than the comparison."""
    named = {key for each in proposed for key in each.records}
    return {r.key: (r.name, r.seal.sequence) for r in seen.known if r.key in named}


def _settled(was: Effective, now: Effective, found: Container[str]) -> Iterator[SettledChange]:
    """Settlements that are new, and those that no longer settle anything that is there."""
    before, after = settlements(was), settlements(now)
    for finding, record in after.items():
        is_there = finding in found or is_of_a_gate(finding)
        if is_there and before.get(finding) is not record:
            yield SettledChange(finding=finding, settled="settled", record=record.key)
    for finding, record in before.items():
        if finding not in after:
            yield SettledChange(finding=finding, settled="no longer settled", record=record.key)


def _lapsed(was: _View, now: _View) -> Iterator[SettledChange]:
    """Settlements of findings that are gone because a record that they rest on changed."""
    before, after = was.seen.standings, now.seen.standings
    for finding, record in settlements(was.seen).items():
        if finding in was.found and finding not in now.found:
            records = was.found[finding].records
            if any(str(before.get(key)) != str(after.get(key)) for key in records):
                yield SettledChange(finding=finding, settled="lapsed", record=record.key)


def kept_between(histories: Iterable[History], record: str) -> tuple[int, int]:
    """The positions just before and just after a record was kept, with all that came with it.

    With it came the claims on chains of identity that stand before it, and what it brought in, in
    whichever of the histories; raises LookupError where none has the record.
    """
    known = tuple(histories)
    records = [each for history in known for each in history.records]
    with_it = [each.seal.position for each in records if record in (each.key, each.brought_in_by)]
    if not with_it:
        raise LookupError("none of these histories holds the record")
    first = min(with_it)
    claimed = {claim.position for history in known for claim in history.claims}
    while first - 1 in claimed:
        first -= 1
    return first - 1, max(with_it)
