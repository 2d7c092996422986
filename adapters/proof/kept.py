"""Receipts that senders kept, read from a file: outcomes as `record --json` prints them, or bare.

A file is JSON values one after the other: lines of NDJSON, or whole answers appended. What is wrong
with one is told by where it stands and what would have been right, without a word of what is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn, cast

from veinledger.adapters.errors import BadInput
from veinledger.adapters.proof.notes import Checkpoint, Note, NoteError, read_note
from veinledger.adapters.proof.outside import (
    STANDARD_INPUT,
    outside,
    text_of,
    why_not_believed,
)
from veinledger.adapters.proof.succession import Trusted, signed_by_one_in_use
from veinledger.adapters.store.anchoring import Outside
from veinledger.adapters.store.witnessed import Elsewhere, Kept
from veinledger.domain.ledger.receipt import Receipt

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_HEX: Final = re.compile(r"[0-9a-f]*")
_NAMES: Final = frozenset({"ledger", "position", "leaf", "checkpoint"})
_POSITIONS: Final = 1 << 63
_WANTED: Final = (
    "a receipt is a JSON object of `ledger` (32 hexadecimal digits), `position` (1, 2, 3 and so"
    " on), `leaf` (64 hexadecimal digits) and `checkpoint` (a signed note, or null), alone or as"
    " `receipt` of an outcome that `veinledger record --json` gave; nothing was verified"
)

Signed = tuple[Outside | None, str | None]
"""A checkpoint that is believed, or why it is not; neither where there is none."""


class _NoReceipt(Exception):
    """What stands in the place of a receipt is none; says what is wrong, and repeats nothing."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A value in which a receipt should be."""

    called: str
    value: object


def kept_elsewhere(
    ledger_id: bytes,
    trusted: Sequence[Trusted],
    checkpoints: Sequence[str],
    receipts: Sequence[str],
) -> tuple[Elsewhere, ...]:
    """All that these files hold against a ledger; raises NotFound, and BadInput where one is none.

    A file named `-` is standard input.
    """
    return (
        *(each for file in checkpoints for each in outside(file, trusted)),
        *(each for file in receipts for each in kept_in(file, ledger_id.hex(), trusted)),
    )


def kept_in(file: str, ledger_id: str, trusted: Sequence[Trusted]) -> tuple[Kept, ...]:
    """The receipts of a file, or of standard input for `-`; refused items have none to give.

    Raises NotFound, and BadInput at the first that is no receipt, or one of another ledger.
    """
    named = "standard input" if file == STANDARD_INPUT else file

    @cache
    def believed(note: str | None) -> Signed:
        return _believed(note, ledger_id, trusted)

    found = list[Kept]()
    for placed in _placed(named, text_of(file, "receipts").removeprefix("\ufeff")):
        try:
            receipt = _receipt_in(placed.value)
            if receipt is not None:
                found.append(_kept(placed.called, receipt, ledger_id, believed))
            continue
        except _NoReceipt as error:
            said = str(error)
        _refuse(placed.called, said)
    if not found:
        raise BadInput(f"{named} holds no receipt; {_WANTED}")
    return tuple(found)


def _refuse(called: str, said: str) -> NoReturn:
    raise BadInput(f"{called} {said}; {_WANTED}")


# ---- The values of a file ---------------------------------------------------------------------


def _placed(file: str, text: str) -> Iterator[_Placed]:
    for line, value in _values(file, text):
        outcomes = _outcomes_of(value)
        if outcomes is None:
            yield _Placed(f"line {line} of {file}", value)
            continue
        for number, each in enumerate(outcomes, 1):
            yield _Placed(f"outcome {number} in line {line} of {file}", each)


def _outcomes_of(value: object) -> list[object] | None:
    """Those of a whole answer of `record --json`."""
    found = cast("dict[str, object]", value).get("outcomes") if isinstance(value, dict) else None
    return cast("list[object]", found) if isinstance(found, list) else None


