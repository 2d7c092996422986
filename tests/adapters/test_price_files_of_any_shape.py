"""Pricing files of any layout, and noise: the same limits, or one sentence that refuses it."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from tests.adapters.test_prices_command import exact, known, taken
from tests.given_prices import COLUMNS, LIMITS, TITLE, csv_of, in_order, row_of
from tests.tiers import size
from veinledger.adapters.errors import BadInput

CODES = st.from_regex(r"[A-Z][0-9]{4}", fullmatch=True)
PRINTED = st.decimals("0.001", "999999.999", places=3)


@hypothesis_given(
    st.dictionaries(CODES, PRINTED, max_size=12),
    st.permutations(COLUMNS),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from(["\r\n", "\n"]),
    st.lists(st.text(alphabet='abc ,"*\u00e9', max_size=12), max_size=5),
    st.integers(0, 2**32),
)
@settings(
    max_examples=size(20, 200, 2000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_layout_gives_the_same_limits(  # noqa: PLR0913, PLR0917  # a layout has as many parts
    tmp_path_factory: pytest.TempPathFactory,
    of: dict[str, Decimal],
    columns: list[str],
    encoding: str,
    end: str,
    notes: list[str],
    seed: int,
) -> None:
    draw = random.Random(seed)
    every = {**{code: f"{limit:f}" for code, limit in of.items()}, **LIMITS}
    rows = [in_order(row_of(c, _as_printed(limit, draw)), columns) for c, limit in every.items()]
    draw.shuffle(rows)
    below = [[note] for note in notes]
    site = tmp_path_factory.mktemp("site")
    content = csv_of([*rows, [], *below], columns, TITLE, encoding, end)
    found = taken(site, content, name="limits.csv")
    assert dict(found.found.limits) == exact(every)
    assert known(site).of == exact(every)


def _as_printed(limit: str, draw: random.Random) -> str:
    number = Decimal(limit)
    return draw.choice([limit, f"{number:,f}", f"${number:,f}", f" {limit} "])


@hypothesis_given(st.binary(max_size=400))
@settings(
    max_examples=size(40, 400, 4000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_noise_is_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes
) -> None:
    site = tmp_path_factory.mktemp("site")
    with pytest.raises(BadInput) as told:
        taken(site, noise, name="limits.csv", quarter="2026Q2")
    assert str(told.value).startswith("limits.csv: ")
