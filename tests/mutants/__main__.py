"""Plant every small fault in `domain/` and ask the tests: `python -m tests.mutants FIGURES`.

Three steps, each in so many processes: which tests run which lines; mutants of functions, put into
a running program; mutants of what runs once, and of functions that ran at import, imported anew.
With `--again` the mutants that survived in FIGURES are planted again, for more seconds of tests;
with `--by` they are asked about by the tests that it names alone, be they large or random.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from tests.mutants.choosing import Choosing
from tests.mutants.covering import Cover, cover, read
from tests.mutants.fresh import Fresh
from tests.mutants.named import ByName
from tests.mutants.records import Key, lines_in
from tests.mutants.running import Running, run
from tests.mutants.sites import Mutant

STEPS: Final = ("cover", "functions", "fresh")
BY_NAME: Final = "named"
SAME_EVERYWHERE: Final = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for."""

    figures: Path
    into: Path
    workers: int
    seconds: float
    again: bool
    tests: list[str]
    by: list[str]
    only: str
    step: str
    part: int


def asked_for() -> Asked:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("figures", type=Path, help="gets a line of JSON for each mutant")
    parser.add_argument(
        "--into", type=Path, help="a folder for the cover; used again if it has one"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0, help="of tests for each mutant")
    parser.add_argument("--again", action="store_true", help="those that survived, once more")
    parser.add_argument("--tests", nargs="*", default=[], help="new tests, to be covered before")
    parser.add_argument("--by", nargs="*", default=[], help="tests that are asked of survivors")
    parser.add_argument("--only", default="", help="files whose names begin so")
    parser.add_argument("--step", default="", choices=("", *STEPS, BY_NAME), help=argparse.SUPPRESS)
    parser.add_argument("--part", type=int, default=0, help=argparse.SUPPRESS)
    told = parser.parse_args()
    told.into = told.into or Path(mkdtemp(prefix="veinledger-mutants-"))
    return Asked(**vars(told))


def all_steps(asked: Asked) -> int:
    """One step after the other, each in so many processes."""
    asked.into.mkdir(parents=True, exist_ok=True)
    for step in (BY_NAME,) if asked.by else STEPS:
        if step == "cover" and not asked.tests and [*asked.into.glob("cover-*.pickle")]:
            continue
        arguments = [
            sys.executable, "-m", "tests.mutants", str(asked.figures), "--into", str(asked.into),
            "--workers", str(asked.workers), "--seconds", str(asked.seconds), "--only", asked.only,
            "--step", step, *(["--again"] if asked.again else []), "--tests", *asked.tests,
            "--by", *asked.by,
        ]  # fmt: skip
        environment = {
            **os.environ, **SAME_EVERYWHERE,
            "HYPOTHESIS_STORAGE_DIRECTORY": str(asked.into / "hypothesis"),
        }  # fmt: skip
        started = [
            subprocess.Popen([*arguments, "--part", str(part)], env=environment)
            for part in range(asked.workers)
        ]
        if [each for each in started if each.wait()]:
            print(f"{step} did not come to its end", file=sys.stderr)
            return 1
    return 0


def one_step(asked: Asked) -> int:
    """The part of a step that this process was started for."""
    if asked.step == "cover":
        return cover(asked.into, asked.part, asked.workers, asked.tests)
    choosing = Choosing(Cover() if asked.step == BY_NAME else read(asked.into))
    plan = choosing, asked.into, asked.figures, asked.seconds, asked.part, asked.workers
    if asked.step == BY_NAME:
        return ByName(*plan, wanted_of(asked), tests=asked.by).run()
    if asked.step == "fresh":
        return Fresh(*plan, wanted_of(asked)).run()
    return run(Running(*plan, wanted_of(asked), trusted=known_killers(asked, choosing)))


def known_killers(asked: Asked, choosing: Choosing) -> set[int]:
    """Tests that killed before, and passed then where nothing was planted."""
    known = lines_in([asked.figures]).values() if asked.figures.exists() else ()
    names = {line.by for line in known if line.outcome == "killed"}
    return {number for number, test in enumerate(choosing.cover.tests) if test in names}


def wanted_of(asked: Asked) -> Callable[[Mutant], bool]:
    """Which mutants a step is about; those that have a line are done, unless they survived."""
    known = lines_in([asked.figures]) if asked.figures.exists() else {}
    alive = {key for key, line in known.items() if line.survived}
    anew = {key for key in alive if known[key].of_import or known[key].outcome == "not planted"}
    over: set[Key] = set(known) - (alive if asked.again else set())

    def wanted(mutant: Mutant) -> bool:
        if not mutant.file.startswith(asked.only):
            return False
        if asked.step == BY_NAME:
            return mutant.key in alive
        if asked.step == "functions":
            return mutant.kind != "module" and mutant.key not in over
        return mutant.key in anew or (mutant.kind == "module" and mutant.key not in over)

    return wanted


if __name__ == "__main__":
    ASKED = asked_for()
    sys.exit(one_step(ASKED) if ASKED.step else all_steps(ASKED))
