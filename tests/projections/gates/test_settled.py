"""A person may settle a gate: for one step, and for one day where the day is the reason."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.given_ledger import ledger
from tests.projections.gates.planted import ENCOUNTER, EVE, Line, added, changed, lines
from veinledger.adapters.ledger import Ledger
from veinledger.domain.gates.gate import Intent
from veinledger.projections.gates.shapes import Verdict

AUTHORIZATION = "an_authorization_is_in_force_for_the_step"
IN_TIME = "the_cells_follow_the_lymphodepletion_in_time"
COMMERCIAL = {"payer": "harbor_health", "kind": "commercial", "mac": None}


@contextmanager
def told(folder: Path, found: list[Line]) -> Generator[Ledger, None, None]:
    with ledger(folder) as opened:
        opened.record(*(json.dumps(line).encode() for line in found))
        yield opened


@pytest.fixture
def unauthorized(tmp_path: Path) -> Iterator[Ledger]:
    found = list(changed("coverage.recorded", COMMERCIAL)(lines()))
    with told(tmp_path, found) as opened:
        yield opened


def verdict(of: Ledger, gate: str, intent: Intent = "infuse", on: date = EVE) -> Verdict:
    found = of.check(ENCOUNTER, intent, on=on)
    return next(each for each in found.verdicts if each.gate == gate)


def settle(of: Ledger, found: Verdict) -> None:
    assert found.finding is not None
    line = {
        "encounter": ENCOUNTER,
        "type": "finding.settled",
        "occurred_at": "2026-11-20T09:00:00Z",
        "source": {"connection": "command-line", "message": f"SETTLED-{found.finding.key}"},
        "actor": {"id": "dr_imani", "role": "hematologist"},
        "finding": found.finding.key,
        "decision": "accepted",
        "credential": "MD",
        "reason": "agreed by telephone",
    }
    of.record(json.dumps(line).encode())


def report(of: Ledger, type: str, when: str, **fields: Any) -> None:
    (line,) = added(type, when, **fields)([])
    of.record(json.dumps(line).encode())


def test_a_settled_gate_stops_nothing_and_says_who_and_why(unauthorized: Ledger) -> None:
    before = verdict(unauthorized, AUTHORIZATION)
    settle(unauthorized, before)
    after = verdict(unauthorized, AUTHORIZATION)
    assert (before.state, after.state) == ("not met", "settled")
    assert after.settled is not None
    assert (after.settled.by, after.settled.credential) == ("dr_imani", "MD")
    assert (after.settled.role, after.settled.reason) == ("hematologist", "agreed by telephone")
    assert after.reason == before.reason
    check = unauthorized.check(ENCOUNTER, "infuse", on=EVE)
    assert after not in check.failing


def test_a_settlement_lapses_when_a_record_that_it_rests_on_changes(unauthorized: Ledger) -> None:
    settle(unauthorized, verdict(unauthorized, AUTHORIZATION))
    report(
        unauthorized,
        "authorization.denied",
        "2026-05-23",
        payer="harbor_health",
        reason="not covered",
    )
    after = verdict(unauthorized, AUTHORIZATION)
    assert after.state == "not met"
    assert "denied on 2026-05-23" in after.reason


def test_leave_to_collect_is_no_leave_to_infuse(unauthorized: Ledger) -> None:
    collect = verdict(unauthorized, AUTHORIZATION, "collect", date(2026, 4, 1))
    settle(unauthorized, collect)
    assert verdict(unauthorized, AUTHORIZATION, "collect", date(2026, 4, 1)).state == "settled"
    assert verdict(unauthorized, AUTHORIZATION).state == "not met"


def test_leave_for_one_day_is_none_for_the_next(tmp_path: Path) -> None:
    by_then = [each for each in lines() if each["occurred_at"][:10] <= str(EVE)]
    with told(tmp_path, by_then) as opened:
        settle(opened, verdict(opened, IN_TIME, on=date(2026, 5, 27)))
        assert verdict(opened, IN_TIME, on=date(2026, 5, 27)).state == "settled"
        assert verdict(opened, IN_TIME, on=date(2026, 5, 28)).state == "not met"


def test_a_settlement_counts_as_soon_as_it_is_known_and_not_before(unauthorized: Ledger) -> None:
    then = unauthorized.history(ENCOUNTER).records[-1].seal.position
    settle(unauthorized, verdict(unauthorized, AUTHORIZATION))
    earlier = unauthorized.check(ENCOUNTER, "infuse", on=EVE, known_at=then)
    found = next(each for each in earlier.verdicts if each.gate == AUTHORIZATION)
    assert found.state == "not met"


def test_nobody_settles_a_death_or_a_step_without_its_place(tmp_path: Path) -> None:
    by_then = [each for each in lines() if each["occurred_at"][:10] <= str(EVE)]
    with told(tmp_path, by_then) as opened:
        report(opened, "patient.died", str(EVE))
        found = opened.check(ENCOUNTER, "infuse", on=EVE).failing
    assert {each.gate for each in found} == {"the_patient_is_alive", "the_step_is_legal_now"}
    assert [each.finding for each in found] == [None, None]
    assert all(each.remedy for each in found)
