"""Which claims appeared, went or changed, line by line, and which records caused it.

A claim is the same one where its anchor was replaced, and a line where it rests on records that
stand in place of the ones before; so a corrected dose is a changed line, not one gone and one new.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeVar

from veinledger.projections.case.replacements import Replacements
from veinledger.projections.changed_records import RecordChange
from veinledger.projections.claims.shapes import (
    Claim,
    ClaimKind,
    ClaimSet,
    Coded,
    Line,
    Role,
    State,
)
from veinledger.projections.claims.told import plain

Changed = Literal["appeared", "went", "changed"]
LineChanged = Literal["added", "removed", "changed"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property of a line, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LineChange:
    """A service line that was added, removed or changed."""

    changed: LineChanged
    code: str
    label: str
    day: date
    units: Decimal
    charge: Decimal | None
    differences: tuple[Difference, ...] = ()
    records: tuple[str, ...] = ()
    """Report keys of the records that caused it."""

    def __repr__(self) -> str:
        return f"<line {self.changed}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CodeChange:
    """A diagnosis, a procedure or another code that was added, removed or changed."""

    changed: LineChanged
    role: Role
    code: str
    label: str
    differences: tuple[Difference, ...] = ()
    records: tuple[str, ...] = ()
    """Report keys of the records that caused it."""

    def __repr__(self) -> str:
        return f"<code {self.changed}>"


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
    lines: tuple[LineChange, ...] = ()
    codes: tuple[CodeChange, ...] = ()
    records: tuple[str, ...] = ()
    """Report keys of the records that caused it."""

    def __repr__(self) -> str:
        return f"<claim {self.label} {self.changed}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Causes:
    """Which records counted for something else, and which stand in place of which."""

    changed: Sequence[RecordChange]
    chains: Replacements

    def roots(self, records: Iterable[str]) -> frozenset[str]:
        """Records by the first of their chains."""
        return frozenset(map(self.chains.first, records))

    def among(self, records: Iterable[str]) -> tuple[str, ...]:
        """Those of some records that changed, and the records by which they did."""
        named = set(records)
        found = [each for each in self.changed if each.record in named]
        return tuple(dict.fromkeys(key for each in found for key in (each.record, *each.by)))


def claim_changes(
    before: ClaimSet, after: ClaimSet, records: Sequence[RecordChange], chains: Replacements
) -> Iterator[ClaimChange]:
    """Every claim that is another than before; those that are left first, then what went."""
    causes = _Causes(changed=records, chains=chains)
    for was, now in _paired_claims(before.claims, after.claims, causes):
        change = _claim_change(was, now, causes)
        if change is not None:
            yield change


Pair = tuple[T | None, T | None]


def paired(
    before: Sequence[T], after: Sequence[T], *same: Callable[[T], Hashable]
) -> list[Pair[T]]:
    """The same thing before and after, by the first likeness that fits; then what has no match."""
    left, right = list(before), list(after)
    pairs: dict[int, Pair[T]] = {}
    for likeness in same:
        for now in tuple(right):
            match = next((was for was in left if likeness(was) == likeness(now)), None)
            if match is not None:
                left.remove(match)
                right.remove(now)
                pairs[id(now)] = (match, now)
    kept = [pairs.get(id(now), (None, now)) for now in after]
    return [*kept, *((was, None) for was in left)]


def _paired_claims(
    before: Sequence[Claim], after: Sequence[Claim], causes: _Causes
) -> list[Pair[Claim]]:
    def by_anchor(claim: Claim) -> Hashable:
        return claim.kind, claim.form, claim.biller, causes.chains.first(claim.anchor)

    def by_account(claim: Claim) -> Hashable:
        return claim.kind, claim.form, claim.biller, claim.account, claim.label

    return paired(before, after, by_anchor, by_account)


def _claim_change(was: Claim | None, now: Claim | None, causes: _Causes) -> ClaimChange | None:
    claim = now or was
    if claim is None:
        return None
    lines = tuple(_line_changes(was, now, causes))
    codes = tuple(_code_changes(was, now, causes))
    if was and now and not lines and not codes and _header(was) == _header(now):
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
        lines=lines,
        codes=codes,
        records=causes.among(key for each in (was, now) if each for key in each.records),
    )


def _header(claim: Claim) -> tuple[object, ...]:
    paid = (claim.payer, claim.payment_mechanism, claim.payment_reason)
    return claim.label, claim.state, claim.state_reason, claim.first_day, claim.last_day, *paid


def _line_changes(was: Claim | None, now: Claim | None, causes: _Causes) -> Iterator[LineChange]:
    def by_records(line: Line) -> Hashable:
        return line.code, line.revenue_code, causes.roots(line.basis.records)

    pairs = paired(
        was.lines if was else (),
        now.lines if now else (),
        _told,
        by_records,
        lambda line: (line.code, line.revenue_code, line.day),
        lambda line: (line.code, line.revenue_code),
    )
    for old, new in pairs:
        if old is None or new is None or _told(old) != _told(new):
            yield _line_change(old, new, causes)


def _line_change(old: Line | None, new: Line | None, causes: _Causes) -> LineChange:
    line = new or old
    if line is None:
        raise ValueError("a change is of a line")
    rested = [key for each in (old, new) if each for key in each.basis.records]
    return LineChange(
        changed="added" if old is None else "removed" if new is None else "changed",
        code=line.code or f"revenue {line.revenue_code}",
        label=line.label,
        day=line.day,
        units=line.units,
        charge=line.charge,
        differences=tuple(_differences(old, new)) if old and new else (),
        records=causes.among(rested),
    )


_SHOWN: Final[dict[str, Callable[[Line], str]]] = {
    "code": lambda line: line.code,
    "date": lambda line: f"{line.day} to {line.through}" if line.through else str(line.day),
    "units": lambda line: plain(line.units),
    "made of": lambda line: line.quantity,
    "amount": lambda line: "" if line.charge is None else f"{line.charge:,.2f}",
    "modifiers": lambda line: " ".join(line.modifiers),
    "NDC": lambda line: line.ndc or "",
    "revenue code": lambda line: line.revenue_code or "",
    "payment": lambda line: f"{line.payment}: {line.payment_reason}",
}
"""What a line says on the form, and how it is paid, by what people call it."""


def _told(line: Line) -> Hashable:
    return tuple(tell(line) for tell in _SHOWN.values())


def _differences(old: Line, new: Line) -> Iterator[Difference]:
    for name, tell in _SHOWN.items():
        if tell(old) != tell(new):
            yield Difference(name=name, before=tell(old), after=tell(new))


def _code_changes(was: Claim | None, now: Claim | None, causes: _Causes) -> Iterator[CodeChange]:
    pairs = paired(
        was.codes if was else (),
        now.codes if now else (),
        lambda code: (code.role, code.code, code.day, code.present_on_admission),
        lambda code: (code.role, code.code),
    )
    for old, new in pairs:
        code = new or old
        differences = tuple(_code_differences(old, new)) if old and new else ()
        if code is not None and (old is None or new is None or differences):
            yield CodeChange(
                changed="added" if old is None else "removed" if new is None else "changed",
                role=code.role,
                code=code.code,
                label=code.label,
                differences=differences,
                records=causes.among(
                    key for each in (old, new) if each for key in each.basis.records
                ),
            )


def _code_differences(old: Coded, new: Coded) -> Iterator[Difference]:
    told = (
        ("date", old.day, new.day),
        ("present on admission", old.present_on_admission, new.present_on_admission),
    )
    for name, before, after in told:
        if before != after:
            yield Difference(name=name, before=str(before or ""), after=str(after or ""))
