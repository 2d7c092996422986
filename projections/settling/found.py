"""Every finding that a person can settle: of the history, the claims, the schedule, the gates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import INTENTS
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History, KnownAt, effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.gates.check import Step, check
from veinledger.projections.gates.registry import GATES
from veinledger.projections.schedule import schedule

ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
Place = Literal["history", "claims", "schedule", "gates"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Made:
    """A finding, and which question makes it."""

    finding: Finding
    place: Place


def is_of_a_gate(key: str) -> bool:
    """Whether a finding's key is one that a check makes: a gate's name, and perhaps its step."""
    return key.partition("/")[0].partition(":")[0] in GATES


def day_of_the_gate(key: str) -> date | None:
    """The day that the key of a gate's finding names, where what was found is of that day alone."""
    day = key.partition("/")[0].rpartition(":")[2]
    return date.fromisoformat(day) if ISO_DAY.fullmatch(day) else None


def findings(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Mapping[str, Made]:
    """Every finding by its key but those of gates, the first place that makes it."""
    found: dict[str, Made] = {}
    for each in _made(history, centre, rules, as_of, known_at):
        found.setdefault(each.finding.key, each)
    return found


def findings_of_gates(
    history: History, centre: Centre, rules: Rules, on: date, known_at: KnownAt = None
) -> Mapping[str, Made]:
    """What the gates before every step find on a day, by key."""
    found: dict[str, Made] = {}
    for intent in INTENTS:
        told = check(history, centre, rules, Step(intent=intent, on=on), known_at)
        for verdict in told.verdicts:
            if verdict.finding is not None:
                made = Made(finding=verdict.finding, place="gates")
                found.setdefault(made.finding.key, made)
    return found


def every_finding(
    history: History, centre: Centre, rules: Rules, on: date, known_at: KnownAt = None
) -> tuple[Finding, ...]:
    """Every finding that a person can settle on a day: what had happened by then, and all else."""
    asked = (
        findings(history, centre, rules, on, known_at),
        findings(history, centre, rules, None, known_at),
        findings_of_gates(history, centre, rules, on, known_at),
    )
    return tuple({key: made.finding for each in asked for key, made in each.items()}.values())


def in_either_edition(rules: Rules) -> Iterator[Rules]:
    """The rules in the edition asked for, then in the other: a settlement does not say which."""
    yield rules
    yield from (rules.under(each) for each in EDITIONS if each != rules.edition)


def _made(
    history: History, centre: Centre, rules: Rules, as_of: AsOf, known_at: KnownAt
) -> Iterator[Made]:
    seen = effective(history, as_of, known_at)
    yield from (Made(finding=each, place="history") for each in seen.findings)
    billed = claims(history, centre, rules, as_of, known_at)
    yield from (Made(finding=each, place="claims") for each in billed.findings)
    owed = schedule(history, centre, rules, as_of, known_at)
    yield from (Made(finding=each, place="schedule") for each in owed.findings)
