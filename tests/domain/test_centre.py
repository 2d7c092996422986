"""The directory of the centre: dated, complete, and refused with a clear sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from veinledger.adapters.errors import BadInput
from veinledger.adapters.front_door import open_ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.centre.advice import advice
from veinledger.domain.centre.agreement import refuse_what_the_rules_lack
from veinledger.domain.centre.centre import Centre, NotInDirectory
from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.directory import CaseRate
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
    assert str(told.value).startswith(
        "no payer is named 'harbour' on 2026-05-01; the directory has medicare (2020-01-01 to "
        "open), harbor_health (2020-01-01 to open), tamarack_mutual (2020-01-01 to open)"
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


EXACT = """
[[charge]]
revenue = "0871"
amount = 1
from = 2020-01-01
[[charge]]
revenue = "0871"
facility = "main"
amount = 2
from = 2020-01-01
[[charge]]
hcpcs = "38206"
amount = 3
from = 2020-01-01
[[charge]]
revenue = "0871"
hcpcs = "38206"
amount = 4
from = 2020-01-01
[[charge]]
revenue = "0871"
hcpcs = "38206"
facility = "main"
amount = 5
from = 2020-01-01
until = 2026-01-01
"""


@pytest.mark.parametrize(
    ("asked", "on", "amount"),
    [
        ({"facility": "annex", "revenue": "0871"}, IN_2026, 1),
        ({"facility": "main", "revenue": "0871"}, IN_2026, 2),
        ({"facility": "main", "hcpcs": "38206"}, IN_2026, 3),
        ({"facility": "main", "hcpcs": "38206", "revenue": "0874"}, IN_2026, 3),
        ({"facility": "main", "hcpcs": "38206", "revenue": "0871"}, IN_2026, 4),
        ({"facility": "main", "hcpcs": "38206", "revenue": "0871"}, date(2025, 12, 31), 5),
        ({"facility": "annex", "hcpcs": "38206", "revenue": "0871"}, date(2025, 12, 31), 4),
    ],
)
def test_a_code_goes_before_a_place_and_a_place_before_a_revenue_code(
    asked: dict[str, str], on: date, amount: int
) -> None:
    page = FACILITY + FACILITY.replace('"main"', '"annex"') + EXACT
    charge = centre_of({"site.toml": parsed("site.toml", page.encode())}).charge(on, **asked)
    assert charge is not None
    assert charge.amount == amount


def test_a_contract_for_the_product_goes_before_one_for_all() -> None:
    for_all = CONTRACT.replace('name = "c"', 'name = "all"')
    for_one = CONTRACT.replace('payer = "p"', 'payer = "p"\nproduct = "carvykti"')
    page = for_all + for_one.removeprefix(PAYER)
    centre = centre_of({"site.toml": parsed("site.toml", page.encode())})
    for product, name in [("carvykti", "c"), ("abecma", "all")]:
        contract = centre.contract("p", product, IN_2026)
        assert contract is not None
        assert contract.name == name
    assert centre.contract("q", "carvykti", IN_2026) is None


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
    assert centre.certified("FACT", "infusion facility", date(2024, 1, 1)) is held
    assert centre.certified("FACT", "infusion facility", date(2023, 12, 31)) is None
    assert centre.certified("FACT", "pharmacy", IN_2026) is None
    assert centre.certified("REMS", "infusion facility", IN_2026) is None
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


PAYER = """
[[payer]]
name = "p"
label = "A payer"
kind = "commercial"
from = 2020-01-01
"""
PROVIDER = """
[[provider]]
name = "dr_x"
label = "X, MD"
npi = "1999990033"
from = 2020-01-01
"""
GROUP = PROVIDER.replace("dr_x", "xs").replace("1999990033", "1999990058") + 'kind = "group"\n'
CONTRACT = (
    PAYER
    + """
[[contract]]
name = "c"
payer = "p"
clause = "section 1"
from = 2020-01-01

