"""Lines and codes of a claim that differ, each in a row, with the records that made it so."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import money
from veinledger.adapters.cli.show.notes import Numbering
from veinledger.adapters.cli.show.tables import Cell, joined
from veinledger.projections.claims.sent.shapes import CodeChange, Difference, LineChange

TO: Final = " → "


def head_row(found: Iterable[Difference]) -> tuple[Cell, ...]:
    """What the head of a claim says otherwise."""
    return how("changed"), "head", differences(found)


def line_row(each: LineChange, numbered: Numbering) -> tuple[Cell, ...]:
    """A line of a claim, and which records made it another."""
    because = numbered.told(each.records)
    return (
        how(each.changed),
        styled(each.code, "bold"),
        joined(_what(each), styled(f"  ({because})" if because else "", "dim")),
    )


def _what(each: LineChange) -> str:
    if each.changed == "changed":
        return differences(each.differences)
    charge = "" if each.charge is None else f", {money(each.charge)}"
    return f"{each.label}, {each.day}, x {_plain(each.units)}{charge}"


def differences(found: Iterable[Difference]) -> str:
    """Each field before and after."""
    return "; ".join(f"{one.name} {one.before or 'none'}{TO}{one.after or 'none'}" for one in found)


def code_row(each: CodeChange, numbered: Numbering) -> tuple[Cell, ...]:
    """A code of a claim that is no line, and which records made it another."""
    told = f": {differences(each.differences)}" if each.differences else f": {each.label}"
    because = numbered.told(each.records)
    return (
        how(each.changed),
        styled(each.code, "bold"),
        joined(each.role, told, styled(f"  ({because})" if because else "", "dim")),
    )


def how(changed: str) -> Text:
    """Added, removed or changed, in its colour."""
    return styled(changed, {"added": "green", "removed": "red"}.get(changed, "yellow"))


def _plain(units: Decimal) -> str:
    text = f"{units:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
