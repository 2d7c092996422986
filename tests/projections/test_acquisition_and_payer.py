"""What was not bought, what a window moves without a line, and a payer that changes midway."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.given_ledger import ledger, lines_of
from veinledger.projections.claims.shapes import ClaimSet

Line = dict[str, Any]


def lines(example: str) -> list[Line]:
    return [json.loads(line) for line in lines_of(example)]


def claims(told: list[Line], folder: Path) -> ClaimSet:
    with ledger(folder) as opened:
        opened.record(*told)
        return opened.claims(told[-1]["encounter"])


def test_a_free_product_is_never_billed_in_silence(tmp_path: Path) -> None:
    told = lines("page_patient_2l")
    for line in told:
        if line["type"] == "cells.infused":
            line["acquisition"] = "free"
    infusion = claims(told, tmp_path).claim("C")
    assert infusion is not None
    assert [str(x.charge) for x in infusion.lines if x.code == "Q2056"] == ["1.00"]
    assert "a_token_charge_without_a_source_is_told" in {each.rule for each in infusion.findings}


def test_a_purchased_product_is_not_held_for_how_it_was_acquired(tmp_path: Path) -> None:
    infusion = claims(lines("page_patient_2l"), tmp_path).claim("C")
    assert infusion is not None
    assert infusion.state == "partial"


def test_the_giving_that_a_window_moves_is_charged_without_its_code(tmp_path: Path) -> None:
    infusion = claims(lines("page_patient_4l"), tmp_path).claim("C")
    assert infusion is not None
    given = [x for x in infusion.lines if x.revenue_code == "0335"]
    assert [(x.code, str(x.charge), x.moved_from) for x in given] == [("", "780.00", "B")] * 2
    assert "what_was_moved_without_a_line_is_told" not in {f.rule for f in infusion.findings}


def test_a_referral_from_before_the_label_changed_is_no_news_where_the_label_is_met(
    tmp_path: Path,
) -> None:
    rule, told = "the_indication_is_on_the_product_page_on_the_day", lines("page_patient_4l")
    known = claims(told, tmp_path).claim("C")
    unknown = claims(
        [line for line in told if line["type"] != "therapy.refractoriness_documented"],
        tmp_path,
    ).claim("C")
    assert known is not None
    assert unknown is not None
    assert rule not in {each.rule for each in known.findings}
    assert rule in {each.rule for each in unknown.findings}


def test_the_window_takes_nothing_that_another_payer_covers(tmp_path: Path) -> None:
    told = lines("page_patient_4l")
    coverage = next(line for line in told if line["type"] == "coverage.recorded")
    before = coverage | {"payer": "harbor_health", "kind": "commercial", "until": "2026-04-28"}
    before["source"] = {"connection": "epic-adt", "message": "cov-0"}
    coverage["since"] = "2026-04-29"
    infusion = claims([*told, before], tmp_path).claim("C")
    assert infusion is not None
    assert infusion.payer == "medicare"
    assert not [line for line in infusion.lines if line.moved_from]


def test_a_payer_that_changes_between_doses_gets_a_bill_of_its_own(tmp_path: Path) -> None:
    told = lines("page_patient_2l")
    coverage = next(line for line in told if line["type"] == "coverage.recorded")
    after = coverage | {"payer": "other_health", "since": "2026-05-21"}
    after["source"] = {"connection": "epic-adt", "message": "cov-2"}
    coverage["until"] = "2026-05-20"
    found = claims([*told, after], tmp_path).claims
    bills = [(claim.payer, claim.first_day.day) for claim in found if claim.kind == "B"]
    assert bills == [("harbor_health", 20), ("other_health", 21)]
