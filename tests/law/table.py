"""Writes docs/traceability.md: each clause, and the tests that show it, from their names.

`python -m tests.law.table` writes the page, `make docs` runs it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.given_ledger import ROOT
from tests.law.clauses import CLAUSES, SOURCES, Clause

PAGE: Final = ROOT / "docs" / "traceability.md"
HEAD: Final = """\
# What the law asks, and the test that shows it

Made from the names of the tests in `tests/law/` (`python -m tests.law.table`); what each clause
asks is put in words of our own. A test shows that the program does it. Whether an installation
meets the law is for the site to say: the last column names what is left to it.
"""


def shown() -> dict[str, list[tuple[str, str]]]:
    """By the name of each clause, the module and name of its tests; by none, those of no clause."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "tests" / "law").glob("test_*.py")):
        for test in _tests_in(path):
            found.setdefault(_clause_of(test), []).append((path.name, test))
    return found


def _tests_in(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name


def _clause_of(test: str) -> str:
    """The longest name of a clause that the test's begins with."""
    fitting = [each.name for each in CLAUSES if test.startswith(f"{each.name}_")]
    return max(fitting, key=len, default="")


def page() -> str:
    tests = shown()
    parts = [HEAD]
    for law, source in SOURCES.items():
        rows = [_row(each, tests.get(each.name, [])) for each in CLAUSES if each.law == law]
        heads = "| clause | asks | shown by | left to the site |\n| --- | --- | --- | --- |\n"
        parts.append(f"## {law}\n\nSource: {source}.\n\n{heads}{''.join(rows)}")
    return "\n".join(parts)


def _row(clause: Clause, tests: list[tuple[str, str]]) -> str:
    said = "<br>".join(f"`tests/law/{file}::{test}`" for file, test in tests)
    by = "not for software" if clause.by_the_site_alone else said
    return f"| {clause.number} | {clause.asks} | {by} | {clause.left_to_the_site or '-'} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}\n")
