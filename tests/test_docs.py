"""The documents say what the program does: commands, outputs, links, names and drawings."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from tests.documents import RUN, Shell, blocks, is_what_was_said, read_aloud
from tests.given_ledger import ROOT
from veinledger.adapters.cli.documents.house import amiss
from veinledger.adapters.cli.documents.imports import (
    LAYERS,
    Module,
    circle,
    modules,
    outward,
    users_of_libraries,
    without_what_follows,
)
from veinledger.adapters.cli.generated import pages_of_the_house
from veinledger.adapters.ledger import Ledger
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.ledger.seal import FORMAT

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
TOLD = [path for path in sorted(DOCS.glob("*.md")) if "```console" in path.read_text()]
"""The pages whose commands are run."""
BESIDES_FACTS = {
    "ledger.created", "ledger.key_rotated", "ledger.read", "report.refused",
    "identity.claimed", "identity.named", "identity.released", "intake.kept",
    "intake.assigned", "intake.dismissed", "encounter.followed",
}  # fmt: skip
"""Types of records that no report can have."""
OTHERS = ("docs", "tests", "examples", "veinledger")
"""The folders of the house that are no layers."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def house() -> tuple[Module, ...]:
    """The modules of the checkout, read once."""
    return modules(ROOT)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder of its own, with the examples of the checkout in it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return Shell(tmp_path, monkeypatch)


# What a page shows is what is said


@pytest.mark.parametrize("path", TOLD, ids=name_of)
def test_what_a_page_shows_is_what_the_program_says(path: Path, shell: Shell) -> None:
    told = list(read_aloud(text_of(path), shell))
    assert not told, "\n\n".join(["the page is to show what is said:", *told])


def test_every_page_of_ideas_is_run() -> None:
    ideas = {
        "appeals.md", "authorization.md", "check.md", "claims.md", "codebook.md", "editions.md",
        "facts.md", "first-ten-minutes.md", "money.md", "schedule.md", "site.md", "standing.md",
        "support.md", "three-times.md",
    }  # fmt: skip
    assert ideas <= {path.name for path in TOLD}


@pytest.mark.parametrize(
    ("shown", "planted"),
    [
        ("known at 2026-04-20: collected", "known at 2026-04-20: released"),  # Python
        ("E5  collected", "E5  released"),  # a command
        ("'2026-04-20T12:00:00' is no date", "'2026-04-20T12:00:00' is a date"),  # an error
        ("     2  recorded  cells.shipped", "     2  parked    cells.shipped"),  # of several lines
    ],
)
def test_a_page_that_shows_something_else_is_noticed(
    shown: str, planted: str, shell: Shell
) -> None:
    page = text_of(DOCS / "three-times.md")
    assert shown in page
    assert list(read_aloud(page.replace(shown, planted, 1), shell))


def test_a_page_that_shows_another_exit_code_is_noticed(shell: Shell) -> None:
    page = "```console\n$ veinledger facts nothing.such\n...\n$ echo $?\n{}\n```\n"
    assert not list(read_aloud(page.format(4), shell))
    assert list(read_aloud(page.format(0), shell))


def test_a_block_that_nobody_would_run_is_noticed(shell: Shell) -> None:
    with pytest.raises(AssertionError, match="is not run"):
        list(read_aloud("```bash\nveinledger stage E1\n```\n", shell))


@pytest.mark.parametrize(
    ("shown", "said", "so"),
    [
        (("a", "b"), "a\nb\n", True),
        (("a",), "a\nb\n", False),
        (("a", "...", "d"), "a\nb\nc\nd\n", True),
        (("a", "...", "d"), "a\nb\nc\n", False),
        (("a", "..."), "a\n", True),
        (("leaf ... of 3",), "leaf 0af1 of 3\n", True),
        (("leaf ... of 3",), "leaf 0af1\nof 3\n", False),
        (("leaf ... of 3",), "leaf 0af1 of 4\n", False),
        ((), "", True),
        ((), "something\n", False),
    ],
)
def test_the_marker_stands_for_what_it_says_and_for_no_more(
    shown: tuple[str, ...], said: str, so: bool
) -> None:
    assert is_what_was_said(shown, said) is so


