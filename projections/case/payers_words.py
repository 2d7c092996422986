"""What a payer's answer and an appeal say, in a few words without a word of the payer's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from veinledger.domain.facts.appeal import AppealAnswered, AppealFiled
from veinledger.domain.facts.authorization import AuthorizationDenied
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ClaimAnswered


def payers_words(fact: Fact) -> Iterator[str]:
    """Kind, codes, level, outcome; a deadline where one is named."""
    match fact:
        case ClaimAnswered():
            yield fact.kind
            codes = _codes(fact)
            if codes:
                yield ", ".join(codes)
        case AuthorizationDenied():
            yield f"denied: {services_named(fact.services)}"
            if fact.appeal_by is not None:
                yield f"appeal by {fact.appeal_by}"
        case AppealFiled():
            yield f"level {fact.level}"
            if fact.deadline is not None:
                yield f"last day {fact.deadline}"
        case AppealAnswered():
            yield f"level {fact.level} {fact.outcome}"
            if fact.next_deadline is not None:
                yield f"next level by {fact.next_deadline}"
        case _:
            pass


def services_named(services: Sequence[str]) -> str:
    """The services of an authorization, a request or a refusal; a payer may name none."""
    return ", ".join(services) or "services not named"


def _codes(fact: ClaimAnswered) -> tuple[str, ...]:
    own = [f"{each.group}-{each.carc}" for each in fact.adjustments]
    of_lines = [
        f"{each.group}-{each.carc} on line {line.line}"
        for line in fact.lines
        for each in line.adjustments
    ]
    remarks = [*fact.rarc, *(code for line in fact.lines for code in line.rarc)]
    return tuple(dict.fromkeys((*own, *of_lines, *remarks)))
