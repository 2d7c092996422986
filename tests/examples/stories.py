"""Telling the worked examples in tests: as their days went by, on a ledger with fixed names."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.given_ledger import ROOT, ledger
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.telling import Clock, tell
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.reports import Record
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.schedule import Schedule

AS_OF = date(2026, 11, 2)
"""The day on which the stories are looked at, after the last fact of them all."""


def script(example: str) -> Any:
    """The script of an example: what was decided, and what came late."""
    return import_module(f"veinledger.examples.{example}")


def content(example: str) -> bytes:
    return (ROOT / "examples" / f"{example}.ndjson").read_bytes()


@contextmanager
def told(
    example: str, folder: Path, *, edition: Edition = "public"
) -> Generator[Ledger, None, None]:
    """A ledger that was told an example, decisions included."""
    clock, of_it = Clock(), script(example)
    with ledger(folder, edition=edition, clock=clock) as opened:
        decisions, came = getattr(of_it, "DECISIONS", {}), getattr(of_it, "CAME", {})
        for _, outcome in tell(opened, clock, content(example), decisions, came):
            assert outcome.answer != "refused", outcome.refusal
        yield opened


def claim(found: ClaimSet, label: str) -> Claim:
    claimed = found.claim(label)
    assert claimed is not None, [each.label for each in found.claims]
    return claimed


def labels(found: ClaimSet) -> dict[str, str]:
    """Every claim by its label, with its state."""
    return {each.label: each.state for each in found.claims}


def billed(of: Claim) -> list[tuple[str, str, str, int]]:
    """The lines of a claim: day, revenue code, code, units."""
    return [
        (str(line.day), line.revenue_code or "", line.code, int(line.units)) for line in of.lines
    ]


def present(of: Claim) -> dict[str, str | None]:
    """The diagnoses of a claim in their order, each with its presence on admission."""
    return {
        each.code: each.present_on_admission
        for each in of.codes
        if each.role in ("principal", "first-listed", "secondary")
    }


def visits(owed: Schedule) -> dict[str, tuple[str, str]]:
    """What is owed: when it is due and how it stands, by the visit's own name."""
    return {
        each.what.removeprefix("neurological visit, "): (str(each.due), each.status)
        for each in owed.of("neurology")
    }


def the_record(opened: Ledger, encounter: str, message: str) -> Record:
    return next(r for r in opened.history(encounter).records if r.source.message == message)


def just_after(opened: Ledger, encounter: str, message: str) -> int:
    """The position of the ledger when a message had been recorded."""
    return the_record(opened, encounter, message).seal.position


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
