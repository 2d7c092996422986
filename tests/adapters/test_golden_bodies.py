"""Row G3, begun: bodies as version 1 wrote them are read for ever, and written so for as long.

The file is never edited: a body that changes is a new version, with an upcast and its own file.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from veinledger.adapters.codec.body import Body, decode_body, decode_sealed, encode_body
from veinledger.domain.reports import Report

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = (
    "bodies-1.ndjson",
    "bodies-1-corrections.ndjson",
    "bodies-1-whose.ndjson",
    "bodies-1-received.ndjson",
)
LINES = [json.loads(line) for name in FILES for line in (GOLDEN / name).read_text().splitlines()]


def report_of(body: Body) -> Report:
    return Report(
        subject=body.subject,
        name=body.name,
        fact=body.fact,
        occurred=body.occurred,
        source=body.source,
        actor=body.actor,
        canonical=b"",
        original=body.original,
    )


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["type"])
def test_a_body_of_version_1_is_read_and_written_as_it_was(line: dict[str, str]) -> None:
    content = line["body"].encode()
    body = decode_body(line["type"], content)
    assert body == decode_sealed(line["type"], content)
    written = encode_body(report_of(body), body.kind, body.digest, body.in_place_of, body.came)
    assert written == content