def test_every_command_and_all_python_of_the_readme_runs(shell: Shell) -> None:
    readme = list(blocks(text_of(ROOT / "README.md")))
    python = [block for block in readme if block.language == "python"]
    listed = [line for block in readme for line in block.lines if line.startswith("veinledger ")]
    assert (len(python), len(listed)) >= (1, 7)
    shell.patch.setenv("VEINLEDGER_LEDGER", "sqlite:///listed.sqlite")
    for command in listed:
        list(shell.run(next(blocks(f"```console\n$ {command}\n```\n"))))
        assert shell.ended_with == 0, command
    for block in python:
        list(shell.run(block))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_target_of_make_that_a_page_names_is_there(path: Path) -> None:
    targets = set(re.findall(r"^(\w+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|[`$] ?)make (\w+)", text_of(path), re.MULTILINE)) <= targets


def test_every_entry_that_a_page_quotes_stands_in_the_book() -> None:
    """Those of CONTRIBUTING.md are new ones, and tried by the tests of its recipes."""
    book = "\n".join(text_of(path) for path in sorted((ROOT / "domain").rglob("*.toml")))
    quoted = [
        "\n".join(block.lines)
        for path in PAGES
        for block in blocks(text_of(path))
        if block.language == "toml" and path.name != "CONTRIBUTING.md"
    ]
    assert quoted
    assert all(each in book for each in quoted)
    assert quoted[0].replace("J9", "J8") not in book


# Links and names lead somewhere


def links(page: str) -> list[str]:
    """Where the links of a page lead, but for those to the rest of the world."""
    found: list[str] = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", without_blocks(page))
    return [each for each in found if "://" not in each]


