"""The naive model's plain facts as the program's records, and nothing more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.minimal import MINIMAL, fact_of
from tests.naive.model import Fact as Plain
from veinledger.domain.facts.base import Fact
from veinledger.domain.reports import Actor, Occurrence, Record, Seal, Source

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
STAGES = dict(
    U="unopened",
    R="referred",
    C="collected",
    M="manufacturing",
    F="manufacturing_failed",
    L="released",
    V="received",
    N="conditioning",
    I="infused",
    A="readmitted",
    S="surveillance",
    K="completed",
    W="withdrawn",
    D="deceased",
    X="lost",
)


def fields_of(plain: Plain, sequences: dict[str, int]) -> dict[str, Any]:
    """The fields of the program's fact that the plain one speaks of."""
    fields = {NAMES[k]: v for k, v in plain.items() if k in NAMES and v is not None}
    if "service" in MINIMAL[plain["type"]]:
        chosen = plain.get("patient_class") or MINIMAL[plain["type"]]["service"]["class"]
        if plain["type"] == "neurology.visit_completed" and plain.get("patient_class") is None:
            chosen = "emergency"
        fields["service"] = {"facility": "main", "class": chosen, "account": plain.get("account")}
    if plain["type"] == "apheresis.completed":
        fields["donation_number"] = plain.get("donation")
        if plain.get("chain") is None and plain.get("donation") is None:
            fields["donation_number"] = f"D-{plain['key']}"
    if plain["type"] == "records.corrected":
        fields["changes"] = [
            {"kind": "void", "sequence": sequences.get(key, 9999), "hash": DIGEST}
            for key in dict.fromkeys(plain["targets"])
        ]
    elif "targets" in plain:
        fields["target"] = plain["targets"][0]
    return fields


def sequences_of(plains: list[Plain]) -> dict[str, int]:
    """The place of each fact in its stream; a repeat is nothing new."""
    keys = dict.fromkeys(plain["key"] for plain in plains)
    return {key: number for number, key in enumerate(keys, start=1)}


def records_of(plains: list[Plain], name: str) -> tuple[Record, ...]:
    """The history that the ledger would hold."""
    sequences = sequences_of(plains)
    once = {plain["key"]: plain for plain in reversed(plains)}
    return tuple(
        record_of(once[key], fact_of(once[key]["type"], **fields_of(once[key], sequences)), n, name)
        for key, n in sequences.items()
    )


def record_of(plain: Plain, fact: Fact, sequence: int, name: str) -> Record:
    """One record around a fact."""
    instant: datetime | None = plain["instant"]
    return Record(
        key=plain["key"],
        kind="conflict" if plain["conflict"] else "report",
        subject="encounter",
        name=name,
        fact=fact,
        occurred=Occurrence(
            text=str(instant or plain["day"]),
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
            leaf=DIGEST,
        ),
    )
