"""Money before and after: what claims charge, and what they are expected to be paid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.diff.lines import TO
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import money
from veinledger.adapters.cli.show.tables import Cell, table
from veinledger.projections.changed_money import Money, MoneyChange, MoneyChanges

NONE: Final = "none"
UNKNOWN: Final = "not estimated"


def money_blocks(found: MoneyChanges) -> Iterator[RenderableType]:
    """Each claim whose money is another, and the sum of the encounter."""
    if found.nothing:
        return
    heads = ("=claim", ">charges", ">expected of the payer", "because")
    total = MoneyChange(key="", label="in all", before=found.before, after=found.after)
    yield table(heads, [*map(_row, found.each), _row(total)])
    yield styled("an estimate for planning, no quote; `veinledger estimate` has the steps", "dim")


def _row(each: MoneyChange) -> tuple[Cell, ...]:
    before, after = each.before, each.after
    return (
        styled(_both(each.label_before or "", each.label), "bold"),
        _both(_charges(before), _charges(after)),
        _both(_expected(before), _expected(after)),
        _both(before.not_estimated, after.not_estimated),
    )


def _both(before: str, after: str) -> str:
    """What it was and what it is; once where it is the same."""
    return before if before == after else TO.join(filter(None, (before, after)))


def _charges(told: Money) -> str:
    return NONE if told.charges is None else money(told.charges)


def _expected(told: Money) -> str:
    amount: Decimal | None = told.expected
    if amount is None:
        return NONE if told.charges is None else UNKNOWN
    return money(amount) if told.counted else f"({money(amount)})"
