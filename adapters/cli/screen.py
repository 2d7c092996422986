"""Where answers and complaints go: answers to stdout, everything else to stderr.

Colours and bars only where a person looks; text of others never moves a cursor.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

PIPED_WIDTH: Final = 100
UNSEEN: Final = (
    r"\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f"
)
"""What turns the direction of the words around it, breaks their line, or has no width."""
_CONTROLS: Final = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{UNSEEN}]")

T = TypeVar("T")


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    return Console(
        file=stream, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False
    )


def out() -> Console:
    """The console of answers; made anew, so that it follows a redirected stdout."""
    return _console(stderr=False)


def err() -> Console:
    """The console of notes, errors and progress."""
    return _console(stderr=True)


def clean(text: object) -> str:
    """Text from a message of which all is seen, where it stands: nothing that a terminal obeys."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(text))


def styled(text: object, style: str = "") -> Text:
    """Clean text in a style."""
    return Text(clean(text), style=style)


def say(*parts: RenderableType) -> None:
    """Print answers, one after the other; in a pipe without blanks at the ends of lines."""
    console = out()
    for part in parts:
        shown = styled(part) if isinstance(part, str) else part
        if console.is_terminal:
            console.print(shown, soft_wrap=_is_whole(shown))
        else:
            write(_without_trailing_blanks(console, shown))


def _without_trailing_blanks(console: Console, part: RenderableType) -> str:
    with console.capture() as captured:
        console.print(part, soft_wrap=_is_whole(part))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _is_whole(part: RenderableType) -> bool:
    """rich forgets of a text that it is not to be wrapped, unless it is told again."""
    return isinstance(part, Text) and bool(part.no_wrap)


def note(text: str) -> None:
    """Say something beside the answer, on stderr."""
    err().print(styled(text, "dim"), soft_wrap=True)


def write(text: str) -> None:
    """Print text that is an answer by itself, unwrapped: JSON, Mermaid, Markdown."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def progress(items: Sequence[T], what: str, *, quiet: bool) -> Iterable[T]:
    """The same items, with a bar on stderr where a person waits and sees nothing else move."""
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not quiet):
        return items
    return _with_a_bar(items, what)


def _with_a_bar(items: Sequence[T], what: str) -> Iterator[T]:
    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=err(), transient=True) as bar:
        yield from bar.track(items, description=what)


@contextmanager
def waiting(what: str) -> Generator[None, None, None]:
    """Show that work of unknown length goes on, on stderr, where a person waits."""
    if not sys.stderr.isatty():
        yield
        return
    with err().status(what):
        yield
