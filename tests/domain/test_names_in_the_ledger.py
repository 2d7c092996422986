"""Names inside the ledger, made anew from docs/format.md, and which readings are wanted."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import pytest

from veinledger.domain.ledger.access import EVERY_READING, Reader, Reading, WantedReadings
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Actor, Source

INDEX = b"index" * 6
NAMING = Naming(INDEX, b"digest" * 5)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def key(*words: str) -> bytes:
    """As the format says: HMAC-SHA256 under the index key over words with four bytes of length."""
    every = (word.encode() for word in words)
    message = b"".join(len(word).to_bytes(4, "big") + word for word in every)
    return hmac.new(INDEX, message, "sha256").digest()


def shortened(kind: str, name: str) -> str:
    return key("alias", kind, name).hex()[:32]


@pytest.mark.parametrize(
    ("made", "by_the_text"),
    [
        (NAMING.stream_of("encounter", "E1"), f"encounter/{shortened('encounter', 'E1')}"),
        (NAMING.stream_of("centre", "main"), f"centre/{shortened('centre', 'main')}"),
        (NAMING.identity_stream("COI-1"), f"identity/{shortened('identity', 'COI-1')}"),
        (NAMING.following_stream("E1"), f"following/{shortened('following', 'E1')}"),
        (NAMING.intake_stream("lab", known=True), "intake/lab"),
        (NAMING.intake_stream("?", known=False), f"intake/{shortened('intake', '?')}"),
    ],
)
def test_a_stream_is_named_as_the_format_says(made: str, by_the_text: str) -> None:
    assert made == by_the_text


def test_a_report_key_is_made_as_the_format_says() -> None:
    source = Source(connection="lab", message="M-1", item=2)
    made = NAMING.report_key("refused", source, "d1")
    assert made == key("report", "refused", "lab", "M-1", "2", "d1")


@pytest.mark.parametrize(
    ("wanted", "is_wanted"),
    [
        (EVERY_READING, True),
        (WantedReadings(actor="n.reyes"), True),
        (WantedReadings(actor="a.okafor"), False),
        (WantedReadings(question="claims"), True),
        (WantedReadings(question="due"), False),
        (WantedReadings(actor="n.reyes", question="due"), False),
        (WantedReadings(since=NOON, until=NOON), True),
        (WantedReadings(since=NOON + A_SECOND), False),
        (WantedReadings(until=NOON - A_SECOND), False),
    ],
)
def test_a_reading_is_wanted_by_who_asked_what_and_when(
    wanted: WantedReadings, *, is_wanted: bool
) -> None:
    reader = Reader(by=Actor(id="n.reyes", role="coder"))
    reading = Reading(at=NOON, question="claims", stream=None, reader=reader)
    assert wanted.wants(reading) is is_wanted
