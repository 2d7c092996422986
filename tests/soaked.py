"""Write the figures of soaks into docs/reliability.md: `python -m tests.soaked FIGURES ...`.

Each row is a line that `tests/soaking.py` wrote; nothing is added by hand. Several files are
several soaks, each of some of the tests, and stand one after the other; with `--add` first they
stand behind those that the page has.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from veinledger.adapters.cli.generated import with_sections

PAGE: Final = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN: Final = "<!-- generated:soak -->"
ADD: Final = "--add"
HEAD: Final = "| test | ended | outcome | seconds | told |\n| --- | --- | --- | ---: | --- |"


def table(lines: Iterable[str]) -> str:
    """The soak in one sentence, and a row for each of its tests; what was cut has no figures."""
    tests: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    if not tests:
        return "No soak has been kept."
    first = tests[0]
    reached = sum(test["outcome"] != "not reached" for test in tests)
    said = (
        f"Tier {first['tier']}, seed {first['seed']}, on {first['at'][:10]}: "
        f"{reached} tests ended, {len(tests) - reached} were not reached."
    )
    return "\n".join([said, "", HEAD, *map(row, tests)])


def row(test: dict[str, Any]) -> str:
    """One test; a bar in what it told would end the cell."""
    file, _, name = test["test"].partition("::")
    told = "; ".join(test["told"]).replace("|", "/") or "-"
    seconds = "-" if test["outcome"] == "not reached" else test["seconds"]
    where = f"{Path(file).stem}: {name}".replace("|", "/")
    return f"| {where} | {test['at'][11:16]} | {test['outcome']} | {seconds} | {told} |"


def kept(text: str) -> list[str]:
    """What the page has of earlier soaks."""
    section = text.partition(BEGIN)[2].partition("<!-- /generated -->")[0].strip()
    return [section] if section else []


def write(*figures: Path, page: Path = PAGE, add: bool = False) -> None:
    """The page with the figures between its marks."""
    text = page.read_text(encoding="utf-8")
    told = (each.read_text(encoding="utf-8").splitlines() for each in figures)
    section = "\n\n".join([*(kept(text) if add else ()), *map(table, told)])
    page.write_text(with_sections(text, {"soak": lambda: section}), encoding="utf-8")


if __name__ == "__main__":
    NAMED = [Path(each) for each in sys.argv[1:] if each != ADD]
    write(*NAMED, add=ADD in sys.argv)
