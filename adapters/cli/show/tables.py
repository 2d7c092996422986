"""Tables and blocks that read well in 100 columns, of clean text alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from veinledger.adapters.cli.screen import styled

Cell = str | Text
RIGHT: Final = ">"
"""Put before a head, it sets the column to the right."""
NOWRAP: Final = "="
"""Put before a head, it keeps the column on one line."""


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
    """A table without frames; a head may begin with RIGHT or NOWRAP, or both."""
    made = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold"
    )
    for head in heads:
        word = head.lstrip(RIGHT + NOWRAP)
        marks = head[: len(head) - len(word)]
        made.add_column(
            word,
            justify="right" if RIGHT in marks else "left",
            no_wrap=NOWRAP in marks,
            overflow="fold",
        )
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else styled(cell) for cell in row))
    return made


def listing(rows: Iterable[Sequence[Cell]], *, widths: Sequence[int | None] = ()) -> Table:
    """Rows without heads: names left, words right, wrapped under themselves."""
    made = Table(box=None, show_header=False, show_edge=False, pad_edge=False)
    for each in rows:
        while len(made.columns) < len(each):
            at = len(made.columns)
            width = widths[at] if at < len(widths) else None
            made.add_column(overflow="fold", width=width, no_wrap=False)
        made.add_row(*(cell if isinstance(cell, Text) else styled(cell) for cell in each))
    return made


def title(text: str) -> Rule:
    """A rule across the page with words in it."""
    return Rule(styled(text, "bold"), align="left", style="dim", characters="─")


def heading(text: str) -> Text:
    """A heading within a block."""
    return styled(text, "bold")


def inset(block: RenderableType, by: int = 2) -> Padding:
    """A block moved to the right."""
    return Padding(styled(block) if isinstance(block, str) else block, (0, 0, 0, by), expand=False)


def whole(text: str) -> Text:
    """A line that is never broken, such as one that ends with a path somebody will copy."""
    line = styled(text)
    line.no_wrap = True
    return line


def joined(*parts: Cell) -> Text:
    """Several pieces of text as one."""
    return Text.assemble(*(part if isinstance(part, Text) else styled(part) for part in parts))


def plural(count: int, one: str, many: str = "") -> str:
    """1 record, 2 records."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
