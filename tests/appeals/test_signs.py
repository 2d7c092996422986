"""What a page of appeals may say of how a denial is recognised."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from veinledger.domain.appeals.reason import Sign
from veinledger.domain.codebook.page import PageError, read

SIGN: dict[str, Any] = {
    "name": "no_authorization_197",
    "file": "appeals/signs.toml",
    "reason": "no_authorization",
    "weight": "fits",
    "since": date(2026, 1, 1),
    "editions": ("public",),
    "source": "a letter",
    "row": "site: minutes",
    "confidence": "high",
}


def sign(**said: Any) -> Sign:
    return read(Sign, "appeals/signs.toml", "sign 1", {**SIGN, **said})


@pytest.mark.parametrize(
    "said",
    [
        {"carc": ("197",)},
        {"rarc": ("M62",)},
        {"words": ("authorization",), "beside": ("missing",)},
        {"another": "name"},
    ],
)
def test_a_denial_is_recognised_by_a_code_by_words_or_by_another_product(
    said: dict[str, Any],
) -> None:
    assert sign(**said)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"carc": ("197",), "words": ("authorization",)},
        {"carc": ("197",), "rarc": ("M62",)},
    ],
)
def test_a_sign_is_of_one_kind(said: dict[str, Any]) -> None:
    with pytest.raises(PageError, match="exactly one of them"):
        sign(**said)


def test_words_beside_stand_with_words_alone() -> None:
    with pytest.raises(PageError, match="beside stands with words"):
        sign(carc=("197",), beside=("missing",))
