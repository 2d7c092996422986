"""A year after the infusion: what was kept, late and missed, and what the payer was told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.examples.stories import AS_OF, told, visits
from veinledger.adapters.ledger import Ledger
from veinledger.projections.schedule import Group, Obligation

EXAMPLE = "a_year_of_surveillance"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with told(EXAMPLE, tmp_path_factory.mktemp("year")) as opened:
        yield opened


def owed(opened: Ledger, *groups: Group, on: date = AS_OF) -> dict[str, Obligation]:
    return {each.rule: each for each in opened.schedule("E11", as_of=on).of(*groups)}


def statuses(opened: Ledger, *groups: Group) -> dict[str, str]:
    found = owed(opened, *groups).values()
    return {each.rule: each.status for each in found if each.status != "upcoming"}


def test_visits_are_kept_but_for_the_first_month_which_was_late_after_a_no_show(
    year: Ledger,
) -> None:
    kept = [status for _, status in visits(year.schedule("E11", as_of=AS_OF)).values()]
    assert kept == ["met", "late", *["met"] * 6]
    late = owed(year, "neurology")["neurology_month_1"]
    assert late.reason == (
        "visit on 2025-08-26, owed until 2025-08-21;"
        " no-show on 2025-08-13: no one to drive the patient"
    )


def test_micrographia_makes_the_watch_closer_until_a_visit_finds_nothing(year: Ledger) -> None:
    watch = [each for each in owed(year, "neurology").values() if "closer" in each.what]
    assert [str(each.met_on) for each in watch] == ["2025-10-28", "2025-12-02", "2025-12-30"]
    assert all(
        each.because.endswith("ended by the visit of 2025-12-30: nothing found") for each in watch
    )
    before = owed(year, "neurology", on=date(2025, 10, 15))
    assert not [each for each in before.values() if "closer" in each.what]


def test_of_the_tests_one_was_late_and_one_never_came(year: Ledger) -> None:
    found = statuses(year, "laboratory")
    assert [rule for rule, status in found.items() if status == "late"] == [
        "immunoglobulins_month_3"
    ]
    assert [rule for rule, status in found.items() if status == "missed"] == [
        "immunoglobulins_month_6"
    ]
    assert len(found) == 9


def test_the_registry_has_every_form_and_one_of_them_late(year: Ledger) -> None:
    found = statuses(year, "registry")
    assert [rule for rule, status in found.items() if status != "met"] == ["registry_month_6"]
    assert found["registry_month_6"] == "late"


def test_a_rejected_claim_has_not_arrived_until_it_was_sent_again(year: Ledger) -> None:
    now = year.schedule("E11", as_of=AS_OF).of("filing")
    (visit,) = [each for each in now if each.what == "send claim E1"]
    assert str(visit.met_on) == "2025-09-11"
    then = year.schedule("E11", as_of=date(2025, 9, 10)).of("filing")
    (again,) = [each for each in then if each.what == "send claim E1"]
    assert again.met_on is None
    assert again.caution[0].startswith("sent on 2025-08-28 and rejected on 2025-09-09")


def test_the_denial_was_appealed_in_time_and_no_further_level_is_owed(year: Ledger) -> None:
    (appeal,) = owed(year, "appeal").values()
    assert (appeal.status, str(appeal.met_on), str(appeal.closes)) == (
        "met", "2025-10-09", "2026-01-18",
    )  # fmt: skip


def test_the_authorization_was_extended_and_the_last_visit_came_within_it(year: Ledger) -> None:
    (expiry,) = owed(year, "authorization").values()
    assert (expiry.status, str(expiry.met_on)) == ("met", "2026-07-28")
    assert [str(each.due) for each in expiry.was_due] == ["2026-02-28"]


def test_a_patient_of_medicare_has_the_hub_and_no_copay_help(year: Ledger) -> None:
    support = year.support("E11", as_of=AS_OF)
    states = {each.rule: each.state for each in support.tasks} if support else {}
    assert states["carepath_hub"] == "done"
    assert states["carepath_copay"] == "not for this patient"


def test_each_report_was_kept_when_it_came(year: Ledger) -> None:
    records = year.history("E11").records
    assert all((each.seal.recorded_at.date() - each.day).days <= 3 for each in records)
