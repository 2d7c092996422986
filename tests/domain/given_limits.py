"""A small type held to its limits, whoever judges a value: the border, a page, a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Judge = Callable[[object], bool]


def takes_these_and_not_those(
    takes: Judge, right: Iterable[object], wrong: Iterable[object]
) -> None:
    """Every one of the first, and none of the others."""
    assert [value for value in right if not takes(value)] == []
    assert [value for value in wrong if takes(value)] == []


def takes_from_to(takes: Judge, least: int, most: int) -> None:
    """Both ends, and nothing one step beyond."""
    takes_these_and_not_those(takes, (least, most), (least - 1, most + 1))
