"""A claim that is asked for when pages of the code book are due for their next review."""

from __future__ import annotations

from datetime import date

from tests.claims.encounters.registry import encounter
from tests.given import collected, opened
from veinledger.domain.reports import Record


@encounter(as_of=date(2027, 1, 1))
def a_claim_of_a_day_past_the_review_of_pages() -> list[Record]:
    """A collection, asked for on a day on which the pages of each quarter are due again."""
    return [*opened(), *collected()]
