"""How old each page of the code book is, and when its source is due to be looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import Cell, heading, inset, listing, plural, table
from veinledger.domain.codebook.review import Review
from veinledger.domain.rules import Rules


def shown(rules: Rules, on: date) -> Iterator[RenderableType]:
    """Every page with its last and next review, the overdue ones first."""
    due = [each for each in rules.reviews if each.stale(on)]
    others = [each for each in rules.reviews if not each.stale(on)]
    yield heading(f"Pages of the code book on {on}")
    yield ""
    heads = ("=page", "=reviewed", "=source changes", "=next review")
    yield table(heads, [_row(each, on) for each in (*due, *others)])
    yield ""
    if due:
        yield f"{plural(len(due), 'page')} may be behind the source. Look, and date the page anew:"
        yield ""
        yield inset(listing([(each.file, each.check) for each in due]))
    else:
        first = min(each.due for each in others)
        yield f"No page is due; the first will be on {first}."


def in_full(rules: Rules, on: date) -> list[dict[str, object]]:
    """Every page for programs."""
    return [
        {
            "page": each.file,
            "reviewed": each.reviewed,
            "cadence": each.cadence,
            "due": each.due,
            "stale": each.stale(on),
            "check": each.check,
        }
        for each in rules.reviews
    ]


def _row(page: Review, on: date) -> tuple[Cell, ...]:
    late = page.stale(on)
    due = styled(f"{page.due}, overdue" if late else page.due, "bold yellow" if late else "")
    return (page.file, str(page.reviewed), page.cadence, due)
