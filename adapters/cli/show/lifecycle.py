"""Which fact may follow which: stage by stage for people, whole for programs."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import heading, inset, listing
from veinledger.domain.lifecycle.machine import LOOKUP, mermaid
from veinledger.domain.lifecycle.published import legal_everywhere, published_table
from veinledger.domain.lifecycle.stages import ENDS, Stage
from veinledger.domain.lifecycle.table import EVERYWHERE, NUMBER, TABLE


def diagram() -> str:
    """The moves as a Mermaid state diagram."""
    return mermaid()


def markdown() -> str:
    """Every pair of fact and stage as a Markdown table."""
    return published_table()


def in_full() -> dict[str, object]:
    """The table by number: for every stage the facts that are legal and where they lead."""
    return {
        "table": NUMBER,
        "stages": [
            {"stage": stage, "is_an_end": stage in ENDS, "legal": dict(_legal_in(stage))}
            for stage in Stage
        ],
        "legal_everywhere": legal_everywhere(),
    }


def by_stage() -> Iterator[RenderableType]:
    """Per stage: what moves it, and what else may happen in it."""
    for stage in Stage:
        yield heading(f"{stage}{' (an end)' if stage in ENDS else ''}")
        moves = [(fact, after) for fact, after in _legal_in(stage) if after is not stage]
        if moves:
            yield inset(listing([(fact, f"to {after}") for fact, after in moves], widths=(30,)))
        also = ", ".join(fact for fact, after in _legal_in(stage) if after is stage)
        yield inset(styled("legal besides: " + (also or "nothing"), "dim"))
        yield ""
    yield heading("legal in every stage")
    yield inset(Text(", ".join(legal_everywhere())))


def _legal_in(stage: Stage) -> list[tuple[str, Stage]]:
    return [
        (row.trigger, LOOKUP[stage, row.trigger])
        for row in TABLE
        if row.moves != EVERYWHERE and (stage, row.trigger) in LOOKUP
    ]
