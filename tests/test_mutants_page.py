"""What survived is written with its reason; what has none is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.mutants.finding import mutants_of
from tests.mutants.page import amiss, figures, of_today, reasons, survivors, write
from tests.mutants.records import Line
from tests.mutants.sites import Source

KEPT = """
[[class]]
name = "same"
title = "Nothing changes"

[[survivor]]
file = "domain/a.py"
function = "f"
class = "same"
why = "a is never 1"
changes = [["a < 1", "a <= 1"], ["a > 9", "a >= 9"]]
"""


def line(before: str, after: str, outcome: str = "survived") -> Line:
    return Line(
        at="2026-11-27T07:00:00+00:00", file="domain/a.py", function="f", line=3, kind="function",
        operator="boundary or opposite", before=before, after=after, nth=0, outcome=outcome,
        by=None, asked=1, covering=1, of_import=False, seconds=0.1,
    )  # fmt: skip


def test_a_survivor_without_a_reason_and_a_reason_without_a_survivor_are_told(
    tmp_path: Path,
) -> None:
    (tmp_path / "kept.toml").write_text(KEPT)
    lines = [line("a < 1", "a <= 1"), line("b", "True"), line("c", "True", "killed")]
    assert list(amiss(lines, reasons(tmp_path / "kept.toml"))) == [
        "not explained: domain/a.py | f | b | True",
        "explained, and no survivor: domain/a.py | f | a > 9 | a >= 9",
    ]


def test_a_survivor_stands_under_its_class_and_the_others_under_none(tmp_path: Path) -> None:
    (tmp_path / "kept.toml").write_text(KEPT)
    page = survivors([line("a < 1", "a <= 1"), line("b", "True")], reasons(tmp_path / "kept.toml"))
    first, second = page.split("### ")[1:]
    assert first.startswith("Nothing changes (1)")
    assert "<code>a &lt; 1</code> | <code>a &lt;= 1</code> | a is never 1 |" in first
    assert second.startswith("Not explained (1)")


def test_a_line_about_what_is_written_otherwise_now_counts_no_more(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(a):\n    return a < 1\n")
    source = Source(tmp_path / "a.py", "domain/a.py")
    lines = [line("a < 1", "a <= 1"), line("a < 2", "a <= 2", "killed")]
    still, missing = of_today({each.key: each for each in lines}, [source])
    assert still == lines[:1]
    assert missing == len([*mutants_of(source)]) - 1 > 0


def test_the_figures_tell_time_outs_from_failures_and_count_both() -> None:
    lines = [line(f"a{n}", "b", end) for n, end in enumerate(("killed", "timed out", "survived"))]
    told = figures("functions", lines)
    assert told.splitlines()[-1] == "| functions | 3 | 1 | 1 | 1 | 0 | 66.7 % |"


def test_a_kind_of_which_nothing_was_planted_keeps_its_part_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    parts = ("mutants", "survivors", "mutants-held", "survivors-held")
    page.write_text(
        "".join(f"<!-- generated:{p} -->\nas it was\n<!-- /generated -->\n" for p in parts)
    )
    (tmp_path / "kept.toml").write_text(KEPT)
    of_a_module = replace(line("1", "2"), kind="module", function="")
    write([of_a_module], reasons(tmp_path / "kept.toml"), page)
    text = page.read_text()
    assert text.count("as it was") == 2
    assert "| what a module holds | 1 | 0 | 0 | 1 | 0 | 0.0 % |" in text
    assert "Not explained (1)" in text.partition("survivors-held")[2]


def test_a_reason_for_what_was_not_planted_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "kept.toml").write_text(KEPT)
    other = replace(line("1", "2", "killed"), file="domain/b.py")
    assert list(amiss([other], reasons(tmp_path / "kept.toml"))) == []


def test_the_reasons_that_are_kept_can_be_read() -> None:
    known = reasons()
    assert {reason.of for reason in known.by_change.values()} <= set(known.titles)
    assert all(reason.why for reason in known.by_change.values())
