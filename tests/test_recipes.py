"""The recipes of CONTRIBUTING.md, tried as they stand there: what they add works, and says so.

A block that begins with a path is written to that path of a copy of the sources, and the program is
run there. So a recipe that no longer works, or says what the program does not, fails here.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from tests.documents import Block, blocks, is_what_was_said, steps
from tests.given import (
    DAY_0,
    admitted,
    collected,
    discharged,
    history,
    infused,
    lymphodepletion,
    made,
    opened,
)
from tests.given_ledger import ROOT, SITE
from veinledger.adapters.pages import read_centre, shipped_pages
from veinledger.domain.codebook.page import PageError
from veinledger.domain.rules import Rules, rules_of
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.edits.registry import EDITS
from veinledger.projections.claims.registry import RULES
from veinledger.projections.claims.shapes import ClaimSet, Line
from veinledger.projections.gates.registry import GATES

CENTRE = read_centre(SITE)
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NEW_YEAR = date(2027, 1, 1)
UNTIL = "until = 2027-01-01\n"


# What a recipe shows


def section(heading: str) -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, f"CONTRIBUTING.md has no section {heading!r}"
    return found[1]


def files(heading: str) -> dict[str, str]:
    """The files that a recipe writes, by path; a block of a page is one more entry of it."""
    found = [b for b in blocks(section(heading)) if b.lines[0].startswith("# ")]
    named = {b.lines[0].removeprefix("# "): "\n".join(b.lines[1:]) + "\n" for b in found}
    assert len(named) == len(found)
    return named


def shown(heading: str) -> list[str]:
    """The lines that the program is said to say."""
    return [line for b in blocks(section(heading)) if not b.language for line in b.lines]


def consoles(heading: str) -> Iterator[Block]:
    return (b for b in blocks(section(heading)) if b.language == "console")


PRODUCT = "Recipe 1: a new product is one page of data"
RULE = "Recipe 3: a new claim rule is one function and one case"
GATE = "Recipe 4: a new gate is one function and one row"
NEW_CODE = "A code that changes on 1 January"


# Where it is tried


@dataclass(frozen=True, slots=True)
class Sources:
    """A copy of the program and of its tests."""

    folder: Path

    def write(self, path: str, text: str) -> None:
        """A new file, or one more entry of a page that there is."""
        file = self.folder / path
        before = f"{file.read_text(encoding='utf-8')}\n" if file.exists() else ""
        file.write_text(before + text, encoding="utf-8")

    def say(self, *args: str) -> str:
        """What Python says in the copy, on one line."""
        done = subprocess.run(
            [sys.executable, *args], cwd=self.folder, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    for name in ("domain", "projections", "adapters", "examples", "veinledger", "tests"):
        ignored = ignore_patterns("__pycache__", "golden") if name == "tests" else None
        copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=ignored)
    return Sources(tmp_path)


def one_line(text: str) -> str:
    return " ".join(text.split())


def with_pages(pages: dict[str, str]) -> Rules:
    """The shipped pages with new pages, and with new entries of old ones."""
    shipped = shipped_pages()
    for path, text in pages.items():
        name = path.removeprefix("domain/")
        shipped[name] = shipped.get(name, b"") + text.encode()
    return rules_of(shipped, edition="public", version="0")


def with_site(pages: dict[str, str]) -> Rules:
    """The shipped pages with the same ones laid over them by a site."""
    ours = {path.removeprefix("domain/"): text.encode() for path, text in pages.items()}
    for name in [each for each in ours if each.startswith("codebook/")]:
        system = shipped_pages()[name].partition(b"\n")[0]
        assert system.startswith(b"system = ")
        ours[name] = system + b"\n" + ours[name]
    return rules_of(shipped_pages(), edition="public", version="0", overlays=[ours])


# A product


def infused_with_newcel(rules: Rules) -> ClaimSet:
    told = [
        *opened(product="newcel"),
        *collected(),
        *made(ndc="99999-0200-01", hcpcs="Q0000"),
        admitted(),
        infused(ndc="99999-0200-01", hcpcs="Q0000"),
        discharged(),
    ]
    return claims(history(told), CENTRE, rules)


def test_a_product_page_that_names_an_unknown_meaning_says_which() -> None:
    page, _ = files(PRODUCT)
    with pytest.raises(PageError) as told:
        with_pages({page: files(PRODUCT)[page]})
    assert str(told.value) == shown(PRODUCT)[0]


@pytest.mark.parametrize("added", [with_pages, with_site])
def test_a_product_is_one_page_and_the_entries_of_its_own_codes(
    added: Callable[[dict[str, str]], Rules],
) -> None:
    found = infused_with_newcel(added(files(PRODUCT)))
    assert [claim.label for claim in found.claims] == ["A1", "C1"]
    (dose,) = [line for line in found.claims[1].lines if line.revenue_code == "0891"]
    assert (dose.code, dose.units) == ("Q0000", Decimal(1))
    assert found.claims[1].payment_mechanism == "MS-DRG 018"
    reasons = "\n".join(each.reason for each in found.claims[1].findings)
    assert shown(PRODUCT)[1] in reasons
    assert all(line.code != "Q2056" for line in found.lines())


def test_without_its_page_nothing_of_the_product_is_billed() -> None:
    assert infused_with_newcel(with_pages({})).claims == ()


def test_a_products_page_is_shown_once_it_is_there(sources: Sources) -> None:
    assert "no product page is named 'newcel'" in sources.say(
        "-m", "veinledger", "products", "newcel"
    )
    for path, text in files(PRODUCT).items():
        sources.write(path, text)
    said = sources.say("-m", "veinledger", "products", "newcel", "--as-of", "2026-12-02")
    assert "NEWCEL (madeupcabtagene autoleucel), Made-up Cells" in said
    assert "HCPCS Q0000" in said


# A code that changes


def the_old_entry_ends(page: str) -> str:
    """The page of HCPCS after the first half of the recipe."""
    begins = 'code = "J9185"'
    before, marked, after = page.partition(begins)
    first_day, line_end, rest = after.partition("from = 2022-02-28\n")
    assert marked
    assert line_end
    assert 'editions = ["public"]' in rest.partition("[[entry]]")[0]
    return before + marked + first_day + line_end + UNTIL + rest


def new_entry() -> str:
    until, entry = files(NEW_CODE).items()
    assert until == ("domain/codebook/hcpcs.toml, in the entry of J9185 of edition public", UNTIL)
    assert entry[0] == "domain/codebook/hcpcs.toml"
    return entry[1]


def around_the_new_year(rules: Rules) -> dict[date, Line]:
    """Fludarabine on 31 December and on 1 January, by day."""
    first = (NEW_YEAR - DAY_0).days - 1
    told = [*opened(), *collected(), *made(), *lymphodepletion(days=(first, first + 1))]
    (claim,) = [c for c in claims(history(told), CENTRE, rules).claims if c.kind == "B"]
    known = {entry.code for entry in rules.book if entry.meaning == "fludarabine_injection"}
    return {line.day: line for line in claim.lines if line.code in known}


def test_two_entries_for_one_day_are_refused_with_the_names_of_both() -> None:
    with pytest.raises(PageError) as told:
        with_pages({"domain/codebook/hcpcs.toml": new_entry()})
    assert str(told.value) == shown(NEW_CODE)[0]


def test_a_new_code_changes_the_claim_of_its_first_day_and_not_of_the_day_before() -> None:
    pages = shipped_pages()
    page = the_old_entry_ends(pages["codebook/hcpcs.toml"].decode()) + "\n" + new_entry()
    by_pages = rules_of(
        {**pages, "codebook/hcpcs.toml": page.encode()}, edition="public", version="0"
    )
    by_site = with_site({"domain/codebook/hcpcs.toml": new_entry()})
    for rules in (by_pages, by_site):
        lines = around_the_new_year(rules)
        billed = {day: (line.code, line.units) for day, line in lines.items()}
        assert billed == {
            date(2026, 12, 31): ("J9185", Decimal(2)),
            NEW_YEAR: ("J0000", Decimal(6)),
        }
    unchanged = around_the_new_year(with_pages({}))
    assert {line.code for line in unchanged.values()} == {"J9185"}


def test_the_book_says_which_code_is_in_force_on_which_side_of_the_day(sources: Sources) -> None:
    path = "domain/codebook/hcpcs.toml"
    page = the_old_entry_ends((ROOT / path).read_text(encoding="utf-8"))
    (sources.folder / path).write_text(page, encoding="utf-8")
    sources.write(path, new_entry())
    (block,) = consoles(NEW_CODE)
    for step in steps(block):
        said = sources.say("-m", *step.command.split())
        assert is_what_was_said(step.shown, said), said


# A rule and an edit

ASK = """
from tests.claims.encounters.registry import ENCOUNTERS
from tests.claims.golden import as_text, made_of
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.projections.claims.why.explain import explain

