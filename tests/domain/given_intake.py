"""A ledger of plain lists that has taken lines in, each by itself."""

from __future__ import annotations

import json

from tests.adapters.test_ledger import Line
from tests.naive.program import Intake
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.reports import Record


def after(*lines: Line) -> Intake:
    """What it holds after these lines."""
    held = Intake()
    for line in lines:
        told(held, line)
    return held


def told(held: Intake, line: Line) -> Outcome:
    """The answer to one more line."""
    (outcome,) = held.record([json.dumps(line).encode()])
    return outcome


def record_of(held: Intake, kind: str, encounter: str = "E1") -> Record:
    """The last record of a type in an encounter."""
    records = held.records["encounter", encounter]
    return [each for each in records if each.fact.type == kind][-1]
