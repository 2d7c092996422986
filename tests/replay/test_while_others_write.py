"""A replay is of the ledger as it stood when it began, whatever is recorded while it runs."""

from __future__ import annotations

from pathlib import Path

from tests.given_ledger import ledger, lines_of


def test_an_encounter_that_is_recorded_while_a_replay_runs_is_no_part_of_it(tmp_path: Path) -> None:
    with ledger(tmp_path) as opened:
        opened.record(*lines_of("withdrawn"))
        there = opened.encounters()
        begun = opened.replayer()
        opened.record(*lines_of("page_patient_2l"))
        assert opened.encounters() != there
        assert begun.encounters() == there
        assert [begun.one(name).encounter for name in begun.encounters()] == list(there)


def test_up_to_each_position_there_are_the_encounters_that_had_a_record_by_then(
    tmp_path: Path,
) -> None:
    with ledger(tmp_path) as opened:
        for example in ("withdrawn", "page_patient_2l"):
            opened.record(*lines_of(example))
        for position in range(opened.replayer().head + 1):
            upto = opened.replayer(position)
            assert all(upto.read(name).history.records for name in upto.encounters())
        assert opened.replayer(0).encounters() == ()
        assert opened.replayer().encounters() == opened.encounters()
