"""Canonical JSON: one sequence of bytes for one meaning, so that digests can be compared.

Names in order, no blanks, UTF-8, decimals as plain numbers. This is the form of stored bodies, and
what `the same bytes` means for a report.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

import msgspec

from veinledger.domain.facts.base import Fact, Group

_ENCODER: Final = msgspec.json.Encoder(order="sorted", decimal_format="number")


def canonical(value: object) -> bytes:
    """The canonical JSON of a plain object."""
    return _ENCODER.encode(value)


def said(whole: Fact | Group) -> dict[str, object]:
    """The fields of a fact or group that say something: None and defaults are left out."""
    return {
        name: _plain(value)
        for name, default in _defaults(type(whole))
        if (value := getattr(whole, name)) is not None and value != default
    }


def _plain(value: object) -> object:
    match value:
        case Group():
            return said(value)
        case tuple():
            return [_plain(item) for item in cast("tuple[object, ...]", value)]
        case Decimal():
            return Decimal(format(value, "f"))
        case date():
            return value.isoformat()
        case _:
            return value


_DEFAULTS: Final[dict[type, tuple[tuple[str, object], ...]]] = {}


def _defaults(cls: type[Any]) -> tuple[tuple[str, object], ...]:
    if cls not in _DEFAULTS:
        _DEFAULTS[cls] = tuple((field.name, field.default) for field in fields(cls))
    return _DEFAULTS[cls]
