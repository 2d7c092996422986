"""Where two forms of one claim differ, field by field, and which records made it so.

A line is the same one where it rests on records that stand in place of the ones before; so a
corrected dose is a changed line, not one gone and one new.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from veinledger.projections.case.replacements import Replacements
from veinledger.projections.changed_records import RecordChange
from veinledger.projections.claims.sent.shapes import CodeChange, Difference, LineChange
from veinledger.projections.claims.shapes import Coded, Line
from veinledger.projections.claims.told import plain

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Causes:
    """Which records count for something else now, and which stand in place of which."""

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


Pair = tuple[T | None, T | None]
Head = dict[str, date | str | None]
"""What stands at the head of a form, by what people call it."""


def dates_at_the_head(first: date, last: date, admitted: date | None) -> Head:
    """The dates there: of the statement, and of a stay its admission."""
    told: Head = {"statement from": first, "statement through": last}
    return told | ({"admission": admitted} if admitted is not None else {})


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


def line_changes(was: Sequence[Line], now: Sequence[Line], causes: Causes) -> Iterator[LineChange]:
    """Each line that was added, removed or changed."""

    def by_records(line: Line) -> Hashable:
        return line.code, line.revenue_code, causes.roots(line.basis.records)

    pairs = paired(
        was,
        now,
        _told,
        by_records,
        lambda line: (line.code, line.revenue_code, line.day),
        lambda line: (line.code, line.revenue_code),
    )
    for old, new in pairs:
        if old is None or new is None or _told(old) != _told(new):
            yield _line_change(old, new, causes)


def _line_change(old: Line | None, new: Line | None, causes: Causes) -> LineChange:
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
    "covered": lambda line: "yes" if line.covered else "no",
    "payment": lambda line: f"{line.payment}: {line.payment_reason}",
}
"""What a line says on the form, and how it is paid, by what people call it."""


def _told(line: Line) -> Hashable:
    return tuple(tell(line) for tell in _SHOWN.values())


def _differences(old: Line, new: Line) -> Iterator[Difference]:
    for name, tell in _SHOWN.items():
        if tell(old) != tell(new):
            yield Difference(name=name, before=tell(old), after=tell(new))


def head_changes(was: Head, now: Head) -> Iterator[Difference]:
    """Where the heads of two forms differ."""
    for name in was | now:
        before, after = was.get(name), now.get(name)
        if before != after:
            yield Difference(name=name, before=str(before or "none"), after=str(after or "none"))


def code_changes(
    was: Sequence[Coded], now: Sequence[Coded], causes: Causes
) -> Iterator[CodeChange]:
    """Each diagnosis, procedure or other code that was added, removed or changed."""
    pairs = paired(
        was,
        now,
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
