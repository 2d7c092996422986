"""What was expected of each claim beside what the payer answered, and the totals of both."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import money
from veinledger.adapters.cli.show.tables import Cell, inset, joined, listing, table, title
from veinledger.projections.estimate.shapes import (
    Agreed,
    Answered,
    AnswerState,
    ClaimEstimate,
    Estimate,
)

NOT_KNOWN: Final = "not known"
NOT_PAID: Final[dict[AnswerState, str]] = {
    "denied": "was expected: at risk until it is appealed or written off",
    "under appeal": "was expected: the payer decides",
    "appeal won": "was expected: not paid yet",
}


def shown(found: Estimate) -> Iterator[RenderableType]:
    """The claims that were answered; nothing where none was."""
    answered = [(each, each.answered) for each in found.claims if each.answered is not None]
    if not answered and not found.notes:
        return
    yield title("expected and answered")
    if answered:
        rows = [_row(claim, answer) for claim, answer in answered]
        rows += [_rate_row(each) for each in found.agreed if each.answered is not None]
        heads = ("=", "=answer", "=on", ">=expected", ">=paid", ">=difference")
        yield inset(table(heads, rows))
    for claim, answer in answered:
        if answer.says:
            yield inset(joined(styled(f"{claim.label}: ", "bold"), answer.says))
    for note in found.notes:
        yield inset(styled(note, "yellow"))
    yield ""
    yield inset(listing(list(_totals(found)), widths=(16,)))
    yield ""


def _row(claim: ClaimEstimate, answer: Answered) -> tuple[Cell, ...]:
    return (
        styled(claim.label, "bold"),
        answer.state,
        str(answer.day),
        _or(claim.expected, "not estimated"),
        _or(answer.paid, NOT_KNOWN),
        _or(answer.difference, ""),
    )


def _rate_row(rate: Agreed) -> tuple[Cell, ...]:
    return (
        ", ".join(rate.claims),
        "case rate, all",
        "",
        _or(rate.together, "not estimated"),
        _or(rate.answered, NOT_KNOWN),
        _or(rate.difference, ""),
    )


def _totals(found: Estimate) -> Iterator[tuple[Cell, Cell]]:
    """Each total by itself: paid money and money that is only hoped for are never added."""
    yield "paid", styled(money(found.paid_so_far), "bold")
    if found.difference is not None:
        yield "difference", f"{money(found.difference)} from what was expected of what was compared"
    there = {each.answered.state for each in found.claims if each.answered is not None}
    for state, says in NOT_PAID.items():
        if state in there:
            yield state, f"{_or(found.expected_of(state), 'not estimated')} {says}"
    if found.taken_back:
        yield "taken back", f"{money(found.taken_back)}, in what is paid already"


def _or(amount: Decimal | None, otherwise: str) -> str:
    return otherwise if amount is None else money(amount)
