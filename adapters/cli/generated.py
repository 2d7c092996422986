"""The generated parts of the documents: `python -m veinledger.adapters.cli.generated [--check]`.

Written from the same tables, commands and runs that a user meets, so that no page can go stale
unseen: with --check nothing is written, and the names of stale pages and exit code 1 come back.
An import that points outward or runs in a circle is named and ends in exit code 1 either way.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, Final

from typer.main import get_command

from veinledger.adapters.cli.demo import demo
from veinledger.adapters.cli.documents.house import (
    amiss,
    drawing_of_the_layers,
    drawings_of_the_inside,
    modules_page,
    table_of_libraries,
)
from veinledger.adapters.cli.documents.imports import modules
from veinledger.adapters.cli.examples import examples
from veinledger.adapters.cli.main import app
from veinledger.adapters.cli.screen import PIPED_WIDTH
from veinledger.domain.lifecycle.machine import mermaid
from veinledger.domain.lifecycle.published import legal_everywhere, published_table
from veinledger.domain.lifecycle.table import NUMBER

WIDTH: Final = 96
DEMO_LINES: Final = 44
SAY_SO: Final = "<!-- Written by `make docs`; a change here would be lost. -->"

ABOUT_JSON: Final = """Answers are for people, and fit 100 columns where they are piped.

With `--json` the same answer is one JSON object: dollars, units and doses as exact numbers, days as
`YYYY-MM-DD`, moments as RFC 3339, records by their report key. The same question gets the same
bytes. Of a refused line neither form of `record` repeats anything but its number and its type.
"""

SKELETON: Final = """# veinledger

An event-sourced ledger of CAR-T encounters, from vein to vein and on to the claim.

<!-- generated:lifecycle -->
<!-- /generated -->
"""


def lifecycle_page() -> str:
    """docs/lifecycle.md: the diagram, every fact in every stage, what is legal everywhere."""
    everywhere = "\n".join(f"- `{fact}`" for fact in legal_everywhere())
    return f"""# The lifecycle

{SAY_SO}

Lifecycle table {NUMBER}. The diagram shows what moves an encounter; the table below it has every
fact in every stage: `to ...` moves there, `legal` moves nothing, `-` has no place there. Rank
orders facts of one day where the clock cannot. A name with a plus is a variant of a fact, chosen
by what it says and by what is true at the time: a further infusion, an admission for another
reason, and so on.

{_mermaid()}

## Every fact in every stage

{published_table()}
## Legal in every stage

These move nothing and may be reported at any time, ends included.

{everywhere}
"""


def commands_page() -> str:
    """docs/cli.md: the help of the program and of every command."""
    parts = [f"# The command line\n\n{SAY_SO}\n", ABOUT_JSON]
    parts += [f"## {name}\n\n```\n{text}\n```\n" for name, text in helps().items()]
    return "\n".join(parts)


def helps() -> dict[str, str]:
    """The help of the program and of every command, by name."""
    whole: Any = get_command(app)
    return {"veinledger": _help(whole, "veinledger", None)} | _below(whole, "veinledger", None)


def _below(group: Any, path: str, above: Any) -> dict[str, str]:
    """The help of every command of a group, in order; a group within it stands for its own."""
    found: dict[str, str] = {}
    name = path.rpartition(" ")[2]
    for inner, command in group.commands.items():
        here = group.make_context(name, [], parent=above, resilient_parsing=True)
        with here:
            if hasattr(command, "commands"):
                found |= _below(command, f"{path} {inner}", here)
            else:
                found[f"{path} {inner}"] = _help(command, inner, here)
    return found


def _help(command: Any, name: str, above: Any) -> str:
    context = command.make_context(
        name, [], parent=above, resilient_parsing=True, terminal_width=WIDTH
    )
    with context:
        return str(command.get_help(context)).rstrip()


def with_sections(text: str, sections: Sections) -> str:
    """A page with its marked sections written anew; all else is left as it is."""
    for name, write in sections.items():
        begin, end = f"<!-- generated:{name} -->\n", "<!-- /generated -->"
        before, marked, rest = text.partition(begin)
        if marked:
            text = f"{before}{begin}{write()}\n{end}{rest.partition(end)[2]}"
    return text


def _mermaid() -> str:
    return f"```mermaid\n{mermaid().rstrip()}\n```"


@cache
def _demo_begins() -> str:
    """The first lines of a real run of the demo, as wide as in a pipe whoever writes them."""
    said, columns = io.StringIO(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(PIPED_WIDTH)
    try:
        with redirect_stdout(said):
            demo()
    finally:
        if columns is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = columns
    lines = said.getvalue().splitlines()[:DEMO_LINES]
    return "```\n$ make demo\n" + "\n".join(lines).rstrip() + "\n...\n```"


Sections = Mapping[str, Callable[[], str]]
"""What is written between the marks of a page, by name."""


def _examples() -> str:
    """The table of contents of the worked examples."""
    rows = "\n".join(f"| `{each.name}` | {each.says} |" for each in examples())
    return f"| example | what it shows |\n| --- | --- |\n{rows}"


IN_THE_README: Final[Sections] = {
    "lifecycle": _mermaid,
    "demo": _demo_begins,
    "examples": _examples,
}


def pages(root: Path) -> Iterator[tuple[Path, str]]:
    """Every page with generated parts, and what it should say."""
    readme = root / "README.md"
    yield root / "docs" / "lifecycle.md", lifecycle_page()
    yield root / "docs" / "cli.md", commands_page()
    yield readme, with_sections(_text(readme) or SKELETON, IN_THE_README)
    yield from pages_of_the_house(root)


def pages_of_the_house(root: Path) -> Iterator[tuple[Path, str]]:
    """The pages that are drawn from the sources: the architecture, and every module."""
    architecture, found = root / "docs" / "architecture.md", modules(root)
    sections: Sections = {
        "layers": lambda: drawing_of_the_layers(found),
        "inside": lambda: drawings_of_the_inside(found),
        "libraries": lambda: table_of_libraries(found),
    }
    yield architecture, with_sections(_text(architecture), sections)
    yield root / "docs" / "modules.md", modules_page(found, SAY_SO)


def stale(root: Path) -> tuple[Path, ...]:
    """The pages that do not say what they should."""
    return tuple(path for path, text in pages(root) if _text(path) != text)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(root: Path, *, check: bool) -> int:
    """Write what is stale, or name it; name imports that must not be. The exit code."""
    wrong = list(amiss(modules(root)))
    if check:
        wrong += [f"{path.relative_to(root)} is stale: run `make docs`" for path in stale(root)]
    else:
        _write(root)
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


def _write(root: Path) -> None:
    for path, text in pages(root):
        if _text(path) != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path.relative_to(root)}\n")


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), check="--check" in sys.argv[1:]))
