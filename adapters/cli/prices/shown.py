"""Price tables in words: what is in force, what a code is worth by quarter, what an import did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import sure
from veinledger.adapters.cli.show.tables import heading, inset, listing, plural, table
from veinledger.domain.prices.importing import Change, Imported
from veinledger.domain.prices.price import MedicareAmount, PaymentLimits
from veinledger.domain.rules import Rules
from veinledger.projections.estimate.tables import dollars

AT_MOST: Final = 12
"""So many changes or skipped rows are listed; the rest is counted, and stands in --json."""
OUTCOMES: Final = {
    "new": "taken in",
    "same": "the same file as before: nothing changed",
    "replaced": "taken in, in place of the page that stood there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Rows for programs, and the same for people."""

    rows: tuple[object, ...]
    shown: tuple[RenderableType, ...]


def tables(rules: Rules, on: date) -> Told:
    """The amounts in force on a day, and the quarters that have limits."""
    amounts, limits = rules.listed(MedicareAmount, on), rules.listing.all(PaymentLimits)
    mine = sorted((e for e in limits if rules.edition in e.editions), key=lambda e: e.quarter)
    held = {each.name for each in amounts}
    missing = [each for each in rules.listing.all(MedicareAmount) if each.name not in held]
    gone = ", ".join(dict.fromkeys(each.name for each in missing)) or "none"
    rows = [
        (each.label, _amount(each), each.span, sure(each.confidence) or each.confidence, each.row)
        for each in amounts
    ]
    shown = (
        heading(f"Medicare's amounts in force on {on}"),
        table(("what", ">amount", "=days", "=sure", "=row"), rows),
        inset(f"not in the tables for this day: {gone}"),
        "",
        heading("payment limits by quarter"),
        table(("=quarter", ">codes", "from"), [_quarter(each) for each in mine]),
        "",
        "A quarter that is not listed is an error in an estimate, never the one before.",
    )
    return Told(rows=(*amounts, *mine), shown=shown)


def limits_of(rules: Rules, code: str) -> Told:
    """The limit of one code in every quarter, dollars for one unit."""
    found = sorted(rules.listing.all(PaymentLimits), key=lambda each: each.quarter)
    rows = [
        (each.quarter, _limit(each, code), each.confidence, each.said_by)
        for each in found
        if rules.edition in each.editions
    ]
    heads = ("=quarter", ">limit", "=sure", "source")
    shown = (heading(f"payment limit of one unit of {code}"), table(heads, rows))
    told = ({"quarter": q, "limit": limit, "source": source} for q, limit, _, source in rows)
    return Told(rows=tuple(told), shown=shown)


def imported(found: Imported) -> Iterator[RenderableType]:
    """What an import took, what it left, and what is another limit now."""
    file = found.found
    yield heading(f"limits of {found.quarter}: {OUTCOMES[found.outcome]}")
    rows = [
        ("page", f"{found.page} in the site's folder"),
        ("taken", f"{plural(found.taken, 'limit')}, from columns {', '.join(file.columns)}"),
        ("no limit", f"{plural(len(file.without), 'code')} with a blank limit: none, and not 0"),
        ("share", f"{plural(len(file.coinsurance), 'code')} with another share than 20 %"),
        ("skipped", plural(len(file.skipped), "row")),
    ]
    yield inset(listing(rows, widths=(9,)))
    yield from _few([f"row {each.row}: {each.why}" for each in file.skipped])
    if found.changes:
        yield ""
        yield heading(f"other limits than on {found.against}")
        yield from _few([_change(each) for each in found.changes])


def _few(lines: Sequence[str]) -> Iterator[RenderableType]:
    yield from (inset(line, 4) for line in lines[:AT_MOST])
    if len(lines) > AT_MOST:
        yield inset(styled(f"and {len(lines) - AT_MOST:,} more; --json has them all", "dim"), 4)


def _change(each: Change) -> str:
    return f"{each.code}: {_or_none(each.before)}, now {_or_none(each.after)}"


def _or_none(limit: Decimal | None) -> str:
    return "none" if limit is None else dollars(limit)


def _quarter(each: PaymentLimits) -> tuple[str, str, str]:
    whole = "" if each.complete else ", not the whole file"
    return each.quarter, f"{len(each.of):,}", f"{each.said_by}{whole}"


def _amount(each: MedicareAmount) -> str:
    if each.amount is None:
        return "not known"
    if each.of == "dollars":
        return dollars(each.amount)
    return f"{each.amount} {each.of}"


def _limit(each: PaymentLimits, code: str) -> str:
    if code in each.of:
        return dollars(each.of[code])
    return "none" if each.complete else "not in the table"
