"""`support`: which programmes this patient is sent to, what to do now, and what is not for him.

A pure function of the history. Whether a programme takes the patient is its own decision; whether
one is far from the centre, or poor, no record says, so that it is asked and never worked out.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.findings import each_once
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History, KnownAt
from veinledger.projections.case.case import Case
from veinledger.projections.case.opening import case_of
from veinledger.projections.case.unconfirmed import reported_not_confirmed
from veinledger.projections.support.asked import asked_of
from veinledger.projections.support.findings import findings
from veinledger.projections.support.shapes import Support, TaskState
from veinledger.projections.support.tasks import tasks

_FROM_THE_MOST_PRESSING: Final[tuple[TaskState, ...]] = (
    "late",
    "do now",
    "ask first",
    "done",
    "not for this patient",
    "over",
)


def support(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Support | None:
    """Every programme for the product; None where no complete page describes the product."""
    case = case_of(history, centre, rules, as_of, known_at)
    if case is None:
        return None
    on = _day(case, as_of)
    unconfirmed = reported_not_confirmed(case.seen, as_of)
    deaths = tuple(each for each in unconfirmed if each.type == "patient.died")
    asked = asked_of(case, on, deaths)
    if asked is None:
        return None
    found = sorted(tasks(asked), key=lambda each: _FROM_THE_MOST_PRESSING.index(each.state))
    return Support(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.pack,
        product=case.product.name,
        on=on,
        coverage=asked.kinds,
        tasks=tuple(found),
        findings=each_once(findings(asked)),
    )


def _day(case: Case, as_of: AsOf) -> date:
    if as_of is None:
        return max(record.day for record in case.seen.records)
    return local_day(as_of, case.centre, case.seen)
