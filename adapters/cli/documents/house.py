"""The drawn parts of the architecture: who imports whom, which library stands where, every module.

Drawn from the sources, so that the page cannot say what the program does not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from veinledger.adapters.cli.documents.imports import (
    LAYERS,
    Arrow,
    Module,
    arrows_between_layers,
    arrows_between_places,
    circle,
    outward,
    users_of_libraries,
    without_what_follows,
)

SIZE_STEP: Final = 100
"""Sizes are told in steps of so many lines, so that a page does not change with every line."""

Modules = tuple[Module, ...]

ABOUT_MODULES: Final = """Each module in its own words: the first sentence of its docstring, and how
long it is at most. The story that they tell together is in [architecture.md](architecture.md).
"""


def drawing_of_the_layers(found: Modules) -> str:
    """Which layer imports which: three boxes and the arrows between them."""
    boxes = [f'  {layer}["{layer}/"]' for layer in reversed(LAYERS)]
    return _mermaid(boxes, arrows_between_layers(found))


def drawings_of_the_inside(found: Modules) -> str:
    """Who imports whom inside each layer, a drawing for each."""
    return "\n\n".join(_inside(found, layer) for layer in LAYERS)


def table_of_libraries(found: Modules) -> str:
    """Which library is imported where: in which folders, and in which files of a layer's own."""
    lines = ["| library | is imported in |", "| --- | --- |"]
    for library, users in users_of_libraries(found).items():
        where = {(LAYERS.index(module.layer), _folder_or_file(module.path)) for module in users}
        lines.append(f"| `{library}` | {', '.join(f'`{each}`' for _, each in sorted(where))} |")
    return "\n".join(lines)


def modules_page(found: Modules, say_so: str) -> str:
    """docs/modules.md: every module in one line, folder by folder."""
    parts = [f"# Every module in one line\n\n{say_so}\n", ABOUT_MODULES]
    ordered = sorted(found, key=lambda each: (LAYERS.index(each.layer), each.path.parent.parts))
    for folder, here in groupby(ordered, key=lambda each: each.path.parent):
        parts.append(f"## {folder.as_posix()}/\n\n{_table_of_modules(here)}\n")
    return "\n".join(parts)


def amiss(found: Modules) -> Iterator[str]:
    """Imports that must not be, each with what would be right."""
    for here, there in outward(found):
        yield f"{here} imports {there}, which lies further out: hand it in as an argument instead"
    if circling := circle(found):
        yield f"{' imports '.join(circling)}: move what both need into a module of its own"


def _inside(found: Modules, layer: str) -> str:
    files = {module.name for module in found}
    places = sorted({module.place for module in found if module.layer == layer})
    boxes = [f'  {_id(each)}["{_label(each, is_file=each in files)}"]' for each in places]
    arrows = without_what_follows(arrows_between_places(found, layer))
    return f"**Inside `{layer}/`**\n\n{_mermaid(boxes, arrows)}"


def _mermaid(boxes: list[str], arrows: frozenset[Arrow]) -> str:
    lines = [f"  {_id(here)} --> {_id(there)}" for here, there in sorted(arrows)]
    return "\n".join(["```mermaid", "flowchart LR", *boxes, *lines, "```"])


def _id(place: str) -> str:
    return place.replace(".", "_")


def _label(place: str, *, is_file: bool) -> str:
    return place.partition(".")[2] + (".py" if is_file else "/")


def _table_of_modules(here: Iterable[Module]) -> str:
    lines = ["| module | what it is | lines |", "| --- | --- | --- |"]
    lines += [f"| `{each.path.name}` | {each.says} | {_size(each)} |" for each in here]
    return "\n".join(lines)


def _size(module: Module) -> str:
    return f"up to {-(-module.lines // SIZE_STEP) * SIZE_STEP}"


def _folder_or_file(path: Path) -> str:
    """A module's folder; the module itself where it stands directly in its layer."""
    in_a_folder = len(path.parts) > 2
    return f"{path.parent.as_posix()}/" if in_a_folder else path.as_posix()
