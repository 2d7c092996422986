"""Write the figures of the mutants into docs/mutants.md: `python -m tests.mutants.page FIGURES`.

What survived stands there with its reason, out of `survivors.toml`; one without a reason is told,
and so is a reason for a mutant that was killed or that there is no more.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final

from tests.mutants.finding import mutants_of
from tests.mutants.records import Key, Line, lines_in
from tests.mutants.sites import ROOT, Source, sources
from veinledger.adapters.cli.generated import with_sections

PAGE: Final = ROOT / "docs" / "mutants.md"
REASONS: Final = Path(__file__).parent / "survivors.toml"

Change = tuple[str, str, str, str]
"""File, function, before, after."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a mutant survived: of which class it is, and what is to be said of this one."""

    of: str
    why: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """All reasons, and what the classes are called."""

    titles: Mapping[str, str]
    by_change: Mapping[Change, Reason]

    def of(self, line: Line) -> Reason | None:
        """The reason of a survivor, where somebody gave one."""
        return self.by_change.get((line.file, line.function, line.before, line.after))


def reasons(path: Path = REASONS) -> Reasons:
    """The reasons as they are kept; one may stand for several changes of one function."""
    page: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return Reasons(
        titles={each["name"]: each["title"] for each in page["class"]},
        by_change={
            (each["file"], each["function"], before, after): Reason(each["class"], each["why"])
            for each in page.get("survivor", ())
            for before, after in each["changes"]
        },
    )


def figures(kind: str, lines: Iterable[Line]) -> str:
    """How many there were of a kind, and what became of them."""
    counted = Counter(_end(line) for line in lines)
    return f"{HEAD}\n{_row(kind, {end: counted[end] for end in ENDS})}"


ENDS: Final = ("killed", "timed out", "survived", "not run")
HEAD: Final = (
    "| mutants of | made | killed by a test | by time-out | survived | no test runs it | killed |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def _row(kind: str, ends: Mapping[str, int]) -> str:
    made = sum(ends.values())
    share = 100 * (ends["killed"] + ends["timed out"]) / made
    told = " | ".join(f"{ends[end]:,}" for end in ENDS)
    return f"| {kind} | {made:,} | {told} | {share:.1f} % |"


def _kind(line: Line) -> str:
    return "what a module holds" if line.kind == "module" else "functions"


def _end(line: Line) -> str:
    return "survived" if line.outcome == "not planted" else line.outcome


def by_operator(lines: Iterable[Line]) -> str:
    """The same by what was done."""
    made, alive = Counter[str](), Counter[str]()
    for line in lines:
        made[line.operator] += 1
        alive[line.operator] += line.survived
    rows = [f"| {name} | {n:,} | {alive[name]:,} |" for name, n in sorted(made.items())]
    return "\n".join(["| what was done | made | survived |", "| --- | ---: | ---: |", *rows])


def survivors(lines: Iterable[Line], why: Reasons) -> str:
    """Those that survived, class by class; in a class by file and function."""
    found: dict[str, list[tuple[Line, Reason]]] = {}
    for line in sorted(lines, key=lambda line: (line.file, line.line, line.after)):
        if line.survived:
            reason = why.of(line) or Reason("unexplained", "nobody has said why yet")
            found.setdefault(reason.of, []).append((line, reason))
    return "\n\n".join(
        f"### {title} ({len(found[name])})\n\n{_listed(found[name])}"
        for name, title in {**why.titles, "unexplained": "Not explained"}.items()
        if name in found
    )


def _listed(found: Iterable[tuple[Line, Reason]]) -> str:
    rows = [
        f"| `{line.file}` {line.function} | {_code(line.before)} | {_code(line.after)} | "
        f"{reason.why} |"
        for line, reason in found
    ]
    return "\n".join(["| where | before | after | why |", "| --- | --- | --- | --- |", *rows])


def _code(text: str) -> str:
    """A piece of source in a cell: on one line, not longer than people read."""
    line = " ".join(text.split()).replace("|", "\\|")
    shown = line if len(line) <= SHOWN else f"{line[: SHOWN - 4]} ..."
    return f"<code>{escape(shown, quote=False)}</code>"


SHOWN: Final = 100


def amiss(lines: Sequence[Line], why: Reasons) -> Iterator[str]:
    """Survivors without a reason, and reasons without a survivor, of the functions planted."""
    planted = {(line.file, line.function) for line in lines}
    alive = {
        (line.file, line.function, line.before, line.after): line for line in lines if line.survived
    }
    for change in alive:
        if change not in why.by_change:
            yield f"not explained: {' | '.join(change)}"
    for change in why.by_change:
        if change not in alive and change[:2] in planted:
            yield f"explained, and no survivor: {' | '.join(change)}"


SECTIONS: Final = (
    ("functions", "mutants", "survivors"),
    ("what a module holds", "mutants-held", "survivors-held"),
)
"""Each kind with the sections of its figures and of its survivors."""


def write(lines: list[Line], why: Reasons, page: Path = PAGE) -> None:
    """The page with the figures and the survivors between their marks.

    A kind of which nothing was planted keeps what the page says of it.
    """
    text = page.read_text(encoding="utf-8")
    for kind, told, alive in SECTIONS:
        mine = [line for line in lines if _kind(line) == kind]
        if mine:
            sections = {told: partial(_told, kind, mine), alive: partial(survivors, mine, why)}
            text = with_sections(text, sections)
    page.write_text(text, encoding="utf-8")


def _told(kind: str, lines: list[Line]) -> str:
    days = sorted({line.at[:10] for line in lines})
    said = f"Planted on {' and '.join(dict.fromkeys((days[0], days[-1])))}."
    return f"{said}\n\n{figures(kind, lines)}\n\n{by_operator(lines)}"


def of_today(known: Mapping[Key, Line], house: Iterable[Source]) -> tuple[list[Line], int]:
    """The lines about mutants that can still be made, and how many have no line yet."""
    keys = [mutant.key for source in house for mutant in mutants_of(source)]
    return [known[key] for key in keys if key in known], sum(key not in known for key in keys)


def main(paths: list[str]) -> int:
    """Write the page, and say what is amiss with the reasons."""
    lines, missing = of_today(lines_in([Path(path) for path in paths]), sources())
    print(f"{missing} were not planted yet")
    why = reasons()
    write(lines, why)
    told = [*amiss(lines, why)]
    print("\n".join(told))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
