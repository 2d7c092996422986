"""By when an appeal is asked for, on whose word: the payer's own, the law's, the directory's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from veinledger.domain.obligations.limits import AppealLimit
from veinledger.projections.case.appealed import Course
from veinledger.projections.case.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last day on which a level of appeal can be asked for, and who says so."""

    level: int
    label: str
    """What the level is called; empty where the payer's own are not named."""
    day: date | None
    """None where nobody says."""
    how: str
    """How the day comes about, or what to do to learn it."""
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """What a deadline counts from: by whom, on which day, and what the denial says itself."""

    payer: str | None
    day: date
    stated: date | None = None
    """The last day that the denial names."""


def deadline(case: Case, denied: Denied, course: Course) -> Deadline:
    """The deadline of the level that is open or comes next.

    What the payer wrote goes first, then the law of its kind, which no directory can lengthen, then
    the directory. A written day before the decision itself is a typing error, and counts for
    nothing.
    """
    level = course.level
    since = max((record.day for record, _ in course.answered), default=denied.day)
    stated = _stated(denied, course, since)
    label, rule = _called(case, denied, level, since), _law(case, denied, level, since)
    if stated is not None:
        day, source = stated
        return Deadline(
            level=level, label=label, day=day, how=f"{source} names the day", source=source,
            confidence="high",
        )  # fmt: skip
    own = _directory(case, denied, level, since, label)
    return rule or own or _nobody_says(case, denied, level)


def _stated(denied: Denied, course: Course, since: date) -> tuple[date, str] | None:
    day, source = _written(denied, course)
    return (day, source) if day is not None and day >= since else None


def _written(denied: Denied, course: Course) -> tuple[date | None, str]:
    if course.open is not None:
        return course.open[1].deadline, "the appeal that was filed"
    if course.decided is not None:
        return course.decided[1].next_deadline, "the payer's decision"
    return denied.stated, "the denial"


def _directory(case: Case, denied: Denied, level: int, since: date, label: str) -> Deadline | None:
    payer = next((p for p in case.centre.payers if p.name == denied.payer and p.holds(since)), None)
    if payer is None or payer.appeal_days is None:
        return None
    return Deadline(
        level=level,
        label=label,
        day=since + timedelta(days=payer.appeal_days),
        how=f"{payer.appeal_days} days from {since}, as the directory has it for {payer.name}",
        source="directory: payers, appeal_days",
        confidence="high",
    )


def _law(case: Case, denied: Denied, level: int, since: date) -> Deadline | None:
    found = _level(case, denied, level, since)
    if found is None:
        return None
    return Deadline(
        level=level,
        label=_name(found),
        day=found.ends(since),
        how=f"{found.label}, counted from {since} with {found.arrives_after} days for the mail",
        source=found.said_by,
        confidence=found.confidence,
    )


def _name(limit: AppealLimit) -> str:
    """What a level is called: the words before the colon."""
    return limit.label.partition(":")[0]


def _called(case: Case, denied: Denied, level: int, since: date) -> str:
    found = _level(case, denied, level, since)
    return _name(found) if found else ""


def _level(case: Case, denied: Denied, level: int, since: date) -> AppealLimit | None:
    kind = next((p.kind for p in case.centre.payers if p.name == denied.payer), None)
    for each in case.rules.listed(AppealLimit, since):
        if each.level == level and kind in each.for_kinds:
            return each
    return None


def _nobody_says(case: Case, denied: Denied, level: int) -> Deadline:
    labels = (each.label for each in case.centre.payers if each.name == denied.payer)
    whose = next(labels, denied.payer) or "the payer"
    return Deadline(
        level=level,
        label="",
        day=None,
        how=f"nobody says by when: read the notice of {whose}, and set "
        "appeal_days of this payer in the directory",
        source="",
        confidence="unverified",
    )
