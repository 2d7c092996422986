"""What a row of a page may hold: each small type at its limits and one step beyond."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.domain.given_limits import takes_from_to, takes_these_and_not_those
from veinledger.domain.appeals import reason
from veinledger.domain.centre import directory, rates
from veinledger.domain.codebook import evidence, page, statement
from veinledger.domain.obligations import limits, point
from veinledger.domain.policies import policy
from veinledger.domain.prices import price
from veinledger.domain.products import profile, treatment
from veinledger.domain.support import programme
from veinledger.domain.surveillance import closer

Texts = tuple[str, ...]
SHAPES: dict[str, tuple[Any, Texts, Texts]] = {
    "zone": (
        directory.Zone,
        ("UTC", "America/Chicago", "America/Argentina/Buenos_Aires", "Etc/GMT-5"),
        ("utc", "America", "america/chicago", "America/", "America/Chicago\n"),
    ),
    "CMS certification number": (
        directory.Ccn,
        ("00012A",),
        ("00012", "0001234", "00012a", "00012A\n"),
    ),
    "tax number": (directory.Tin, ("123456789",), ("12345678", "1234567890", "12345678A")),
    "ZIP": (directory.Zip4, ("60637-0001",), ("60637", "606370001", "60637-001", "60637-00012")),
    "taxonomy": (directory.Taxonomy, ("207RH0003X",), ("207RH0003", "07RH0003X", "207RH00031")),
    "filing indicator": (directory.FilingIndicator, ("MB", "16"), ("M", "MBX", "mb")),
    "NPI": (
        directory.Npi,
        ("1234567893",),
        ("1234567890", "3234567893", "123456789", "12345678931"),
    ),
    "name": (page.Name, ("a", "a_1", "x" * 80), ("", "1a", "A", "a-b", "x" * 81)),
    "line": (page.Line, ("a", "x" * 600), ("", " ", "x" * 601)),
    "source of evidence": (evidence.SourceId, ("E1", "E12"), ("E", "E123", "1", "e1")),
    "evidence": (statement.Evidence, ("E1", "E12"), ("E", "E123", "1", "e1")),
    "reason code": (reason.Code, ("1", "N130X"), ("", "N130XX", "n1")),
    "HCPCS": (price.Hcpcs, ("Q2056",), ("Q205", "Q20566", "q2056")),
    "quarter": (price.QuarterName, ("2026Q1", "2099Q4"), ("2026Q0", "2026Q5", "1926Q1", "2026")),
    "digest": (price.Digest, ("0" * 64,), ("0" * 63, "0" * 65, "F" * 64)),
    "labeller and product": (profile.NdcProduct, ("57894-0111",), ("5789-0111", "57894-111")),
    "family of diagnoses": (
        profile.Family,
        ("C90", "C9A", "C90.0", "C90.000"),
        ("C9", "c90", "C90.", "C90.0000", "CC0"),
    ),
}
"""By what it is: its type, texts that are taken, and texts that are not."""

WHOLE: dict[str, tuple[Any, int, int]] = {
    "days of a closer watch": (closer.Days, 1, 730),
    "days within which a closer watch is due": (closer.Within, 0, 90),
    "days of a policy": (policy.Days, 0, 3_650),
    "month": (programme.Month, 1, 12),
    "days of a regimen": (treatment.Days, 0, 730),
    "days to file": (limits.Days, 1, 3_650),
    "days around a point": (point.Within, 0, 730),
}
"""By what it is: its type, the least and the most."""

BROKEN: dict[str, tuple[Any, Texts, Texts]] = {
    "exact": (page.Exact, ("-12345678901.2345",), ("0.00001", "123456789012.2345")),
    "charge": (directory.Charged, ("0", "9999999999.99"), ("-0.01", "0.001", "99999999999.99")),
    "base rate": (rates.BaseRate, ("0", "9999999.99"), ("-0.01", "0.001", "99999999.99")),
    "ratio": (rates.Ratio, ("0", "5"), ("-0.0001", "5.0001", "0.00001")),
    "share": (price.Share, ("0", "1"), ("-0.000001", "1.000001", "0.0000001")),
    "payment limit": (
        price.Limit,
        ("0.0001", "12345678901.2345"),
        ("0", "0.00001", "123456789012.2345"),
    ),
}
"""By what it is: its type, numbers that are taken, and numbers that are not."""


def taken(kind: Any, value: object) -> bool:
    """Whether a page may hold it."""
    try:
        TypeAdapter[Any](kind, config=page.PAGE).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("what", SHAPES)
def test_a_text_of_its_shape_is_taken_and_no_other(what: str) -> None:
    kind, right, wrong = SHAPES[what]
    takes_these_and_not_those(partial(taken, kind), right, wrong)


@pytest.mark.parametrize("what", WHOLE)
def test_a_whole_number_has_its_least_and_its_most(what: str) -> None:
    kind, least, most = WHOLE[what]
    takes_from_to(partial(taken, kind), least, most)


@pytest.mark.parametrize("what", BROKEN)
def test_a_number_has_its_limits_and_its_places(what: str) -> None:
    kind, right, wrong = BROKEN[what]
    takes_these_and_not_those(partial(taken, kind), map(Decimal, right), map(Decimal, wrong))


def test_a_line_is_kept_without_the_blanks_around_it() -> None:
    assert TypeAdapter[str](page.Line, config=page.PAGE).validate_python(" a b ") == "a b"


def test_a_page_takes_no_number_for_a_text_and_no_text_for_a_number() -> None:
    assert not taken(page.Name, 1)
    assert not taken(policy.Days, "1")
