"""The pages of the documents as a reader types them: commands, files and Python, and what they say.

A block marked `console` holds commands after `$ ` and what each says; `python` is run, and what it
prints stands in the `text` block after it. `...` stands for anything within a line, and for any
number of lines where it is a line by itself. `<!-- at 2026-06-03T08:00:00Z -->` sets the clock.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from difflib import unified_diff
from io import StringIO
from os import environ
from pathlib import Path
from shutil import copytree
from types import ModuleType
from typing import Any, Final, Self

import pytest

from veinledger.adapters import front_door
from veinledger.adapters.cli.main import run
from veinledger.adapters.store import opening

FENCE: Final = "```"
ANYTHING: Final = "..."
RUN: Final = ("console", "python")
READ: Final = ("text", "json", "mermaid", "sh", "toml", "")
"""What a page may show besides; `text` is compared where it follows Python."""
_AT: Final = re.compile(r"<!-- at (\S+) -->")
_HEREDOC: Final = re.compile(r"cat > (\S+) <<'(\w+)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block of a page."""

    language: str
    lines: tuple[str, ...]
    number: int
    """The line of the page on which it begins."""
    at: datetime | None
    """What the clock says while it runs, where the page sets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command, what it is given to read, and what the page says it says."""

    command: str
    given: str = ""
    shown: tuple[str, ...] = ()


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    inside: list[str] | None = None
    language, begins, at = "", 0, None
    for number, line in enumerate(page.splitlines(), 1):
        if inside is None and (told := _AT.fullmatch(line.strip())):
            at = datetime.fromisoformat(told[1])
        elif inside is None and line.startswith(FENCE):
            inside, language, begins = [], line.removeprefix(FENCE).strip(), number
        elif inside is not None and line == FENCE:
            yield Block(language=language, lines=tuple(inside), number=begins, at=at)
            inside = None
        elif inside is not None:
            inside.append(line)
    assert inside is None, f"the block that begins on line {begins} does not end"


def steps(block: Block) -> Iterator[Step]:
    """The commands of a console block."""
    lines = list(block.lines)
    while lines:
        line = lines.pop(0)
        assert line.startswith("$ "), f"line {block.number}: {line!r} follows no command"
        command = line.removeprefix("$ ")
        while command.endswith("\\"):
            command = command[:-1] + lines.pop(0).strip()
        heredoc = _HEREDOC.fullmatch(command)
        given = list(_until(lines, heredoc[2])) if heredoc else []
        shown = list(_until_a_command(lines))
        yield Step(command=command, given="".join(f"{g}\n" for g in given), shown=tuple(shown))


def _until(lines: list[str], end: str) -> Iterator[str]:
    while (line := lines.pop(0)) != end:
        yield line


def _until_a_command(lines: list[str]) -> Iterator[str]:
    while lines and not lines[0].startswith("$ "):
        yield lines.pop(0)


def is_what_was_said(shown: tuple[str, ...], said: str) -> bool:
    """Whether a page shows what was said, but for what it leaves out with its marker."""
    parts = [_pattern(line) for line in shown]
    told = "".join(f"{line.rstrip()}\n" for line in said.splitlines())
    return re.fullmatch("".join(parts), told) is not None


def _pattern(line: str) -> str:
    if line.strip() == ANYTHING:
        return r"(?:.*\n)*?"
    return ".*?".join(map(re.escape, line.rstrip().split(ANYTHING))) + r"\n"


