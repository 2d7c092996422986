"""Another product or another attempt is an encounter of its own that continues the earlier one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_assigning import nobodys, rules
from tests.adapters.test_corrections import correct, infused, record_of, to_the_bedside, void
from tests.adapters.test_ledger import Line, one, opening, opening_as, say
from tests.given_command_line import Cli, command_line
from tests.given_ledger import centre_in_utc, ledger
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.reading import DecodedStreams, ReadStream
from veinledger.domain.standing.related.continuing import EARLIER_CELLS

THERE = "a_continued_encounter_is_another_one_that_is_there"
SAME_PATIENT = "a_continued_encounter_is_of_the_same_patient"
ON_ITS_WAY = "a_continued_encounter_has_ended_or_was_infused"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, centre=centre_in_utc("adt", "lab")) as opened:
        yield opened


def continuing(later: str = "E2", earlier: str = "E1", message: str = "CO") -> Line:
    return say("encounter.continued", "2026-06-02", f"{message}-{later}", later, continues=earlier)


def found(kept: Ledger, encounter: str = "E2") -> list[str]:
    return [each.rule for each in kept.effective(encounter).findings]


def given_before(**fields: object) -> Line:
    drugs = [{"name": "idecabtagene vicleucel", "drug_class": "CAR-T"}]
    return say("therapy.line_recorded", "2026-06-03", "TL", "E2", drugs=drugs, **fields)


def test_it_is_shown_both_ways_for_as_long_as_it_is_in_effect(kept: Ledger) -> None:
    kept.record(opening(), say("encounter.withdrawn", "2026-05-01", "W"), opening("E2"))
    before = kept.rows()[-1].position
    kept.record(continuing())
    assert kept.followers("E1") == ("E2",)
    assert kept.followers("E1", known_at=before) == ()
    assert kept.followers("E2") == ()
    assert found(kept) == []
    correct(kept, void(record_of(kept, "encounter.continued", "E2")), encounter="E2")
    assert kept.followers("E1") == ()
    assert kept.verify().consistent


def test_of_one_that_nobody_told_of_or_follows_there_are_no_followers(
    kept: Ledger,
) -> None:
    kept.record(opening("E2"))
    with pytest.raises(NotFound, match="no record of this encounter"):
        kept.followers("E1")
    assert kept.followers("E2") == ()
    kept.record(continuing())
    assert kept.followers("E1") == ("E2",)
    kept.record(opening())
    assert kept.followers("E1", known_at=0) == ()


def test_an_earlier_encounter_that_the_ledger_does_not_know_is_a_finding_until_it_does(
    kept: Ledger,
) -> None:
    kept.record(opening("E2"), continuing())
    assert found(kept) == [THERE]
    kept.record(opening(), say("encounter.withdrawn", "2026-05-01", "W"))
    assert found(kept) == []
    kept.record(opening("E3"), continuing("E3", "E3"))
    assert found(kept, "E3") == [THERE]


def test_another_patients_encounter_is_not_continued(kept: Ledger) -> None:
    kept.record(opening_as("E1", patient="P-7"), say("encounter.withdrawn", "2026-05-01", "W"))
    kept.record(opening("E2"), continuing())
    (finding,) = kept.effective("E2").findings
    assert (finding.rule, finding.severity, finding.holds) == (SAME_PATIENT, "critical", True)
    opened = record_of(kept, "encounter.opened", "E2").key
    assert finding.records == (opened, record_of(kept, "encounter.continued", "E2").key)
    merge = say("patient.merged", "2026-06-03", "PM", "E2", patient="P-7", surviving="P-1")
    kept.record(merge)
    assert found(kept) == []


def test_an_earlier_product_that_is_still_on_its_way_is_a_finding_until_it_ends(
    kept: Ledger,
) -> None:
    kept.record(*to_the_bedside(), opening("E2"), continuing())
    assert found(kept) == [ON_ITS_WAY]
    kept.record(say("encounter.withdrawn", "2026-05-01", "W"))
    assert found(kept) == []


def test_earlier_cells_are_asked_for_as_a_line_of_therapy(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-12"), opening("E2"), continuing())
    (finding,) = kept.effective("E2").findings
    assert finding.rule == EARLIER_CELLS
    assert "infused on 2026-04-12" in finding.reason
    kept.record(given_before())
    assert found(kept) == []


def test_a_line_of_other_drugs_does_not_tell_of_earlier_cells(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-12"), opening("E2"), continuing())
    kept.record(say("therapy.line_recorded", "2026-06-03", "TL", "E2"))
    assert found(kept) == [EARLIER_CELLS]


def test_what_is_owed_after_the_earlier_cells_goes_on_being_owed(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-12"))
    on = date(2026, 7, 1)
    before, list_before = kept.schedule("E1", as_of=on), kept.due(on).owed
    kept.record(*to_the_bedside("E2", "COI-2"), continuing(), given_before())
    kept.record(infused("2026-06-20", "E2", "COI-2"))
    assert kept.schedule("E1", as_of=on).obligations == before.obligations
    mine = [each.obligation.key for each in kept.due(on).owed if each.encounter == "E1"]
    assert mine == [each.obligation.key for each in list_before]
    assert kept.schedule("E2", as_of=on).obligations


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_the_findings_are_the_same_whatever_came_first(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    parts = [to_the_bedside(), [infused("2026-04-12")], [opening("E2")], [continuing()]]
    with ledger(tmp_path, centre=centre_in_utc("adt")) as kept:
        for place in order:
            kept.record(*parts[place])
        assert found(kept) == [EARLIER_CELLS]
        assert kept.followers("E1") == ("E2",)


def test_two_that_say_they_follow_each_other_end_no_question(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"), continuing(), continuing("E1", "E2"))
    assert kept.followers("E1") == ("E2",)
    assert kept.followers("E2") == ("E1",)
    assert found(kept, "E1") == [ON_ITS_WAY]


def linking(merged: str, survivor: str) -> Line:
    return say("encounter.linked", "2026-06-10", f"LK-{merged}", merged, survivor=survivor)


def follows_what_was_infused(kept: Ledger) -> None:
    """E2, of another patient reference, follows E1; E0 is what E1 turns out to be."""
    kept.record(*to_the_bedside(), infused("2026-04-12"), opening("E0"))
    kept.record(opening_as("E2", patient="P-7"), continuing())


def test_what_an_earlier_encounter_told_counts_for_its_followers_where_it_was_merged(
    kept: Ledger,
) -> None:
    follows_what_was_infused(kept)
    before = kept.effective("E2").findings
    assert [each.rule for each in before] == [SAME_PATIENT, EARLIER_CELLS]
    position = kept.rows()[-1].position
    kept.record(linking("E1", "E0"))
    assert kept.effective("E2").findings == before
    kept.record(opening("E9"), linking("E0", "E9"))
    assert kept.effective("E2").findings == before
    assert kept.effective("E2", known_at=position).findings == before
    kept.record(say("patient.measured", "2026-06-12", "M", "E2", weight=70))
    assert kept.effective("E2").findings == before


def test_what_is_told_in_the_survivor_is_told_of_what_it_continues(kept: Ledger) -> None:
    kept.record(opening(), opening("E0"), opening("E2"), continuing(), linking("E1", "E0"))
    assert found(kept) == [ON_ITS_WAY]
    kept.record(say("encounter.withdrawn", "2026-05-01", "W", "E0"))
    assert found(kept) == []
    correct(kept, void(record_of(kept, "encounter.linked", "E1")), encounter="E1")
    assert found(kept) == [ON_ITS_WAY]


def test_those_who_follow_a_merged_encounter_are_followers_of_its_survivor(kept: Ledger) -> None:
    follows_what_was_infused(kept)
    kept.record(opening("E3"), continuing("E3", "E0"))
    position = kept.rows()[-1].position
    kept.record(linking("E1", "E0"))
    assert kept.followers("E0") == ("E2", "E3")
    assert kept.followers("E0", known_at=position) == ("E3",)
    assert kept.followers("E1") == ("E2",)
    kept.record(opening("E4"), linking("E2", "E4"))
    assert kept.followers("E0") == ("E4", "E3")


def test_an_encounter_that_continues_what_it_was_merged_with_follows_itself(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"), continuing(), linking("E1", "E2"))
    assert found(kept) == [THERE]
    assert kept.followers("E2") == kept.followers("E1") == ()
    kept.record(opening("E3"), linking("E2", "E3"))
    assert found(kept, "E3") == [THERE]
    assert kept.followers("E3") == ()


def test_a_merge_that_was_undone_and_made_the_other_way_round_ends_no_question(
    kept: Ledger,
) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-12"), opening("E0"), opening("E2"))
    kept.record(continuing(), linking("E1", "E0"))
    correct(kept, void(record_of(kept, "encounter.linked", "E1")), encounter="E1")
    kept.record(linking("E0", "E1"))
    assert found(kept) == [EARLIER_CELLS]
    assert (kept.followers("E1"), kept.followers("E0")) == (("E2",), ())
    for position in range(1, kept.rows()[-1].position + 1):
        assert kept.effective("E2", known_at=position)


def each_follows_all_the_others(kept: Ledger, count: int) -> list[str]:
    names = [f"E{number}" for number in range(1, count + 1)]
    kept.record(*map(opening, names))
    for later, earlier in permutations(names, 2):
        kept.record(continuing(later, earlier, f"CO-{earlier}"))
    return names


def test_of_what_an_encounter_follows_it_is_no_matter_what_that_follows(kept: Ledger) -> None:
    names = each_follows_all_the_others(kept, 4)
    earlier = kept.history("E1").earlier
    assert [each.encounter for each in earlier] == names[1:]
    assert [each.earlier for each in earlier] == [(), (), ()]
    assert found(kept, "E1") == [ON_ITS_WAY] * 3


def test_where_many_follow_one_another_each_is_read_once_for_each_that_is_asked_about(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, read = each_follows_all_the_others(kept, 6), list[str]()
    as_ever: Any = vars(DecodedStreams)["read"]

    def counted(self: DecodedStreams[Any], stream: ReadStream, name: str) -> tuple[Any, ...]:
        read.append(name)
        parts: tuple[Any, ...] = as_ever(self, stream, name)
        return parts

    monkeypatch.setattr(DecodedStreams, "read", counted)
    kept.history("E1")
    assert len(read) == len(set(read)) == len(names)
    read.clear()
    kept.record(say("patient.measured", "2026-06-05", "M", "E1", weight=70))
    assert len(read) <= len(names) ** 2


def test_a_continuation_names_its_encounter(kept: Ledger) -> None:
    told = one(kept.record(nobodys(continuing())))
    assert rules(told) == ["a_report_names_its_encounter_or_its_centre"]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def test_stage_history_and_audit_say_what_follows_what(cli: Cli) -> None:
    lines = [*to_the_bedside(), infused("2026-04-12"), opening("E2"), continuing()]
    for line in lines:
        line["source"] = {**line["source"], "connection": "epic-adt"}
    cli("record", "-", stdin=b"\n".join(json.dumps(each).encode() for each in lines))
    assert "continues E1" in cli("stage", "E2").flat
    assert "continued by E2" in cli("stage", "E1").flat
    assert cli("stage", "E1", "--json").answer["continued_by"] == ["E2"]
    for command in ("history", "audit"):
        assert "Continued by E2." in cli(command, "E1").flat
    assert "it follows E1" in cli("audit", "E2").flat
    assert cli("history", "E1", "--json").answer["continued_by"] == ["E2"]