def names(page: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", without_blocks(page))


def without_blocks(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)


def broken_links(path: Path, page: str) -> list[str]:
    return [each for each in links(page) if not (path.parent / each).exists()]


def unknown_names(page: str) -> Iterator[str]:
    """Paths, modules and dotted names that are nowhere."""
    files = {path.name for folder in (*LAYERS, *OTHERS) for path in (ROOT / folder).rglob("*.*")}
    for name in names(page):
        if name == FORMAT:
            continue
        if re.fullmatch(r"[\w.-]+/[\w./-]*", name) and name.split("/")[0] in (*LAYERS, *OTHERS):
            found = (ROOT / name).exists()
        elif re.fullmatch(r"[\w-]+\.(py|toml|md|ndjson|sqlite)", name):
            found = name in files or (ROOT / name).exists()
        elif re.fullmatch(r"veinledger(\.\w+)+", name):
            found = leads_to_something(name)
        elif dotted := re.fullmatch(r"([A-Za-z]\w*)\.([a-z_]+)(\(.*\))?", name):
            found = is_known(dotted[1], dotted[2])
        else:
            continue
        if not found:
            yield name


def leads_to_something(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(import_module(module), attribute) or bool(import_module(name))
    except ImportError:
        return False


def is_known(first: str, second: str) -> bool:
    """A fact, another type of record, or something that a ledger can do."""
    if first in ("ledger", "Ledger") and hasattr(Ledger, second):
        return True
    return f"{first}.{second}" in {*FACTS, *BESIDES_FACTS}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert broken_links(path, text_of(path)) == []


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    page = "[there](facts.md), [not](fact.md), [not](../domain/fact.md#here), [out](https://a.b/c)"
    assert broken_links(DOCS / "README.md", page) == ["fact.md", "../domain/fact.md"]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_file_module_and_fact_that_a_page_names_is_there(path: Path) -> None:
    assert list(unknown_names(text_of(path))) == []


def test_a_name_that_is_nowhere_is_noticed() -> None:
    known = (
        "`domain/values.py` `projections/claims/rules/` `fold.py` `veinledger.VeinledgerError`"
        " `cells.infused` `ledger.created` `Ledger.record` `ledger.claims(...)` `patient.*`"
    )
    unknown = [
        "domain/value.py", "projections/claim/rules/", "unfold.py", "veinledger.NoSuchError",
        "veinledger.domain.value", "cell.infused", "Ledger.write", "domain.values",
    ]  # fmt: skip
    assert list(unknown_names(known)) == []
    assert list(unknown_names(" ".join(f"`{each}`" for each in unknown))) == unknown


def missing_tests(page: str) -> list[str]:
    """The tests that a page names and nobody would run."""
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", page)
    return [
        test
        for file, test in named
        if not (ROOT / file).exists() or f"\ndef {test}(" not in text_of(ROOT / file)
    ]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_test_that_a_page_names_is_there(path: Path) -> None:
    assert missing_tests(text_of(path)) == []


def test_a_test_that_is_nowhere_is_noticed() -> None:
    assert "::" in text_of(ROOT / "CONTRIBUTING.md")
    assert missing_tests("FAILED tests/test_docs.py::test_no_such") == ["test_no_such"]
    assert missing_tests("FAILED tests/test_no_docs.py::test_this") == ["test_this"]


def test_every_page_is_on_the_list_of_pages_and_the_readme_leads_to_it() -> None:
    listed = links(text_of(DOCS / "README.md"))
    assert {path.name for path in DOCS.glob("*.md")} - {"README.md"} <= set(listed)
    assert "docs/README.md" in links(text_of(ROOT / "README.md"))


# The house as it is drawn


def planted(folder: Path, **sources: str) -> Path:
    """A house of a few modules, by dotted name with underscores for dots."""
    for name, source in sources.items():
        path = folder / (name.replace("_", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


def test_no_import_points_outward() -> None:
    assert outward(house()) == ()
    assert list(amiss(house())) == []


@pytest.mark.parametrize(
    "source",
    [
        "import veinledger.adapters.ledger",
        "from veinledger.adapters import ledger",
        "from veinledger.adapters.ledger import Ledger",
        "def late():\n    from veinledger.adapters.ledger import Ledger",
        "if TYPE_CHECKING:\n    from veinledger.adapters.ledger import Ledger",
    ],
)
def test_an_import_that_points_outward_is_noticed_and_drawn(source: str, tmp_path: Path) -> None:
    planted(tmp_path, domain_values=source, adapters_ledger="raise SystemExit('never loaded')")
    assert outward(modules(tmp_path)) == (("domain.values", "adapters.ledger"),)
    (tmp_path / "docs").mkdir()
    marks = "<!-- generated:layers -->\n<!-- /generated -->\n"
    (tmp_path / "docs" / "architecture.md").write_text(marks, encoding="utf-8")
    drawn = dict(pages_of_the_house(tmp_path))[tmp_path / "docs" / "architecture.md"]
    assert "  domain --> adapters\n" in drawn
    told = " ".join(amiss(modules(tmp_path)))
    assert told.startswith("domain.values imports adapters.ledger, which lies further out")


def test_no_modules_import_each_other_in_a_circle(tmp_path: Path) -> None:
    assert circle(house()) == ()
    here, there = "from veinledger.domain import there", "import veinledger.domain.here"
    planted(tmp_path, domain_here=here, domain_there=there)
    assert set(circle(modules(tmp_path))) == {"domain.here", "domain.there"}


def test_what_follows_from_other_arrows_is_not_drawn() -> None:
    arrows = frozenset({("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")})
    assert without_what_follows(arrows) == arrows - {("a", "c")}
    circling = frozenset({("a", "b"), ("b", "a"), ("b", "c")})
    assert without_what_follows(circling) == circling


def test_a_drawing_that_is_older_than_the_sources_is_noticed(tmp_path: Path) -> None:
    planted(tmp_path, domain_a='"""One."""', domain_b='"""Two."""', docs_none="")
    marks = "".join(f"<!-- generated:{n} -->\n<!-- /generated -->\n" for n in ("inside", "layers"))
    (tmp_path / "docs" / "architecture.md").write_text(marks, encoding="utf-8")
    for path, text in pages_of_the_house(tmp_path):
        path.write_text(text, encoding="utf-8")
    assert all(text_of(path) == text for path, text in pages_of_the_house(tmp_path))
    planted(tmp_path, domain_a='"""One."""\nimport veinledger.domain.b')
    changed = [path.name for path, text in pages_of_the_house(tmp_path) if text_of(path) != text]
    assert changed == ["architecture.md"]


def test_every_folder_of_the_house_is_explained() -> None:
    explained = names(text_of(DOCS / "architecture.md"))
    folders = {f"{module.path.parent.as_posix()}/" for module in house()}
    assert len(folders) > 10
    assert folders - set(explained) == set()


def test_every_library_is_declared_and_every_declared_one_is_used() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    declared = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]}
    used = set(users_of_libraries(house()))
    assert used - declared == {"pydantic_core"}, "what pydantic brings; others are to be declared"
    assert declared - used == {"tzdata"}, "read by the standard library; others are to be used"


def test_the_drawing_is_the_same_whatever_the_order_of_sets() -> None:
    code = (
        "from pathlib import Path; from veinledger.adapters.cli.documents import house, imports;"
        "found = imports.modules(Path.cwd());"
        "print(house.drawings_of_the_inside(found), house.table_of_libraries(found))"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, cwd=ROOT,
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(drawn) == 1


def test_the_pages_hold_what_is_run_here() -> None:
    assert sum(block.language in RUN for path in TOLD for block in blocks(text_of(path))) >= 25
