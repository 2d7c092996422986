"""An appeal as a letter: what the payer reads, what only the sender reads, and nothing guessed."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from tests.adapters.printing.test_packet_document import Read
from tests.appeals.stories import CERTIFIED, Story, denied, filed, request_denied, taken_off
from tests.appeals.test_reasons import CASES
from tests.claims.encounters.denials import inpatient, visited
from tests.given import day, history
from tests.given_command_line import Cli, command_line
from tests.given_ledger import lines_of
from tests.projections.authorization.told import registered
from veinledger.adapters.pages import shipped_rules
from veinledger.adapters.printing.appeal_letter import document
from veinledger.adapters.printing.appeal_sheet import sheet
from veinledger.adapters.printing.page import html
from veinledger.domain.codebook.statement import Edition
from veinledger.projections.appeals.letter import Letter, letters

AS_OF: Final = day(75)
REFRACTORY: Final = "Lenalidomide-refractory status not documented"
SCRIPT: Final = "<script>refractory</script>"


def written(story: Story, edition: Edition = "public", as_of: date = AS_OF) -> Letter:
    """The letter about the last denial of a story."""
    told = history([registered(), *story])
    found = letters(told, CERTIFIED, shipped_rules(edition), as_of)
    assert found
    return found[-1]


def refused(**said: Any) -> Letter:
    """A letter about a claim that was denied for a reason of our own choice."""
    more: dict[str, Any] = {
        "payer_control_number": "HH-7712",
        "adjustments": (taken_off("50"),),
        **said,
    }
    return written(denied(inpatient(), "C1", **more))


def read(letter: Letter) -> tuple[str, str]:
    """The words of the sender's sheet, and of the letter."""
    whole = html(document(letter), sheet(letter))
    first, second = whole.split("</article>")[:2]
    return Read(first.partition("<body>")[2] + "</article>").words, Read(
        second + "</article>"
    ).words


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_fact_and_paper_stands_on_the_one_page_where_it_belongs(name: str) -> None:
    case = CASES[name]
    found = written(denied(case.story(), case.label, **case.said), case.edition)
    to_us, to_payer = (" ".join(each.split()).lower() for each in read(found))
    for one in found.appeal.candidates:
        for fact in one.facts:
            for_payer = fact.state == "have" and not fact.aside
            assert (fact.text.lower() in to_payer) == for_payer, fact.text
            assert (fact.text.lower() in to_us) == (not for_payer), fact.text
        for paper in one.attachments:
            assert (f"{paper.label}:".lower() in to_payer) == (paper.state == "have")
            assert not paper.remedy or paper.remedy.lower() in to_us
        for cited in one.citations:
            assert (cited.label.lower() in to_payer) == (cited.confidence != "unverified")
            assert (cited.label.lower() in to_us) == (cited.confidence == "unverified")


def test_the_payer_finds_the_claim_by_everything_it_knows_of_it() -> None:
    _, to_payer = read(refused(text=REFRACTORY))
    for value in (
        "Medicare, fee for service", "Lakeside University Hospital", "NPI 1234567893",
        "Example, Ada", "1966-05-14", "HH-7712", "PCN-C1", "2026-05-08 to 2026-05-25",
        "$667,401.25", REFRACTORY, "CARC 50", "redetermination",
    ):  # fmt: skip
        assert len(re.findall(re.escape(value), to_payer)) == 1, value


def test_what_only_the_sender_has_to_know_is_no_part_of_the_letter() -> None:
    to_us, to_payer = read(refused(text=REFRACTORY))
    for value in ("Send by 2026-11-12, 110 days left", "2 things missing", "take off before"):
        assert value in to_us
        assert value not in to_payer
    assert "2026-11-12" not in to_payer
    assert "draft" in to_payer


def test_a_letter_that_lacks_nothing_is_no_draft() -> None:
    told = [*inpatient(), filed("chain of identity label", "LABEL-1")]
    found = written(denied(told, "C1", rarc=("M119",)))
    assert [one.missing for one in found.appeal.candidates] == [0]
    to_us, to_payer = read(found)
    assert "nothing is missing" in to_us
    assert "draft" not in to_payer


