"""Messages that hurt: mixed, broken midway, asked strictly, from strangers, replaced."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_ledger import (
    Line,
    a_clock_that_ticks,
    appends,
    collection,
    one,
    opening,
    say,
)
from tests.given_ledger import centre_in_utc, ledger
from veinledger.adapters.errors import BadInput, LedgerBusy
from veinledger.adapters.ledger import Ledger
from veinledger.domain.ledger.port import Decision, View
from veinledger.domain.lifecycle.stages import Stage


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, centre=centre_in_utc("adt", "lab")) as opened:
        yield opened


def in_one_message(*lines: Line) -> list[Line]:
    for number, line in enumerate(lines, start=1):
        line["source"] = {"connection": "adt", "message": "M-one", "item": number}
    return list(lines)


def test_a_strict_message_keeps_nothing_that_its_own_items_displace(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    kept.record(say("product.received", "2026-03-03", "M2"))
    asked = in_one_message(
        say("cells.infused", "2026-03-10", "x"), say("product.rejected", "2026-03-08", "x")
    )
    answers = [outcome.answer for outcome in kept.record(*asked, strict=True)]
    assert answers == ["refused", "recorded"]
    assert kept.effective("E1").not_in_effect() == ()


def test_a_strict_conflict_is_refused_and_leaves_no_trace(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    before = kept.rows()
    assert one(kept.record(collection("2026-03-03", "M1"), strict=True)).answer == "refused"
    bad = say("crs.graded", "2026-03-02", "M3", grade=9)
    assert one(kept.record(bad, strict=True)).answer == "refused"
    assert kept.rows() == before


def test_two_strict_claims_on_one_chain_in_one_message_are_told_apart(kept: Ledger) -> None:
    kept.record(opening("E1"), opening("E2"))
    both = in_one_message(collection("2026-03-04", "x", "E1"), collection("2026-03-02", "x", "E2"))
    assert [o.answer for o in kept.record(*both, strict=True)] == ["refused", "recorded"]


def test_a_conflict_dated_far_ahead_is_refused_like_any_report(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    refused = one(kept.record(collection("2099-03-03", "M1")))
    assert refused.refusal is not None
    rule = refused.refusal.objections[0].rule
    assert rule == "a_fact_is_not_dated_more_than_a_day_ahead"


def test_a_discard_sees_what_its_own_message_disputes(kept: Ledger) -> None:
    kept.record(opening("E1"), opening("E2"), collection("2026-03-04", "M2", "E2"))
    record = kept.history("E2").records[-1].key
    message = in_one_message(
        collection("2026-03-02", "x", "E1"),
        say("report.discarded", "2026-03-05", "x", "E2", target=record),
    )
    assert [outcome.answer for outcome in kept.record(*message)] == ["recorded", "recorded"]


def test_a_duplicate_is_answered_as_the_whole_message_leaves_it(kept: Ledger) -> None:
    theirs = collection("2026-03-04", "M2", "E2")
    kept.record(opening("E1"), opening("E2"), theirs)
    earlier = collection("2026-03-02", "M2", "E1")
    earlier["source"] = {"connection": "adt", "message": "M2", "item": 2}
    duplicate, _ = kept.record(theirs, earlier)
    assert duplicate.answer == "duplicate"
    assert duplicate.standing is not None
    assert duplicate.standing.status == "disputed"


def test_a_confirmed_bag_of_another_patient_is_in_effect_with_a_critical_finding(
    kept: Ledger,
) -> None:
    kept.record(opening("E1"), opening("E2"), collection("2026-03-02", "M1", "E1"))
    disputed = one(kept.record(collection("2026-03-04", "M2", "E2")))
    kept.record(say("report.confirmed", "2026-03-05", "M3", "E2", target=disputed.record))
    seen = kept.effective("E2")
    assert seen.stage is Stage.COLLECTED
    assert [(f.severity, f.holds) for f in seen.findings] == [("critical", True)]


def test_a_decision_about_a_centre_is_refused_not_ignored(kept: Ledger) -> None:
    line = say("report.confirmed", "2026-03-05", "M1")
    line["centre"] = line.pop("encounter")
    refused = one(kept.record(line))
    assert refused.refusal is not None
    assert refused.refusal.objections[0].rule == "a_decision_is_about_an_encounter"


def test_a_failure_midway_says_how_far_it_came(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Any = kept._store  # pyright: ignore[reportPrivateUsage]
    whole = store.transact_all

    def fails_at_the_second(calls: Any) -> Any:
        def busy(_: View) -> Decision[None]:
            raise LedgerBusy("another program held the ledger")

        ((first, _),) = calls
        return whole([(first, busy)])

    monkeypatch.setattr(store, "transact_all", fails_at_the_second)
    with pytest.raises(LedgerBusy, match="the first 1 of 2 messages are recorded"):
        kept.record(opening(), collection("2026-03-02", "M1"))
    assert kept.effective("E1").stage is Stage.REFERRED


def test_items_of_one_message_need_not_be_neighbours(tmp_path: Path) -> None:
    first, second = in_one_message(opening(), collection("2026-03-02", "x"))
    with ledger(tmp_path, centre=centre_in_utc("adt"), clock=a_clock_that_ticks()) as kept:
        answers = kept.record(first, b"{", second)
        assert [outcome.answer for outcome in answers] == ["recorded", "refused", "recorded"]
        whole = "encounter.opened+identity.claimed+apheresis.completed"
        assert appends(kept) == [whole, "report.refused"]


def test_what_json_has_no_word_for_is_bad_input_before_anything_is_kept(kept: Ledger) -> None:
    before = kept.rows()
    values: list[object] = [float("nan"), object(), "\ud800"]
    for value in values:
        with pytest.raises(BadInput, match="nothing of this call was recorded"):
            kept.record(opening(), {"value": value})
    assert kept.rows() == before
    assert one(kept.record('{"a": "\ud800"}')).answer == "refused"


def test_a_stranger_connection_stands_nowhere_in_clear(kept: Ledger) -> None:
    line = opening()
    line["source"] = {"connection": "DOE-JOHN-19560229", "message": "MRN-4711"}
    assert one(kept.record(line)).answer == "refused"
    assert not any("DOE" in row.stream for row in kept.rows())


def test_the_same_refused_bytes_get_the_same_answer_again(kept: Ledger) -> None:
    bad = say("crs.graded", "2026-03-02", "M1", grade=9)
    assert kept.record(bad) == kept.record(bad)


def test_a_time_without_offset_is_bad_input_with_what_to_give(kept: Ledger) -> None:
    kept.record(opening())
    naive = datetime(2026, 3, 3)
    with pytest.raises(BadInput, match="without an offset"):
        kept.effective("E1", as_of=naive)
    with pytest.raises(BadInput, match="without an offset"):
        kept.claims("E1", known_at=naive)


def test_the_same_instant_gives_the_same_answer_however_its_offset_is_written(
    kept: Ledger,
) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    instant = datetime(2026, 3, 2, 2, tzinfo=UTC)
    elsewhere = instant.astimezone(timezone(timedelta(hours=-5)))
    assert kept.effective("E1", as_of=instant).stage is kept.effective("E1", as_of=elsewhere).stage


def test_no_moment_of_knowledge_has_a_record_without_its_claim(kept: Ledger) -> None:
    kept.record(*in_one_message(opening(), collection("2026-03-02", "x")))
    types = [row.type for row in kept.rows()]
    assert types.index("identity.claimed") < types.index("apheresis.completed")


def test_rows_cannot_be_replaced_behind_our_back(tmp_path: Path) -> None:
    with ledger(tmp_path, store="sqlite", centre=centre_in_utc("adt")) as opened:
        opened.record(opening())
    with sqlite3.connect(tmp_path / "ledger.sqlite") as stranger:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            stranger.execute(
                "INSERT OR REPLACE INTO records SELECT position, stream, sequence, type,"
                " recorded_at, report_key, key_id, nonce, previous, CAST('x' AS BLOB), tag, leaf"
                " FROM records WHERE position = 2"
            )
        before = stranger.execute("SELECT content FROM originals").fetchall()
        stranger.execute(
            "INSERT OR REPLACE INTO originals SELECT digest, media_type, CAST('x' AS BLOB)"
            " FROM originals"
        )
        assert stranger.execute("SELECT content FROM originals").fetchall() == before
    stranger.close()


def test_two_thousand_facts_of_one_day_are_put_in_order_in_one_walk(kept: Ledger) -> None:
    lines = [
        say("charge.posted", "2026-03-02", "x", service_date="2026-03-02", units=n + 1)
        for n in range(2_000)
    ]
    kept.record(opening(), *in_one_message(*lines))
    seen = kept.effective("E1", as_of=date(2026, 3, 2))
    assert len(seen.records) == 2_001


def test_the_audit_says_what_each_item_counted_for_after_its_whole_message(kept: Ledger) -> None:
    kept.record(opening())
    message = in_one_message(
        say("cells.shipped", "2026-03-03", "x", chain_of_identity="COI-1"),
        collection("2026-03-02", "x"),
    )
    assert [outcome.answer for outcome in kept.record(*message)] == ["recorded", "recorded"]
    shipped = kept.audit("E1").entries[1]
    assert (shipped.type, str(shipped.first_standing)) == ("cells.shipped", "in effect")
    assert shipped.waited is None
