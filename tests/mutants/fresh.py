"""Mutants of what runs once: a table, a default of a field, what is worked out at import.

A process that has imported the libraries and nothing of the house has a child for each mutant;
the child imports the house with the mutant in it, and collects the few test modules that it asks.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from time import perf_counter
from types import CodeType
from typing import Any, Final

import pytest

from tests.mutants.child import Ended, in_a_child, settle
from tests.mutants.covering import Plainly, asked
from tests.mutants.planting import Planting
from tests.mutants.records import Line, line_of
from tests.mutants.sites import ROOT, Mutant, Source, sources

LIBRARIES: Final = (
    "pytest", "hypothesis", "pydantic", "pydantic.dataclasses", "msgspec", "eventsourcing.sqlite",
    "eventsourcing.application", "transitions", "typer.testing", "rich.console", "rich.table",
    "structlog", "cryptography.hazmat.primitives.ciphers.aead", "tomllib", "zoneinfo",
    "hypothesis.strategies", "hypothesis.stateful",
)  # fmt: skip
MODULES: Final = 8
"""How many test modules are collected for one mutant."""
IMPORTED_BEFORE: Final = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
"""A warning that a library was imported before its asserts were rewritten would end the child."""
HOUSES: Final = ("domain", "projections", "adapters")


class Told:
    """A plugin that says which test runs, and ends the process at the first failure."""

    def __init__(self, telling: int, numbers: dict[str, int]) -> None:
        self.telling, self.numbers = telling, numbers

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Before a test."""
        os.write(self.telling, f"{self.numbers.get(nodeid, 0)}\n".encode())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """After a part of it."""
        if report.failed:
            os._exit(1)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot even be imported any more."""
        if report.failed:
            os._exit(1)


@dataclass
class Fresh(Planting):
    """Mutants one after the other, each in a process that imports the house with it."""

    imported: set[str] = field(default_factory=set[str])
    """Test modules that are known to be collected where nothing is planted."""

    def run(self) -> int:
        """Every wanted mutant of this part, a line for each."""
        for name in LIBRARIES:
            import_module(name)
        named = Named()
        for source, mutant in self.mine():
            self.write(self.of(source, mutant, named.lines(source, mutant)))
        return 0

    def of(self, source: Source, mutant: Mutant, lines: dict[str, set[int]]) -> Line:
        """One mutant; a killer is asked again without it before it is believed."""
        begun = perf_counter()
        while True:
            covering = self.choosing.running(lines) | self._of_lines(mutant)
            tests = self._few(covering)
            ended = self._ask(source, mutant, tests) if tests else Ended("not run")
            if ended.how not in ("killed", "timed out") or self._is_trusted(source, ended, tests):
                break
            if ended.test is None:
                raise RuntimeError(f"tests that cannot be collected here: {self._names(tests)}")
        killed = ended.how in ("killed", "timed out")
        return line_of(
            mutant,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            outcome=ended.how,
            by=("the import" if ended.test is None else self.name(ended.test)) if killed else None,
            asked=len(tests),
            covering=len(covering),
            of_import=False,
            seconds=round(perf_counter() - begun, 2),
        )

    def _names(self, tests: list[int]) -> list[str]:
        return [self.name(test) for test in tests]

    def _of_lines(self, mutant: Mutant) -> set[int]:
        return self.choosing.running({mutant.file: {*range(mutant.line, mutant.last + 1)}})

    def _few(self, covering: set[int]) -> list[int]:
        """The first so many seconds of them, out of a few modules."""
        left, modules, chosen = self.seconds, dict[str, None](), list[int]()
        for test in self.choosing.in_turn(covering):
            module = self.name(test).partition("::")[0]
            if left <= 0 or (module not in modules and len(modules) >= MODULES):
                continue
            modules[module] = None
            chosen.append(test)
            left -= self.choosing.cover.seconds[test]
        return chosen

    def _ask(self, source: Source, mutant: Mutant | None, tests: list[int]) -> Ended:
        return in_a_child(lambda telling: self._live(source, mutant, tests, telling), self.into)

    def _live(self, source: Source, mutant: Mutant | None, tests: list[int], telling: int) -> None:
        try:
            folder = self.into / f"child-{os.getpid()}"
            settle(folder, 60 + 4 * sum(self.choosing.cover.seconds[each] for each in tests))
            if mutant is not None:
                imported_as(source, source.code(mutant))
            names = self._names(tests)
            numbers = dict(zip(names, tests, strict=True))
            status = pytest.main(
                [*asked(folder, *IMPORTED_BEFORE), "-x", *names],
                plugins=[Told(telling, numbers), Plainly()],
            )
            os._exit(int(status))
        except BaseException:
            os._exit(2)

    def _is_trusted(self, source: Source, ended: Ended, tests: list[int]) -> bool:
        """Whether what killed passes where nothing is planted; without a test, the import does."""
        modules = {name.partition("::")[0] for name in self._names(tests)}
        if ended.test in self.trusted or (ended.test is None and modules <= self.imported):
            return True
        last = len(tests) if ended.test is None else tests.index(ended.test) + 1
        without = self._ask(source, None, tests[:last])
        if without.how == "survived":
            self.imported |= modules
            self.trusted |= set() if ended.test is None else {ended.test}
        elif without.test is not None:
            self.choosing.left_out.add(without.test)
        return without.how == "survived"


def imported_as(source: Source, code: CodeType) -> None:
    """Let a module of the house be imported as other code."""
    was = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        if Path(self.get_filename(fullname)).resolve() == source.path.resolve():
            return code
        return was(self, fullname)

    setattr(SourceFileLoader, "get_code", get_code)  # noqa: B010  # the checkers allow no other


class Named:
    """Where the house names what a module holds: those lines run with the table in them."""

    def __init__(self) -> None:
        self.places: dict[str, dict[str, set[int]]] = {}
        for house in HOUSES:
            for source in sources(ROOT / house):
                for name, line in _names(source.tree):
                    self.places.setdefault(name, {}).setdefault(source.name, set()).add(line)

    def lines(self, source: Source, mutant: Mutant) -> dict[str, set[int]]:
        """The lines that name what a mutant is in, by file."""
        found: dict[str, set[int]] = {}
        for name in _holders(source.tree, mutant.line):
            for file, lines in self.places.get(name, {}).items():
                found.setdefault(file, set()).update(lines)
        return found


def _names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        name: Any = getattr(node, "id", None) or getattr(node, "attr", None)
        name = name or (node.arg if isinstance(node, ast.keyword) else None)
        if isinstance(name, str):
            yield name, getattr(node, "lineno", 0)


def _holders(tree: ast.Module | ast.ClassDef, line: int) -> Iterable[str]:
    """What the statement at a line sets: a name of the module, a field of a class."""
    for node in tree.body:
        if node.lineno <= line <= (node.end_lineno or 0):
            if isinstance(node, ast.ClassDef):
                return [*_holders(node, line)] or [node.name]
            if isinstance(node, ast.FunctionDef):
                return [node.name]
            return [each.id for each in ast.walk(node) if _is_set(each)]  # type: ignore[attr-defined]
    return [tree.name] if isinstance(tree, ast.ClassDef) else []


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
