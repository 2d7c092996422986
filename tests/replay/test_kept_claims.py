"""Claims that went out come out again; what does not is told field by field, with whose fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.replay.frozen import opened
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.reports import Record
from veinledger.projections.replay.kept import KeptClaim, stored_against_rules

Change = Callable[[ClaimSubmitted, str], dict[str, Any]]


def compared(change: Change) -> KeptClaim:
    """A submission of the frozen ledger, changed in what it keeps, against today's rules."""
    with opened() as ledger:
        of = ledger.replayer().read("E11")
    submitted = [each for each in of.history.records if isinstance(each.fact, ClaimSubmitted)]
    record = next(r for r in submitted if cast("ClaimSubmitted", r.fact).label == "A1")
    planted = with_(record, change, of.rules.digest)
    return stored_against_rules(of.history, of.centre, of.rules, planted)


def with_(record: Record, change: Change, digest: str) -> Record:
    sent = cast("ClaimSubmitted", record.fact)
    return replace(record, fact=replace(sent, **{"rule_pack": digest, **change(sent, digest)}))


def test_a_claim_that_was_kept_comes_out_again() -> None:
    found = compared(lambda _sent, _digest: {})
    assert (found.verdict, found.differences) == ("equal", ())


def test_another_line_under_the_same_pages_cannot_be_reproduced() -> None:
    found = compared(lambda sent, _digest: {"claim": sent.claim.replace("38225", "38206")})
    assert found.verdict == "cannot be reproduced"
    (line,) = found.differences
    assert line.field.startswith("line ")
    assert "38206" in line.kept
    assert "38225" in line.now


def test_another_line_under_other_pages_is_told_as_rules_that_changed() -> None:
    claim = "38225", "38206"
    found = compared(
        lambda sent, _digest: {"claim": sent.claim.replace(*claim), "rule_pack": "ab" * 32}
    )
    assert found.verdict == "rules changed"
    assert found.differences


FIELDS: dict[str, Change] = {
    "total": lambda sent, _digest: {"total": sent.total + 1},
    "payer": lambda _sent, _digest: {"payer": "somebody_else"},
    "label": lambda _sent, _digest: {"label": "A9"},
    "claim": lambda _sent, _digest: {"claim_key": "no such key"},
}
NOT_COMPARED: dict[str, Change] = {
    "version 9": lambda _sent, _digest: {"claim_version": 9},
    "edition is another": lambda _sent, _digest: {"edition": "another"},
    "neither lines nor diagnoses": lambda _sent, _digest: {"claim": "{}"},
    "voids a claim": lambda _sent, _digest: {
        "frequency": "8",
        "original_payer_control_number": "ICN-1",
    },
}


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_that_differs_is_named(field: str) -> None:
    assert [each.field for each in compared(FIELDS[field]).differences] == [field]


@pytest.mark.parametrize("why", NOT_COMPARED)
def test_what_cannot_be_compared_says_why(why: str) -> None:
    found = compared(NOT_COMPARED[why])
    assert found.verdict == "not compared"
    assert why in found.reason
