"""The house stays as it was built: packages named, links in place, imports pointing inward."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ("domain", "projections", "adapters")
MAY_IMPORT = {
    "domain": {"domain"},
    "projections": {"domain", "projections"},
    "adapters": {"domain", "projections", "adapters"},
}
KEPT_IN_PLACE = {
    "transitions": "domain/lifecycle/machine.py",
    "eventsourcing": "adapters/store/",
    "sqlite3": "adapters/store/sqlite/driver.py",
    "pysqlite3": "adapters/store/sqlite/driver.py",
    "structlog": "adapters/logs.py",
    "typer": "adapters/cli/",
    "rich": "adapters/cli/",
}
STANDS_ALONE = "adapters/bundle/verify_bundle.py"
"""One file by purpose: whoever verifies a bundle gets this and nothing else of ours."""
PURE = ("domain", "projections")
IMPURE = {
    "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3",
    "subprocess", "sys", "tempfile", "threading", "time", "uuid", "warnings", "zoneinfo",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_package_is_named_in_pyproject() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {
        "veinledger." + name_of(path.parent).replace("/", ".")
        for path in modules(*HOUSE)
        if path.name == "__init__.py"
    }
    assert found | {"veinledger", "veinledger.examples"} == set(named)


@pytest.mark.parametrize("folder", [*HOUSE, "examples"])
def test_every_link_leads_to_its_folder(folder: str) -> None:
    assert (ROOT / "veinledger" / folder).resolve() == (ROOT / folder).resolve()


@pytest.mark.parametrize("path", modules(*HOUSE), ids=name_of)
def test_imports_point_inward(path: Path) -> None:
    allowed = MAY_IMPORT[name_of(path).split("/")[0]]
    ours = [name.split(".")[1] for name in imported(path) if name.startswith("veinledger.")]
    assert set(ours) <= allowed


@pytest.mark.parametrize("path", modules(*HOUSE), ids=name_of)
def test_each_library_stays_in_its_place(path: Path) -> None:
    for name in imported(path):
        place = KEPT_IN_PLACE.get(name.split(".")[0])
        assert place is None or name_of(path).startswith(place), f"{name} belongs in {place}"


@pytest.mark.parametrize("path", modules(*PURE), ids=name_of)
def test_the_domain_and_the_projections_do_no_input_or_output(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & IMPURE


@pytest.mark.parametrize("path", modules(*PURE), ids=name_of)
def test_the_domain_and_the_projections_read_no_clock_and_print_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    assert not called & (CLOCKS | {"print", "open"})


@pytest.mark.parametrize("path", modules(*HOUSE), ids=name_of)
def test_no_function_body_is_longer_than_thirty_lines_and_no_module_than_three_hundred_and_twenty(
    path: Path,
) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 320 or name_of(path) == STANDS_ALONE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.body[0].lineno + 1
            assert length <= 30, f"{node.name} has {length} lines"


@pytest.mark.parametrize("folder", sorted({p.parent for p in modules(*HOUSE)}), ids=name_of)
def test_a_folder_has_about_ten_modules(folder: Path) -> None:
    assert len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) <= 15
