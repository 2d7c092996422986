"""What the demo shows of each worked example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import RenderableType

from veinledger.adapters.cli.examples import Example
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show import (
    claim_set,
    outcomes,
    schedules,
    stages,
    trails,
    verdicts,
)
from veinledger.adapters.cli.show.tables import inset, title
from veinledger.adapters.store.verify import Verification
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.standing.history import Effective
from veinledger.projections.audit import AuditTrail
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One example, recorded and derived."""

    example: Example
    told: tuple[outcomes.Numbered, ...]
    seen: Effective
    claims: Mapping[Edition, ClaimSet]
    schedule: Schedule
    audit: AuditTrail


def demonstration(
    shown: Sequence[Shown], verified: Verification, as_of: date
) -> Iterator[RenderableType]:
    """All examples, and the verdict on the ledger that they made."""
    yield (
        f"{len(shown)} worked examples on a fresh SQLite ledger with throw-away keys, as of"
        f" {as_of}. The first is shown in full, in both editions; the others in short."
    )
    for number, each in enumerate(shown, 1):
        yield ""
        yield title(f"{number}. {each.example.name}")
        yield from _one(each, as_of)
    yield ""
    yield title("verify")
    yield from verdicts.verdict(verified)


def _one(shown: Shown, as_of: date) -> Iterator[RenderableType]:
    yield f"{shown.example.says}."
    yield from outcomes.summary(shown.told)
    yield ""
    yield from stages.stage(stages.stage_view(shown.seen, as_of, None), shown.seen)
    yield ""
    yield from _in_full(shown, as_of) if shown.example.in_full else _in_short(shown)
    yield ""
    yield from schedules.schedule(shown.schedule, shown.seen.known, as_of, None)
    if shown.example.in_full:
        yield ""
        yield from trails.audit(shown.audit)


def _in_full(shown: Shown, as_of: date) -> Iterator[RenderableType]:
    for edition in ("page", "public"):
        yield from claim_set.claim_set(shown.claims[edition], shown.seen.known, as_of, None)
        yield ""


def _in_short(shown: Shown) -> Iterator[RenderableType]:
    for edition in ("page", "public"):
        found = shown.claims[edition]
        yield styled(f"claims, edition {edition}", "bold")
        yield from claim_set.overview(claim_set.in_order(found))
        yield inset(claim_set.units_of(found))
        for reason in dict.fromkeys(found.unbilled.values()):
            yield inset(reason)
        yield ""
