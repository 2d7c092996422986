"""Which claims appeared, went or changed, line by line, and which records caused it.

A claim is the same one where its anchor was replaced, and a line where it rests on records that
stand in place of the ones before; so a corrected dose is a changed line, not one gone and one new.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from veinledger.projections.case.replacements import Replacements
from veinledger.projections.changed_records import RecordChange
from veinledger.projections.claims.sent.differences import (
    Causes,
    Head,
    Pair,
    code_changes,
    dates_at_the_head,
    head_changes,
    line_changes,
    paired,
)
from veinledger.projections.claims.sent.shapes import CodeChange, Difference, LineChange
from veinledger.projections.claims.shapes import Claim, ClaimKind, ClaimSet
from veinledger.projections.claims.words import State

Changed = Literal["appeared", "went", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClaimChange:
    """A claim that appeared, went, or is another than before."""

    key: str
    label: str
    kind: ClaimKind
    changed: Changed
    label_before: str | None
    state_before: State | None
    state: State | None
    state_reason_before: str
    state_reason: str
    total_before: Decimal | None
    total: Decimal | None
    differences: tuple[Difference, ...] = ()
    """Where the head of the form is another: dates, account, payer."""
    lines: tuple[LineChange, ...] = ()
    codes: tuple[CodeChange, ...] = ()
    records: tuple[str, ...] = ()
    """Report keys of the records that caused it."""

    def __repr__(self) -> str:
        return f"<claim {self.label} {self.changed}>"


def claim_changes(
    before: ClaimSet, after: ClaimSet, records: Sequence[RecordChange], chains: Replacements
) -> Iterator[ClaimChange]:
    """Every claim that is another than before; those that are left first, then what went."""
    causes = Causes(changed=records, chains=chains)
    for was, now in paired_claims(before, after, chains):
        change = _claim_change(was, now, causes)
        if change is not None:
            yield change


def paired_claims(before: ClaimSet, after: ClaimSet, chains: Replacements) -> list[Pair[Claim]]:
    """Each claim beside what it was: those that are left, then those that went."""

    def by_anchor(claim: Claim) -> Hashable:
        return claim.kind, claim.form, claim.biller, chains.first(claim.anchor)

    def by_key(claim: Claim) -> Hashable:
        return claim.key  # a visit that was after an infusion is a baseline visit without it

    def by_account(claim: Claim) -> Hashable:
        return claim.kind, claim.form, claim.biller, claim.account, claim.label

    return paired(before.claims, after.claims, by_anchor, by_key, by_account)


def _claim_change(was: Claim | None, now: Claim | None, causes: Causes) -> ClaimChange | None:
    claim = now or was
    if claim is None:
        return None
    lines = tuple(line_changes(was.lines if was else (), now.lines if now else (), causes))
    codes = tuple(code_changes(was.codes if was else (), now.codes if now else (), causes))
    head = tuple(head_changes(_head(was), _head(now))) if was and now else ()
    if was and now and not head and not lines and not codes and _state(was) == _state(now):
        return None
    return ClaimChange(
        key=claim.key,
        label=claim.label,
        kind=claim.kind,
        changed="appeared" if was is None else "went" if now is None else "changed",
        label_before=was.label if was else None,
        state_before=was.state if was else None,
        state=now.state if now else None,
        state_reason_before=was.state_reason if was else "",
        state_reason=now.state_reason if now else "",
        total_before=was.total if was else None,
        total=now.total if now else None,
        differences=head,
        lines=lines,
        codes=codes,
        records=causes.among(key for each in (was, now) if each for key in each.records),
    )


def _head(claim: Claim) -> Head:
    dates = dates_at_the_head(claim.first_day, claim.last_day, claim.admitted)
    return dates | {"account": claim.account, "payer": claim.payer}


def _state(claim: Claim) -> tuple[object, ...]:
    paid = (claim.payment_mechanism, claim.payment_reason)
    return claim.label, claim.state, claim.state_reason, *paid
