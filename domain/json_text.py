"""The JSON that stands as a text within a fact, such as a claim as it was sent.

Anybody may have sent it, and nothing judged it but its length. One that is no readable object says
nothing; it stops nobody's answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, cast

DEEPEST: Final = 32
"""Objects and lists within one another, as many as a whole report may have."""


def object_in(text: str) -> Mapping[str, object]:
    """The object that a text says; empty where it says none, or one that cannot be told again.

    How deep it may be is counted: the depth at which Python gives up is another on every stack.
    """
    try:
        said: object = json.loads(text)
        if "\\u" in text:
            json.dumps(said, ensure_ascii=False).encode()  # half of a character is in no answer
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    found = cast("dict[str, object]", said)
    return found if _is_flat(found) else {}


def _is_flat(said: object) -> bool:
    """Whether nothing stands deeper than a report may have it."""
    level = [said]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return True
    return False


def _within(each: object) -> list[object]:
    """The objects and lists that stand in one."""
    if isinstance(each, dict):
        items = list(cast("dict[str, object]", each).values())
    else:
        items = cast("list[object]", each)
    return [item for item in items if isinstance(item, (dict, list))]
