"""Encounters that were merged: each record keeps its number, and a number says whose it is."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.test_corrections import move
from tests.adapters.test_ledger import Line, opening_as, say
from tests.adapters.test_merging import by_the_hospital, linking
from tests.examples.stories import AS_OF, told
from veinledger.adapters.ledger import Ledger


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
