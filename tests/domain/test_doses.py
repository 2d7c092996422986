"""Which dose and which monitoring a product page chooses, and the cells that a dose allows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from veinledger.domain.products.treatment import Dose, Regime, about

SINCE = date(2022, 2, 28)


def regime(name: str, *indications: str) -> Regime:
    return Regime(
        name=name,
        indications=indications,
        daily=7,
        near=14,
        no_driving=14,
        since=SINCE,
        editions=("public",),
        source="a label",
        row="site: a label",
        confidence="high",
    )


def dose(
    per_kg: tuple[int | None, int | None] = (None, None),
    flat: int | None = None,
    *,
    over: str | None = None,
    up_to: str | None = None,
) -> Dose:
    least, most = per_kg
    return Dose(
        per_kg_least=least,
        per_kg_most=most,
        flat_least=flat,
        most=100_000_000,
        over_kg=None if over is None else Decimal(over),
        up_to_kg=None if up_to is None else Decimal(up_to),
        since=SINCE,
        editions=("public",),
        source="a label",
        row="site: a label",
        confidence="high",
    )


MYELOMA, LYMPHOMA, ANY = regime("m", "myeloma"), regime("l", "lymphoma"), regime("any")


@pytest.mark.parametrize(
    ("known", "indication", "chosen"),
    [
        ((MYELOMA, LYMPHOMA, ANY), "myeloma", (MYELOMA,)),
        ((MYELOMA, LYMPHOMA, ANY), "leukemia", (ANY,)),
        ((MYELOMA, LYMPHOMA, ANY), None, (ANY,)),
        ((MYELOMA, LYMPHOMA), None, ()),
        ((MYELOMA,), None, (MYELOMA,)),
        ((), "myeloma", ()),
    ],
)
def test_a_statement_for_the_indication_goes_before_a_general_one_and_else_one_stands_alone(
    known: tuple[Regime, ...], indication: str | None, chosen: tuple[Regime, ...]
) -> None:
    assert about(known, indication) == chosen


@pytest.mark.parametrize(
    ("per_kg", "flat"),
    [
        ((None, None), None),
        ((500_000, None), None),
        ((None, 500_000), None),
        ((500_000, None), 1),
        ((None, 500_000), 1),
        ((500_000, 500_000), 1),
    ],
)
def test_a_dose_goes_by_weight_with_both_its_ends_or_not_at_all(
    per_kg: tuple[int | None, int | None], flat: int | None
) -> None:
    with pytest.raises(ValidationError, match="give one pair"):
        dose(per_kg, flat)


@pytest.mark.parametrize(
    ("over", "up_to", "weight", "fits"),
    [
        (None, None, None, True),
        ("50", None, None, False),
        (None, "50", None, False),
        ("10", "50", None, False),
        ("10", "50", "10", False),
        ("10", "50", "10.1", True),
        ("10", "50", "50", True),
        ("10", "50", "50.1", False),
    ],
)
def test_a_dose_for_some_weights_fits_no_patient_whose_weight_is_unknown(
    over: str | None, up_to: str | None, weight: str | None, fits: bool
) -> None:
    known = None if weight is None else Decimal(weight)
    assert dose(flat=1, over=over, up_to=up_to).fits(known) is fits


@pytest.mark.parametrize(
    ("per_kg", "flat", "cells"),
    [
        ((500_000, 1_000_000), None, (40_000_000, 80_000_000)),
        ((500_000, 2_000_000), None, (40_000_000, 100_000_000)),
        ((0, 1_000_000), None, (0, 80_000_000)),
        ((0, 0), None, (0, 0)),
        ((None, None), 60_000_000, (60_000_000, 100_000_000)),
        ((None, None), 0, (0, 100_000_000)),
    ],
)
def test_cells_go_by_weight_from_nought_where_the_page_says_nought_and_never_over_the_most(
    per_kg: tuple[int | None, int | None], flat: int | None, cells: tuple[int, int]
) -> None:
    assert dose(per_kg, flat).range(Decimal(80)) == tuple(map(Decimal, cells))
