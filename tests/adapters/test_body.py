"""Stored bodies: what is written is read back, and both readers give the same verdict."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.minimal import MINIMAL
from tests.strategies import MOMENTS, NAMES, facts, places
from veinledger.adapters.codec import body as body_module
from veinledger.adapters.codec.body import (
    MAX_BODY_BYTES,
    UPCASTS,
    Body,
    decode_body,
    decode_sealed,
    encode_body,
)
from veinledger.adapters.codec.canonical import canonical, said
from veinledger.adapters.codec.fields import judged
from veinledger.adapters.codec.shape import shape_of
from veinledger.adapters.codec.strict_json import parse
from veinledger.adapters.errors import FormatTooNew, LedgerDamaged
from veinledger.domain.facts.base import FACTS, Fact
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Actor, Occurrence, Original, Report, Source

pytestmark = pytest.mark.untraced

GRADED = CrsGraded(grade=2, onset="2026-05-02")
READERS: list[Callable[[str, bytes], Body]] = [decode_body, decode_sealed]


def report(fact: Fact = GRADED, occurred_at: str = "2026-05-02", **changed: Any) -> Report:
    bare = len(occurred_at) == 10
    instant = None if bare else datetime.fromisoformat(occurred_at).astimezone(UTC)
    day = date.fromisoformat(occurred_at) if bare else date(2026, 5, 2)
    fields: dict[str, Any] = {
        "subject": "encounter",
        "name": "E1",
        "fact": fact,
        "occurred": Occurrence(
            text=occurred_at, local_day=day, zone="America/Chicago", instant=instant
        ),
        "source": Source(connection="epic-adt", message="MSG1", item=2),
        "actor": Actor(id="rn-1", role="nurse"),
        "canonical": b"{}",
    }
    return Report(**{**fields, **changed})


def stored(fact: Any = None, **changed: Any) -> bytes:
    whole = parse(encode_body(report()))
    assert isinstance(whole, dict)
    if fact is not None:
        whole["fact"] = fact
    return canonical({**whole, **changed})


def test_a_body_is_the_canonical_json_of_the_format() -> None:
    original = Original(digest="ab" * 32, length=17, media_type="application/json")
    content = encode_body(report(original=original), digest="cd" * 32)
    assert content == (
        b'{"actor":{"id":"rn-1","role":"nurse"},"digest":"' + b"cd" * 32 + b'","encounter":"E1",'
        b'"fact":{"grade":2,"onset":"2026-05-02"},"local_day":"2026-05-02",'
        b'"occurred_at":"2026-05-02","original":{"digest":"' + b"ab" * 32 + b'","length":17,'
        b'"media_type":"application/json"},"source":{"connection":"epic-adt","item":2,'
        b'"message":"MSG1"},"version":1,"zone":"America/Chicago"}'
    )


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_body_is_read_back_as_it_was_told(
    read: Callable[[str, bytes], Body], name: str, data: st.DataObject
) -> None:
    fact, when = data.draw(facts(name)), data.draw(MOMENTS)
    told = report(fact, when)
    body = read(name, encode_body(told))
    assert (body.fact, type(body.fact)) == (fact, type(fact))
    assert (body.occurred, body.source, body.actor) == (told.occurred, told.source, told.actor)
    assert (body.kind, body.subject, body.name) == ("report", "encounter", "E1")
    assert (body.original, body.digest) == (None, None)


@pytest.mark.parametrize("read", READERS)
def test_what_is_there_only_sometimes_is_read_back_too(
    read: Callable[[str, bytes], Body],
) -> None:
    original = Original(digest="ab" * 32, length=17, media_type="application/json")
    told = report(subject="centre", name="main", original=original)
    body = read("crs.graded", encode_body(told, "conflict", "cd" * 32))
    assert (body.subject, body.name, body.kind) == ("centre", "main", "conflict")
    assert (body.original, body.digest) == (original, "cd" * 32)


@settings(max_examples=200)
@given(facts())
def test_nothing_and_defaults_are_left_out_of_a_body(fact: Fact) -> None:
    fields = said(fact)
    assert None not in fields.values()
    for name, shape in shape_of(type(fact)).fields.items():
        assert name in fields or not shape.required


def test_a_decimal_is_stored_as_a_plain_number() -> None:
    infused = judged(
        CellsInfused,
        {
            "chain_of_identity": "COI-1",
            "lot": "L1",
            "bags": 1,
            "extent": "complete",
            "access": "central",
            "verifiers": ["a", "b"],
            "service": {"facility": "main", "patient_class": "inpatient"},
            "invoice_amount": 465000,
        },
    )
    assert isinstance(infused, CellsInfused)
    assert infused.invoice_amount == Decimal("465000")
    assert b'"invoice_amount":465000,' in canonical(said(infused))


JUNK: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    6,
    10**11,
    10**12 - 1,
    Decimal("1.0"),
    Decimal("1.5"),
    Decimal("-0.5"),
    Decimal("0.0001"),
    Decimal("99999999.9999"),
    Decimal("999999999.999"),
    "",
    " ",
    "x",
    "X1",
    "1.5",
    "NaN",
    "1e5",
    "0891\n",
    "\x00",
    "a\u2028",
    "20260501",
    "2026-05-01",
    "2026-02-30",
    "0001-01-01",
    "2026-05-01T10:00:00Z",
    "2026-05-01T10:00:00",
    "2026-05-01T24:00:00Z",
    "٠٨٩١",
    "a" * 101,
    "a" * 201,
    "0" * 64,
    "G" * 64,
    [],
    [1],
    ["a", "b"],
    ["a", "b", "c"],
    [None],
    {},
    {"x": 1},
]


def _spoiled(fields: Any, data: st.DataObject, name: str) -> Any:
    """The fields with one thing taken out, put in, or replaced by something else."""
    whole: dict[str, Any] = {"fact": deepcopy(fields)}
    path = ("fact", *data.draw(st.sampled_from(places(fields))))
    there: Any = whole
    for step in path[:-1]:
        there = there[step]
    junk = deepcopy(data.draw(st.sampled_from(JUNK)))
    how = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if how == "remove" and len(path) > 1:
        del there[path[-1]]
    elif how == "add" and isinstance(there[path[-1]], dict):
        known = st.sampled_from(sorted({"unknown", *shape_of(FACTS[name]).fields}))
        there[path[-1]][data.draw(known)] = junk
    else:
        there[path[-1]] = junk
    return whole["fact"]


def _verdict_of_the_border(name: str, fields: Any) -> Fact | None:
    found = judged(FACTS[name], fields)
    return None if isinstance(found, tuple) else found


def _verdict_of_the_body(name: str, fields: Any) -> Fact | None:
    whole = parse(encode_body(report()))
    assert isinstance(whole, dict)
    try:
        return decode_body(name, canonical({**whole, "fact": fields})).fact
    except LedgerDamaged:
        return None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_both_readers_give_the_same_verdict_on_good_and_bad_bytes(
    name: str, data: st.DataObject
) -> None:
    fields: Any = said(data.draw(facts(name)))
    for _ in range(data.draw(st.integers(0, 2))):
        fields = _spoiled(fields, data, name)
    assert _verdict_of_the_border(name, fields) == _verdict_of_the_body(name, fields)


@pytest.mark.parametrize("name", NAMES)
def test_both_readers_give_the_same_verdict_on_each_value_in_each_field(name: str) -> None:
    for field in shape_of(FACTS[name]).fields:
        for junk in JUNK:
            fields = {**_least(name), field: junk}
            verdicts = _verdict_of_the_border(name, fields), _verdict_of_the_body(name, fields)
            assert verdicts[0] == verdicts[1], (field, junk)


_LEAST: dict[str, dict[str, Any]] = {}


def _least(name: str) -> dict[str, Any]:
    """The least that a fact says, so that one field alone decides."""
    if name not in _LEAST:
        made = _verdict_of_the_border(name, parse(canonical(MINIMAL[name])))
        assert made is not None
        _LEAST[name] = said(made)
    return _LEAST[name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        stored() + b" ",
        stored().replace(b'"grade":2', b'"grade":2,"grade":2'),
        stored().replace(b'"grade":2', b'"grade": 2'),
        stored().replace(b'"grade":2', b'"grade":2e0'),
        stored().replace(b'"grade":2', b'"grade":2.0'),
        stored().replace(b'"grade":2', b'"grade":NaN'),
        stored().replace(b'"grade":2', b'"grade":' + b"9" * 400),
        stored(version="1"),
        stored(version=True),
        stored(version=0),
        stored(version=-1),
        stored(encounter=None),
        stored(centre="main"),
        stored(unknown=1),
        stored(local_day="2026-05-03"),
        stored(local_day="20260502"),
        stored(occurred_at="2026-05-02T10:00:00"),
        stored(occurred_at="2026-05-02 "),
        stored(kind="other"),
        stored(source={"connection": "a", "message": "b", "item": 1, "more": 1}),
        stored(source={"connection": "a"}),
        stored(actor={"id": "a", "role": "b", "more": 1}),
        stored(original={"digest": "a", "length": 1, "media_type": "b", "more": 1}),
        stored(fact={"grade": 2, "more": 1}),
        stored(fact={"grade": 6}),
        stored(fact=[]),
        b'{"fact":' * 40 + b"1" + b"}" * 40,
        canonical({"x": "y" * MAX_BODY_BYTES}),
    ],
    ids=range(33),
)
def test_what_the_ledger_did_not_write_is_damage(content: bytes) -> None:
    assert decode_body("crs.graded", stored()).fact == GRADED
    with pytest.raises(LedgerDamaged, match=r"the stored body of a crs\.graded .*verify"):
        decode_body("crs.graded", content)


def test_a_body_of_a_newer_version_is_refused_by_name() -> None:
    for read in READERS:
        with pytest.raises(FormatTooNew, match="version 2, and this program reads up to 1"):
            read("crs.graded", stored(version=2))


def test_a_type_is_looked_up_before_anything_is_decoded() -> None:
    for read in READERS:
        with pytest.raises(FormatTooNew, match="a type that this program does not know"):
            read("builtins.eval", b"not even JSON")


def test_an_old_body_is_read_through_its_upcast(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "fact": {"grade": raw["fact"]["level"]}}

    monkeypatch.setitem(UPCASTS, ("crs.graded", 0), renamed)
    for read in READERS:
        body = read("crs.graded", stored(version=0, fact={"level": 3}))
        assert body.fact == CrsGraded(grade=3)


def test_an_upcast_is_taken_once_for_each_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def raised(raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "fact": {"grade": raw["fact"]["grade"] + 1}}

    monkeypatch.setitem(UPCASTS, ("crs.graded", -1), raised)
    monkeypatch.setitem(UPCASTS, ("crs.graded", 0), raised)
    assert decode_body("crs.graded", stored(version=-1)).fact == CrsGraded(grade=4)


def test_what_an_upcast_makes_is_judged_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        UPCASTS, ("crs.graded", 0), lambda raw: {**raw, "fact": {"grade": 2, "more": 1}}
    )
    with pytest.raises(LedgerDamaged):
        decode_body("crs.graded", stored(version=0))


def test_no_old_version_is_in_use_yet() -> None:
    assert body_module.VERSION == 1
    assert UPCASTS == {}


CANARY = "CANARY4711"


@pytest.mark.parametrize(
    "content",
    [
        CANARY.encode(),
        stored(fact={"grade": CANARY}),
        stored(fact={"grade": 2, CANARY: CANARY}),
        stored(fact={"grade": 2, "pressor": CANARY}),
        stored(fact={"grade": 2, "provider": f" {CANARY}"}),
        stored(fact={"grade": 2, "onset": CANARY}),
        stored(fact=CANARY),
        stored(local_day=CANARY),
        stored(occurred_at=CANARY),
        stored(**{CANARY: CANARY}),
        stored(source={CANARY: CANARY}),
        stored(kind=CANARY),
    ],
    ids=range(12),
)
def test_damage_is_told_without_a_word_of_the_body(content: bytes) -> None:
    with pytest.raises(LedgerDamaged) as caught:
        decode_body("crs.graded", content)
    error = caught.value
    assert CANARY not in str(error) + repr(error) + repr(error.args) + repr(vars(error))
    assert error.__cause__ is None
    assert error.__context__ is None


def test_damage_names_the_field_that_does_not_fit() -> None:
    with pytest.raises(LedgerDamaged, match=r"`fact\.grade`"):
        decode_body("crs.graded", stored(fact={"grade": 6}))
    with pytest.raises(LedgerDamaged, match=r"`fact\.onset`"):
        decode_body("crs.graded", stored(fact={"grade": 2, "onset": "soon"}))


def test_the_text_of_a_body_shows_its_type_and_never_a_value() -> None:
    assert repr(decode_body("crs.graded", stored())) == "<body of a crs.graded>"
