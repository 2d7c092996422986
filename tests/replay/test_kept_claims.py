"""Claims that went out come out again; what does not is told field by field, with whose fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.given_ledger import SITE, ledger, lines_of
from tests.replay.frozen import opened
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.pages import read_centre
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.reports import Record
from veinledger.projections.replay.kept import KeptClaim, stored_against_rules

Change = Callable[[ClaimSubmitted, str], dict[str, Any]]
DIRECTORY = read_centre(SITE).digest or ""


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


def another_made_in(directory: str | None) -> KeptClaim:
    """A claim that does not come out again, whose submission tells a directory of the site."""
    return compared(lambda _sent, _digest: {"label": "A9", "directory": directory})


@pytest.mark.parametrize(
    ("directory", "says"),
    [
        (None, "the site's directory, charges included, or the program changed, or"),
        (DIRECTORY, f"the site's directory is the same ({DIRECTORY[:12]}): the program changed"),
    ],
)
def test_what_cannot_be_reproduced_says_what_may_have_changed_and_blames_nobody(
    directory: str | None, says: str
) -> None:
    """A price of the site is no page: where the directory is not told, it may be another."""
    found = another_made_in(directory)
    assert (found.verdict, found.directory) == ("cannot be reproduced", directory)
    assert "the pages are the same (" in found.reason
    assert says in found.reason
    assert found.reason.endswith("or the claim was changed on its way")


def test_another_directory_of_the_site_is_told_where_the_submission_tells_its_own() -> None:
    found = another_made_in("cd" * 32)
    assert found.verdict == "directory changed"
    assert f"the site's directory {'cd' * 6} then, {DIRECTORY[:12]} now" in found.reason
    assert "on its way" not in found.reason


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
DEEP = '{"lines":' + "[" * 990 + "]" * 990 + "}"
NOT_COMPARED: dict[str, Change] = {
    "version 9": lambda _sent, _digest: {"claim_version": 9},
    "edition is another": lambda _sent, _digest: {"edition": "another"},
    "neither lines nor diagnoses": lambda _sent, _digest: {"claim": "{}"},
    "neither lines": lambda _sent, _digest: {"claim": DEEP},
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


STRANGE = {
    "deep": "[" * 990 + "]" * 990,
    "deep within its lines": DEEP,
    "deeper than any stack": "[" * 150_000 + "]" * 150_000,
    "half of a character": '{"lines":[["\\ud800",1]],"diagnoses":["\\udfff"]}',
    "a number without an end": f'{{"lines":[{"9" * 5_000}]}}',
}


@pytest.mark.parametrize("claim", STRANGE.values(), ids=STRANGE)
def test_whatever_stands_in_the_text_of_a_claim_the_ledger_is_still_answered(
    claim: str, tmp_path: Path
) -> None:
    with ledger(tmp_path) as opened_now:
        opened_now.record(*lines_of("page_patient_2l"))
        made = opened_now.claims("E1").claims[0]
        sent: dict[str, object] = {
            "type": "claim.submitted", "encounter": "E1", "occurred_at": "2026-07-01",
            "source": {"connection": "billing", "message": "C-1"},
            "actor": {"id": "b-1", "role": "biller"}, "claim": claim, "claim_version": 1,
            "claim_key": made.key, "kind": made.kind, "anchor": made.anchor, "label": made.label,
            "form": "837I", "billing_provider": made.biller, "frequency": "1",
            "payer": "harbor_health", "patient_control_number": "X1", "total": 1,
            "edition": "public", "rule_pack": "ab" * 32, "position_known": 10,
        }  # fmt: skip
        assert opened_now.record(sent)[0].answer == "recorded"
        assert opened_now.replay().encounters == 1
        assert as_json(opened_now.claims("E1"))
        assert as_json(opened_now.replay_against("page"))
