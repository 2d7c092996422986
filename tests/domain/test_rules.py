"""The rule pack: families of codes on a day, and the digest that names the pages in use."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from tests.domain.test_codebook_overlay import entry, page, with_site
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.rules import digest_of

RULES = shipped_rules()
FAMILY = entry(
    "families", meaning="our_rooms", since="2020-01-01", more='parts = ["our_ward", "rooms"]'
)
WARD = entry("099x", meaning="our_ward", since="2026-01-01", until="2027-01-01")


@pytest.mark.parametrize(
    ("family", "code", "on", "belongs"),
    [
        ("our_rooms", "0991", date(2026, 5, 1), True),
        ("our_rooms", "0991", date(2025, 5, 1), False),
        ("our_rooms", "0991", date(2027, 1, 1), False),
        ("our_rooms", "0121", date(2025, 5, 1), True),
        ("our_rooms", "0121", date(2019, 5, 1), False),
        ("our_rooms", None, date(2026, 5, 1), False),
        ("no_family", "0121", date(2026, 5, 1), False),
    ],
)
def test_a_code_belongs_to_a_family_while_family_and_part_are_in_force(
    family: str, code: str | None, on: date, belongs: bool
) -> None:
    rules = with_site(
        {
            "codebook/family.toml": page(FAMILY, system="RULE"),
            "codebook/ward.toml": page(WARD),
        }
    )
    assert rules.one_of(family, code, on) is belongs


def test_the_name_of_a_pack_is_worked_out_as_it_always_was() -> None:
    """A claim that was sent names its pack: another way to work it out would rename them all."""
    parts = (b"codebook/a.toml", b"one", b"products/b.toml", b"three")
    told = b"".join(bytes(7) + bytes([len(part)]) + part for part in parts)
    pages = {"products/b.toml": b"three", "codebook/a.toml": b"one"}
    assert digest_of(pages) == sha256(told).hexdigest()
