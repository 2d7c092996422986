"""`veinledger products` and `veinledger site check`: what pages say, and what is amiss."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import ROOT, SITE


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line with the sample site."""
    return command_line(tmp_path, monkeypatch, capfd)


def test_the_class_is_one_table(cli: Cli) -> None:
    said = cli("products", "--as-of", "2026-05-11")
    assert said.code == 0
    assert "carvykti Q2056 BCMA CAR-T Two BCMA-binding domains" in said.flat
    assert "yescarta Q2041 CD19 CAR-T CD19, CD28" in said.flat
    assert "tecvayli J9380 BCMA bispecific" in said.flat


def test_the_page_of_carvykti_tells_its_class_choice_warnings_and_history(cli: Cli) -> None:
    said = cli("products", "carvykti", "--as-of", "2026-05-11").flat
    for words in (
        "Two BCMA-binding domains",
        "ICD-10-PCS XW043A7 high page: ICD-10-PCS XW043C3",
        "Myeloma after one or more lines, refractory to lenalidomide (CARTITUDE-4) 2024-04-05",
        "fludarabine 30 mg/m2 x 3, cyclophosphamide 300 mg/m2 x 3; infusion 2 to 4 days after",
        "0.5 to 1 x 10^6 cells/kg, at most 100 x 10^6",
        "CARVYKTI REMS: infusion facility, prescriber, pharmacy 2022-02-28 to 2025-06-26",
        "Immune effector cell-associated enterocolitis (Unresolved: the openFDA copy",
        "beside tecvayli, elrexfio: Myeloma that moves fast cannot wait for cells",
        "An opinion of the page (R87)",
        "BLA 125746",
        "DailyMed set id 7d040b91-3fb8-41db-ba7f-60a36f06e2c2",
    ):
        assert words in said, words


def test_a_page_that_goes_by_indication_says_so(cli: Cli) -> None:
    said = cli("products", "KYMRIAH").flat
    assert "0.2 to 5 x 10^6 cells/kg, at most 250 x 10^6, up to 50 kg; for lymphoblastic" in said
    assert "fludarabine 30 mg/m2 x 4, cyclophosphamide 500 mg/m2 x 2; infusion 2 to 14" in said
    said = cli("products", "tecartus").flat
    assert "recollection; no source seen" in said
    assert "days -4 to -2; infusion 2 days after" in said


def test_a_bispecific_antibody_says_where_its_doses_belong(cli: Cli) -> None:
    said = cli("products", "elrexfio").flat
    assert "each dose is a drug line (J1323, by 1 mg)" in said


def test_codes_are_those_of_the_day_and_of_the_edition(cli: Cli) -> None:
    before = cli("products", "carvykti", "--as-of", "2022-05-01").flat
    assert "carvykti dose none page: HCPCS Q2056" in before
    page = cli("products", "breyanzi", "--edition", "page").flat
    assert "NDC 73154 low public: NDC 73153" in page
    assert "BREYANZI REMS: infusion facility 2022-02-28 to open" in page


def test_json_holds_the_whole_page_with_its_codes_looked_up(cli: Cli) -> None:
    answer = cli("products", "abecma", "--as-of", "2026-05-11", "--json").answer
    assert answer["codes_in_force"]["abecma_dose"]["code"] == "Q2055"
    assert [each["most"] for each in answer["page"]["doses"]] == [460_000_000, 510_000_000]
    listed = cli("products", "--json").answer
    assert {each["name"]: each["hcpcs"] for each in listed}["kymriah"] == "Q2042"


def test_a_product_without_a_page_is_not_found(cli: Cli) -> None:
    said = cli("products", "carvikti")
    assert said.code == 4
    assert "no product page is named 'carvikti'; there are abecma, breyanzi" in said.err


class TestSiteCheck:
    def test_the_sample_site_is_whole(self, cli: Cli) -> None:
        said = cli("site", "check")
        assert (said.code, said.err) == (0, "")
        assert "the directory can be used: 6 facilities, 9 providers, 7 payers" in said.flat
        assert "nothing is left open" in said.out

    def test_what_is_left_open_is_listed_and_ends_with_1(self, cli: Cli, tmp_path: Path) -> None:
        site = self._changed(tmp_path, "facilities.toml", 'ccn = "149901"\n', "")
        said = cli("site", "check", "--site", str(site))
        assert said.code == 1
        assert "facility 'main' has no ccn" in said.out
        gaps = cli("site", "check", "--site", str(site), "--json").answer["gaps"]
        assert [each for each in gaps if each.startswith("facility 'main' has no ccn")]

    def test_a_contract_about_a_product_of_the_sites_own_can_be_used(
        self, cli: Cli, tmp_path: Path
    ) -> None:
        site = self._changed(tmp_path, "payers.toml", 'product = "carvykti"', 'product = "newcel"')
        assert cli("site", "check", "--site", str(site)).code == 2
        whole = (ROOT / "domain" / "products" / "carvykti.toml").read_text()
        ours = whole.replace('name = "carvykti"', 'name = "newcel"', 1).replace(
            '["57894-0111"]', '["99999-0001"]'
        )
        (site / "products").mkdir()
        (site / "products" / "newcel.toml").write_text(ours)
        assert cli("site", "check", "--site", str(site)).code == 0
        assert "newcel" in cli("products", "--site", str(site)).out
        assert cli("products", "newcel", "--site", str(site)).code == 0
        assert cli("products", "newcel").code == 4

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (
                ("payers.toml", '"stem_cell_harvest_autologous"', '"harvest"'),
                "payer 'lakes_medicaid': field 'collection_meaning': no service of the code book",
            ),
            (
                ("payers.toml", 'product = "carvykti"', 'product = "carvikti"'),
                "contract 'harbor_carvykti': field 'product': no product page is named 'carvikti'",
            ),
            (
                ("providers.toml", 'group = "lakeside_physicians"', 'group = "dr_rao"'),
                "providers.toml, provider 6: field 'group': no group is named 'dr_rao'",
            ),
        ],
    )
    def test_a_page_that_cannot_be_used_ends_with_2_and_what_would_be_right(
        self, cli: Cli, tmp_path: Path, change: tuple[str, str, str], words: str
    ) -> None:
        said = cli("site", "check", "--site", str(self._changed(tmp_path, *change)))
        assert said.code == 2
        assert words in said.err

    def _changed(self, folder: Path, file: str, right: str, wrong: str) -> Path:
        site = Path(copytree(SITE, folder / "site"))
        text = (site / file).read_text()
        assert right in text
        (site / file).write_text(text.replace(right, wrong, 1))
        return site
