#!/usr/bin/env python3
"""Says whether a veinledger bundle is what its ledger signed, and up to which record it is whole.

    python verify_bundle.py BUNDLE [--key KEY] [--checkpoint FILE] [--show]

This one file is the whole program. It needs Python 3.9 or later and the package `cryptography`
(pip install cryptography), and nothing of veinledger. It opens no connection and writes no file.
The page docs/bundle.md of veinledger explains every field of a bundle.

Ends with 0 for yes, 1 for no, 2 for what cannot be read as a bundle.
"""

# This file stands alone, and must run unchanged on every Python from 3.9 on: so no match, no
# `X | Y` at run time, no dataclass with slots, no zip(strict=True), no datetime.fromisoformat.

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple, Tuple, cast

FORMAT = "veinledger-bundle/1"
ABOUT = (
    "The records of one CAR-T encounter, as an event-sourced ledger (veinledger) kept them, with"
    " the proof that they are all there and unchanged. verify_bundle.py checks it without the"
    " ledger; docs/bundle.md of veinledger explains every field. It names a patient: keep it safe."
)
ROW_FORMAT = "veinledger/1"
LARGEST = 256 * 1024 * 1024
"""Bytes of a bundle, and of a file of checkpoints."""
LONGEST_PATH = 64
COMMITTED = b"veinledger/1 body key"
"""What the commitment to a body's key is hashed with."""
GREATEST = 2**63 - 1
LAST_MICROSECOND = 253_402_300_799_999_999
"""The end of the year 9999."""
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

FIELDS: dict[str, dict[str, type]] = {
    "bundle": {
        "format": str, "about": str, "ledger": str, "keys": list, "rotations": list,
        "checkpoint": str, "since": dict, "statement": str, "streams": list, "originals": list,
    },
    "since": {"checkpoint": str, "path": list},
    "stream": {"stream": str, "rows": list},
    "record": {
        "position": int, "sequence": int, "type": str, "recorded_at": int, "report_key": str,
        "key_id": str, "nonce": str, "previous": str, "body": str, "tag": str, "leaf": str,
        "path": list,
    },
    "original": {"digest": str, "media_type": str, "content": str},
}  # fmt: skip
FIELDS["encrypted record"] = {**FIELDS["record"], "body_key": str}
MAY_BE_NULL = ("since", "report_key", "nonce")
CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,6})?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)

NO_KEY_GIVEN = (
    "consistent with the key in the bundle; ask its owner whether it is theirs, and give it with"
    " --key"
)
NO_CHECKPOINT_GIVEN = (
    "you gave none: whoever holds the ledger's keys could have written it anew; give one that was"
    " kept elsewhere, with --checkpoint"
)
NOT_SHOWN = (
    "what the ledger recorded after it signed",
    "that no record was put into the ledger's file by somebody without its key: the tags show"
    " that, and only who holds the root key can check them (`veinledger verify`)",
    "that what was reported is true",
)


class No(Exception):
    """A check failed: the bundle is not what its ledger signed, or not what was asked for."""


class NotReadable(Exception):
    """What was given is no bundle, no key or no checkpoint."""


class Key(NamedTuple):
    """Who signs, and the public half of the key (C2SP signed-note; Ed25519)."""

    name: str
    public: bytes

    def hint(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def text(self) -> str:
        """The key as C2SP writes it: name+hint+key."""
        encoded = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.name}+{self.hint().hex()}+{encoded}"


class Note(NamedTuple):
    """A signed note: its text, and for each signature the name, the hint and the signature."""

    text: str
    signatures: list[tuple[str, bytes, bytes]]


class Kept(NamedTuple):
    """What the reader's own file of checkpoints holds."""

    notes: list[Note]
    unread: int
    """How many notes in it cannot be read: a power cut leaves half of one."""


class Tree(NamedTuple):
    """How many leaves a tree has, and its root."""

    size: int
    root: bytes


class Rotation(NamedTuple):
    """That one key of the ledger follows another, as both of them signed it."""

    note: Note
    position: int
    old: Key
    new: Key


class Row(NamedTuple):
    """A sealed record of the ledger, and the path that proves its leaf."""

    position: int
    sequence: int
    type: str
    recorded_at: int
    report_key: bytes
    key_id: str
    nonce: bytes
    """Empty where the body lies in clear; else a salt, and the commitment to the body's key."""
    previous: bytes
    body: bytes
    """As the ledger stores it."""
    body_key: bytes
    """Opens the body where it is encrypted; empty otherwise."""
    tag: bytes
    leaf: bytes
    path: list[bytes]


