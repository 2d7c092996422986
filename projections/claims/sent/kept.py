"""A claim as it is kept in its submission, beside what today's rules make of the same facts.

So what differs comes from the rules, and none of it from the facts. A kept claim of version 1 has
`diagnoses` (codes in order), `lines` and `payer`. A line is a list of day, code, units and charge,
or an object with fields of these and other names, as the ledger's own answers have them. What is
not kept is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, cast

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.json_text import object_in
from veinledger.projections.claims.sent.differences import Pair, paired
from veinledger.projections.claims.sent.sendings import VOID
from veinledger.projections.claims.sent.shapes import Difference, LineChange
from veinledger.projections.claims.shapes import Coded, Line
from veinledger.projections.claims.told import plain

VERSION: Final = 1
LISTED: Final = ("day", "code", "units", "charge")
"""The fields of a line that is kept as a list."""
COMPARED: Final = (*LISTED, "revenue_code", "modifiers", "ndc")
NUMBERS: Final = frozenset({"units", "charge"})
MOST_DIGITS: Final = 20
DIAGNOSES: Final = frozenset({"principal", "first-listed", "secondary"})
DIAGNOSES_IN_ORDER: Final = "diagnoses"
CALLED: Final = {
    "day": "date",
    "charge": "amount",
    "revenue_code": "revenue code",
    "ndc": "NDC",
}
"""What a line of a proposal calls some fields of a kept one."""

Fields = Mapping[str, str]
"""A line by its fields, in words."""
Kept = tuple[Fields, Line | None]
"""A line by its fields, with the line itself where today's rules made it."""


def can_be_compared(sent: ClaimSubmitted) -> bool:
    """Whether what is kept of a claim can be read; a void keeps none."""
    known = sent.frequency != VOID and sent.claim_version == VERSION
    return known and bool(object_in(sent.claim).keys() & {"diagnoses", "lines"})


def differences(
    sent: ClaimSubmitted, lines: Iterable[Line], codes: Iterable[Coded], payer: str | None
) -> tuple[Difference, ...]:
    """Field by field what is kept (before) and what today's rules make of it (after)."""
    found = [*_told("payer", sent.payer, payer or ""), *diagnoses(sent, codes)]
    for was, now in _pairs(sent, lines):
        if was is not None and now is not None:
            found += _of_one_line(was[0], now[0])
        else:
            there, here = ("not there", "there") if was is None else ("there", "not there")
            name, _ = was or now or ({}, None)
            found.append(Difference(name=f"line {_name(name)}", before=there, after=here))
    return tuple(found)


def diagnoses(sent: ClaimSubmitted, codes: Iterable[Coded]) -> Iterator[Difference]:
    """The diagnoses as they are kept and as they would be now, where they or their order differ."""
    said = object_in(sent.claim)
    if "diagnoses" in said:
        kept = [str(each) for each in _listed(said["diagnoses"])]
        now = [code.code for code in codes if code.role in DIAGNOSES]
        yield from _told(DIAGNOSES_IN_ORDER, ", ".join(kept), ", ".join(now))


def line_changes(sent: ClaimSubmitted, lines: Iterable[Line]) -> Iterator[LineChange]:
    """Each line that today's rules make and that is kept otherwise, or is not kept."""
    for was, now in _pairs(sent, lines):
        line = now[1] if now else None
        found = tuple(_of_a_proposal(was[0], now[0])) if was and now else ()
        if line is not None and (was is None or found):
            yield LineChange(
                changed="added" if was is None else "changed",
                code=line.code or f"revenue {line.revenue_code}",
                label=line.label,
                day=line.day,
                units=line.units,
                charge=line.charge,
                differences=found,
            )


def lines_left_out(sent: ClaimSubmitted, lines: Iterable[Line]) -> Iterator[Difference]:
    """Each line that is kept and that today's rules do not make; whatever it says, it is told."""
    for was, now in _pairs(sent, lines):
        if was is not None and now is None:
            yield Difference(name=f"line {_name(was[0])}", before="there", after="not there")


def _pairs(sent: ClaimSubmitted, lines: Iterable[Line]) -> list[Pair[Kept]]:
    """The lines that are kept beside those of today's rules, where any are kept."""
    said = object_in(sent.claim)
    if "lines" not in said:
        return []
    kept: list[Kept] = [(_kept_line(each), None) for each in _listed(said["lines"])]
    made: list[Kept] = [(_made_line(line), line) for line in lines]
    return paired(
        kept,
        made,
        lambda line: tuple(line[0].get(name) for name in ("code", "day", "units")),
        lambda line: tuple(line[0].get(name) for name in ("code", "day")),
        lambda line: line[0].get("code"),
    )


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _kept_line(said: object) -> Fields:
    if isinstance(said, list):
        items = cast("list[object]", said)
        return {name: _words(name, item) for name, item in zip(LISTED, items, strict=False)}
    if isinstance(said, dict):
        named = cast("dict[str, object]", said)
        return {name: _words(name, named[name]) for name in COMPARED if name in named}
    return {}


def _made_line(line: Line) -> Fields:
    return {
        "day": str(line.day),
        "code": line.code,
        "units": plain(line.units),
        "charge": "" if line.charge is None else plain(line.charge),
        "revenue_code": line.revenue_code or "",
        "modifiers": " ".join(line.modifiers),
        "ndc": line.ndc or "",
    }


def _words(name: str, item: object) -> str:
    """A value as both sides write it: a number without trailing zeros, nothing for nothing."""
    if item is None or item == "None":
        return ""
    if isinstance(item, list):
        return " ".join(str(each) for each in cast("list[object]", item))
    text = str(item)
    return _number(text) if name in NUMBERS else text


def _number(text: str) -> str:
    return plain(Decimal(text)) if _is_a_number(text) else text


def _is_a_number(text: str) -> bool:
    digits = text.replace(".", "", 1)
    return digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS


def _of_one_line(kept: Fields, made: Fields) -> Iterator[Difference]:
    for field in kept:
        words = field.replace("_", " ")
        yield from _told(f"line {_name(kept)}, {words}", kept[field], made.get(field, ""))


def _of_a_proposal(kept: Fields, made: Fields) -> Iterator[Difference]:
    """One line as proposals tell it: by the same names, an amount with its cents."""
    for field in kept:
        before, after = kept[field], made.get(field, "")
        if field == "charge":
            before, after = _with_cents(before), _with_cents(after)
        yield from _told(CALLED.get(field, field), before, after)


def _with_cents(text: str) -> str:
    whole = text.replace(",", "")
    return f"{Decimal(whole):,.2f}" if _is_a_number(whole) else text


def _name(line: Fields) -> str:
    code = line.get("code") or f"revenue {line.get('revenue_code') or 'code unknown'}"
    return f"{code} of {line.get('day') or 'no day'}"


def _told(name: str, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(name=name, before=before, after=after)
