"""Row K7: the stand-alone program says the same on every Python that is here, and stands alone."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from tests.bundle.given_bundles import ENCRYPTED, given
from tests.given_ledger import ROOT
from tests.tiers import tell
from veinledger.adapters.bundle import verify_bundle, writing

PROGRAM = ROOT / "adapters" / "bundle" / "verify_bundle.py"
VERSIONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
OTHERS = "VEINLEDGER_PYTHONS"
"""Further interpreters to try, as PATH names folders."""
ASKS = "import sys; print('%d.%d' % sys.version_info[:2]); import cryptography; print('has it')"


def here() -> Iterator[str]:
    """Interpreters that may be here."""
    yield sys.executable
    yield from filter(None, os.environ.get(OTHERS, "").split(os.pathsep))
    yield from filter(None, (shutil.which(f"python{version}") for version in VERSIONS))
    yield from map(str, sorted((Path.home() / ".pyenv" / "versions").glob("*/bin/python")))


@cache
def pythons() -> dict[str, list[tuple[str, bool]]]:
    """By version: where it is, and whether it has the package cryptography."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for python in dict.fromkeys(here()):
        try:
            said = subprocess.run(
                [python, "-c", ASKS], capture_output=True, text=True, check=False, timeout=60
            ).stdout.split("\n")
        except OSError:
            continue
        found.setdefault(said[0], []).append((python, "has it" in said))
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundles and checkpoints, and the program by itself, far from everything of ours."""
    folder, made, encrypted = tmp_path_factory.mktemp("auditor"), given(), given(ENCRYPTED)
    (folder / "verify_bundle.py").write_bytes(writing.verifier())
    for name, content in {
        "whole.json": made.whole,
        "tampered.json": made.whole.replace(b"P-1004", b"P-1005"),
        "cut.json": made.whole[:-100],
        "encrypted.json": encrypted.whole,
        "wrong_body_key.json": with_a_wrong_body_key(encrypted.whole),
        "mine": made.early_checkpoint,
        "late": made.latest_checkpoint,
    }.items():
        (folder / name).write_bytes(content)
    return folder


def with_a_wrong_body_key(bundle: bytes) -> bytes:
    changed = json.loads(bundle)
    changed["streams"][0]["rows"][0]["body_key"] = "00" * 32
    return json.dumps(changed).encode()


KEYS = {"KEY": lambda: given().key, "KEY OF THE ENCRYPTED": lambda: given(ENCRYPTED).key}
CASES = [
    (["whole.json"], 0),
    (["whole.json", "--show", "--key", "KEY", "--checkpoint", "mine"], 0),
    (["whole.json", "--checkpoint", "late"], 1),
    (["tampered.json"], 1),
    (["cut.json"], 2),
    (["encrypted.json", "--show", "--key", "KEY OF THE ENCRYPTED"], 0),
    (["encrypted.json", "--key", "KEY"], 1),
    (["wrong_body_key.json"], 1),
]


def run(python: str, files: Path, *words: str, flags: tuple[str, ...] = ()) -> tuple[int, str, str]:
    given_words = [KEYS[word]() if word in KEYS else word for word in words]
    ended = subprocess.run(
        [python, *flags, "verify_bundle.py", *given_words],
        cwd=files, capture_output=True, encoding="utf-8", check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
    )  # fmt: skip
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_the_verdicts_are_the_same_on_every_python(version: str, files: Path) -> None:
    able = [python for python, has_it in pythons().get(version, []) if has_it]
    if version not in pythons():
        pytest.skip(f"there is no Python {version} here")
    if not able:
        pytest.skip(f"no Python {version} here has the package cryptography")
    for words, code in CASES:
        expected = verify_bundle.answer(
            (files / words[0]).read_bytes(),
            next((KEYS[word]() for word in words if word in KEYS), None),
            (files / words[-1]).read_bytes() if "--checkpoint" in words else None,
            "--show" in words,
        )
        told = run(able[0], files, *words)
        assert told == (code, "\n".join(expected[1]) + "\n", ""), words
        assert expected[0] == code


MISSING = "not readable: the package cryptography is missing: pip install cryptography\n"


@pytest.mark.parametrize("version", VERSIONS)
def test_without_its_one_package_every_python_starts_it_and_says_what_to_install(
    version: str, files: Path
) -> None:
    """So where no Python of a version has the package, it is read and begun there all the same."""
    if version not in pythons():
        pytest.skip(f"there is no Python {version} here")
    python, _ = pythons()[version][0]
    for name in ("whole.json", "encrypted.json"):
        assert run(python, files, name, flags=("-I", "-S")) == (2, MISSING, "")
    _, expected = verify_bundle.answer((files / "cut.json").read_bytes())
    told = run(python, files, "cut.json", flags=("-I", "-S"))
    assert told == (2, "\n".join(expected) + "\n", "")


def test_it_is_told_on_which_pythons_it_was_tried() -> None:
    """A skipped test is easily passed over, and a machine with one Python has tried one."""
    able = [each for each in VERSIONS if any(has_it for _, has_it in pythons().get(each, []))]
    begun = [each for each in VERSIONS if each in pythons() and each not in able]
    missing = [each for each in VERSIONS if each not in pythons()]
    tell(
        f"stand-alone verifier: verdicts on Python {', '.join(able)}; begun alone, for want of"
        f" cryptography: {', '.join(begun) or 'none'}; not here: {', '.join(missing) or 'none'}"
    )
    assert ".".join(map(str, sys.version_info[:2])) in able


def test_what_cannot_be_opened_gives_one_sentence(files: Path) -> None:
    for words in (["nowhere.json"], ["."], ["whole.json", "--checkpoint", "nowhere"]):
        code, out, err = run(sys.executable, files, *words)
        assert (code, err) == (2, "")
        assert out.startswith("not readable: the ")
        assert out.count("\n") == 1


def tree_of(source: str) -> ast.Module:
    return ast.parse(source, feature_version=(3, 9))


def test_it_is_written_in_python_3_9() -> None:
    tree_of(PROGRAM.read_text(encoding="utf-8"))
    with pytest.raises(SyntaxError):
        tree_of("match 1:\n    case _: pass")


def newer_words(source: str) -> set[str]:
    """What a parser takes for Python 3.9 and an interpreter of that age does not."""
    tree = tree_of(source)
    annotations = {
        id(inner)
        for node in ast.walk(tree)
        for said in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if said is not None
        for inner in ast.walk(said)
    }
    found = {
        "X | Y"
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.BitOr)
        and id(node) not in annotations
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("slots", "kw_only", "strict"):
            found.add(str(node.arg))
        if isinstance(node, ast.Attribute) and node.attr in (
            "bit_count", "fromisoformat", "pairwise", "UTC", "public_bytes_raw",
        ):  # fmt: skip
            found.add(node.attr)
    return found


def test_it_uses_no_word_that_is_newer_than_python_3_9() -> None:
    assert newer_words(PROGRAM.read_text(encoding="utf-8")) == set()
    planted = "x = int | None\nzip(a, b, strict=True)\nn.bit_count()\ndef f(a: int | None): ..."
    assert newer_words(planted) == {"X | Y", "strict", "bit_count"}


def imported(source: str) -> set[str]:
    return {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }


def test_it_imports_the_standard_library_and_cryptography_alone() -> None:
    names = imported(PROGRAM.read_text(encoding="utf-8"))
    assert names - set(sys.stdlib_module_names) == {"cryptography"}
    assert not names & {"os", "socket", "subprocess", "urllib", "http", "ctypes", "pickle"}


def test_prover_and_checkers_share_no_code() -> None:
    prover = ROOT / "domain" / "ledger" / "tree.py"
    checker = ROOT / "adapters" / "proof" / "checking.py"
    assert not {"veinledger"} & imported(checker.read_text(encoding="utf-8"))
    assert not {"veinledger"} & imported(prover.read_text(encoding="utf-8"))


def test_the_copy_at_the_root_is_the_program() -> None:
    assert (ROOT / "verify_bundle.py").read_bytes() == PROGRAM.read_bytes()
    assert writing.verifier() == PROGRAM.read_bytes()


def test_the_page_about_bundles_prints_the_programs_digest_and_names_every_field() -> None:
    page = (ROOT / "docs" / "bundle.md").read_text(encoding="utf-8")
    assert sha256(PROGRAM.read_bytes()).hexdigest() in page
    for fields in verify_bundle.FIELDS.values():
        assert {name for name in fields if f"`{name}`" not in page} == set()
    words = ("encounter", "signed", "tree", "since", "originals", "stream", "merged", "original")
    for word in words:
        assert f"`{word}" in page
    assert verify_bundle.FORMAT in page