encounter = ENCOUNTERS["infusion_with_a_weight_and_a_visit_without_minutes"]
made = made_of(encounter, "public")
print(as_text(encounter.about, made))
print(*[node.text for _, node in explain(made[0], made[1], "C1").walk()], sep="\\n")
print(*[node.key for _, node in explain(made[0], made[1], "C1").walk()], sep="\\n")
"""


def test_a_rule_an_edit_and_their_encounter_are_found_wherever_they_are_asked_for(
    sources: Sources,
) -> None:
    written = files(RULE)
    entry = "domain/codebook/value_code.toml"
    for path, text in written.items():
        if path != entry:
            assert not (ROOT / path).exists()
            sources.write(path, text)
    held, *said = shown(RULE)
    before = one_line(sources.say("-c", ASK))
    assert held in before
    sources.write(entry, written[entry])
    after = one_line(sources.say("-c", ASK))
    assert held not in after
    for line in said:
        assert one_line(line) in after, line
        assert line not in before or not line.startswith("value code")


# A gate

CHECKED = """
from tests.projections.gates.planted import EVE, asked, lines

told = asked(lines(), "infuse", EVE)
print(told.sentence, *[each.reason for each in told.failing], sep="\\n")
"""


STORIES = "tests/projections/gates/test_stories.py"


def test_a_gate_is_one_function_and_one_row(sources: Sources) -> None:
    written = files(GATE)
    (row,) = [path for path in written if path.startswith("domain/")]
    (function,) = [path for path in written if path.startswith("projections/")]
    sentence, reason, _ = shown(GATE)
    assert "nothing that is asked for is missing" in one_line(sources.say("-c", CHECKED))
    sources.write(row, written[row])
    sources.write(function, written[function])
    after = one_line(sources.say("-c", CHECKED))
    assert one_line(f"{sentence} {reason}") == after


def test_the_stories_of_a_gate_are_told_and_missed_where_they_are_not(sources: Sources) -> None:
    written = files(GATE)
    (stories,) = [path for path in written if path.startswith("tests/")]
    (row,) = [path for path in written if path.startswith("domain/")]
    (function,) = [path for path in written if path.startswith("projections/")]
    asked = ("-m", "pytest", "-q", "-p", "no:cacheprovider", STORIES, "-k", "consent or row_a_gate")
    sources.write(row, written[row])
    assert shown(GATE)[-1] in sources.say(*asked)
    sources.write(function, written[function])
    untold = sources.say(*asked)
    assert "1 failed" in untold
    assert shown(GATE)[-1] not in untold
    sources.write(stories, written[stories])
    told = sources.say(*asked)
    assert "failed" not in told, told
    assert "passed" in told


def test_what_was_tried_is_no_part_of_the_program() -> None:
    names = {each.name for each in RULES} | {each.name for each in EDITS} | set(GATES)
    assert not names & {
        "the_weight_stands_beside_the_dose",
        "a_visit_says_how_long_it_took",
        "the_patient_consented_in_writing",
    }
