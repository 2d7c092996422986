"""What changed between two moments of knowledge: stage, records, findings, claims, schedule.

A pure function of one history, asked twice: what a correction did, what a night's messages did, why
a claim is another one than last week. Each change names the records that caused it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from veinledger.domain.centre.centre import Centre
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import is_of_a_gate
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective, History, KnownAt, effective
from veinledger.projections.case.decided import settlements
from veinledger.projections.case.replacements import replacements
from veinledger.projections.changed_claims import ClaimChange, claim_changes
from veinledger.projections.changed_records import RecordChange, record_changes
from veinledger.projections.claims.assemble import claims
from veinledger.projections.schedule import Obligation, Status, schedule

ObligationChanged = Literal["appeared", "went", "moved", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ObligationChange:
    """An obligation that came, went, moved to another day, or changed its status."""

    key: str
    what: str
    changed: ObligationChanged
    due_before: date | None
    due: date | None
    status_before: Status | None
    status: Status | None
    provisional_before: bool
    provisional: bool
    reason: str
    """Why it is as it is now."""

    def __repr__(self) -> str:
        return f"<obligation {self.changed}>"


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
    stage_before: Stage
    stage: Stage
    records: tuple[RecordChange, ...] = ()
    claims: tuple[ClaimChange, ...] = ()
    obligations: tuple[ObligationChange, ...] = ()
    findings_came: tuple[Finding, ...] = ()
    findings_went: tuple[Finding, ...] = ()
    settled: tuple[SettledChange, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether no record counts for anything else than before, and nothing follows."""
        return self.stage is self.stage_before and not (
            self.records
            or self.claims
            or self.obligations
            or self.findings_came
            or self.findings_went
            or self.settled
        )

    def __repr__(self) -> str:
        return f"<changes: {len(self.records)} records, {len(self.claims)} claims>"


def changes(  # noqa: PLR0913, PLR0917  # a projection's arguments, and one moment more
    history: History,
    centre: Centre,
    rules: Rules,
    before: KnownAt,
    after: KnownAt = None,
    as_of: AsOf = None,
) -> Changes:
    """What changed from what was known at one moment to what was known at another."""
    was, now = effective(history, as_of, before), effective(history, as_of, after)
    billed_before = claims(history, centre, rules, as_of, before)
    billed = claims(history, centre, rules, as_of, after)
    records = tuple(record_changes(was, now))
    found_before = {each.key: each for each in (*was.findings, *billed_before.findings)}
    found = {each.key: each for each in (*now.findings, *billed.findings)}
    return Changes(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.pack,
        before=before,
        after=after,
        as_of=as_of,
        stage_before=was.stage,
        stage=now.stage,
        records=records,
        claims=tuple(claim_changes(billed_before, billed, records, replacements(now.known))),
        obligations=tuple(
            obligation_changes(
                schedule(history, centre, rules, as_of, before).obligations,
                schedule(history, centre, rules, as_of, after).obligations,
            )
        ),
        findings_came=tuple(found[key] for key in found if key not in found_before),
        findings_went=tuple(found_before[key] for key in found_before if key not in found),
        settled=(*_settled(was, now, found), *_lapsed(was, now, found_before, found)),
    )


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


def _lapsed(
    was: Effective, now: Effective, found_before: Mapping[str, Finding], found: Container[str]
) -> Iterator[SettledChange]:
    """Settlements of findings that are gone because a record that they rest on changed."""
    for finding, record in settlements(was).items():
        if finding in found_before and finding not in found:
            records = found_before[finding].records
            if any(str(was.standings.get(k)) != str(now.standings.get(k)) for k in records):
                yield SettledChange(finding=finding, settled="lapsed", record=record.key)


def obligation_changes(
    before: Iterable[Obligation], after: Iterable[Obligation]
) -> Iterator[ObligationChange]:
    """Obligations that came, went or changed, in the order of the calendar."""
    were, are = _by_key(before), _by_key(after)
    for key in dict.fromkeys((*were, *are)):
        was, now = were.get(key), are.get(key)
        one = now or was
        if one is None or _same(was, now):
            continue
        yield ObligationChange(
            key=key,
            what=one.what,
            changed=_how(was, now),
            due_before=was.due if was else None,
            due=now.due if now else None,
            status_before=was.status if was else None,
            status=now.status if now else None,
            provisional_before=was is not None and was.provisional is not None,
            provisional=now is not None and now.provisional is not None,
            reason=_reason(now),
        )


def _by_key(found: Iterable[Obligation]) -> Mapping[str, Obligation]:
    return {each.key: each for each in found}


def _same(was: Obligation | None, now: Obligation | None) -> bool:
    if was is None or now is None:
        return False
    told = [
        (each.due, each.status, each.reason, each.provisional, each.met_by, each.caution)
        for each in (was, now)
    ]
    return told[0] == told[1]


def _how(was: Obligation | None, now: Obligation | None) -> ObligationChanged:
    if was is None:
        return "appeared"
    if now is None:
        return "went"
    return "changed" if was.due == now.due else "moved"


def _reason(now: Obligation | None) -> str:
    if now is None:
        return "nothing asks for it any more"
    earlier = now.was_due[-1].reason if now.was_due else ""
    return "; ".join(filter(None, (now.provisional, earlier, now.reason, *now.caution)))


def kept_between(histories: Iterable[History], record: str) -> tuple[int, int]:
    """The positions just before and just after a record was kept, with all that came with it.

    With it came the claims on chains of identity that stand before it, and what a correction
    brought in, in whichever of the histories; raises LookupError where none has the record.
    """
    known = tuple(histories)
    records = [each for history in known for each in history.records]
    with_it = [
        each.seal.position
        for each in records
        if each.key == record or (each.in_place_of and each.in_place_of.correction == record)
    ]
    if not with_it:
        raise LookupError("none of these histories holds the record")
    first = min(with_it)
    claimed = {claim.position for history in known for claim in history.claims}
    while first - 1 in claimed:
        first -= 1
    return first - 1, max(with_it)