def _values(file: str, text: str) -> Iterator[tuple[int, object]]:
    """Each JSON value, with the number of the line in which it begins."""
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
    at, line = 0, 1
    while True:
        begins = cast("re.Match[str]", _BLANKS.match(text, at)).end()
        line += text.count("\n", at, begins)
        if begins == len(text):
            return
        found = _decoded(decoder, text, begins)
        if found is None:
            _refuse(f"line {line} of {file}", "is no JSON, or is cut off")
        value, at = found
        yield line, value
        line += text.count("\n", begins, at)


def _decoded(decoder: json.JSONDecoder, text: str, begins: int) -> tuple[Any, int] | None:
    try:
        return decoder.raw_decode(text, begins)
    except (ValueError, RecursionError):
        return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError


# ---- One receipt ------------------------------------------------------------------------------


def _receipt_in(value: object) -> Receipt | None:
    """The receipt that a value is or carries; None of a refused item, which need have none."""
    found = _object_of(value)
    if "outcome" in found:
        found = _object_of(found["outcome"])
    if "answer" not in found and "receipt" not in found:
        return _receipt(found)
    if found.get("receipt") is not None:
        return _receipt(_object_of(found["receipt"]))
    if found.get("answer") == "refused":
        return None
    raise _NoReceipt("is an outcome without its receipt")


def _object_of(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _NoReceipt("is no JSON object")
    return cast("dict[str, Any]", value)


def _receipt(found: dict[str, Any]) -> Receipt:
    if found.keys() - _NAMES:
        raise _NoReceipt("has a name that no receipt has")
    position, checkpoint = found.get("position"), found.get("checkpoint")
    if not isinstance(position, int) or isinstance(position, bool):
        raise _NoReceipt("has no `position`")
    if not 0 < position < _POSITIONS:
        raise _NoReceipt("has a `position` that no record can have")
    if checkpoint is not None and not isinstance(checkpoint, str):
        raise _NoReceipt("has a `checkpoint` that is no text")
    return Receipt(
        ledger=_hexadecimal(found, "ledger", 32),
        position=position,
        leaf=_hexadecimal(found, "leaf", 64),
        checkpoint=checkpoint,
    )


def _hexadecimal(found: dict[str, Any], name: str, digits: int) -> str:
    value: object = found.get(name)
    if not isinstance(value, str) or len(value) != digits or not _HEX.fullmatch(value):
        raise _NoReceipt(f"has no `{name}` of {digits} hexadecimal digits")
    return value


def _kept(
    called: str, receipt: Receipt, ledger_id: str, believed: Callable[[str | None], Signed]
) -> Kept:
    if receipt.ledger != ledger_id:
        raise _NoReceipt(f"is of ledger {receipt.ledger}, and not of {ledger_id}")
    checkpoint, disbelieved = believed(receipt.checkpoint)
    return Kept(
        position=receipt.position,
        leaf=bytes.fromhex(receipt.leaf),
        checkpoint=checkpoint,
        disbelieved=disbelieved,
        called=called,
    )


def _believed(written: str | None, ledger_id: str, trusted: Sequence[Trusted]) -> Signed:
    """A signature that does not hold is a finding, not a malformed file.

    So it is seen where a ledger was put back to before its root key was rotated.
    """
    if written is None:
        return None, None
    note, checkpoint = _noted(written)
    if checkpoint.origin != f"veinledger/{ledger_id}":
        raise _NoReceipt("has a `checkpoint` of another ledger")
    if signed_by_one_in_use(note, checkpoint.size, trusted) is None:
        return None, why_not_believed(note, trusted)
    return Outside(size=checkpoint.size, root=checkpoint.root, called="a receipt"), None


def _noted(written: str) -> tuple[Note, Checkpoint]:
    try:
        note = read_note(written)
        return note, Checkpoint.from_text(note.text)
    except NoteError as error:
        said = str(error)
    raise _NoReceipt(f"has a `checkpoint` that is none ({said})")