class Stated(NamedTuple):
    """What the ledger signed about the bundle as a whole."""

    encounter: str
    signed: str
    tree: Tree
    since: Tree | None
    with_originals: bool
    streams: list[tuple[str, int, bytes]]
    """Of each stream its name, last sequence and last leaf."""
    originals: list[tuple[str, int, bytes, str]]
    """Of each its keyed digest, length, SHA-256 and media type."""
    merged: list[tuple[int, str]]
    """Of each encounter that counts in this one its number of records, and its name."""


class Bundle(NamedTuple):
    """A bundle as it was read, before anything of it is believed."""

    ledger: str
    key: Key
    rotations: list[Rotation]
    checkpoint: Note
    since: Note | None
    since_path: list[bytes]
    statement: Note
    streams: list[tuple[str, list[Row]]]
    originals: list[tuple[str, str, bytes]]


class Found(NamedTuple):
    """A bundle that passed every check."""

    bundle: Bundle
    stated: Stated
    bodies: list[dict[str, Any]]
    """Of the encounter's records."""
    trust: str
    """How the key is tied to one that the reader brought."""
    tie: str
    """How it is tied to a checkpoint of the reader's own; empty where none was brought."""


# Reading: what is not exactly as a bundle is written is turned away


def parsed(content: bytes) -> Any:
    """The JSON of some bytes: no name twice, no fraction, nothing endless."""
    if len(content) > LARGEST:
        raise NotReadable(f"it has more than {LARGEST} bytes")
    try:
        return json.loads(
            content.decode("utf-8"), object_pairs_hook=once, parse_int=whole,
            parse_float=no_number, parse_constant=no_number,
        )  # fmt: skip
    except UnicodeDecodeError:
        raise NotReadable("it is not text in UTF-8") from None
    except RecursionError:
        raise NotReadable("it is nested deeper than any bundle") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise NotReadable(f"it is not JSON, or was cut off, at {place}") from None


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotReadable("an object in it has two fields of one name")
    return found


def whole(digits: str) -> int:
    if len(digits) > 19 or digits == "-0":
        raise NotReadable("a number in it is none that a bundle has")
    return int(digits)


def no_number(_: str) -> Any:
    raise NotReadable("a number in it is no whole number")


def checked(kind: str, value: Any, where: str) -> dict[str, Any]:
    """An object that has exactly the fields of its kind, each of its type."""
    if type(value) is not dict:
        raise NotReadable(f"{where} is not an object")
    found = dict_of(value)
    expected = FIELDS[kind]
    if set(found) != set(expected):
        lacks = sorted(set(expected) - set(found))
        what = f"lacks the field {lacks[0]}" if lacks else "has a field that none has"
        raise NotReadable(f"{where} {what}")
    for name, wanted in expected.items():
        if type(found[name]) is not wanted and not (found[name] is None and name in MAY_BE_NULL):
            raise NotReadable(f"the field {name} of {where} is not of its type")
        if type(found[name]) is str and not is_text(found[name]):
            raise NotReadable(f"the field {name} of {where} holds half of a character")
    return found


def is_text(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def hexadecimal(text: Any, length: int, where: str) -> bytes:
    if type(text) is not str or re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text) is None:
        raise NotReadable(f"{where} is not {length} bytes in hexadecimal")
    return bytes.fromhex(text)


def or_absent(text: Any, length: int, where: str) -> bytes:
    return b"" if text is None else hexadecimal(text, length, where)


def from_base64(text: str, where: str) -> bytes:
    """What was written in base64, in the one way in which it can be."""
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        found = b""
    if base64.b64encode(found).decode() != text:
        raise NotReadable(f"{where} is not in base64")
    return found


def number(text: str, where: str) -> int:
    if re.fullmatch("0|[1-9][0-9]{0,18}", text) is None or int(text) > GREATEST:
        raise NotReadable(f"{where} is not a plain number")
    return int(text)


def key_from(text: str, where: str) -> Key:
    name, _, rest = text.partition("+")
    hint, _, encoded = rest.partition("+")
    decoded = from_base64(encoded, where)
    if not is_a_name(name) or len(decoded) != 33 or decoded[:1] != b"\x01":
        raise NotReadable(f"{where} is no verification key: it reads name+hint+key, for Ed25519")
    key = Key(name, decoded[1:])
    if key.hint().hex() != hint:
        raise NotReadable(f"the hint of {where} does not belong to it")
    return key


def is_a_name(name: str) -> bool:
    return bool(name) and is_text(name) and not any(map(str.isspace, name))


def note_from(written: str, where: str) -> Note:
    text, parted, below = written.rpartition("\n\n")
    lines = below.split("\n")
    if not parted or lines[-1] or not 2 <= len(lines) <= 101:
        raise NotReadable(f"{where} is no signed note: a text, an empty line, signatures")
    return Note(text + "\n", [signature_from(line, where) for line in lines[:-1]])


