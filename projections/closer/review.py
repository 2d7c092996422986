"""The coder's review that a closer watch opens, and how the two name each other.

The watch stands in the schedule, the review on the claim of the visit and in the audit trail. A
finding is no diagnosis: the review puts no code on a claim, and holds none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once_by_its_answer
from veinledger.projections.case.replacements import Replacements
from veinledger.projections.closer.watches import Watch, watches_of

REVIEW: Final = "findings_that_make_the_watch_closer_go_to_a_coder"
"""The rule of the review, on every claim and in every trail."""
SOURCE: Final = "house rule: a finding is not a diagnosis; evidence R37, R38"


def rule_of(watch: Watch, number: int = 1) -> str:
    """What a visit of the watch is called in the schedule, counted from 1."""
    return f"{watch.row.name}_visit_{number}"


def key_of(watch: Watch, chains: Replacements, number: int = 1) -> str:
    """The schedule's key of a visit of the watch: its rule, and the first record of the finding."""
    return f"{rule_of(watch, number)}/{chains.first(watch.anchor.key)[:12]}"


def review(watch: Watch, chains: Replacements) -> Finding:
    """What the coder is asked about the finding; it names the schedule's first visit."""
    return Finding(
        rule=REVIEW,
        severity="notice",
        reason=(
            f"found on {watch.anchor.day}: {', '.join(watch.found)}; neurology looks more closely"
            f" from then on (schedule: {key_of(watch, chains)})"
        ),
        remedy=(
            "have a coder review it with the provider; a code that is chosen here stands beside"
            " the finding, and on a claim only what the provider documents"
        ),
        source=SOURCE,
        records=(watch.anchor.key,),
    )


def reviews(found: Iterable[Watch], chains: Replacements) -> Iterator[Finding]:
    """The review of each watch that stands; of what is not confirmed nobody asks a coder."""
    return (review(watch, chains) for watch in found if watch.provisional is None)


@once_by_its_answer
def reviews_from(case: Case, anchor: str) -> tuple[Finding, ...]:
    """The reviews of the watches that a record opened, by its report key."""
    of_it = (watch for watch in watches_of(case) if watch.anchor.key == anchor)
    return tuple(reviews(of_it, case.chains))


def in_words(asked: Finding, settled: Mapping[str, Record], encounter: str) -> str:
    """The review by the digits of its key, and whether a person settled it."""
    named = f"coder review {asked.key.rpartition('/')[2]}"
    by = settled.get(asked.key)
    if by is None or not isinstance(by.fact, FindingSettled):
        return f"{named}, open"
    chosen = f" {by.fact.code}" if by.fact.code else ""
    return (
        f"{named}, settled by record {by.number_in(encounter)}: {by.fact.decision}"
        f"{chosen} by {by.actor.id}, {by.actor.role}"
    )
