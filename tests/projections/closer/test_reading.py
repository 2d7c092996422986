"""Which words of a visit make the watch closer, and which deny what they name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.projections.closer.stories import RULES
from veinledger.domain.surveillance.closer import CloserWatch

MOVEMENT = next(
    row for row in RULES.listing.all(CloserWatch) if row.name == "movement_findings"
)  # fmt: skip


@pytest.mark.parametrize("sign", MOVEMENT.signs)
def test_a_sign_by_itself_is_found_whatever_its_capitals(sign: str) -> None:
    assert sign in MOVEMENT.signs_in([sign])
    assert sign in MOVEMENT.signs_in([f"  {sign.upper()}  "])


@pytest.mark.parametrize("sign", MOVEMENT.signs)
@pytest.mark.parametrize(
    "said", ["no {}", "No {} today", "without {}", "{} absent", "{} resolved", "negative for {}"]
)
def test_a_sign_that_is_denied_is_not_found(said: str, sign: str) -> None:
    assert MOVEMENT.signs_in([said.format(sign)]) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mild micrographia, right hand", ("micrographia",)),
        ("resting tremor of the left hand", ("tremor",)),
        ("no rest tremor but marked bradykinesia", ("bradykinesia",)),
        ("no rest tremor and new rigidity", ("rigidity",)),
        ("no tremor (rigidity of the neck)", ("rigidity",)),
        ("tremor without rigidity", ("tremor",)),
        ("tremor resolved, bradykinesia persists", ("bradykinesia",)),
        ("no tremor, no rigidity", ()),
        ("tremors", ()),
        ("headache", ()),
        ("", ()),
    ],
)
def test_a_sentence_is_read_clause_by_clause(text: str, found: tuple[str, ...]) -> None:
    assert MOVEMENT.signs_in([text]) == found


@given(st.lists(st.text(max_size=60), max_size=4))
def test_whatever_is_written_only_words_of_the_page_come_back_in_their_order(
    texts: list[str],
) -> None:
    found = MOVEMENT.signs_in(texts)
    assert list(found) == [sign for sign in MOVEMENT.signs if sign in found]