@pytest.mark.parametrize("said", [{"text": "see letter", "carc": "16"}, {"carc": "50"}])
def test_where_no_reason_is_named_the_letter_asks_and_argues_nothing(said: dict[str, str]) -> None:
    found = refused(adjustments=(taken_off(said["carc"]),), text=said.get("text"))
    assert found.appeal.match in ("unmatched", "unclear")
    to_us, to_payer = read(found)
    assert "Question about a denied claim" in to_payer
    assert "Which criterion of which policy" in to_payer
    assert "Our answer to" not in to_payer
    assert "the letter asks" in to_us


def test_a_denied_request_is_appealed_by_its_reference_for_each_reason_named() -> None:
    reason = "the disease is not refractory to lenalidomide; no neurological monitoring plan"
    found = written(request_denied(inpatient("harbor_health"), reason), as_of=day(-20))
    _, to_payer = read(found)
    assert "Appeal of a denied request for authorization" in to_payer
    assert "REQ-9" in to_payer
    assert "1. Our answer to" in to_payer
    assert "2. Our answer to" in to_payer


def test_the_payer_is_not_told_to_write_it_off() -> None:
    to_us, to_payer = read(written(denied(visited(), "E1", adjustments=(taken_off("97"),))))
    assert "write it off" in to_us
    assert "write it off" not in to_payer


def test_the_sheet_is_a_page_of_its_own_and_is_not_counted() -> None:
    made = html(document(refused(text=REFRACTORY)), sheet(refused(text=REFRACTORY)))
    assert "break-after: page" in made
    assert "counter-increment: page 0" in made
    assert "counter(pages)" not in made
    assert "counter(pages)" in html(document(refused(text=REFRACTORY)))


def test_the_letter_is_whole_by_itself_and_escaped() -> None:
    found = refused(text=SCRIPT)
    made = html(document(found), sheet(found))
    seen = Read(made)
    assert not seen.open
    assert "script" not in seen.elements
    assert SCRIPT in seen.words
    assert {name for name, _ in seen.attributes} <= {"lang", "charset", "class", "style", "scope"}
    assert not re.search(r"https?:|//|url\(|@import", made.split("<body>")[0])


def test_no_part_of_a_letter_shows_a_patient_in_its_repr() -> None:
    found = refused(text=REFRACTORY)
    shown = repr((found, found.form, found.appeal, document(found), sheet(found)))
    for value in ("Example", "Ada", "1966", "MRN-1"):
        assert value not in shown


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line with the page's first patient, whose claim C1 was denied twice."""
    call = command_line(tmp_path, monkeypatch, capfd)
    assert call("record", "-", stdin=b"\n".join(lines_of("page_patient_2l"))).code == 0
    claims = call("claims", "E1", "--as-of", "2026-08-20", "--json").answer["claims"]
    key = next(each["key"] for each in claims if each["label"] == "C1")
    for number, reason in ((1, REFRACTORY), (2, "Facility is not FACT accredited")):
        line = {
            "encounter": "E1", "type": "claim.answered", "occurred_at": f"2026-07-0{number}",
            "source": {"connection": "coordinator", "message": f"RM-{number}"},
            "actor": {"id": "desk-1", "role": "remittance desk"}, "claim_key": key,
            "patient_control_number": "PCN-C1", "kind": "denied", "text": reason,
        }  # fmt: skip
        assert call("record", "-", stdin=json.dumps(line).encode()).code == 0
    return call


def test_a_letter_is_written_about_one_denial_and_never_over_another(
    cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "letter.html"
    asked = ("--as-of", "2026-08-20", "--document", str(file))
    several = cli("appeal", "E1", "C1", *asked)
    assert several.code == 2
    numbers = re.findall(r"(\d+) \(C1\)", several.err)
    assert len(numbers) == 2
    said = cli("appeal", "E1", numbers[0], *asked)
    assert (said.code, said.out) == (0, "")
    assert "Ada" not in said.err
    assert "Example, Ada" in file.read_text(encoding="utf-8")
    assert cli("appeal", "E1", numbers[1], *asked).code == 3
    assert cli("appeal", "E1", *asked).code == 2