def signature_from(line: str, where: str) -> tuple[str, bytes, bytes]:
    words = line.split(" ")
    if len(words) != 3 or words[0] != "\u2014" or not is_a_name(words[1]):
        raise NotReadable(f"a signature line of {where} does not read: dash, name, signature")
    decoded = from_base64(words[2], f"a signature of {where}")
    return words[1], decoded[:4], decoded[4:]


def tree_from(note: Note, origin: str, where: str) -> Tree:
    """The size and the root that a checkpoint names (C2SP tlog-checkpoint)."""
    lines = note.text.split("\n")
    if len(lines) < 4 or lines[0] != origin:
        raise NotReadable(f"{where} is no checkpoint of {clean(origin)}")
    root = from_base64(lines[2], f"the root of {where}")
    if len(root) != 32:
        raise NotReadable(f"the root of {where} is not 32 bytes")
    return Tree(number(lines[1], f"the size of {where}"), root)


def read(content: bytes) -> Bundle:
    """A bundle, read strictly; nothing of it is believed yet. Raises NotReadable."""
    value = parsed(content)
    refuse_another_format(value)
    told = checked("bundle", value, "the bundle")
    hexadecimal(told["ledger"], 16, "the ledger's id")
    if told["about"] != ABOUT:
        raise NotReadable("what it says about itself is not what every bundle says")
    if len(told["keys"]) != 1 or type(told["keys"][0]) is not str:
        raise NotReadable("it does not hold one key; where it holds more, use a newer verifier")
    since, path = since_from(told["since"])
    return Bundle(
        ledger=told["ledger"],
        key=key_from(told["keys"][0], "the key in the bundle"),
        rotations=[rotation_from(each, told["ledger"]) for each in told["rotations"]],
        checkpoint=note_from(told["checkpoint"], "the checkpoint"),
        since=since,
        since_path=path,
        statement=note_from(told["statement"], "the statement"),
        streams=[stream_from(each) for each in told["streams"]],
        originals=[original_from(each) for each in told["originals"]],
    )


def refuse_another_format(value: Any) -> None:
    told: Any = dict_of(value).get("format")
    if told == FORMAT:
        return
    if type(told) is str and re.fullmatch("veinledger-bundle/[0-9]{1,4}", told):
        raise NotReadable(f"it is of another format, {told}: use the verifier that came with it")
    raise NotReadable(f"it is no bundle: it does not say that its format is {FORMAT}")


def rotation_from(value: Any, ledger: str) -> Rotation:
    """What both keys signed: the ledger, the position of the record, the old key and the new."""
    where = "a rotation of keys"
    if type(value) is not str or not is_text(value):
        raise NotReadable(f"{where} is not text")
    note = note_from(value, where)
    lines = note.text.split("\n")
    if len(lines) != 5 or lines[0] != f"veinledger/{ledger}/key/1":
        raise NotReadable(f"{where} does not name the ledger, a position, the old key and the new")
    words = [line.partition(" ") for line in lines[1:4]]
    if [word for word, _, _ in words] != ["position", "old", "new"]:
        raise NotReadable(f"{where} does not name a position, the old key and the new")
    position, old, new = (rest for _, _, rest in words)
    at = number(position, f"the position of {where}")
    return Rotation(note, at, key_from(old, f"the old key of {where}"), key_from(new, where))


def since_from(value: Any) -> tuple[Note | None, list[bytes]]:
    if value is None:
        return None, []
    since = checked("since", value, "the field since")
    path = path_from(since["path"], "the consistency proof")
    return note_from(since["checkpoint"], "the earlier checkpoint"), path


def path_from(value: list[Any], where: str) -> list[bytes]:
    if len(value) > LONGEST_PATH:
        raise NotReadable(f"{where} is longer than any tree is high")
    return [hexadecimal(each, 32, f"a hash of {where}") for each in value]


def stream_from(value: Any) -> tuple[str, list[Row]]:
    stream = checked("stream", value, "a stream")
    if re.fullmatch("(encounter|identity)/[0-9a-f]{32}", stream["stream"]) is None:
        raise NotReadable("a stream is neither of an encounter nor of a chain of identity")
    return stream["stream"], [row_from(each) for each in stream["rows"]]


def row_from(value: Any) -> Row:
    encrypted = dict_of(value).get("nonce") is not None
    row = checked("encrypted record" if encrypted else "record", value, "a record")
    most = {"position": GREATEST, "sequence": GREATEST, "recorded_at": LAST_MICROSECOND}
    for name in most:
        if not 0 <= row[name] <= most[name]:
            raise NotReadable(f"the field {name} of a record is out of bounds")
    where = f"of the record at position {row['position']}"
    return Row(
        position=row["position"],
        sequence=row["sequence"],
        type=row["type"],
        recorded_at=row["recorded_at"],
        report_key=or_absent(row["report_key"], 32, f"the report key {where}"),
        key_id=row["key_id"],
        nonce=or_absent(row["nonce"], 48, f"the nonce {where}"),
        previous=hexadecimal(row["previous"], 32, f"the previous leaf {where}"),
        body=from_base64(row["body"], f"the body {where}") if encrypted else row["body"].encode(),
        body_key=or_absent(row.get("body_key"), 32, f"the key to the body {where}"),
        tag=hexadecimal(row["tag"], 32, f"the tag {where}"),
        leaf=hexadecimal(row["leaf"], 32, f"the leaf {where}"),
        path=path_from(row["path"], f"the path {where}"),
    )


