"""What `make soak` writes and when it stops; the time is told, and nothing is waited for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.soaked import table, write
from tests.soaking import Soak, soak_of
from tests.tiers import SEED, TIER, TOLD


def soak(tmp_path: Path, *times: float) -> Soak:
    """Of two minutes, by a clock that says these times in turn."""
    said = iter(times)
    return Soak(minutes=2, figures=tmp_path / "figures", clock=lambda: next(said))


def lines(tmp_path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (tmp_path / "figures").read_text().splitlines()]


def test_a_soak_stops_between_tests_and_says_which_it_did_not_reach(tmp_path: Path) -> None:
    found = soak(tmp_path, 0.0, 119.9, 120.0)
    assert [found.begins("first"), found.begins("second")] == [True, False]
    assert found.not_reached == ["second"]
    assert [(line["test"], line["outcome"]) for line in lines(tmp_path)] == [
        ("second", "not reached")
    ]


def test_a_line_of_figures_holds_the_seed_and_what_that_test_alone_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.soaking.TOLD", told := [*TOLD, "of a test before"])
    found = soak(tmp_path, 0.0, 1.0)
    assert found.begins("this")
    told.append("7 drawn")
    found.write("this", "passed", 1.26)
    (line,) = lines(tmp_path)
    assert line["told"] == ["7 drawn"]
    assert (line["tier"], line["seed"], line["seconds"]) == (TIER, SEED, 1.3)


def test_without_minutes_a_soak_goes_on_and_without_a_file_it_writes_nothing() -> None:
    found = soak_of({"VEINLEDGER_MINUTES": "", "VEINLEDGER_FIGURES": ""})
    assert (found.minutes, found.figures, found.is_over()) == (None, None, False)
    assert found.begins("any")
    found.write("any", "passed", 1.0)


def test_the_page_gets_the_figures_of_the_file_and_nothing_for_what_was_not_reached(
    tmp_path: Path,
) -> None:
    found = soak(tmp_path, 0.0, 1.0, 120.0)
    assert found.begins("tests/a.py::test_first")
    found.write("tests/a.py::test_first", "failed", 1.26)
    assert not found.begins("tests/a.py::test_second")
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- generated:soak -->\nOld.\n<!-- /generated -->\nAfter.\n")
    write(tmp_path / "figures", page=page)
    text = page.read_text()
    assert f"Tier {TIER}, seed {SEED}, on " in text
    assert "1 tests ended, 1 were not reached." in text
    assert "| a: test_first | " in text
    assert " | failed | 1.3 | - |" in text
    assert " | not reached | - | - |" in text
    assert "Old." not in text
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")


def test_several_soaks_stand_one_after_the_other(tmp_path: Path) -> None:
    names = ["first", "second"]
    for name in names:
        found = Soak(figures=tmp_path / name)
        assert found.begins(f"tests/{name}.py::test_it")
        found.write(f"tests/{name}.py::test_it", "passed", 1.0)
    page = tmp_path / "page.md"
    page.write_text("<!-- generated:soak -->\n<!-- /generated -->\n")
    write(*(tmp_path / name for name in names), page=page)
    text = page.read_text()
    assert text.count("1 tests ended, 0 were not reached.") == 2
    assert (
        text.index("| first: test_it |") < text.rindex("Tier") < text.index("| second: test_it |")
    )


def test_another_soak_is_added_behind_those_that_the_page_has(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- generated:soak -->\n<!-- /generated -->\n")
    for name in ("first", "second"):
        found = Soak(figures=tmp_path / name)
        assert found.begins(f"tests/{name}.py::test_it")
        found.write(f"tests/{name}.py::test_it", "passed", 1.0)
        write(tmp_path / name, page=page, add=True)
    text = page.read_text()
    assert text.count("<!-- generated:soak -->") == text.count("<!-- /generated -->") == 1
    assert text.index("| first: test_it |") < text.index("| second: test_it |")


def test_no_figures_are_said_to_be_none() -> None:
    assert table([]) == "No soak has been kept."
