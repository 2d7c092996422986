"""Rows of pages: who signs them, how their fields are spelled, and numbers of packages."""

from __future__ import annotations

import pytest

from veinledger.domain.centre.directory import Facility
from veinledger.domain.codebook.ndc import eleven
from veinledger.domain.codebook.page import SITE, fields, of_a_site, signed


@pytest.mark.parametrize(
    ("order", "name"), [(1, f"{SITE}: hcpcs.toml"), (2, f"{SITE} 2: hcpcs.toml")]
)
def test_a_page_of_a_site_says_of_which_folder_it_is(order: int, name: str) -> None:
    assert of_a_site("hcpcs.toml", order) == name
    assert of_a_site("hcpcs.toml") == f"{SITE}: hcpcs.toml"


def test_a_row_of_a_site_says_its_page_before_its_source_and_a_shipped_one_does_not() -> None:
    ours = of_a_site("hcpcs.toml")
    assert signed(ours, {"source": "minutes"}) == {"source": f"{ours}: minutes"}
    assert signed("hcpcs.toml", {"source": "CMS"}) == {"source": "CMS"}
    assert signed(ours, {"code": "A1"}) == {"code": "A1"}
    assert signed(ours, {"source": 7}) == {"source": 7}


def test_fields_are_told_as_a_page_spells_them() -> None:
    assert {"from", "name", "zone"} <= set(fields(Facility))
    assert "since" not in fields(Facility)


@pytest.mark.parametrize("printed", ["57894-111-1", "57894-111-01", "57894-0111-01", "57894011101"])
def test_a_package_has_eleven_digits_however_it_is_printed(printed: str) -> None:
    assert eleven(printed) == "57894011101"
