"""Sentences that several facts must satisfy. They name fields, never what stands in them."""

from __future__ import annotations

from datetime import date


def the_days_are_in_order(
    first: date | None, last: date | None, names: tuple[str, str] = ("since", "until")
) -> None:
    """The last day is not before the first."""
    if first is not None and last is not None and last < first:
        raise ValueError(f"`{names[1]}` is not before `{names[0]}`")


def a_code_or_a_text(code: str | None, text: str | None) -> None:
    """Something is named by a code, by a text, or by both."""
    if code is None and text is None:
        raise ValueError("it is named by a code or by a text")
