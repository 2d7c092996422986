"""Every answer as plain objects: fields in order, numbers exact, for JSON and for digests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, Final

from msgspec import Struct

DERIVED: Final = {
    "AuditTrail": ("shown",),
    "Check": ("clear", "sentence"),
    "Claim": ("total",),
    "ClaimEstimate": ("expected",),
    "Estimate": (
        "expected_so_far",
        "patients_so_far",
        "not_counted",
        "paid_so_far",
        "difference",
        "taken_back",
        "denied",
        "under_appeal",
    ),
    "Finding": ("key",),
    "Measure": ("judged", "share_on_time"),
    "Payment": ("allowed_total", "patient_total", "expected"),
    "Record": ("day",),
    "Verification": ("consistent", "verdict", "not_excluded"),
}
"""By class: what is worked out and is part of the answer all the same."""

_AS_IT_IS: Final = frozenset({str, int, bool, float, NoneType})
"""What most fields hold, and JSON too."""


def plain(value: object) -> object:
    """An answer as plain objects: what is no field of it is not told."""
    kind: type = type(value)
    return value if kind in _AS_IT_IS else _way_of(kind)(value)


@cache
def _way_of(kind: Any) -> Callable[[Any], object]:
    """How values of a class are told: by their class alone, so that it is looked for once."""
    from veinledger.adapters.codec.canonical import said  # noqa: PLC0415
    from veinledger.domain.facts.base import Fact, Group  # noqa: PLC0415

    if issubclass(kind, Mapping):
        return _mapping
    if issubclass(kind, (tuple, list)):
        return _sequence
    if issubclass(kind, (Fact, Group)):
        return said
    if issubclass(kind, Struct):
        return _by_name(kind.__struct_fields__)
    if is_dataclass(kind):
        return _by_name(_names(kind))
    return _scalar


def _mapping(value: Mapping[object, object]) -> object:
    return {str(_scalar(key)): plain(item) for key, item in value.items()}


def _sequence(value: Sequence[object]) -> object:
    return [plain(item) for item in value]


def _by_name(names: tuple[str, ...]) -> Callable[[object], object]:
    def told(value: object) -> object:
        return {name: plain(getattr(value, name)) for name in names}

    return told


def _scalar(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return Decimal(format(value, "f"))
        case _:
            return value


def _names(kind: Any) -> tuple[str, ...]:
    """What plays no part in a value, such as what it was once folded to, is not told."""
    own = (field.name for field in fields(kind) if field.repr or field.compare)
    return (*own, *DERIVED.get(kind.__name__, ()))