@dataclass(slots=True)
class Shell:
    """The few things that the pages ask of a shell, done in this process and in one folder."""

    folder: Path
    patch: pytest.MonkeyPatch
    now: datetime = datetime(2026, 11, 2, 12, tzinfo=UTC)
    ended_with: int = 0
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def __post_init__(self) -> None:
        """Nothing of this machine's: a folder, keys and a clock of its own."""
        for name in [each for each in environ if each.startswith("VEINLEDGER_")]:
            self.patch.delenv(name)
        for name in ("COLUMNS", "FORCE_COLOR"):
            self.patch.delenv(name, raising=False)
        self.patch.setenv("VEINLEDGER_KEYS", str(self.folder / "keys"))
        self.patch.setenv("VEINLEDGER_CHECKPOINTS", str(self.folder / "checkpoints"))
        self.patch.setenv("VEINLEDGER_CACHE", str(self.folder / "cache"))
        self.patch.chdir(self.folder)
        self._give_the_clock_to(front_door, "open_ledger")
        self._give_the_clock_to(opening, "create_store")
        clock = clock_of(self)
        for name, module in list(sys.modules.items()):
            if name.startswith("veinledger.adapters.cli.") and hasattr(module, "datetime"):
                self.patch.setattr(module, "datetime", clock)

    def _give_the_clock_to(self, module: ModuleType, name: str) -> None:
        opens = getattr(module, name)

        def opens_by_the_clock_of_the_page(*args: Any, **named: Any) -> Any:
            return opens(*args, **{"clock": lambda: self.now, **named})

        self.patch.setattr(module, name, opens_by_the_clock_of_the_page)

    def run(self, block: Block) -> Iterator[tuple[Step, str]]:
        """Run a block; each command with what it said."""
        self.now = block.at or self.now
        if block.language == "python":
            yield Step(command="python"), self._said_by_python("\n".join(block.lines))
            return
        for step in steps(block):
            yield step, self._said(step)

    def _said(self, step: Step) -> str:
        if heredoc := _HEREDOC.fullmatch(step.command):
            (self.folder / heredoc[1]).write_text(step.given, encoding="utf-8")
            return ""
        if step.command == "echo $?":
            return str(self.ended_with)
        program, *words = shlex.split(step.command)
        if self._is_done(program, words):
            return ""
        if (program, words[0]) == ("python", "verify_bundle.py"):
            return self._said_by_a_script(words)
        assert program == "veinledger", f"{program!r} is nothing that a page can ask for"
        if words[-2:-1] == [">"]:
            said = self._said_by_the_program(words[:-2])
            (self.folder / words[-1]).write_text(said, encoding="utf-8")
            return ""
        return self._said_by_the_program(words)

    def _is_done(self, program: str, words: list[str]) -> bool:
        """Whether this was one of the commands that say nothing."""
        match program, words:
            case "export", [told]:
                self.patch.setenv(*told.split("=", 1))
            case "mkdir", ["-p", folder]:
                (self.folder / folder).mkdir(parents=True, exist_ok=True)
            case "cp", ["-r", folder, other]:
                copytree(self.folder / folder, self.folder / other)
            case _:
                return False
        return True

    def _said_by_the_program(self, words: list[str]) -> str:
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as ended:
            run(words)
        self.ended_with = int(ended.value.code or 0)
        return said.getvalue()

    def _said_by_a_script(self, words: list[str]) -> str:
        """A program of one file, in a process of its own."""
        ended = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        self.ended_with = ended.returncode
        return ended.stdout + ended.stderr

    def _said_by_python(self, text: str) -> str:
        said = StringIO()
        with redirect_stdout(said):
            exec(compile(text, "page", "exec"), self.names)
        return said.getvalue()


class AnyDatetime(type):
    """So that what is a datetime to Python is one to a module with a clock of its own."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


def clock_of(shell: Shell) -> type[datetime]:
    """What the modules of the command line take for `datetime`: its now is the page's."""

    class OfThePage(datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(shell.now.timestamp(), tz)

    return OfThePage


def read_aloud(page: str, shell: Shell) -> Iterator[str]:
    """Run a whole page; what it shows and is not so, place by place."""
    found = list(blocks(page))
    for block, after in zip(found, [*found[1:], None], strict=True):
        assert block.language in RUN + READ, f"line {block.number}: {block.language!r} is not run"
        if block.language not in RUN:
            continue
        for step, said in shell.run(block):
            shown = step.shown
            if block.language == "python":
                shown = after.lines if after is not None and after.language == "text" else ()
            if not is_what_was_said(shown, said):
                yield _told(block, step, shown, said)


def _told(block: Block, step: Step, shown: tuple[str, ...], said: str) -> str:
    place = f"the block on line {block.number}, {step.command.splitlines()[0]}"
    difference = unified_diff(list(shown), said.splitlines(), "shown", "said", lineterm="", n=1)
    return "\n".join([place, *difference])


def main(paths: list[str]) -> None:
    """Show what pages say and is not so: `python -m tests.documents docs/facts.md ...`."""
    import tempfile

    for path in paths:
        page, root = Path(path).absolute().read_text(encoding="utf-8"), Path.cwd()
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            (Path(folder) / "examples").symlink_to(root / "examples")
            for told in read_aloud(page, Shell(Path(folder), patch)):
                sys.stdout.write(f"{path}: {told}\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
