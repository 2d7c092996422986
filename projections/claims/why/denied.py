"""What a payer denied of a claim or a line, and from its answer back to line, rule and record."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from veinledger.domain.facts.billing import Adjustment, ClaimAnswered, LineAnswer
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective
from veinledger.projections.case.appealed import answers_of
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.claims.told import plain
from veinledger.projections.claims.why.teller import Explanation, Teller

DENIED = frozenset({"denied", "reversed", "recouped"})


def denials_of(
    seen: Effective, claim: Claim, teller: Teller, number: int | None = None
) -> Iterator[Explanation]:
    """Each answer that denied the claim; of one line, those that denied it or all of the claim."""
    for record, fact in answers_of(seen, claim.key):
        lines = [each for each in fact.lines if is_unpaid(each)]
        mine = [each for each in lines if number is None or each.line == number]
        whole = fact.kind in DENIED and (number is None or not lines)
        if whole or mine:
            codes = _codes(fact, mine)
            yield Explanation(
                of="denial",
                key=record.key,
                text=f"the payer's answer of {record.day}: {_kind(fact, mine)}{codes}",
                because=(teller.record(record.key),),
            )


def what_it_denied(claim_set: ClaimSet, answer: Record, seen: Effective, teller: Teller) -> (
    Iterator[Explanation]
):  # fmt: skip
    """From an answer to every line that it denied: its rule, and the records that it rests on."""
    fact = answer.fact
    if not isinstance(fact, ClaimAnswered):
        return
    denied = {each.line for each in fact.lines if is_unpaid(each)}
    for claim in claim_set.claims:
        if answer.key not in {record.key for record, _ in answers_of(seen, claim.key)}:
            continue
        if not denied and fact.kind not in DENIED:
            continue
        for number, line in enumerate(claim.lines, start=1):
            if not denied or number in denied:
                told = teller.line(line)
                yield Explanation(
                    of="denial",
                    key=f"{claim.label}:{number}",
                    text=f"denied: {claim.label}:{number}",
                    because=(told,),
                )


def is_unpaid(answer: LineAnswer) -> bool:
    """A line of which nothing was paid, with a reason."""
    return answer.paid is not None and answer.paid <= 0 and bool(answer.adjustments)


def _kind(fact: ClaimAnswered, lines: list[LineAnswer]) -> str:
    if fact.kind in DENIED:
        return fact.kind
    return f"line {', '.join(str(each.line) for each in lines)} not paid"


def _codes(fact: ClaimAnswered, lines: list[LineAnswer]) -> str:
    reasons = [*fact.adjustments, *(each for line in lines for each in line.adjustments)]
    remarks = [*fact.rarc, *(code for line in lines for code in line.rarc)]
    told = dict.fromkeys([*map(_reason, reasons), *remarks])
    return f" ({', '.join(told)})" if told else ""


def _reason(each: Adjustment) -> str:
    return f"{each.group}-{each.carc} {plain(Decimal(each.amount))}"
