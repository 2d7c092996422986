"""Telling a worked example as its days went by: each message when it came, decisions in between.

The lines of an example stand in the order in which they came. One came when it had happened (a bare
date: by the evening), unless the example's script says when; the ledger's clock follows. What a
named person decides rests on what the ledger holds by then (a correction names a record by sequence
and leaf), so no file can hold it: the script does, under the message that it followed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.intake.outcome import Outcome
    from veinledger.domain.reports import Record
    from veinledger.projections.claims.shapes import Claim

Report = dict[str, Any]
Decision = Callable[["Ledger"], Report]
"""What a named person reports to the ledger, having looked at it."""
Decisions = Mapping[str, tuple[Decision, ...]]
"""By the id of the message that they followed."""
Came = Mapping[str, str]
"""When a message came, by its id, where that is not when it happened."""

ENVELOPE: Final = frozenset({"encounter", "type", "occurred_at", "source", "actor"})
"""What a report says about itself; everything else is the fact."""


@dataclass(slots=True)
class Clock:
    """The ledger's clock: it goes from one message to the next, never back."""

    now: datetime = field(default=datetime(2025, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now

    def reach(self, moment: str) -> None:
        """Go on to a moment, or to the evening of a day, unless it is past."""
        evening = moment if "T" in moment else f"{moment}T23:00:00Z"
        self.now = max(self.now, datetime.fromisoformat(evening))


def tell(
    ledger: Ledger,
    clock: Clock,
    lines: bytes,
    decisions: Decisions = MappingProxyType({}),
    came: Came = MappingProxyType({}),
) -> Iterator[tuple[int | None, Outcome]]:
    """Record every line, and after its message what was decided; the line's number and outcome."""
    for number, line in enumerate(lines.splitlines(), start=1):
        report: Report = json.loads(line)
        message = report["source"]["message"]
        clock.reach(came.get(message, report["occurred_at"]))
        yield number, ledger.record(line)[0]
        for decide in decisions.get(message, ()):
            decided = decide(ledger)
            clock.reach(decided["occurred_at"])
            yield None, ledger.record(decided)[0]


def record_of(ledger: Ledger, encounter: str, message: str) -> Record:
    """The record that a message made in an encounter."""
    records = ledger.history(encounter).records
    return next(record for record in records if record.source.message == message)


def fact_of(ledger: Ledger, record: Record) -> Report:
    """The fields of a record's fact, as its message told them."""
    told: Report = json.loads(ledger.original(record.original.digest)) if record.original else {}
    return {name: value for name, value in told.items() if name not in ENVELOPE}


def canonical(fact: Report) -> str:
    """A fact within a fact: its fields as canonical JSON."""
    return json.dumps(fact, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def change_of(kind: str, record: Record, **more: object) -> Report:
    """One change of a correction, naming its target by sequence and leaf."""
    seal = record.seal
    return {"kind": kind, "sequence": seal.sequence, "hash": seal.leaf, **more}


def claim_sent(encounter: str, label: str, on: str, number: str = "") -> Decision:
    """The billing office sends a claim as the ledger knows it on that day, and reports it."""

    def decide(ledger: Ledger) -> Report:
        found = ledger.claims(encounter, as_of=date.fromisoformat(on))
        claim = found.claim(label)
        if claim is None:
            raise LookupError(f"no claim {label} on {on}")
        held = ledger.history(encounter).records
        return {
            "encounter": encounter,
            "type": "claim.submitted",
            "occurred_at": on,
            "source": {"connection": "billing", "message": f"{encounter}-SENT-{number or label}"},
            "actor": {"id": "pfs-2", "role": "patient accounting"},
            **_identity(claim),
            "claim": canonical(_as_sent(claim)),
            "claim_version": 1,
            "patient_control_number": f"{encounter}-{number or label}",
            "total": float(claim.total),
            "edition": found.edition,
            "rule_pack": found.rule_pack,
            "position_known": held[-1].seal.position,
            **({"directory": found.directory} if found.directory else {}),
        }

    return decide


def claim_accepted(encounter: str, number: str, on: str, payer_number: str) -> Decision:
    """The payer says that it has a claim, and under which number of its own."""

    def decide(_: Ledger) -> Report:
        return {
            "encounter": encounter,
            "type": "claim.answered",
            "occurred_at": on,
            "source": {"connection": "payer-portal", "message": f"{encounter}-277-{number}"},
            "actor": {"id": "clearinghouse", "role": "clearinghouse"},
            "patient_control_number": f"{encounter}-{number}",
            "payer_control_number": payer_number,
            "kind": "accepted",
        }

    return decide


def _identity(claim: Claim) -> Report:
    return {
        "claim_key": claim.key,
        "kind": claim.kind,
        "label": claim.label,
        "form": "837I" if claim.form == "UB-04" else "837P",
        "payer": claim.payer,
        "billing_provider": claim.biller,
        "anchor": claim.anchor,
    }


def _as_sent(claim: Claim) -> Report:
    lines = [[str(line.day), line.code, str(line.units), str(line.charge)] for line in claim.lines]
    return {"diagnoses": list(claim.diagnoses), "lines": lines, "payer": claim.payer}
