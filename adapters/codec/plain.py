"""Every answer as plain objects: fields in order, numbers exact, for JSON and for digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, Final, cast

from msgspec import Struct

DERIVED: Final = {
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
    if type(value) in _AS_IT_IS:
        return value
    match value:
        case Mapping():
            named = cast("Mapping[object, object]", value)
            return {str(_scalar(key)): plain(item) for key, item in named.items()}
        case tuple() | list():
            return [plain(item) for item in cast("tuple[object, ...]", value)]
        case Struct():
            return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _fields(value)
        case _:
            return _scalar(value)


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


def _fields(value: Any) -> dict[str, object]:
    from veinledger.adapters.codec.canonical import said  # noqa: PLC0415
    from veinledger.domain.facts.base import Fact, Group  # noqa: PLC0415

    if isinstance(value, (Fact, Group)):
        return said(value)
    names = _names(cast("object", type(value)))
    return {name: plain(getattr(value, name)) for name in names}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """What plays no part in a value, such as what it was once folded to, is not told."""
    own = (field.name for field in fields(kind) if field.repr or field.compare)
    return (*own, *DERIVED.get(kind.__name__, ()))
