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
from veinledger.projections.claims.sent.differences import paired
from veinledger.projections.claims.sent.sendings import VOID
from veinledger.projections.claims.sent.shapes import Difference
from veinledger.projections.claims.shapes import Coded, Line
from veinledger.projections.claims.told import plain

VERSION: Final = 1
LISTED: Final = ("day", "code", "units", "charge")
"""The fields of a line that is kept as a list."""
COMPARED: Final = (*LISTED, "revenue_code", "modifiers", "ndc")
NUMBERS: Final = frozenset({"units", "charge"})
MOST_DIGITS: Final = 20
DIAGNOSES: Final = frozenset({"principal", "first-listed", "secondary"})

Fields = Mapping[str, str]
"""A line by its fields, in words."""


def can_be_compared(sent: ClaimSubmitted) -> bool:
    """Whether what is kept of a claim can be read; a void keeps none."""
    known = sent.frequency != VOID and sent.claim_version == VERSION
    return known and bool(object_in(sent.claim).keys() & {"diagnoses", "lines"})


def differences(
    sent: ClaimSubmitted, lines: Iterable[Line], codes: Iterable[Coded], payer: str | None
) -> tuple[Difference, ...]:
    """Field by field what is kept (before) and what today's rules make of it (after)."""
    said = object_in(sent.claim)
    found = [*_told("payer", sent.payer, payer or "")]
    if "diagnoses" in said:
        kept = [str(each) for each in _listed(said["diagnoses"])]
        now = [code.code for code in codes if code.role in DIAGNOSES]
        found += _told("diagnoses", ", ".join(kept), ", ".join(now))
    if "lines" in said:
        kept_lines = [_kept_line(each) for each in _listed(said["lines"])]
        found += _of_lines(kept_lines, [_made_line(line) for line in lines])
    return tuple(found)


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
    digits = text.replace(".", "", 1)
    a_number = digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS
    return plain(Decimal(text)) if a_number else text


def _of_lines(kept: list[Fields], made: list[Fields]) -> Iterator[Difference]:
    pairs = paired(
        kept,
        made,
        lambda line: (line.get("code"), line.get("day"), line.get("units")),
        lambda line: (line.get("code"), line.get("day")),
        lambda line: line.get("code"),
    )
    for was, now in pairs:
        if was is not None and now is not None:
            yield from _of_one_line(was, now)
        else:
            there, here = ("not there", "there") if was is None else ("there", "not there")
            yield Difference(name=f"line {_name(was or now or {})}", before=there, after=here)


def _of_one_line(kept: Fields, made: Fields) -> Iterator[Difference]:
    for field in kept:
        words = field.replace("_", " ")
        yield from _told(f"line {_name(kept)}, {words}", kept[field], made.get(field, ""))


def _name(line: Fields) -> str:
    code = line.get("code") or f"revenue {line.get('revenue_code') or 'code unknown'}"
    return f"{code} of {line.get('day') or 'no day'}"


def _told(name: str, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(name=name, before=before, after=after)