def original_from(value: Any) -> tuple[str, str, bytes]:
    original = checked("original", value, "an original")
    content = from_base64(original["content"], "the content of an original")
    return original["digest"], original["media_type"], content


def stated_in(text: str, origin: str) -> Stated:
    """What the ledger signed, line by line."""
    lines = text.split("\n")
    if len(lines) < 7 or lines[0] != f"{origin}/bundle/1":
        raise NotReadable("the statement is not one that a ledger makes about a bundle")
    since, originals = after("since ", lines[4]), after("originals ", lines[5])
    if originals not in ("included", "left out"):
        raise NotReadable("the statement does not say whether the originals are included")
    streams = [line for line in lines[6:-1] if line.startswith("stream ")]
    rest = lines[6 + len(streams) : -1]
    merged = [line for line in rest if line.startswith("merged ")]
    return Stated(
        encounter=quoted(after("encounter ", lines[1])),
        signed=after("signed ", lines[2]),
        tree=stated_tree(after("tree ", lines[3])),
        since=None if since == "none" else stated_tree(since),
        with_originals=originals == "included",
        streams=[stated_stream(after("stream ", line)) for line in lines[6 : 6 + len(streams)]],
        originals=[stated_original(after("original ", each)) for each in rest[len(merged) :]],
        merged=[stated_merged(after("merged ", line)) for line in rest[: len(merged)]],
    )


def after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise NotReadable(f"the statement lacks its line `{word.strip()}`")
    return line[len(word) :]


def quoted(text: str) -> str:
    try:
        name: Any = json.loads(text)
    except (ValueError, RecursionError):
        name = None
    if type(name) is not str:
        raise NotReadable("the statement does not name its encounter")
    return name


def parts(text: str, count: int) -> list[str]:
    found = text.split(" ", count - 1)
    if len(found) != count:
        raise NotReadable("a line of the statement lacks a part")
    return found


def stated_tree(text: str) -> Tree:
    size, root = parts(text, 2)
    return Tree(number(size, "a size in the statement"), hexadecimal(root, 32, "a root stated"))


def stated_stream(text: str) -> tuple[str, int, bytes]:
    name, last, leaf = parts(text, 3)
    return name, number(last, "a sequence stated"), hexadecimal(leaf, 32, "a leaf stated")


def stated_original(text: str) -> tuple[str, int, bytes, str]:
    digest, length, sha256, media_type = parts(text, 4)
    return digest, number(length, "a length"), hexadecimal(sha256, 32, "a SHA-256"), media_type


def stated_merged(text: str) -> tuple[int, str]:
    records, name = parts(text, 2)
    return number(records, "a number of records stated"), quoted(name)


def notes_in(content: bytes) -> Kept:
    """The notes of a file of checkpoints; what is left of one that was cut off is passed over."""
    found: list[Note] = []
    unread = 0
    for written in written_in(content.decode("utf-8", "replace")):
        try:
            found.append(checkpoint_from(written))
        except NotReadable:
            unread += 1
    if not found:
        raise NotReadable("the file that --checkpoint names holds no checkpoint")
    return Kept(found, unread)


def checkpoint_from(written: str) -> Note:
    """A whole checkpoint of any ledger; whose signatures it has is not asked here."""
    note, where = note_from(written, "a checkpoint of yours"), "what is in it"
    origin = note.text.partition("\n")[0]
    tree_from(note, origin, where)
    own = [len(signature) for name, _, signature in note.signatures if name == origin]
    if own and 64 not in own:
        raise NotReadable(f"{where} was cut off")
    return note


def written_in(text: str) -> Iterator[str]:
    """Each note as it is written, which ends behind its signatures; and what is left of others."""
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if lines and lines[-1].startswith("\u2014 ") and not line.startswith("\u2014 "):
            yield from parted("\n".join(lines) + "\n")
            lines = []
        if lines or line:
            lines.append(line)
    if lines:
        yield "\n".join(lines)


