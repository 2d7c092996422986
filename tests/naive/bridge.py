"""The naive model's plain facts as the program's records and lines, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.minimal import MINIMAL, fact_of
from tests.naive.model import Fact as Plain
from tests.naive.table import STAGE_NAMES as STAGES
from veinledger.domain.facts.base import Fact
from veinledger.domain.reports import (
    Actor,
    InPlaceOf,
    Occurrence,
    Record,
    RecordKind,
    Seal,
    Source,
)

__all__ = ["NAMES", "STAGES", "fields_of", "line_of", "record_of", "records_of"]

DIGEST = "ab" * 32
RECORDED = datetime(2026, 11, 1, tzinfo=UTC)
NAMES = {
    "chain": "chain_of_identity",
    "donation": "donation_number",
    "collections": "collections",
    "lot": "lot",
    "extent": "extent",
    "reason": "reason",
}

Place = Callable[[str], tuple[int, str]]
"""The sequence and the leaf hash of a record, by the model's key."""
Name = Callable[[str], str]
"""What the ledger calls what the model calls so: an encounter, or a report key."""


def as_it_is(name: str) -> str:
    return name


def fields_of(
    plain: Plain, place: Place, key: Name = as_it_is, names: Name = as_it_is
) -> dict[str, Any]:
    """The fields of the program's fact that the plain one speaks of."""
    fields = {NAMES[k]: v for k, v in plain.items() if k in NAMES and v is not None}
    if "chain_of_identity" in fields:
        fields["chain_of_identity"] = names(fields["chain_of_identity"])
    if "service" in MINIMAL[plain["type"]]:
        fields["service"] = service_of(plain)
    if plain["type"] == "apheresis.completed":
        fields["donation_number"] = plain.get("donation")
        if plain.get("chain") is None and plain.get("donation") is None:
            fields["donation_number"] = f"D-{plain.get('key')}"
    if plain.get("changes"):
        fields["changes"] = [change_of(c, place, key, names) for c in plain["changes"]]
    if "target" in plain:
        fields["target"] = key(plain["target"])
    if plain.get("attested"):
        steps = [{"type": kind, "day": day.isoformat()} for kind, day in plain["attested"]]
        fields["attested"] = steps
    return fields


def service_of(plain: Plain) -> dict[str, Any]:
    chosen = plain.get("patient_class") or MINIMAL[plain["type"]]["service"]["class"]
    if plain["type"] == "neurology.visit_completed" and plain.get("patient_class") is None:
        chosen = "emergency"
    return {"facility": "main", "class": chosen, "account": plain.get("account")}


def change_of(change: dict[str, Any], place: Place, key: Name, names: Name) -> dict[str, Any]:
    sequence, leaf = place(change["target"])
    said: dict[str, Any] = {"kind": change["kind"], "sequence": sequence, "hash": leaf}
    if change["kind"] == "move":
        said["encounter"] = names(change["encounter"])
    if change["kind"] == "replace":
        told = change["replacement"]
        fact = MINIMAL[told["type"]] | fields_of(told, place, key, names)
        said["replacement"] = {
            "type": told["type"],
            "occurred_at": (told["instant"] or told["day"]).isoformat(),
            "fact": json.dumps(fact, sort_keys=True, separators=(",", ":")),
        }
    return said


def line_of(plain: Plain, encounter: str, place: Place, key: Name, names: Name) -> bytes:
    """The NDJSON line that says it."""
    said: dict[str, Any] = {
        "encounter": names(encounter),
        "type": plain["type"],
        "occurred_at": (plain["instant"] or plain["day"]).isoformat(),
        "source": {
            "connection": plain["connection"],
            "message": names(plain["message"]),
            "item": plain["item"],
        },
        "actor": {"id": plain.get("same", "rn-1"), "role": "nurse"},
    }
    fields = MINIMAL[plain["type"]] | fields_of(plain, place, key, names)
    return json.dumps(said | fields).encode()


def sequences_of(plains: list[Plain]) -> dict[str, int]:
    """The place of each fact in its stream; a repeat is nothing new."""
    keys = dict.fromkeys(plain["key"] for plain in plains)
    return {key: number for number, key in enumerate(keys, start=1)}


def leaf_of(sequence: int) -> str:
    return f"{sequence:064x}"


def records_of(plains: list[Plain], name: str) -> tuple[Record, ...]:
    """The history that the ledger would hold."""
    sequences = sequences_of(plains)
    once = {plain["key"]: plain for plain in reversed(plains)}
    return tuple(record_of(once[key], sequences, n, name) for key, n in sequences.items())


def record_of(plain: Plain, sequences: dict[str, int], sequence: int, name: str) -> Record:
    """One record around a fact."""

    def place(key: str) -> tuple[int, str]:
        found = sequences.get(key, 9999)
        return found, leaf_of(found)

    instant: datetime | None = plain["instant"]
    return Record(
        key=plain["key"],
        kind=kind_of(plain),
        subject="encounter",
        name=name,
        fact=fact_of_plain(plain, place),
        occurred=Occurrence(
            text=(instant or plain["day"]).isoformat(),
            local_day=plain["day"],
            zone="UTC",
            instant=instant,
        ),
        source=Source(connection=plain["connection"], message=plain["message"], item=plain["item"]),
        actor=Actor(id="rn-1", role="nurse"),
        original=None,
        seal=Seal(
            position=sequence,
            stream="encounter/x",
            sequence=sequence,
            recorded_at=RECORDED,
            leaf=leaf_of(sequence),
        ),
        in_place_of=in_place_of(plain),
    )


def fact_of_plain(plain: Plain, place: Place) -> Fact:
    return fact_of(plain["type"], **fields_of(plain, place))


def kind_of(plain: Plain) -> RecordKind:
    if plain["conflict"]:
        return "conflict"
    brought: dict[str, RecordKind] = {"replace": "replacement", "move": "moved"}
    return brought.get(plain.get("brought", ""), "report")


def in_place_of(plain: Plain) -> InPlaceOf | None:
    if "stands_for" not in plain:
        return None
    return InPlaceOf(
        encounter=plain["stood_in"],
        sequence=plain["stands_for"],
        leaf=leaf_of(plain["stands_for"]),
        record=DIGEST,
        correction=plain["correction"],
    )
