"""Planting small faults: what is planted, that a test notices it, and what nobody looks at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.finding import mutants_of
from tests.mutants.records import lines_in
from tests.mutants.sites import ROOT, Source

LOOKED_AT = '''
"""Nobody changes the words of a docstring."""


def is_late(day: int, *, limit: int = 30) -> bool:
    """Whether a day is behind the limit."""
    return day > limit


def twice(day: int) -> int:
    return day + day


def nobody_asks(day: int) -> str:
    if day == 0:
        raise ValueError(f"a day {day}")
    return "a day"
'''

TESTS = """
from looked_at import is_late, twice

def test_the_day_after_the_limit_is_late():
    assert is_late(31) and not is_late(30)

def test_twice_nothing_is_nothing():
    assert twice(0) == 0
"""

PLANTING = """
import sys
from pathlib import Path

import pytest

from tests.mutants.choosing import Choosing
from tests.mutants.covering import Cover
from tests.mutants.running import Running
from tests.mutants.sites import Source

here = Path.cwd()
lines = {"looked_at.py": {6: {0}, 10: {1}}}
names = ("test_the_day_after_the_limit_is_late", "test_twice_nothing_is_nothing")
tests = [f"test_it.py::{name}" for name in names]
cover = Cover(tests=tests, seconds=[0.1, 0.1], lines=lines)
source = Source(here / "looked_at.py", "looked_at.py")
running = Running(Choosing(cover), here, here / "figures", 6.0, whose=[source], root=here)
sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "test_it.py"], plugins=[running]))
"""


HELD = """
LIMIT = 30
NOBODY_ASKS = 7
BEGINS = "2026"

def is_late(day):
    return day > LIMIT
"""

ASKING = """
import held

def test_the_day_after_the_limit_is_late():
    assert held.is_late(31) and not held.is_late(30) and held.BEGINS
"""

CONFTEST = """
from hypothesis import settings

settings.register_profile("veinledger", settings())
"""

PLANTING_ANEW = """
import sys
from pathlib import Path

from tests.mutants.choosing import Choosing
from tests.mutants.covering import Cover
from tests.mutants.fresh import Fresh
from tests.mutants.sites import Source

here = Path.cwd()
tests = ["test_it.py::test_the_day_after_the_limit_is_late"]
cover = Cover(tests=tests, seconds=[0.1], lines={"held.py": {1: {0}, 3: {0}, 6: {0}}})
source = Source(here / "held.py", "held.py")
def of_the_module(mutant):
    return mutant.kind == "module"
fresh = Fresh(
    Choosing(cover), here, here / "figures", 6.0, wanted=of_the_module, whose=[source]
)
sys.exit(fresh.run())
"""


ASKING_AT_RANDOM = """
import pytest

import held

@pytest.mark.stochastic
def test_any_day_after_the_limit_is_late():
    assert held.is_late(31) and not held.is_late(30)
"""

PLANTING_BY_NAME = """
import sys
from pathlib import Path

from tests.mutants.choosing import Choosing
from tests.mutants.covering import Cover
from tests.mutants.named import ByName
from tests.mutants.sites import Source

here = Path.cwd()
source = Source(here / "held.py", "held.py")
named = ByName(
    Choosing(Cover()), here, here / "figures", 6.0, whose=[source], tests=["test_it.py"]
)
sys.exit(named.run())
"""


def figures_of(folder: Path, planting: str, **files: str) -> Path:
    """What a script writes that plants in these modules, in a process of its own."""
    for name, text in {**files, "planting": planting}.items():
        (folder / f"{name}.py").write_text(text.lstrip())
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = stochastic\nfilterwarnings = error\n")
    subprocess.run(
        [sys.executable, "planting.py"],
        cwd=folder,
        env={"PYTHONPATH": f"{ROOT}:{folder}", "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
    )
    return folder / "figures"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The figures of the mutants of functions, put into a running program."""
    folder = tmp_path_factory.mktemp("planted")
    return figures_of(folder, PLANTING, looked_at=LOOKED_AT, test_it=TESTS)