def parted(written: str) -> Iterator[str]:
    """A note, and before it what is left of one that was cut off; its text has no empty line."""
    text, _, signatures = written.rpartition("\n\n")
    name = signatures[2:].partition(" ")[0]
    empty = text.rfind("\n\n")
    begins = max(empty + 2 if empty >= 0 else 0, text.rfind(f"{name}\n") if name else 0)
    if written[:begins].strip():
        yield written[:begins]
    yield written[begins:]


# Proofs: RFC 9162, sections 2.1.3.2 and 2.1.4.2, in its own letters


def parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, index: int, tree: Tree, path: Sequence[bytes]) -> bool:
    """Whether a tree holds a leaf at an index, counted from 0."""
    if not 0 <= index < tree.size:
        return False
    fn, sn, r = index, tree.size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = parent(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = parent(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == tree.root


def extends(first: Tree, second: Tree, path: Sequence[bytes]) -> bool:
    """Whether the second tree begins with all leaves of the first, which has at least one."""
    if not 0 < first.size <= second.size:
        return False
    if first.size == second.size:
        return not path and first.root == second.root
    hashes = [first.root, *path] if first.size & (first.size - 1) == 0 else list(path)
    if not hashes:
        return False
    fn, sn = first.size - 1, second.size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = hashes[0]
    for c in hashes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = parent(c, fr), parent(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = parent(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first.root and sr == second.root


# Checking


def check(bundle: Bundle, trusted: Key | None, held: Kept | None) -> Found:
    """Every check, in the order in which one rests on the other. Raises No."""
    origin = f"veinledger/{bundle.ledger}"
    if bundle.key.name != origin:
        raise No(f"the key in the bundle is that of {clean(bundle.key.name)}, another ledger")
    line = line_of_keys(bundle)
    if trusted is not None and trusted not in [key for key, _ in line]:
        raise No("it is signed with another key than the one that you trust")
    tree = signed_tree(bundle.checkpoint, bundle.key, "the checkpoint")
    since = None if bundle.since is None else earlier_tree(bundle.since, line, origin)
    if not is_signed(bundle.statement, bundle.key):
        raise No("the statement is not signed with the key in the bundle: changed, or forged")
    stated = stated_in(bundle.statement.text, origin)
    if (stated.tree, stated.since) != (tree, since):
        raise No("the statement and the checkpoints do not belong together")
    if since is not None and not extends(since, tree, bundle.since_path):
        raise No("the consistency proof fails: the checkpoint does not extend the earlier one")
    check_streams(bundle, stated)
    bodies = [body_of(bundle, row, stated.encounter) for row in bundle.streams[0][1]]
    check_originals(bundle, stated, bodies)
    tied = "" if held is None else tie(tree, since, held, line)
    return Found(bundle, stated, bodies, trust_in(line, trusted), tied)


Line = Sequence[Tuple[Key, int]]
"""Every key of the ledger, the first one first, each with the last size at which it may sign."""


def line_of_keys(bundle: Bundle) -> Line:
    """The keys that lead to the one that signed the bundle, each link signed by both. Raises No."""
    line: list[tuple[Key, int]] = []
    keys = [rotation.old for rotation in bundle.rotations] + [bundle.key]
    for rotation, follows in zip(bundle.rotations, keys[1:]):
        both = (rotation.old, rotation.new)
        signed = all(is_signed_among_others(rotation.note, key) for key in both)
        later = not line or rotation.position > line[-1][1]
        named = rotation.old.name == rotation.new.name == bundle.key.name
        if not (signed and later and named) or rotation.new != follows:
            raise No("its keys do not follow from one another as the ledger signs it")
        line.append((rotation.old, rotation.position))
    return [*line, (bundle.key, GREATEST)]


def trust_in(line: Line, trusted: Key | None) -> str:
    if trusted is None:
        return NO_KEY_GIVEN
    followed = len(line) - 1 - [key for key, _ in line].index(trusted)
    if not followed:
        return "the one that you trust"
    times = "once" if followed == 1 else f"{followed} times"
    return f"it follows the one that you trust: the key was rotated {times}, as both keys signed"


def earlier_tree(note: Note, line: Line, origin: str) -> Tree:
    """What an earlier checkpoint names, by a key that was in use at its size. Raises No."""
    tree = tree_from(note, origin, "the earlier checkpoint")
    if not any(tree.size <= last and is_signed(note, key) for key, last in line):
        raise No(
            "the earlier checkpoint is not signed with the key in the bundle, nor with one that it"
            " follows: it was changed, or forged"
        )
    return tree


def signed_tree(note: Note, key: Key, where: str) -> Tree:
    if not is_signed(note, key):
        raise No(f"{where} is not signed with the key in the bundle: it was changed, or forged")
    return tree_from(note, key.name, where)


def is_signed(note: Note, key: Key) -> bool:
    """Whether a note is signed by this key, once, and by nobody else."""
    return len(note.signatures) == 1 and is_signed_among_others(note, key)


def is_signed_among_others(note: Note, key: Key) -> bool:
    """Whether one of a note's signatures is by this key; witnesses may have added theirs."""
    return any(
        (name, hint) == (key.name, key.hint()) and holds(key, note.text, signature)
        for name, hint, signature in note.signatures
    )


def holds(key: Key, text: str, signature: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PublicKey,
        )
    except ImportError:
        raise NotReadable("the package cryptography is missing: pip install cryptography") from None
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def check_streams(bundle: Bundle, stated: Stated) -> None:
    names = [name for name, _ in bundle.streams]
    if names != [name for name, _, _ in stated.streams]:
        raise No("its streams are not those that the ledger signed")
    encounters = [name for name in names if name.startswith("encounter/")]
    if len(encounters) != 1 or encounters != names[:1] or len(set(names)) < len(names):
        raise No("it does not hold one encounter, and each of its chains of identity once")
    for (name, rows), (_, last, leaf) in zip(bundle.streams, stated.streams):
        check_rows(bundle.ledger, name, rows, stated.tree)
        if not rows or (rows[-1].sequence, rows[-1].leaf) != (last, leaf):
            raise No(
                f"{in_words(name)} does not end with record {last}, as the ledger signed: records"
                " are missing"
            )
    in_order = sorted((row for _, rows in bundle.streams for row in rows), key=lambda r: r.position)
    for before, row in zip(in_order, in_order[1:]):
        if row.position == before.position or row.recorded_at < before.recorded_at:
            raise No(f"the record at position {row.position} does not follow the one before it")


def in_words(stream: str) -> str:
    return "the encounter" if stream.startswith("encounter/") else "a chain of identity"


def check_rows(ledger: str, stream: str, rows: list[Row], tree: Tree) -> None:
    """Each leaf, the chain from one to the next, and each path to the root."""
    leaf, position = bytes(32), 0
    for sequence, row in enumerate(rows, 1):
        which = f"record {sequence} of {in_words(stream)} (position {row.position})"
        if leaf_of(ledger, stream, row) != row.leaf:
            raise No(f"{which} does not match its leaf: it was changed")
        if row.sequence != sequence or row.position <= position or row.previous != leaf:
            raise No(f"{which} does not follow the one before it: records are missing, or moved")
        if not included(row.leaf, row.position - 1, tree, row.path):
            raise No(f"{which} is not in the tree of the checkpoint: it was changed, or put in")
        if content_of_body(ledger, stream, row) is None:
            raise No(f"{which} does not open under the key beside it: it was changed")
        leaf, position = row.leaf, row.position


def leaf_of(ledger: str, stream: str, row: Row) -> bytes:
    """SHA-256 over 0x00 and every field with its length before it; see docs/format.md."""
    covered = covered_of(ledger, stream, row, row.body)
    return hashlib.sha256(b"\x00" + covered + prefixed(row.tag)).digest()


def covered_of(ledger: str, stream: str, row: Row, body: bytes) -> bytes:
    fields = (
        ROW_FORMAT.encode(), bytes.fromhex(ledger), row.position.to_bytes(8, "big"),
        stream.encode(), row.sequence.to_bytes(8, "big"), row.type.encode(),
        row.recorded_at.to_bytes(8, "big"), row.report_key, row.key_id.encode(), row.nonce,
        row.previous, body,
    )  # fmt: skip
    return b"".join(map(prefixed, fields))


def prefixed(field: bytes) -> bytes:
    return len(field).to_bytes(4, "big") + field


def content_of_body(ledger: str, stream: str, row: Row) -> bytes | None:
    """The body in clear; None where the key beside it is not the one that the row commits to."""
    if not row.nonce:
        return row.body
    if hashlib.sha256(COMMITTED + row.body_key).digest() != row.nonce[16:]:
        return None
    return decrypted(row.body_key, row.body, covered_of(ledger, stream, row, b""))


def decrypted(key: bytes, encrypted: bytes, covered: bytes) -> bytes | None:
    """AES-256-GCM under a key that encrypts this alone, hence with a nonce of zeros."""
    try:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
    except ImportError:
        raise NotReadable("the package cryptography is missing: pip install cryptography") from None
    try:
        return AESGCM(key).decrypt(bytes(12), encrypted, covered)
    except (InvalidTag, ValueError):
        return None


def body_of(bundle: Bundle, row: Row, encounter: str) -> dict[str, Any]:
    """What a record says; its bytes are known to be the ledger's by now."""
    content = content_of_body(bundle.ledger, bundle.streams[0][0], row) or b""
    try:
        body = dict_of(json.loads(content.decode(), parse_int=Decimal, parse_float=Decimal))
    except (ValueError, RecursionError):
        body = {}
    if body.get("encounter") != encounter:
        raise No(f"record {row.sequence} is not of the encounter that the ledger signed")
    return body


def check_originals(bundle: Bundle, stated: Stated, bodies: list[dict[str, Any]]) -> None:
    """The messages as received are those that the records name, by digests that are signed."""
    named = (dict_of(body.get("original")).get("digest") for body in bodies)
    digests = list(dict.fromkeys(str(digest) for digest in named if digest is not None))
    if digests != [digest for digest, _, _, _ in stated.originals]:
        raise No("the messages that its records name are not those that the ledger signed")
    if not stated.with_originals and bundle.originals:
        raise No("it holds messages as received, and the ledger signed that they are left out")
    if stated.with_originals and len(bundle.originals) != len(stated.originals):
        raise No("messages as received are missing, or there are too many of them")
    for count, (found, wanted) in enumerate(zip(bundle.originals, stated.originals), 1):
        digest, media_type, content = found
        if (digest, len(content), hashlib.sha256(content).digest(), media_type) != wanted:
            raise No(f"message {count} as received is not the one that the ledger signed")


def tie(tree: Tree, since: Tree | None, held: Kept, line: Line) -> str:
    """To which checkpoint of the reader's own the bundle is tied. Raises No."""
    origin = line[-1][0].name
    own = {
        (tree_from(note, origin, "a checkpoint of yours"), last)
        for note in held.notes
        for key, last in line
        if is_signed_among_others(note, key)
    }
    trees = sorted({found for found, last in own if found.size <= last})
    if not trees:
        raise No("none of your checkpoints is signed with the key of the bundle")
    for known in [tree] if since is None else [tree, since]:
        if any(each.size == known.size and each.root != known.root for each in trees):
            raise No(
                f"your checkpoint of size {known.size} has another root: the ledger showed you"
                " another history than the one in this bundle"
            )
    if tree in trees:
        return f"the one that you hold, of size {tree.size}{beside(tree, trees, held)}"
    if since is not None and since in trees:
        return f"extends the one that you hold, of size {since.size}{beside(since, trees, held)}"
    raise No(
        f"nothing ties it to your checkpoint of size {trees[-1].size}: its own is of size"
        f" {tree.size}; ask for a bundle made with --since and your file of checkpoints"
    )


def beside(tied: Tree, trees: Sequence[Tree], held: Kept) -> str:
    """What else stands in the reader's file, which the answer does not rest on."""
    newer = [each.size for each in trees if each.size > tied.size]
    told = ""
    if newer:
        which = "a newer one" if len(newer) == 1 else f"{len(newer)} newer ones"
        verb, them = ("stands", "it") if len(newer) == 1 else ("stand", "them")
        size = f"of size {newer[-1]}" if len(newer) == 1 else f"up to size {newer[-1]}"
        told = f"; {which}, {size}, {verb} in your file, and nothing ties the bundle to {them}"
    if held.unread:
        told += f"; notes in your file that cannot be read: {held.unread}"
    return told


# Saying it


def clean(text: object) -> str:
    """A text without what a terminal would obey."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(text))


def verdict(found: Found) -> Iterator[str]:
    """The answer in words, and what it cannot show."""
    bundle, stated = found.bundle, found.stated
    records = len(bundle.streams[0][1])
    others = sum(len(rows) for _, rows in bundle.streams[1:])
    messages = "each as its signed digest says"
    if not stated.with_originals:
        messages = "left out; their digests are signed"
    yield (
        f"yes: encounter {clean(stated.encounter)} is complete up to record {records}, as the"
        f" ledger signed at size {stated.tree.size}"
    )
    yield f"  ledger      {bundle.ledger}"
    yield f"  signed      {clean(stated.signed)}, by the ledger's own clock"
    yield (
        f"  records     {records}, and {others} on its chains of identity: every leaf, chain and path"
        " to the root holds"
    )
    yield f"  originals   {len(stated.originals)} messages as received: {messages}"
    yield from merged_into_it(stated)
    yield f"  key         {bundle.key.text()}"
    yield f"              {found.trust}"
    yield f"  checkpoint  {found.tie or NO_CHECKPOINT_GIVEN}"
    yield "What this cannot show:"
    yield from (f"- {each}" for each in (*left_out(found), *NOT_SHOWN))


def merged_into_it(stated: Stated) -> Iterator[str]:
    if stated.merged:
        records = sum(each for each, _ in stated.merged)
        count = "1 encounter" if len(stated.merged) == 1 else f"{len(stated.merged)} encounters"
        yield f"  merged      {count}, of {records} records that are not in this bundle: see below"


def left_out(found: Found) -> Iterator[str]:
    """What counts in the encounter, and stands in the records of others."""
    encounter = clean(found.stated.encounter)
    told: set[str] = set()
    for records, name in found.stated.merged:
        told.add(name)
        yield (
            f"what was told of {clean(name)}, which was merged into {encounter} and counts there:"
            f" its {records} records are not in this bundle; {ask_for(name)}"
        )
    for body, row in zip(found.bodies, found.bundle.streams[0][1]):
        merged = dict_of(body.get("came")).get("merges")
        if type(merged) is str and merged not in told:
            told.add(merged)
            yield (
                f"whether {clean(merged)}, which record {row.sequence} says was merged into"
                f" {encounter}, counts there still, and what was told of it: {ask_for(merged)}"
            )


def ask_for(name: str) -> str:
    return f"ask for a bundle of {clean(name)} (`veinledger bundle {clean(name)}`)"


def story(found: Found) -> Iterator[str]:
    """The records in the order in which things happened, each with who said it."""
    rows = found.bundle.streams[0][1]
    yield f"\nWhat was reported of {clean(found.stated.encounter)}, as it happened:"
    for body, row in sorted(zip(found.bodies, rows), key=lambda pair: happened(*pair)):
        source, actor = dict_of(body.get("source")), dict_of(body.get("actor"))
        kind = f" ({clean(body['kind'])})" if "kind" in body else ""
        yield f"\n{clean(body.get('occurred_at'))}  {clean(row.type)}{kind}"
        yield f"  said by   {clean(actor.get('id'))}, {clean(actor.get('role'))}"
        message = f"{clean(source.get('message'))}, item {clean(source.get('item'))}"
        yield f"  message   {message}, over {clean(source.get('connection'))}"
        yield f"  record    {row.sequence}, recorded {recorded(row)}"
        for name, value in sorted(dict_of(body.get("fact")).items()):
            yield f"    {clean(name)}: {clean(told_of(value))}"


def recorded(row: Row) -> str:
    moment = EPOCH + timedelta(microseconds=row.recorded_at)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def happened(body: dict[str, Any], row: Row) -> tuple[str, str, int]:
    """The local day, the instant where one was told, and the order of recording."""
    return str(body.get("local_day")), instant(str(body.get("occurred_at"))), row.sequence


def instant(text: str) -> str:
    """An instant in UTC, as a text that sorts; empty, and so first of its day, for a bare date."""
    told = INSTANT.fullmatch(text)
    if told is None:
        return ""
    clock, fraction, sign, hours, minutes = told.groups()
    away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        moment = datetime.strptime(clock, "%Y-%m-%dT%H:%M:%S") + (away if sign == "-" else -away)
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat() + (fraction or "")


def dict_of(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if type(value) is dict else {}


def told_of(value: Any) -> str:
    """A value of a fact in words."""
    if type(value) is dict:
        return ", ".join(f"{name} {told_of(each)}" for name, each in sorted(dict_of(value).items()))
    if type(value) is list:
        return "; ".join(told_of(each) for each in cast("Sequence[Any]", value))
    if type(value) is bool:
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)


def answer(
    content: bytes, key: str | None = None, held: bytes | None = None, show: bool = False
) -> tuple[int, list[str]]:
    """What the program ends with and says of a bundle: 0 yes, 1 no, 2 not readable."""
    try:
        trusted = None if key is None else key_from(key.strip(), "what --key gives")
        own = None if held is None else notes_in(held)
        found = check(read(content), trusted, own)
        return 0, [*verdict(found), *(story(found) if show else ())]
    except No as error:
        return 1, [f"no: {error}"]
    except NotReadable as error:
        return 2, [f"not readable: {error}"]
    except Exception as error:  # a fault of this program is told in a sentence as well
        return 2, [f"not readable: nobody foresaw what it holds ({type(error).__name__})"]


def content_of(file: str, what: str) -> bytes:
    try:
        with open(file, "rb") as opened:
            return opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no file can have that name"
        raise NotReadable(f"{what} cannot be opened: {why.lower()}") from None


def main() -> int:
    """The command line."""
    asked = argparse.ArgumentParser(
        description="Says whether a veinledger bundle is what its ledger signed, and up to which"
        " record it is complete. Ends with 0 for yes, 1 for no, 2 for not readable."
    )
    asked.add_argument("bundle", metavar="BUNDLE")
    asked.add_argument("--key", help="the ledger's verification key, as its owner told it to you")
    asked.add_argument("--checkpoint", metavar="FILE", help="checkpoints that you kept yourself")
    asked.add_argument("--show", action="store_true", help="show the records, in order")
    given = asked.parse_args()
    try:
        held = None
        if given.checkpoint is not None:
            held = content_of(given.checkpoint, "the file of checkpoints")
        code, lines = answer(content_of(given.bundle, "the bundle"), given.key, held, given.show)
    except NotReadable as error:
        code, lines = 2, [f"not readable: {error}"]
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))
    return code


if __name__ == "__main__":
    sys.exit(main())
