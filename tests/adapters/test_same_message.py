"""The same message again: the same answer, whoever asks, through whichever door, however late.

Row M2 of the plan. Told is what the sender gets to hear: which record holds it, and what it counts
for. The same id with other bytes: the first stays, the other is kept, and a person decides.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_ledger import Line, collection, opening
from tests.given_ledger import TODAY, centre_in_utc, ledger
from veinledger.adapters.codec.arrivals import Border
from veinledger.adapters.errors import ReportKeyTaken
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import shipped_rules
from veinledger.adapters.reading import KnownInView
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.reports import Source

CENTRE = centre_in_utc("adt")
FIRST = collection("2026-03-02", "M1")
OTHER = collection("2026-03-03", "M1")
DISPUTED = ["one_message_says_one_thing"]

Told = dict[str, object]
Door = Callable[[Path, tuple[Line, ...]], list[Told]]


def told(outcome: Outcome) -> Told:
    standing = outcome.standing
    return {
        "answer": outcome.answer,
        "record": outcome.record,
        "sequence": outcome.sequence,
        "stage": outcome.stage and outcome.stage.value,
        "status": standing and standing.status,
        "rules": [o.rule for o in standing.objections] if standing else [],
    }


def in_one_call(folder: Path, lines: tuple[Line, ...]) -> list[Told]:
    with ledger(folder, store="sqlite", centre=CENTRE) as kept:
        outcomes = [outcome for (outcome,) in kept.record_all([line] for line in lines)]
        return list(map(told, outcomes))


def call_by_call(folder: Path, lines: tuple[Line, ...]) -> list[Told]:
    with ledger(folder, store="sqlite", centre=CENTRE) as kept:
        return [told(outcome) for line in lines for outcome in kept.record(line)]


def at_two_doors(folder: Path, lines: tuple[Line, ...]) -> list[Told]:
    """Two Ledgers over one store, one after the other by turns."""
    with ledger(folder, centre=CENTRE) as kept:
        opened: Any = kept
        other = Ledger(opened._store, opened._keys, shipped_rules("public"), CENTRE)
        doors = (kept, other)
        answers = [told(o) for n, line in enumerate(lines) for o in doors[n % 2].record(line)]
        other.close()
        return answers


def opened_anew(folder: Path, lines: tuple[Line, ...]) -> list[Told]:
    answers: list[Told] = []
    for line in lines:
        with ledger(folder, store="sqlite", centre=CENTRE) as kept:
            answers += map(told, kept.record(line))
    return answers


def after_a_year(folder: Path, lines: tuple[Line, ...]) -> list[Told]:
    now = [datetime(2026, 11, 23, tzinfo=UTC)]
    with ledger(folder, store="sqlite", centre=CENTRE, clock=lambda: now[0]) as kept:
        answers: list[Told] = []
        for line in lines:
            answers += map(told, kept.record(line))
            now[0] = now[0].replace(year=now[0].year + 1)
        return answers


PROCESS = """
import json, sys
from pathlib import Path
from tests.adapters.test_same_message import call_by_call
print(json.dumps(call_by_call(Path(sys.argv[1]), tuple(json.loads(sys.argv[2])))))
"""


def of_another_process(folder: Path, *lines: Line) -> list[Told]:
    command = [sys.executable, "-c", PROCESS, str(folder), json.dumps(lines)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, check=True, cwd=root)
    answers: list[Told] = json.loads(done.stdout)
    return answers


def by_two_processes(folder: Path, lines: tuple[Line, ...]) -> list[Told]:
    """One process for what comes first, another one for what comes again."""
    split = len(lines) - 2
    return [
        *of_another_process(folder, *lines[:split]),
        *of_another_process(folder, *lines[split:]),
    ]


DOORS = [in_one_call, call_by_call, at_two_doors, opened_anew, after_a_year, by_two_processes]


@pytest.mark.parametrize("door", DOORS)
def test_the_same_bytes_get_the_same_answer_again(tmp_path: Path, door: Door) -> None:
    _, first, again, once_more = door(tmp_path, (opening(), FIRST, FIRST, FIRST))
    assert (first["answer"], first["status"]) == ("recorded", "in effect")
    assert again == once_more == first | {"answer": "duplicate"}


@pytest.mark.parametrize("door", DOORS)
def test_other_bytes_are_kept_and_disputed_and_get_the_same_answer_again(
    tmp_path: Path, door: Door
) -> None:
    _, first, other, again, of_the_first = door(tmp_path, (opening(), FIRST, OTHER, OTHER, FIRST))
    assert (other["answer"], other["status"], other["rules"]) == ("parked", "disputed", DISPUTED)
    assert other["record"] != first["record"]
    assert again == other | {"answer": "duplicate"}
    assert of_the_first == first | {"answer": "duplicate"}


def test_the_same_report_written_otherwise_is_the_same_report(tmp_path: Path) -> None:
    with ledger(tmp_path, centre=CENTRE) as kept:
        kept.record(opening())
        (first,) = kept.record(json.dumps(FIRST))
        otherwise = json.dumps(dict(reversed(FIRST.items())), indent=3).encode()
        (again,) = kept.record(otherwise)
        assert told(again) == told(first) | {"answer": "duplicate"}


def test_of_many_who_send_one_message_at_once_one_is_recorded(tmp_path: Path) -> None:
    with (
        ledger(tmp_path, store="sqlite", centre=CENTRE) as kept,
        ThreadPoolExecutor(16) as threads,
    ):
        kept.record(opening())
        answers = [told(o) for (o,) in threads.map(kept.record, [FIRST] * 64)]
        assert sorted(str(each["answer"]) for each in answers) == ["duplicate"] * 63 + ["recorded"]
        assert len({(each["record"], each["sequence"], each["status"]) for each in answers}) == 1
        assert [r.day for r in kept.effective("E1").records][1:] == [date(2026, 3, 2)]


def test_a_year_later_a_report_stands_where_it_stood(tmp_path: Path) -> None:
    after_a_year(tmp_path, (opening(), FIRST, OTHER, FIRST))
    with ledger(tmp_path, store="sqlite", centre=CENTRE) as kept:
        recorded = [record.seal.recorded_at.year for record in kept.history("E1").records]
        assert recorded == [TODAY.year, TODAY.year + 1, TODAY.year + 2]
        assert kept.effective("E1").records[-1].day == date(2026, 3, 2)


class TestControls:
    """An intake that asks for no report key, and a digest that takes no notice of bytes."""

    def test_an_intake_that_does_not_look_for_the_message_is_caught(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forgets(*_: object) -> None:
            return None

        monkeypatch.setattr(KnownInView, "holding", forgets)
        with pytest.raises(ReportKeyTaken):
            call_by_call(tmp_path, (opening(), FIRST, FIRST))

    def test_an_intake_that_names_messages_by_their_bytes_is_caught(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without the id of the message every other wording is a report of its own."""
        named = Border._source  # pyright: ignore[reportPrivateUsage]

        def by_bytes(border: Border, _: object, content: bytes) -> Source:
            return named(border, None, content)

        monkeypatch.setattr(Border, "_source", by_bytes)
        centre = centre_in_utc("adt", "unknown")
        with ledger(tmp_path, centre=centre) as kept:
            kept.record(opening(), FIRST)
            (other,) = kept.record(OTHER)
        assert told(other)["rules"] != DISPUTED