[contract.case_rate]
anchor = "cells.infused"
days = 90
covers = ["C", "E"]
"""
)
FEE = """
[[contract.fixed_fees]]
covers = ["A"]
amount = 100
clause = "section 2"
"""

BAD_PAIRS: list[tuple[str, str]] = [
    (FACILITY + 'ccn = "12345"', "facility 1: field 'ccn' is '12345'"),
    (FACILITY + 'tin = "99-0000001"', "facility 1: field 'tin' is '99-0000001'"),
    (FACILITY + 'zip4 = "60699"', "facility 1: field 'zip4' is '60699'"),
    (FACILITY + 'taxonomy = "hospital"', "facility 1: field 'taxonomy' is 'hospital'"),
    (FACILITY + 'collection_charges = "both"', "field 'collection_charges' is 'both'"),
    (
        FACILITY.replace('"ipps"', '"office"') + 'ccn = "149901"',
        "site.toml, facility 1: field 'ccn': an office has none; drop it, or say which",
    ),
    (PROVIDER + 'group = "xs"', "provider 1: field 'group': no group is named 'xs'; the dir"),
    (
        PROVIDER + 'group = "dr_x"',
        "field 'group': no group is named 'dr_x'; the directory has none",
    ),
    (
        PROVIDER + 'group = "xs"' + GROUP.replace("2020", "2024"),
        "provider 1: field 'group': 'xs' is in the directory 2024-01-01 to open, and this row",
    ),
    (GROUP + 'group = "ys"', "provider 1: a group has no group of its own; drop group"),
    (PROVIDER + 'owner = "us"', "provider 1: a person has no owner; name the group"),
    (PAYER + 'filing_indicator = "commercial"', "payer 1: field 'filing_indicator' is 'comm"),
    (
        PAYER + 'asks_for = ["blood"]',
        "payer 1: field 'asks_for.0' is 'blood': Input should be 'inv",
    ),
    (PAYER + "dose_fractions = 0", "payer 1: field 'dose_fractions' is 0"),
    (PAYER + 'collection_meaning = "38206"', "payer 1: field 'collection_meaning' is '38206'"),
    (
        CONTRACT.replace("cells.infused", "cells.given"),
        "contract 1: field 'case_rate.anchor': no fact is called 'cells.given'; `veinledger facts`",
    ),
    (CONTRACT + 'excludes = ["E"]', "contract 1: field 'case_rate' is"),
    (CONTRACT + 'excludes = ["E"]', "covers and excludes both name E; drop one"),
    (
        CONTRACT + 'excludes = ["D"]\nreadmission_days = 30',
        "readmission_days takes claims D in, and excludes names D; drop one",
    ),
    (
        CONTRACT + "first_day = -5\ncounts_day_0 = false",
        "the rate cannot begin before a day that it does not count",
    ),
    (CONTRACT + FEE + FEE, "contract 1: two fixed fees cover claims A; one fee a kind"),
    (CONTRACT + FEE.replace('"A"', '"F"'), "field 'fixed_fees.0.covers.0' is 'F'"),
    (CONTRACT + FEE.replace("amount = 100", ""), "field 'fixed_fees.0.amount' is missing"),
]
"""What a row says of itself, or of another row, and cannot be."""

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
        "site.toml, contract 1: field 'payer': no payer is named 'p'; the directory has none",
    ),
    *BAD_PAIRS,
]


@pytest.mark.parametrize(("page", "words"), BAD)
def test_a_bad_site_page_is_refused_with_what_would_be_right(page: str, words: str) -> None:
    assert words in told(page)


def test_the_days_of_a_group_are_told_without_those_of_other_groups() -> None:
    late = GROUP.replace("2020", "2024")
    other = GROUP.replace('"xs"', '"ys"').replace("1999990058", "1999990033")
    assert "'xs' is in the directory 2024-01-01 to open, and" in told(
        PROVIDER + 'group = "xs"' + other + late
    )


def test_a_group_may_change_hands_while_its_people_stay() -> None:
    first = GROUP + 'owner = "us"\nuntil = 2024-01-01\n'
    second = GROUP.replace("2020", "2024") + 'owner = "them"\n'
    page = PROVIDER + 'group = "xs"' + first + second
    centre = centre_of({"site.toml": parsed("site.toml", page.encode())})
    assert [each.owner for each in centre.providers] == [None, "us", "them"]


class TestTheDirectoryAndTheRules:
    @pytest.mark.parametrize(
        ("page", "words"),
        [
            (
                CONTRACT.replace('payer = "p"', 'payer = "p"\nproduct = "carvikti"'),
                "contract 'c': field 'product': no product page is named 'carvikti'; there are abe",
            ),
            (
                PAYER + 'collection_meaning = "harvest_of_cells"',
                "payer 'p': field 'collection_meaning': no service of the code book means "
                "'harvest_of_cells'; for a collection it has apheresis_collection, ",
            ),
            (
                PAYER + 'collection_meaning = "carvykti_infusion_central"',
                "no service of the code book means 'carvykti_infusion_central'",
            ),
        ],
    )
    def test_what_the_rules_do_not_have_is_refused(self, page: str, words: str) -> None:
        centre = centre_of({"site.toml": parsed("site.toml", page.encode())})
        with pytest.raises(PageError) as refused:
            refuse_what_the_rules_lack(centre, shipped_rules())
        assert words in str(refused.value)

    def test_a_ledger_is_not_opened_with_such_a_site(self, tmp_path: Path) -> None:
        (tmp_path / "site.toml").write_text(PAYER + 'collection_meaning = "harvest"')
        with pytest.raises(BadInput, match="field 'collection_meaning'"):
            open_ledger(site=tmp_path)

    def test_for_a_collection_procedures_in_words_of_a_collection_are_offered_alone(self) -> None:
        page = PAYER + 'collection_meaning = "harvest_of_cells"'
        centre = centre_of({"site.toml": parsed("site.toml", page.encode())})
        with pytest.raises(PageError) as refused:
            refuse_what_the_rules_lack(centre, shipped_rules())
        offered = str(refused.value).rpartition("for a collection it has ")[2].split(", ")
        assert offered == [
            "apheresis_collection",
            "stem_cell_harvest_allogeneic",
            "stem_cell_harvest_autologous",
            "therapeutic_apheresis_white_cells",
        ]

    @pytest.mark.parametrize(
        "meaning",
        ["stem_cell_harvest_autologous", "apheresis_collection", "fludarabine_injection"],
    )
    def test_a_service_of_the_book_will_do(self, meaning: str) -> None:
        page = PAYER + f'collection_meaning = "{meaning}"'
        centre = centre_of({"site.toml": parsed("site.toml", page.encode())})
        refuse_what_the_rules_lack(centre, shipped_rules())

    def test_the_sample_site_agrees_with_the_rules_and_leaves_nothing_open(self) -> None:
        refuse_what_the_rules_lack(CENTRE, shipped_rules())
        assert advice(CENTRE) == ()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (FACILITY, "facility 'main' has no ccn: the CMS certification number of a hospital"),
        (FACILITY, "facility 'main' has no zip4"),
        (PROVIDER, "provider 'dr_x' has no taxonomy"),
        (GROUP, "provider 'xs' has no owner"),
        (PAYER, "payer 'p' has no filing_indicator"),
        (CONTRACT, "contract 'c' has no amount in its case_rate"),
        (CONTRACT[: CONTRACT.index("[contract.case_rate]")], "contract 'c' has neither a case"),
    ],
)
def test_what_claims_will_miss_is_said_and_refused_by_nothing(page: str, words: str) -> None:
    said = advice(centre_of({"site.toml": parsed("site.toml", page.encode())}))
    assert any(each.startswith(words) for each in said)


def test_an_office_needs_no_certification_number() -> None:
    page = FACILITY.replace('"ipps"', '"office"')
    said = advice(centre_of({"site.toml": parsed("site.toml", page.encode())}))
    assert said
    assert not [each for each in said if "ccn" in each]


def test_the_sample_site_has_the_kinds_of_places_and_payers_that_rules_tell_apart() -> None:
    systems = {place.payment_system for place in CENTRE.facilities}
    assert systems >= {"ipps", "exempt_cancer", "office"}
    assert {payer.kind for payer in CENTRE.payers} == {"FFS", "MA", "commercial", "Medicaid"}
    assert CENTRE.same_owner("main", "oncology_office", IN_2026)
    assert not CENTRE.same_owner("main", "lakeshore_cancer", IN_2026)
    owners = {each.name: each.owner for each in CENTRE.providers if each.kind == "group"}
    assert owners == {
        "prairie_neurology": "prairie",
        "lakeside_physicians": "lakeside",
        "cedar_oncology": "cedar",
    }


def test_a_zone_that_does_not_exist_is_refused_where_files_are_read(tmp_path: Path) -> None:
    page = FACILITY.replace("America/Chicago", "America/Chicagoland")
    (tmp_path / "site.toml").write_text(page)
    with pytest.raises(PageError, match="IANA database does not have"):
        read_centre(tmp_path)


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="holds no site pages"):
        read_centre(tmp_path)


def test_a_directory_is_named_by_its_pages_to_the_last_byte_and_none_has_no_name(
    tmp_path: Path,
) -> None:
    named: list[str | None] = [Centre().digest]
    for text in (FACILITY, FACILITY, f"{FACILITY}\n"):
        (tmp_path / "site.toml").write_text(text)
        named.append(read_centre(tmp_path).digest)
    (tmp_path / "site.toml").rename(tmp_path / "other.toml")
    named.append(read_centre(tmp_path).digest)
    none, first, again, longer, called_otherwise = named
    assert (none, first) == (None, again)
    assert len({first, longer, called_otherwise}) == 3