def test_what_a_module_holds_is_planted_by_importing_it_anew(tmp_path: Path) -> None:
    figures = figures_of(tmp_path, PLANTING_ANEW, held=HELD, test_it=ASKING, conftest=CONFTEST)
    ends = {line.before: (line.outcome, line.by) for line in lines_in([figures]).values()}
    assert ends == {
        "LIMIT = 30": ("killed", "test_it.py::test_the_day_after_the_limit_is_late"),
        "NOBODY_ASKS = 7": ("not run", None),
        "BEGINS = '2026'": ("survived", None),
    }


def test_a_random_test_is_asked_where_somebody_names_it(tmp_path: Path) -> None:
    files = {"held": HELD, "test_it": ASKING_AT_RANDOM, "conftest": CONFTEST}
    figures = figures_of(tmp_path, PLANTING_BY_NAME, **files)
    ends = {line.before: (line.outcome, line.by) for line in lines_in([figures]).values()}
    assert ends["LIMIT = 30"] == ("killed", "test_it.py")
    assert ends["BEGINS = '2026'"] == ("survived", None)


def test_tests_that_fail_with_nothing_planted_are_asked_of_nothing(tmp_path: Path) -> None:
    failing = ASKING_AT_RANDOM.replace("not held", "held")
    with pytest.raises(subprocess.CalledProcessError):
        figures_of(tmp_path, PLANTING_BY_NAME, held=HELD, test_it=failing, conftest=CONFTEST)
    assert not (tmp_path / "figures").exists()


def changes(text: str, tmp_path: Path) -> list[tuple[str, str]]:
    """What can be done to a text of source."""
    (tmp_path / "any.py").write_text(text)
    return [(m.before, m.after) for m in mutants_of(Source(tmp_path / "any.py", "any.py"))]


def test_a_fault_that_a_test_looks_at_is_killed_and_one_that_none_does_survives(
    planted: Path,
) -> None:
    ends = {(line.function, line.after): line for line in lines_in([planted]).values()}
    boundary = ends["is_late", "day >= limit"]
    assert (boundary.outcome, boundary.by) == (
        "killed",
        "test_it.py::test_the_day_after_the_limit_is_late",
    )
    assert ends["twice", "day - day"].outcome == "survived"
    assert ends["nobody_asks", "return ''"].outcome == "not run"


def test_the_default_of_a_parameter_is_planted_as_well(planted: Path) -> None:
    (default,) = [line for line in lines_in([planted]).values() if line.kind == "default"]
    assert (default.outcome, "limit: int=31" in default.after) == ("killed", True)


def test_each_figure_names_a_mutant_of_its_own(planted: Path) -> None:
    written = planted.read_text().splitlines()
    assert len(written) == len(lines_in([planted])) > 10


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(a):\n    b = a < 1", [("a < 1", f"a {now}") for now in ("<= 1", "> 1", "< 2")]),
        ("def f(a, b):\n    g = not a", [("not a", "a")]),
        ("f = lambda a, b: a or b", [("a or b", "a and b"), ("a or b", "a"), ("a or b", "b")]),
        ("def f(a):\n    return [x for x in a if x]", [("x", "True"), ("x", "False")]),
        ("def f(a):\n    a['k'].append(2)", [("a['k']", "a['k!']")]),
        ("def f(a):\n    a.append(2)", [("a.append(2)", "(left out)")]),
        ("def f():\n    raise ValueError('why')", [("raise ValueError('why')", "(left out)")]),
        ("LIMIT = Decimal('1.5')", [("Decimal('1.5')", "Decimal('2.5')")]),
        ("T = (Row(F, 10, 'RC>M V='),)", [("Row(F, 10, 'RC>M V=')", "Row(F, 10, 'C>M V=')")]),
    ],
)  # fmt: skip
def test_each_operator_makes_what_it_says(
    text: str, found: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert set(found) <= set(changes(text, tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        '"""A docstring."""\n\n\ndef f() -> "int":\n    """Another."""\n',
        "def f(a: Literal['x']) -> None:\n    g = f'{a} is late'",
        "if TYPE_CHECKING:\n    A = 1",
        "def f(a):\n    assert_never(a)",
        "class A:\n    def __repr__(self):\n        return 'A' + str(1)",
    ],
)
def test_nothing_that_only_people_or_type_checkers_read_is_changed(
    text: str, tmp_path: Path
) -> None:
    assert not changes(text, tmp_path)
