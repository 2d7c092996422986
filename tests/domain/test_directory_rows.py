"""What rows of a site's directory say of each other, on small directories of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from pydantic import ValidationError

from tests.given_ledger import SITE
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.centre.agreement import refuse_what_the_rules_lack
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.checks import Rows, refuse_ambiguity, refuse_strangers
from veinledger.domain.centre.dated import Dated
from veinledger.domain.centre.directory import (
    CaseRate,
    Charge,
    Contract,
    Facility,
    Payer,
    Provider,
)
from veinledger.domain.codebook.page import PageError

IN_2024, IN_2025, IN_2026 = (date(year, 1, 1) for year in (2024, 2025, 2026))
MAIN: Final = Facility(
    since=IN_2024, name="main", label="main", zone="America/Chicago", payment_system="office",
    owner="us", npi="1234567893",
)  # fmt: skip
PAYER: Final = Payer(since=IN_2024, name="payer", label="payer", kind="commercial")
GROUP: Final = Provider(
    since=IN_2024, name="group", label="group", npi="1234567893", kind="group", tin="123456789"
)
CONTRACT: Final = Contract(since=IN_2024, name="contract", payer="payer", clause="1")
CHARGE: Final = Charge(since=IN_2024, hcpcs="Q2056", amount=Decimal(1))


def placed(**tables: tuple[Dated, ...]) -> Rows:
    """Rows as they are read, each with where it stands."""
    told: dict[str, Any] = {
        name: [(f"{name}.toml, row {at}", row) for at, row in enumerate(tables.get(name, ()), 1)]
        for name in ("facilities", "providers", "payers", "contracts", "charges")
    }
    return Rows(**told)


@pytest.mark.parametrize(
    ("table", "row", "what"),
    [
        ("facilities", MAIN, "facility 'main'"),
        ("providers", GROUP, "provider 'group'"),
        ("payers", PAYER, "payer 'payer'"),
        ("contracts", CONTRACT, r"contract \('payer', None\)"),
        ("charges", CHARGE, r"charge \(None, None, 'Q2056'\)"),
    ],
)
def test_two_rows_of_one_name_share_no_day_whatever_they_are_about(
    table: str, row: Dated, what: str
) -> None:
    later = replace(row, since=IN_2025)
    with pytest.raises(PageError, match=f"{table}.toml, row 2: {what}: .* claim the same day"):
        refuse_ambiguity(placed(**{table: (row, later)}))
    refuse_ambiguity(placed(**{table: (replace(row, until=IN_2025), later)}))


def in_group(until: date | None) -> Provider:
    return Provider(
        since=IN_2024, until=until, name="doctor", label="doctor", npi="1234567893",
        group="group", taxonomy="207RH0003X",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "until", "covered"),
    [
        (((IN_2024, None),), None, True),
        (((IN_2024, IN_2026),), None, False),
        (((IN_2024, IN_2025), (IN_2025, IN_2026)), IN_2026, True),
        (((IN_2024, IN_2025), (IN_2025, None)), IN_2026, True),
        (((IN_2024, IN_2025),), IN_2025, True),
        (((IN_2024, IN_2025),), IN_2026, False),
        (((IN_2025, None),), IN_2026, False),
    ],
)
def test_the_group_of_a_person_is_there_on_each_day_of_the_persons_row(
    groups: tuple[tuple[date, date | None], ...], until: date | None, covered: bool
) -> None:
    rows = tuple(replace(GROUP, since=since, until=end) for since, end in groups)
    found = placed(providers=(*rows, in_group(until)))
    if covered:
        refuse_strangers(found)
        return
    with pytest.raises(PageError, match="end or begin one where the other does"):
        refuse_strangers(found)


def test_a_row_holds_for_a_day_at_least() -> None:
    with pytest.raises(ValidationError, match="until 2024-01-01 is not after from 2024-01-01"):
        replace(MAIN, until=IN_2024)
    assert replace(MAIN, until=date(2024, 1, 2)).holds(IN_2024)


def case_rate(**told: Any) -> CaseRate:
    least: dict[str, Any] = {"anchor": "cells.infused", "days": 10, "covers": ("C",)}
    return CaseRate(**least | told)


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ({}, 0, 9),
        ({"counts_day_0": False}, 1, 10),
        ({"first_day": 1, "counts_day_0": False}, 1, 10),
        ({"first_day": 5, "counts_day_0": False}, 5, 14),
        ({"first_day": -3}, -3, 6),
    ],
)
def test_a_case_rate_counts_its_days_from_the_anchor_or_from_the_day_after(
    told: dict[str, Any], first: int, last: int
) -> None:
    bundled = [day for day in range(-9, 30) if case_rate(**told).bundles("C", day)]
    assert (bundled[0], bundled[-1], len(bundled)) == (first, last, 10)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"covers": ("C", "D"), "excludes": ("D",)}, "covers and excludes both name D"),
        ({"excludes": ("D",), "readmission_days": 30}, "and excludes names D; drop one"),
        ({"first_day": -1, "counts_day_0": False}, "cannot begin before a day"),
    ],
)
def test_a_case_rate_that_says_two_things_is_refused(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        case_rate(**told)


@pytest.mark.parametrize(
    "told",
    [
        {"excludes": ("D",)},
        {"readmission_days": 30},
        {"excludes": ("E",), "readmission_days": 0},
        {"first_day": -1},
        {"first_day": 0, "counts_day_0": False},
    ],
)
def test_a_case_rate_that_says_one_thing_is_taken(told: dict[str, Any]) -> None:
    assert not case_rate(**told).bundles("D", 0)


def test_a_facility_keeps_its_own_zone_whatever_the_connection_says() -> None:
    told = {
        "owner": "us",
        "label": "annex",
        "payment_system": "office",
        "since": IN_2024,
        "npi": "1234567893",
    }
    annex = Facility(name="annex", zone="America/New_York", **told)  # type: ignore[arg-type]
    centre = Centre(facilities=(MAIN, annex))
    assert centre.zone(facility="annex", connection="any") == "America/New_York"
    assert centre.zone(facility="main") == "America/Chicago"


def test_a_payer_may_name_any_policy_that_a_page_has_and_no_other() -> None:
    rules, centre = shipped_rules(), read_centre(SITE)

    def with_policy(name: str | None) -> Centre:
        first, *others = centre.payers
        return replace(centre, payers=(replace(first, policy=name), *others))

    refuse_what_the_rules_lack(with_policy("aetna"), rules)
    refuse_what_the_rules_lack(with_policy(None), rules)
    with pytest.raises(PageError, match="no page of policies has 'nobodys'; there are aetna, "):
        refuse_what_the_rules_lack(with_policy("nobodys"), rules)
