"""What was refused: who said it, in which role, when it is said to have happened, and of whom."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_corrections import correct, void
from tests.adapters.test_ledger import Line, one, opening, say
from tests.given_command_line import Cli, command_line
from tests.given_ledger import TODAY, centre_in_utc, ledger
from tests.law.given_records import edit
from veinledger.adapters.errors import LedgerDamaged, NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.intake.outcome import RefusedItem, Teller
from veinledger.projections.audited_wanted import EVERY_ENTRY, WantedEntries, how_many
from veinledger.projections.audited_wanted import only as only_wanted

BY_WHOM = {"id": "lab-1", "role": "director"}


@pytest.fixture(params=["memory", "sqlite", "encrypted"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    store, encrypted = request.param, request.param == "encrypted"
    store = "sqlite" if encrypted else store
    with ledger(
        tmp_path, store=store, centre=centre_in_utc("adt", "lab"), encrypted=encrypted
    ) as opened:
        yield opened


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def decision(encounter: str = "E1", message: str = "D1", **fields: Any) -> Line:
    """A confirmation of a record that is not there: a valid report that is refused."""
    told = {"target": "0" * 64, "reason": "x", **fields}
    return say("report.confirmed", "2026-05-01T09:30:00Z", message, encounter, **told)


def unreadable(message: str = "B1", **fields: Any) -> Line:
    """A grade that is none: no report, and its actor and its time can be read all the same."""
    return say("crs.graded", "2026-05-02", message, grade="two", actor=BY_WHOM) | fields


def only(items: tuple[RefusedItem, ...]) -> RefusedItem:
    (item,) = items
    return item


def test_a_refused_decision_says_who_made_it_when_and_about_which_encounter(kept: Ledger) -> None:
    kept.record(opening())
    assert one(kept.record(decision(actor=BY_WHOM))).answer == "refused"
    item = only(kept.refused())
    assert item.actor == Teller(id="lab-1", role="director")
    assert (item.occurred, str(item.day)) == ("2026-05-01T09:30:00Z", "2026-05-01")
    assert (item.subject, item.encounter) == ("encounter", "E1")
    assert item.recorded_at == TODAY
    assert len(item.digest) == 64


def test_of_what_is_no_report_what_can_be_read_is_read(kept: Ledger) -> None:
    kept.record(unreadable())
    item = only(kept.refused())
    assert (item.actor, item.occurred) == (Teller(id="lab-1", role="director"), "2026-05-02")


@pytest.mark.parametrize(
    ("wrong", "actor", "occurred"),
    [
        ({"actor": {"id": "lab-1"}}, Teller(id="lab-1"), "2026-05-02"),
        ({"actor": {"id": 7, "role": "director"}}, Teller(role="director"), "2026-05-02"),
        ({"actor": "lab-1"}, Teller(), "2026-05-02"),
        ({"occurred_at": "in May"}, Teller(id="lab-1", role="director"), None),
        ({"occurred_at": "2026-05-02T10:00:00"}, Teller(id="lab-1", role="director"), None),
        ({"actor": None, "occurred_at": None}, Teller(), None),
    ],
)
def test_nothing_is_guessed_of_what_cannot_be_read(
    kept: Ledger, wrong: dict[str, Any], actor: Teller, occurred: str | None
) -> None:
    kept.record(unreadable(**wrong))
    item = only(kept.refused())
    assert (item.actor, item.occurred) == (actor, occurred)


@pytest.mark.parametrize("line", [b"no JSON", b"[1]", b'{"actor": {"id": "a", "id": "b"}}'])
def test_a_line_that_is_no_object_says_nothing(kept: Ledger, line: bytes) -> None:
    kept.record(line)
    item = only(kept.refused())
    assert (item.actor, item.occurred, item.day, item.subject) == (Teller(), None, None, None)


def test_one_encounter_is_told_of_what_named_it_alone(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"), decision(), decision("E2", "D2"), unreadable(), b"x")
    assert [item.source.message for item in kept.refused("E1")] == ["D1", "B1"]
    assert [item.source.message for item in kept.refused("E2")] == ["D2"]
    assert len(kept.refused()) == 4


def test_a_centre_of_the_same_name_is_another(kept: Ledger) -> None:
    of_centre: Line = {**unreadable(), "centre": "E1"}
    del of_centre["encounter"]
    kept.record(opening(), of_centre)
    assert kept.refused("E1") == ()
    assert only(kept.refused()).subject == "centre"


def test_an_encounter_that_nobody_named_is_not_found(kept: Ledger) -> None:
    kept.record(unreadable(encounter="E7"))
    assert len(kept.refused("E7")) == 1
    with pytest.raises(NotFound):
        kept.refused("E8")


def test_what_was_refused_later_was_not_known_then(kept: Ledger) -> None:
    kept.record(opening())
    kept.record(decision())
    kept.record(unreadable())
    first, second = kept.refused("E1")
    assert kept.refused("E1", known_at=first.position) == (first,)
    assert kept.refused(known_at=first.position - 1) == ()
    assert kept.refused(known_at=TODAY) == (first, second)
    assert kept.refused(known_at=TODAY - timedelta(seconds=1)) == ()


def test_that_it_was_taken_since_is_known_from_then_on(kept: Ledger) -> None:
    kept.record(opening())
    kept.record(unreadable())
    kept.record(say("crs.graded", "2026-05-02", "B1"))
    item = only(kept.refused("E1"))
    assert item.taken_since is not None
    assert only(kept.refused("E1", known_at=item.position)).taken_since is None


def test_bytes_that_are_not_there_tell_nothing(tmp_path: Path) -> None:
    with ledger(tmp_path, store="sqlite", centre=centre_in_utc("adt")) as opened:
        opened.record(unreadable())
        edit(tmp_path / "ledger.sqlite", "DELETE FROM originals")
        item = only(opened.refused())
        assert (item.actor, item.occurred, item.encounter) == (Teller(), None, "E1")


def test_other_bytes_in_the_place_of_those_received_are_damage(tmp_path: Path) -> None:
    with ledger(tmp_path, store="sqlite", centre=centre_in_utc("adt")) as opened:
        opened.record(unreadable())
        edit(tmp_path / "ledger.sqlite", "UPDATE originals SET content = x'7b7d'")
        with pytest.raises(LedgerDamaged, match="verify --originals"):
            opened.refused()


def test_a_correction_that_is_refused_says_who_asked_for_it(kept: Ledger) -> None:
    kept.record(opening())
    (record,) = kept.history("E1").records
    correct(kept, void(record), encounter="E1", message="C1")
    told = correct(kept, void(record), encounter="E1", message="C2")
    assert told.answer == "refused"
    assert only(kept.refused("E1")).actor.id is not None


def test_the_trail_has_what_named_the_encounter_and_was_refused_by_then(kept: Ledger) -> None:
    kept.record(opening(), decision(actor=BY_WHOM), decision("E9", "D9"), unreadable())
    first, second = kept.refused("E1")
    trail = kept.audit("E1")
    assert (trail.refused, trail.refused_of, trail.of) == ((first, second), 2, 1)
    assert kept.audit("E1", known_at=first.position).refused == (first,)
    assert how_many(trail, EVERY_ENTRY) == "1 record and 2 refused reports"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (WantedEntries(actor="lab-1"), ["D1", "B1"]),
        (WantedEntries(role="nurse"), []),
        (WantedEntries(message="B1"), ["B1"]),
        (WantedEntries(type="crs"), ["B1"]),
        (WantedEntries(type="None"), []),
        (WantedEntries(happened_until=date(2026, 5, 1)), ["D1"]),
        (WantedEntries(happened_since=date(2026, 5, 2)), ["B1"]),
        (WantedEntries(until=TODAY - timedelta(days=1)), []),
    ],
)
def test_what_was_refused_is_narrowed_like_the_records(
    kept: Ledger, wanted: WantedEntries, found: list[str]
) -> None:
    nothing_readable = unreadable("B2", actor=None, occurred_at=None, type="no.fact")
    kept.record(opening(), decision(actor=BY_WHOM), unreadable(), nothing_readable)
    part = only_wanted(kept.audit("E1"), wanted)
    assert [item.source.message for item in part.refused] == found
    assert f"{len(found)} of 3 refused reports" in how_many(kept.audit("E1"), wanted)


def test_the_trail_of_a_survivor_has_what_named_the_other(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"), decision("E2", "D2"))
    assert kept.audit("E1").refused == ()
    kept.record(say("encounter.linked", "2026-06-01", "LK", "E2", survivor="E1"))
    assert [item.source.message for item in kept.audit("E1").refused] == ["D2"]


def test_every_form_of_the_trail_has_what_was_refused(cli: Cli, tmp_path: Path) -> None:
    for line in (opening(), decision(actor={"id": "=lab-1", "role": "director"})):
        line["source"]["connection"] = "epic-adt"
        cli("record", "-", stdin=json.dumps(line).encode())
    (item,) = cli("audit", "E1", "--json").answer["refused"]
    assert item["actor"] == {"id": "=lab-1", "role": "director"}
    assert "said by =lab-1, director" in cli("audit", "E1").flat
    assert "1 record and 1 refused report;" in cli("audit", "E1").flat
    last = list(csv.DictReader(StringIO(cli("audit", "E1", "--csv", "-").out)))[-1]
    (rule, *_) = (each["rule"] for each in item["refusal"]["objections"])
    assert (last["kind"], last["actor_id"], last["message"]) == ("refused", "'=lab-1", "D1")
    assert (last["position"], last["findings"]) == (str(item["position"]), rule)
    assert last["original_digest"] == item["original"]
    assert (last["of_records"], last["counts_as"]) == ("1", "refused")
    page = tmp_path / "e1.html"
    cli("audit", "E1", "--report", str(page))
    assert "said by =lab-1, director" in page.read_text(encoding="utf-8")


def test_the_command_says_who_when_and_takes_an_encounter_and_a_moment(cli: Cli) -> None:
    lines = [opening(), decision(actor=BY_WHOM), decision("E2", "D2"), unreadable(actor=None)]
    for line in lines:
        line["source"]["connection"] = "epic-adt"
        cli("record", "-", stdin=json.dumps(line).encode())
    said = cli("refused").flat
    assert "said by lab-1, director; said to have happened 2026-05-01 09:30" in said
    assert "nobody can be read in it; said to have happened 2026-05-02" in said
    (told,) = cli("refused", "E2", "--json").answer["refused"]
    assert (told["actor"], told["occurred"], told["encounter"]) == (
        {"id": "rn-1", "role": "nurse"}, "2026-05-01T09:30:00Z", "E2",
    )  # fmt: skip
    assert cli("refused", "E1", "--known-at", "2", "--json").answer == {"refused": []}
    assert cli("refused", "E9").code == 4
