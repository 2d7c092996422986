"""The directory of the centre: dated, complete, and refused with a clear sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from veinledger.adapters.pages import read_centre
from veinledger.domain.centre.centre import Centre, NotInDirectory
from veinledger.domain.centre.directory import CaseRate, Certification
from veinledger.domain.centre.pages import centre_of
from veinledger.domain.codebook.page import PageError, parsed

SITE = Path(__file__).parents[2] / "examples" / "site"
CENTRE = read_centre(SITE)
IN_2026 = date(2026, 5, 1)


def test_the_sample_centre_is_an_ipps_hospital_in_chicago() -> None:
    main = CENTRE.facility("main", IN_2026)
    assert (main.zone, main.payment_system) == ("America/Chicago", "ipps")
    assert CENTRE.facility("neurology_office", IN_2026).payment_system == "office"
    assert CENTRE.payer("medicare", IN_2026).kind == "FFS"


def test_a_zone_is_the_facilitys_and_else_the_connections() -> None:
    assert CENTRE.zone(facility="main", connection="epic-adt") == "America/Chicago"
    assert CENTRE.zone(connection="pharmacy") == "America/Chicago"
    assert CENTRE.zone(facility="elsewhere") is None


def test_facilities_of_one_owner_share_a_payment_window() -> None:
    assert CENTRE.same_owner("main", "annex", IN_2026)
    assert not CENTRE.same_owner("main", "neurology_office", IN_2026)


def test_a_name_that_the_directory_lacks_on_a_day_is_an_error_that_lists_it() -> None:
    with pytest.raises(NotInDirectory) as told:
        CENTRE.payer("harbour", IN_2026)
    assert str(told.value) == (
        "no payer is named 'harbour' on 2026-05-01; the directory has medicare (2020-01-01 to "
        "open), harbor_health (2020-01-01 to open), "
        "tamarack_mutual (2020-01-01 to open), clearwater_mutual (2020-01-01 to open)"
    )
    with pytest.raises(NotInDirectory, match="on 2019-12-31"):
        CENTRE.facility("main", date(2019, 12, 31))
    with pytest.raises(NotInDirectory, match="has none at all"):
        Centre().provider("dr_imani", IN_2026)


def rate() -> CaseRate:
    contract = CENTRE.contract("harbor_health", "carvykti", IN_2026)
    assert contract is not None
    assert contract.case_rate is not None
    return contract.case_rate


@pytest.mark.parametrize(
    ("kind", "day", "bundled"),
    [("E", 0, False), ("E", 1, True), ("E", 365, True), ("E", 366, False), ("D", 30, False)],
)
def test_a_case_rate_bundles_its_kinds_within_its_days(kind: str, day: int, bundled: bool) -> None:
    assert rate().bundles("E" if kind == "E" else "D", day) is bundled


def test_the_baseline_visit_stays_outside_the_case_rate() -> None:
    assert not rate().bundles("E0", 1)


def test_a_contract_is_for_its_product_and_its_days() -> None:
    assert CENTRE.contract("harbor_health", "abecma", IN_2026) is None
    assert CENTRE.contract("harbor_health", "carvykti", date(2025, 12, 31)) is None
    assert CENTRE.contract("medicare", "carvykti", IN_2026) is None


def test_the_most_exact_charge_answers() -> None:
    dose = CENTRE.charge(IN_2026, facility="main", revenue="0891", hcpcs="Q2056")
    infusion = CENTRE.charge(IN_2026, facility="main", revenue="0874", hcpcs="38228")
    assert dose is not None
    assert infusion is not None
    assert (dose.amount, infusion.amount) == (Decimal("629166.75"), Decimal(2400))
    assert CENTRE.charge(IN_2026, facility="main", revenue="0999") is None


def test_a_certificate_answers_for_its_role_and_its_days() -> None:
    held = Certification(
        record="r1",
        subject="main",
        role="infusion facility",
        programme="FACT",
        since=date(2024, 1, 1),
        until=date(2027, 1, 1),
    )
    centre = CENTRE.certifying([held])
    assert centre.certified("FACT", "infusion facility", IN_2026) is held
    assert centre.certified("FACT", "infusion facility", IN_2026, "annex") is None
    assert centre.certified("FACT", "infusion facility", date(2027, 1, 1)) is None
    assert CENTRE.certified("FACT", "infusion facility", IN_2026) is None


FACILITY = """
[[facility]]
name = "main"
label = "A hospital"
zone = "America/Chicago"
payment_system = "ipps"
npi = "1234567893"
owner = "us"
from = 2020-01-01
"""
CHARGE = """
[[charge]]
revenue = "0871"
amount = 1.5
from = 2020-01-01
"""


def told(page: str) -> str:
    with pytest.raises(PageError) as refused:
        centre_of({"site.toml": parsed("site.toml", page.encode())})
    return str(refused.value)


BAD: list[tuple[str, str]] = [
    (FACILITY.replace("1234567893", "1234567890"), "facility 1: field 'npi' is '1234567890': no"),
    (FACILITY.replace("1234567893", "123"), "facility 1: field 'npi' is '123'"),
    (FACILITY.replace("America/Chicago", "-06:00"), "facility 1: field 'zone' is '-06:00'"),
    (FACILITY.replace('"ipps"', '"teaching"'), "field 'payment_system' is 'teaching'"),
    (FACILITY.replace("owner", "owned_by"), "'owned_by' is not a field here"),
    (FACILITY.replace("from = 2020-01-01", ""), "facility 1: field 'from' is missing"),
    (FACILITY + "until = 2019-01-01", "facility 1: until 2019-01-01 is not after from 2020-01-01"),
    (FACILITY + FACILITY, "facility 'main': 2020-01-01 to open and 2020-01-01 to open claim"),
    (
        FACILITY + "until = 2021-01-01" + FACILITY.replace("2020", "2021").replace("Ch", "Tr"),
        "facility 'main' has two zones",
    ),
    (CHARGE.replace('revenue = "0871"', ""), "charge 1: a charge names a revenue code"),
    (CHARGE + 'facility = "annex"', "no facility is named 'annex'"),
    (CHARGE.replace("1.5", "1.555"), "charge 1: field 'amount' is '1.555'"),
    ("[[facilities]]\nname = 1", "'facilities' is not read; a page has facility, provider"),
    (
        '[[contract]]\nname = "c"\npayer = "p"\nclause = "s"\nfrom = 2020-01-01',
        "contract 'c': no payer is named 'p'",
    ),
]


@pytest.mark.parametrize(("page", "words"), BAD)
def test_a_bad_site_page_is_refused_with_what_would_be_right(page: str, words: str) -> None:
    assert words in told(page)


def test_a_zone_that_does_not_exist_is_refused_where_files_are_read(tmp_path: Path) -> None:
    page = FACILITY.replace("America/Chicago", "America/Chicagoland")
    (tmp_path / "site.toml").write_text(page)
    with pytest.raises(PageError, match="IANA database does not have"):
        read_centre(tmp_path)


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="holds no site pages"):
        read_centre(tmp_path)
