"""Prices for tests: pages of a site over the shipped ones, and pricing files as CMS makes them.

Every file here is made up; only the shape is that of CMS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from tests.given import history
from tests.given_ledger import SITE
from veinledger.adapters.pages import read_centre, shipped_pages, shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.listing import listing_of
from veinledger.domain.prices.quarter import quarter_named
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules, rules_of
from veinledger.domain.standing.history import AsOf
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.estimate.shapes import ClaimEstimate, Estimate

CENTRE: Final = read_centre(SITE)
TITLE: Final = (
    ("Payment Allowance Limits for Medicare Part B Drugs",),
    ("Effective April 1, 2026 through June 30, 2026",),
    (),
    ("Note 1: Payment allowance limits subject to the ASP methodology.",),
    ("Note 2: The absence of a code indicates nothing.",),
    ("Note 3: Caf\u00e9 prices are not allowances.",),
    ("Note 4: \u201cas printed\u201d",),
    (),
)
COLUMNS: Final = (
    "HCPCS Code",
    "Short Description",
    "HCPCS Code Dosage",
    "Payment Limit",
    "Co-insurance Percentage",
    "Vaccine AWP%",
    "Vaccine Limit",
    "Blood AWP%",
    "Blood limit",
    "Clotting Factor",
    "Notes",
)
LIMITS: Final[Mapping[str, str]] = {
    "J9075": "2.345",
    "J9185": "61.200",
    "J3262": "5.871",
    "Q2056": "588494.808",
    "90371": "138.873",
}


def rules(*pages: Mapping[str, str], edition: Edition = "public") -> Rules:
    """The shipped rules with pages of a site over them: {"prices/x.toml": text}."""
    over = [{name: text.encode() for name, text in each.items()} for each in pages]
    return rules_of(shipped_pages(), edition=edition, version="0", overlays=over)


def limits(quarter: str, **of: str) -> dict[str, str]:
    """A site's page of the limits of a quarter."""
    when = quarter_named(quarter)
    assert when is not None
    codes = "\n".join(f"{code} = {limit}" for code, limit in of.items())
    return {
        f"prices/asp_{quarter.lower()}.toml": f"""
[[limits]]
name = "medicare_part_b"
quarter = "{quarter}"
complete = true
from = {when.first_day}
until = {when.after}
editions = ["public", "page"]
source = "made up"
row = "site: made up"
confidence = "high"
[limits.of]
{codes}
"""
    }


def priced(*pages: Mapping[str, str]) -> Rules:
    """The shipped rules with pages of prices alone over them, without reading all others anew."""
    read = shipped_rules()
    for each in pages:
        own = listing_of({f"site: {name}": text.encode() for name, text in each.items()})
        read = replace(read, listing=read.listing.laid_under(own))
    return read


ALL_OF_Q2: Final = priced(limits("2026Q2", **LIMITS))
"""The shipped rules with made-up limits of the second quarter."""


def paid_by(payment_system: Any = "ipps", **rates: Any) -> Centre:
    """The example's site, its hospital paid so, its rates changed."""
    places = [
        replace(
            each,
            payment_system=payment_system,
            medicare_rates=tuple(replace(rate, **rates) for rate in each.medicare_rates),
        )
        if each.name == "main"
        else each
        for each in CENTRE.facilities
    ]
    return replace(CENTRE, facilities=tuple(places))


def estimated(
    *told: Record | Iterable[Record],
    centre: Centre = CENTRE,
    by: Rules = ALL_OF_Q2,
    as_of: AsOf = None,
) -> Estimate:
    """The estimate of a story."""
    found = estimate(history(*told), centre, by, as_of)
    assert found is not None
    return found


def one(found: Estimate, label: str) -> ClaimEstimate:
    """The claim under a label."""
    return next(each for each in found.claims if each.label == label)


def csv_of(
    rows: Iterable[Iterable[str]],
    columns: Iterable[str] = COLUMNS,
    title: Iterable[Iterable[str]] = TITLE,
    encoding: str = "cp1252",
    end: str = "\r\n",
) -> bytes:
    """A file of CMS's shape: title rows, header, rows; quoted where a cell needs it."""
    every = [*title, tuple(columns), *rows]
    return (end.join(",".join(_cell(c) for c in row) for row in every) + end).encode(encoding)


def row_of(code: str, limit: str, share: str = "20.000", of: str = "Inj, x") -> dict[str, str]:
    """A row by its columns."""
    return {
        "HCPCS Code": code,
        "Short Description": of,
        "HCPCS Code Dosage": "1 MG",
        "Payment Limit": limit,
        "Co-insurance Percentage": share,
    }


def in_order(row: Mapping[str, str], columns: Iterable[str] = COLUMNS) -> list[str]:
    """A row's cells as the columns stand."""
    return [row.get(column, "") for column in columns]


def cms_file(of: Mapping[str, str] = LIMITS, **shape: Any) -> bytes:
    """A pricing file with these limits."""
    columns = shape.get("columns", COLUMNS)
    return csv_of([in_order(row_of(c, limit), columns) for c, limit in of.items()], **shape)


def _cell(text: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if any(each in text for each in ',"\n') else text
