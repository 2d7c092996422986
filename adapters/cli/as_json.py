"""Every answer as JSON: the same answer the same bytes."""

from __future__ import annotations

import re
from typing import Final

from veinledger.adapters.cli.screen import UNSEEN
from veinledger.adapters.codec.plain import plain

_CONTROLS: Final = re.compile(rf"[\x7f-\x9f{UNSEEN}]")
"""JSON has a way to write these that turns and hides nothing on a screen, and means the same."""


def as_json(value: object) -> str:
    """The JSON text of an answer, for eyes and programs alike."""
    import msgspec  # noqa: PLC0415  # --help needs none of this

    encoded = msgspec.json.Encoder(decimal_format="number").encode(plain(value))
    text = msgspec.json.format(encoded, indent=2).decode()
    return _CONTROLS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """As JSON has it: in UTF-16, two of them for what lies beyond the first plane."""
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
