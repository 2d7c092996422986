"""docs/standing.md, section 2: the order of the fold."""

from collections.abc import Iterable
from datetime import date

from tests.naive.page.facts import Fact
from tests.naive.table import RANK_OF_A_LATE_ADMISSION, RANK_OF_THE_UNNAMED, RANKS

# They come last on their day, and section 4 folds once without them.
LAST_OF_THE_DAY = ("patient.died", "encounter.withdrawn")

# What goes to the payer and comes back, from the lowest rank to the highest.
PAPERS = (
    ("claim.submitted", "1"),
    ("claim.submitted", "7"),
    ("claim.submitted", "8"),
    ("claim.answered", None),
    ("appeal.filed", None),
    ("appeal.answered", None),
)


def is_a_paper(fact: Fact) -> bool:
    return any(fact["type"] == name for name, _ in PAPERS)


def rank_of(fact: Fact) -> int:
    if is_a_paper(fact):
        frequency = fact.get("frequency", "1") if fact["type"] == "claim.submitted" else None
        return PAPERS.index((fact["type"], frequency))
    if fact["type"] == "patient.admitted" and fact.get("reason") in ("CRS/ICANS", "infection"):
        return RANK_OF_A_LATE_ADMISSION
    return RANKS.get(fact["type"], RANK_OF_THE_UNNAMED)


def name_of(fact: Fact) -> tuple[str, str, int, bool, str]:
    """Connection, message, item; first the report and then its conflicts; at last the report key.

    Several steps that one confirmation attests stand in the order of its list.
    """
    return (
        fact["connection"],
        fact["message"],
        fact["item"],
        fact["conflict"],
        str(fact.get("report_key", fact["key"])),
    )


def order_of_a_day(facts: Iterable[Fact]) -> list[Fact]:
    """Timed facts by instant; each bare date before the first fact that has a higher rank."""
    facts = list(facts)
    timed = [f for f in facts if f["instant"] is not None]
    bare = [f for f in facts if f["instant"] is None]
    day = sorted(timed, key=lambda f: (f["instant"], rank_of(f), name_of(f)))
    for fact in sorted(bare, key=lambda f: (rank_of(f), name_of(f))):
        place = len(day)
        for at, other in enumerate(day):
            if rank_of(other) > rank_of(fact):
                place = at
                break
        day.insert(place, fact)
    return day


def deaths_last(queue: list[Fact]) -> list[Fact]:
    """Deaths and withdrawals come after everything else of the queue."""
    return [f for f in queue if f["type"] not in LAST_OF_THE_DAY] + [
        f for f in queue if f["type"] in LAST_OF_THE_DAY
    ]


def ordered(facts: Iterable[Fact]) -> list[Fact]:
    """The facts of one day: care, papers, then deaths and withdrawals, each by themselves."""
    facts = list(facts)
    if len(facts) == 1:
        return facts
    last = [f for f in facts if f["type"] in LAST_OF_THE_DAY]
    papers = [f for f in facts if is_a_paper(f)]
    others = [f for f in facts if f["type"] not in LAST_OF_THE_DAY and not is_a_paper(f)]
    return order_of_a_day(others) + order_of_a_day(papers) + order_of_a_day(last)


def by_day(facts: list[Fact]) -> dict[date, list[Fact]]:
    days: dict[date, list[Fact]] = {}
    for fact in facts:
        days.setdefault(fact["day"], []).append(fact)
    return days


def in_fold_order(facts: list[Fact]) -> list[Fact]:
    days = by_day(facts)
    return [fact for day in sorted(days) for fact in ordered(days[day])]
