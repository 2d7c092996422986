"""Which tests run which lines: the ordinary suite once under coverage, a test at a time.

What stands in the way of planting a fault is left out: tests that start processes, that take
seconds, or that fail here.
"""

from __future__ import annotations

import pickle
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from coverage import Coverage, CoverageData

from tests.mutants.sites import ROOT

SECONDS: Final = 2.0
"""No test that takes longer is asked about a mutant; of the processor, whoever shares it."""
AT_IMPORT: Final = "import"
ON_READING: Final = "pages"
"""Contexts beside those of the tests: what runs once when all is imported, and pages are read."""
LEFT_OUT: Final = (
    "tests/test_layout.py", "tests/test_docs.py", "tests/test_recipes.py", "tests/test_mutants.py",
    "tests/adapters/faults/", "tests/bundle/test_verifier_everywhere.py",
    "tests/clocks/test_processes.py", "tests/claims/test_every_rule.py",
    "tests/replay/test_command.py", "tests/adapters/test_races.py", "tests/test_soaking.py",
)  # fmt: skip
"""Tests that read the source itself, bring processes of their own, or fill a table for long."""
STARTS: Final = {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec", "os.system"}

Lines = dict[str, dict[int, set[int]]]
"""By file and line, the numbers of the tests that ran it."""


@dataclass
class Cover:
    """What a run of the suite showed."""

    tests: list[str] = field(default_factory=list[str])
    seconds: list[float] = field(default_factory=list[float])
    lines: Lines = field(default_factory=dict[str, dict[int, set[int]]])
    once: dict[str, dict[str, set[int]]] = field(default_factory=dict[str, dict[str, set[int]]])
    """What ran at import and on reading pages: by context and file, the lines."""
    by_pages: set[int] = field(default_factory=set[int])
    """The tests that asked for the pages as shipped, which are read once."""
    left_out: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, other: Cover) -> None:
        """Another part of the suite."""
        base = len(self.tests)
        self.tests += other.tests
        self.seconds += other.seconds
        self.by_pages |= {base + number for number in other.by_pages}
        self.left_out |= other.left_out
        for file, lines in other.lines.items():
            for line, tests in lines.items():
                known = self.lines.setdefault(file, {}).setdefault(line, set())
                known |= {base + number for number in tests}
        for context, files in other.once.items():
            for file, found in files.items():
                self.once.setdefault(context, {}).setdefault(file, set()).update(found)


def read(folder: Path) -> Cover:
    """All parts that were written into a folder; of two runs of one test the later counts."""
    cover = Cover()
    for path in sorted(folder.glob("cover-*.pickle"), key=lambda path: path.stat().st_mtime):
        with path.open("rb") as file:
            cover.add(pickle.load(file))
    return cover


class Covering:
    """A plugin that runs each test of its part under a context of its own."""

    def __init__(self, coverage: Coverage, into: Path, part: int, parts: int) -> None:
        self.coverage, self.into, self.part, self.parts = coverage, into, part, parts
        self.cover = Cover()
        self.started = False
        sys.addaudithook(self._heard)

    def _heard(self, event: str, _: tuple[Any, ...]) -> None:
        self.started = self.started or event in STARTS

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Every test of this part, and what the pages need before the first."""
        signal.signal(signal.SIGPROF, _too_long)
        self.coverage.switch_context(ON_READING)
        wrappers = warm()
        self.coverage.stop()
        modules = list(dict.fromkeys(item.nodeid.partition("::")[0] for item in session.items))
        mine = set(modules[self.part :: self.parts])
        items = [item for item in session.items if item.nodeid.partition("::")[0] in mine]
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            if not item.nodeid.startswith(LEFT_OUT):
                self._run(item, following, wrappers)
        self._gather()
        name = f"cover-{self.part}-{time.time_ns()}.pickle"
        with (self.into / name).open("wb") as file:
            pickle.dump(self.cover, file)
        return True

    def _run(self, item: pytest.Item, following: pytest.Item | None, wrappers: list[Any]) -> None:
        number = len(self.cover.tests)
        asked = [wrapper.cache_info().hits for wrapper in wrappers]
        self.started = False
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, 3 * SECONDS)
        self.coverage.start()
        self.coverage.switch_context(f"{number}")
        reports = outcomes(item, following)
        self.coverage.stop()
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - begun
        self.cover.tests.append(item.nodeid)
        self.cover.seconds.append(seconds)
        if asked != [wrapper.cache_info().hits for wrapper in wrappers]:
            self.cover.by_pages.add(number)
        why = (
            "takes long" if seconds > SECONDS
            else "fails here" if any(each.failed for each in reports)
            else "skipped" if any(each.skipped for each in reports)
            else "starts processes" if self.started
            else ""
        )  # fmt: skip
        if why:
            self.cover.left_out[item.nodeid] = why

    def _gather(self) -> None:
        """What the tests of one module ran, out of coverage's own table."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a module whose tests run nothing of the house
            data = self.coverage.get_data()
        for path in data.measured_files():
            self._of_file(data, path)

    def _of_file(self, data: CoverageData, path: str) -> None:
        name = Path(path).resolve().relative_to(ROOT).as_posix()
        for line, contexts in data.contexts_by_lineno(path).items():
            for context in contexts:
                if context.isdigit():
                    lines = self.cover.lines.setdefault(name, {})
                    lines.setdefault(line, set()).add(int(context))
                elif context in (AT_IMPORT, ON_READING):
                    self.cover.once.setdefault(context, {}).setdefault(name, set()).add(line)


def _too_long(*_: object) -> None:
    raise TimeoutError("too long for a mutant")


def warm() -> list[Any]:
    """Read what every test reads: the pages as shipped, once for all."""
    from veinledger.adapters import pages

    wrappers: list[Any] = [pages.shipped_rules, pages.shipped_evidence]
    for wrapper in wrappers:
        wrapper.cache_clear()
    pages.__dict__["_as_shipped"].cache_clear()
    pages.shipped_rules("public")
    pages.shipped_rules("page")
    pages.shipped_evidence()
    return wrappers


def outcomes(item: pytest.Item, following: pytest.Item | None) -> list[pytest.TestReport]:
    """One test from its fixtures to its end, told to nobody."""
    from _pytest.runner import runtestprotocol

    return runtestprotocol(item, nextitem=following, log=False)


def cover(into: Path, part: int, parts: int, tests: Sequence[str] = ()) -> int:
    """Run one part of the suite, and write down what it showed."""
    coverage = Coverage(
        data_file=None, source=[str(ROOT / each) for each in ("domain", "projections", "adapters")],
        config_file=False, context=None,
    )  # fmt: skip
    coverage.start()
    coverage.switch_context(AT_IMPORT)
    plugin = Covering(coverage, into, part, parts)
    return int(pytest.main(asked(into, *tests), plugins=[plugin, Plainly()]))


def asked(into: Path, *more: str) -> list[str]:
    """The ordinary suite, its folders elsewhere, nothing captured and nothing explained."""
    return [
        "-q", "-s", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist",
        "-o", "faulthandler_timeout=0", "-m", "not stochastic",
        f"--basetemp={into / 'tmp'}{time.monotonic_ns()}", *more,
    ]  # fmt: skip


class Plainly:
    """A plugin by which random tests draw the same few examples, and look for no smaller ones."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """After the conftest has chosen its profile, before any test is imported."""
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutants",
            settings.get_profile("veinledger"),
            database=None,
            derandomize=True,
            deadline=None,
            max_examples=25,
            phases=(Phase.explicit, Phase.generate),
            report_multiple_bugs=False,
        )
        settings.load_profile("mutants")
