"""Every encounter is billed as its golden files say; `make golden` writes them again."""

from __future__ import annotations

import pytest

from tests.claims.golden import FOLDER, documents

pytestmark = pytest.mark.untraced

AT_MOST_BYTES = 45_000
"""Small enough to be read by a person before it is committed."""


@pytest.fixture(scope="module")
def wanted() -> dict[str, str]:
    return {path.relative_to(FOLDER).as_posix(): text for path, text in documents()}


def test_every_claim_is_what_its_golden_file_says(wanted: dict[str, str]) -> None:
    changed = {
        name
        for name, text in wanted.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != text
    }
    assert not changed, "run `make golden`, and read what it changed"


def test_every_golden_file_belongs_to_an_encounter(wanted: dict[str, str]) -> None:
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*")}
    assert there == set(wanted)


def test_every_golden_file_is_small_enough_to_read(wanted: dict[str, str]) -> None:
    large = {name: len(text) for name, text in wanted.items() if len(text) > AT_MOST_BYTES}
    assert not large
