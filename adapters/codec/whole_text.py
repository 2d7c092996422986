"""Whole Unicode characters: Python makes half of one of a byte that is no UTF-8, and JSON may."""

from __future__ import annotations

from veinledger.adapters.errors import BadInput


def is_whole(text: str) -> bool:
    """Whether no half of a character stands in a text, which therefore can be written down."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def refuse_half_characters(where: str, *texts: str) -> None:
    """Raise BadInput where a text that would be kept cannot be written down."""
    if not all(map(is_whole, texts)):
        raise BadInput(
            f"{where} holds half of a character, as a byte becomes that is no UTF-8; give whole"
            " Unicode characters; nothing was recorded"
        )


def made_whole(text: str) -> str:
    """A text with a question mark in the place of each half of a character."""
    return text.encode("utf-8", "replace").decode()
