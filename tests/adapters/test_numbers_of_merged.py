"""Encounters that were merged: each record keeps its number, and a number says whose it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.test_corrections import infused, move, to_the_bedside
from tests.adapters.test_ledger import Line, opening, opening_as, say
from tests.adapters.test_merging import by_the_hospital, linking
from tests.examples.stories import AS_OF, told
from tests.given_command_line import Cli, command_line
from veinledger.adapters.ledger import Ledger

DATED = ("--as-of", AS_OF.isoformat())


def by_the_site(*lines: Line) -> list[Line]:
    """The same lines by a connection of the examples' site."""
    return [by_the_hospital(line, str(line["source"]["message"])) for line in lines]


def recorded(kept: Ledger, *lines: Line) -> None:
    answers = [outcome.answer for outcome in kept.record(*by_the_site(*lines))]
    assert answers == ["recorded"] * len(lines)


def corrected(kept: Ledger, encounter: str, *changes: Line, message: str) -> None:
    line = say("records.corrected", "2026-07-22", message, encounter, changes=list(changes))
    recorded(kept, {**line, "reason": "seen"})


# ---- Why a claim is voided --------------------------------------------------------------------


def weighed(number: int) -> Line:
    return say("patient.measured", "2026-06-09", f"W{number}", "E66", weight=72)


def test_a_move_of_its_namesake_makes_the_void_of_a_claim_no_matter_of_identity(
    tmp_path: Path,
) -> None:
    with told("infusion_voided", tmp_path) as kept:
        infusion = next(r for r in kept.history("E13").records if r.fact.type == "cells.infused")
        before = reasons(kept)
        recorded(kept, opening_as("E66", indication="second_line"), opening_as("E67"))
        recorded(kept, *(weighed(number) for number in range(infusion.seal.sequence)))
        namesake = kept.history("E66").records[infusion.seal.sequence - 1]
        assert namesake.seal.sequence == infusion.seal.sequence
        corrected(kept, "E66", move(namesake, "E67"), message="MV")
        recorded(kept, linking("E66", "E13"))
        assert reasons(kept) == before == {"C1": "D6"}


def reasons(kept: Ledger) -> dict[str, str | None]:
    return {
        each.label: each.change_reason and each.change_reason.code
        for each in kept.claims("E13", as_of=AS_OF).proposals
    }


# ---- On the command line ----------------------------------------------------------------------


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """E1 came to the bedside; E2, with the infusion as its record 2, was merged into it."""
    call = command_line(tmp_path, monkeypatch, capfd)
    lines = [opening("E2"), infused("2026-04-12", "E2"), *to_the_bedside(), linking()]
    tell(call, *lines)
    return call


def tell(call: Cli, *lines: Line) -> None:
    told = b"\n".join(json.dumps(line).encode() for line in by_the_site(*lines))
    assert call("record", "-", stdin=told).code in (0, 1)


def test_a_bare_number_is_explained_as_the_record_of_the_encounter_that_is_asked(cli: Cli) -> None:
    said = cli("explain", "E1", "--record", "2", *DATED)
    assert said.out.startswith("record 2: apheresis.completed on 2026-03-02")
    said = cli("explain", "E2", "--record", "2", *DATED)
    assert said.out.startswith("record 2: cells.infused on 2026-04-12")


@pytest.mark.parametrize("named", ["E2 2", "2 of E2"])
def test_a_record_of_a_merged_encounter_is_explained_by_its_name_and_number(
    cli: Cli, named: str
) -> None:
    said = cli("explain", "E1", "--record", named, *DATED)
    assert said.out.startswith("record 2 of E2: cells.infused on 2026-04-12")
    assert "what rests on it" in said.flat


@pytest.mark.parametrize(
    ("named", "code", "words"),
    [
        ("99", 4, "the encounter has no record 99; they are numbered up to 5, as `veinledger"),
        ("99", 4, "those of E2 are named with it, as E2 1"),
        ("E2 99", 4, "E2 has no record 99; they are numbered up to 3"),
        ("E7 2", 4, "this history holds no record of E7, but those of E1 and E2"),
        ("two", 2, "--record 'two' is no record: give its number in `veinledger history`"),
    ],
)
def test_a_number_that_no_record_has_is_answered_with_those_that_there_are(
    cli: Cli, named: str, code: int, words: str
) -> None:
    said = cli("explain", "E1", "--record", named, *DATED)
    assert said.code == code
    assert words in " ".join(said.err.split())


def test_what_a_claim_rests_on_is_explained_with_whose_record_it_is(cli: Cli) -> None:
    assert "record 2 of E2: cells.infused" in cli("explain", "E1", "C1", *DATED).flat
