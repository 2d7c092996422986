"""The page that the program writes about its own speed."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence

from tests.bench.figures import Figure, Run


def page(run: Run) -> str:
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    yield "# Performance"
    yield ""
    yield "Written by `make bench`, which measured all of it in one run on one machine. Look at"
    yield "the ratios: each figure stands beside bare work on the same rows or the same disk."
    yield ""
    yield (
        f"{run.encounters:,} made-up encounters with calendars of fifteen years,"
        f" {run.records:,} records in one SQLite file; Python {platform.python_version()},"
        f" {platform.machine()}; load per processor {run.load:.1f}."
    )
    yield ""
    for part in dict.fromkeys(each.part for each in run.figures):
        yield from _table(part, [each for each in run.figures if each.part == part])
    yield "A due list is worked out from the records. A ledger that stays open keeps, in memory,"
    yield "what it has decoded and folded, and what each encounter owes for the days over which"
    yield "that stays the same. What is owed is also kept in a sealed file beside it, for a year"
    yield "ahead ([keeping.md](keeping.md)). So the first list costs the most only of a ledger"
    yield "whose lists nobody asked for or readied yet, after the program, the rules or the site"
    yield "changed, and for a day in the past or beyond that year. Over all encounters the times"
    yield "are of the processor, of one encounter and one report by the clock."


def _table(part: str, figures: Sequence[Figure]) -> Iterator[str]:
    yield f"## {part[0].upper()}{part[1:]}"
    yield ""
    yield "| what | time | beside | ratio |"
    yield "| --- | ---: | --- | ---: |"
    yield from map(_row, figures)
    yield ""


def _row(each: Figure) -> str:
    return f"| {each.what} | {_time(each.seconds)} | {each.beside} | {each.ratio:,.1f} |"


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1_000:.1f} ms"
