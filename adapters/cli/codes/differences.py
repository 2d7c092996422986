"""Every difference between the editions as a coder reads it: the two values, why, and what then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.codes.words import HURTS, beside, hurts, verdicts
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import (
    Cell,
    heading,
    inset,
    joined,
    listing,
    plural,
    table,
    title,
)
from veinledger.domain.codebook.book import Difference
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.evidence import Evidence
from veinledger.domain.comparison import Comparison, Conflict, Rival

FIELDS: Final = {
    "first_day": "first day", "last_day": "last day", "repeat_after": "repeat after days",
    "lines_least": "lines before, at least", "capabilities": "asks of sites",
}  # fmt: skip

OTHERS: Final = "all others"
"""The key of a general answer beside those of particular ones."""


def shown(found: Comparison, evidence: Evidence) -> Iterator[RenderableType]:
    """The conflicts one by one, then what the page is silent on, then the page against itself."""
    yield heading(f"Edition page against edition public, on {found.on}")
    yield _summary(found)
    yield ""
    for conflict in found.conflicts:
        yield from one_conflict(conflict)
    yield from _unargued(found)
    yield from _silent(found.silent)
    yield from _itself(found)
    yield title("sources")
    yield from _sources(found, evidence)
    yield ""
    yield "`veinledger codes show R28` shows one row, `codes show MEANING` every entry."


def one_conflict(found: Conflict) -> Iterator[RenderableType]:
    """A row: what the page says, what its sources say, what follows, and where it shows."""
    row = found.row
    yield joined(styled(f"{row.id}  ", "bold"), verdicts(row), styled(f" {row.subject}", "bold"))
    told: list[tuple[Cell, Cell]] = [
        ("page", row.page or "(silent)"),
        ("public", joined(row.public, styled(f"  [{row.confidence}]", "dim"))),
    ]
    if row.consequence:
        told.append(("so", row.consequence))
    if row.conflicts:
        told.append(("hurts", hurts(row)))
    if row.evidence:
        told.append(("evidence", styled(", ".join(row.evidence), "dim")))
    yield inset(listing(told, widths=(10,)), 4)
    if found.codes:
        yield inset(_codes(found.codes), 4)
    if found.statements:
        yield inset(_statements(found.statements), 4)
    if found.on_other_days:
        yield inset(styled("The editions agree on this day, and differ on others.", "dim"), 4)
    yield ""


def _summary(found: Comparison) -> Text:
    counted = [
        f"{sum(who in each.row.hurts for each in found.conflicts)} would hurt {word}"
        for who, word in HURTS.items()
    ]
    rows = plural(len(found.conflicts), "row")
    return joined(
        f"The page says otherwise than independent sources in {rows}: {', '.join(counted)}."
    )


def _codes(found: Iterable[Difference]) -> RenderableType:
    """One line for each pair of values; the keys that share it stand together."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for each in found:
        public, page = _sides(each)
        values = (each.meaning, beside(public, page), beside(page, public))
        alike.setdefault(values, []).append(each.key or OTHERS)
    rows = [
        (meaning if keys == [OTHERS] else f"{meaning} for {', '.join(keys)}", public, page)
        for (meaning, public, page), keys in alike.items()
    ]
    return table(("in the book", "public", "page"), rows)


def _sides(found: Difference) -> tuple[Entry | None, Entry | None]:
    """What edition public says, and what edition page does."""
    return (found.this, found.other) if found.edition == "public" else (found.other, found.this)


def _statements(found: Iterable[Rival]) -> RenderableType:
    rows = [
        (f"{each.product}, {each.name or each.table}: {FIELDS.get(field, field)}", public, page)
        for each in found
        for field, public, page in _telling(each)
    ]
    return table(("on the product page", "public", "page"), rows)


def _telling(found: Rival) -> Iterator[tuple[str, str, str]]:
    """Field by field where both speak; the whole by its label where only one does."""
    if found.public and found.page:
        yield from found.says
        return
    labels = (str(getattr(side, "label", "in force")) if side else "nothing" for side in (
        found.public, found.page))  # fmt: skip
    public, page = labels
    yield "in force", public, page


def _unargued(found: Comparison) -> Iterator[RenderableType]:
    if not found.unargued and not found.unargued_statements:
        return
    yield title("differences that no row argues")
    if found.unargued:
        yield inset(_codes(found.unargued))
        yield ""
    if found.unargued_statements:
        yield inset(_statements(found.unargued_statements))
        yield ""


def _silent(found: Sequence[Conflict]) -> Iterator[RenderableType]:
    if not found:
        return
    yield title("what the page is silent on, or has fewer codes for")
    for each in found:
        told = joined(styled(f"{each.row.subject}: ", "bold"), each.row.public)
        yield inset(listing([(each.row.id, told)], widths=(4,)))
    yield ""


def _itself(found: Comparison) -> Iterator[RenderableType]:
    yield title("where the page contradicts itself")
    heads = ("what it says", "settled in edition page", "=row")
    rows = [(each.says, each.settled, ", ".join(each.rows)) for each in found.contradictions]
    yield inset(table(heads, rows))
    yield ""


def _sources(found: Comparison, evidence: Evidence) -> Iterator[RenderableType]:
    used = {each for part in (*found.conflicts, *found.silent) for each in part.row.evidence}
    rows = [(source.id, source.says) for source in evidence.sources if source.id in used]
    yield inset(listing(rows, widths=(4,)))
