"""Every answer as JSON: the same answer the same bytes."""

from __future__ import annotations

import re
from typing import Final

from veinledger.adapters.codec.plain import plain

_CONTROLS: Final = re.compile(r"[\x7f-\x9f]")


def as_json(value: object) -> str:
    """The JSON text of an answer, for eyes and programs alike."""
    import msgspec  # noqa: PLC0415  # --help needs none of this

    encoded = msgspec.json.Encoder(decimal_format="number").encode(plain(value))
    text = msgspec.json.format(encoded, indent=2).decode()
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
