"""Certificates as the centre's records tell of them: named, dated, and known at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.given import day, record
from tests.given_decisions import FIRST, correcting, kept, the
from tests.given_ledger import ledger, lines_of
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import (
    as_of_both_times,
    centre_then,
    centres_named,
    certificates,
    certified_by,
)
from veinledger.domain.facts.authorization import CertificationRecorded, Programme
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.reports import Record, Seal
from veinledger.domain.standing.history import AsOf, History, KnownAt, folded_history


def told(*records: Record) -> History:
    """The records of a centre, one a day from the first on."""
    sealed = (
        replace(each, seal=_seal(each.seal, number)) for number, each in enumerate(records, start=1)
    )
    return History(encounter="lakeside", records=tuple(sealed))


def _seal(seal: Seal, number: int) -> Seal:
    then = FIRST + timedelta(days=number - 1)
    return replace(seal, sequence=number, position=number, recorded_at=then)


def certified(
    programme: Programme = "FACT", number: int = -300, until: date | None = None,
    product: str | None = None, reference: str | None = "C-1",
) -> Record:  # fmt: skip
    fact = CertificationRecorded(
        subject="main",
        role="infusion facility",
        programme=programme,
        product=product,
        payer="harbor_health" if programme == "payer network" else None,
        reference=reference,
        since=day(-700),
        until=until,
    )
    return record(fact, number, f"{programme} {product} {reference} {until} {number}")


def held(*records: Record, as_of: AsOf = None, known_at: KnownAt = None) -> Centre:
    centre = Centre().certifying(certificates(told(*records)))
    return as_of_both_times(centre, as_of, known_at)


def names(centre: Centre) -> list[str]:
    return [each.programme for each in centre.certifications]


@pytest.mark.parametrize(
    ("programme", "product", "name"),
    [
        ("FACT", None, "FACT"),
        ("FACT-JACIE", None, "FACT-JACIE"),
        ("REMS", "carvykti", "carvykti_rems"),
        ("REMS", "abecma", "abecma_rems"),
        ("payer network", None, "payer network, harbor_health"),
        ("authorized treatment center", "carvykti", "authorized treatment center, carvykti"),
    ],
)
def test_a_programme_is_named_with_whose_it_is(
    programme: Programme, product: str | None, name: str
) -> None:
    assert names(held(certified(programme, product=product))) == [name]


def test_a_certificate_holds_on_its_last_day_and_not_the_day_after() -> None:
    (certificate,) = held(certified(until=day(0))).certifications
    assert certificate.holds(day(0))
    assert not certificate.holds(day(1))


def test_a_certificate_counts_from_the_moment_that_it_was_told_of() -> None:
    assert names(held(certified(), certified("FACT-JACIE", reference="C-2"), known_at=1)) == [
        "FACT"
    ]
    assert names(held(certified(), known_at=FIRST)) == ["FACT"]
    assert names(held(certified(), known_at=FIRST - timedelta(seconds=1))) == []
    assert names(held(certified(number=-300), as_of=day(-301))) == []
    assert names(held(certified(number=-300), as_of=day(-300))) == ["FACT"]


def test_a_later_record_of_the_same_certificate_takes_the_place_of_the_earlier() -> None:
    ended = certified(number=-10, until=day(-10))
    assert [each.until for each in held(certified(), ended).certifications] == [day(-9)]
    assert [each.until for each in held(certified(), ended, known_at=1).certifications] == [None]


def test_a_certificate_told_of_again_with_another_first_day_is_one_certificate() -> None:
    later = replace(cast("CertificationRecorded", certified().fact), since=day(-600))
    found = held(certified(), record(later, -10, "corrected")).certifications
    assert [each.since for each in found] == [day(-600)]


def test_certificates_without_a_reference_stand_side_by_side() -> None:
    one, other = (certified(number=number, reference=None) for number in (-300, -200))
    assert len(held(one, other).certifications) == 2


def test_a_message_that_said_something_else_before_counts_for_nothing() -> None:
    disputed = replace(certified(), kind="conflict")
    assert certificates(told(disputed)) == ()


def test_a_paper_among_the_records_of_a_centre_is_no_certificate() -> None:
    """A document may be filed of a centre; it stands in the same stream."""
    filed = record(DocumentFiled(kind="accreditation letter", reference="LETTER-1"), -299)
    assert names(held(filed, certified(), filed)) == ["FACT"]


def test_what_a_site_says_of_itself_needs_no_record() -> None:
    own = Certification(record="", subject="main", role="pharmacy", programme="FACT", since=day(-9))
    centre = as_of_both_times(Centre().certifying([own]), day(-99), 0)
    assert centre.certifications == (own,)


CERTIFIED = "a_certified_centre_gives_the_cells"


def test_claims_see_the_centres_certificates_as_far_as_they_were_known(tmp_path: Path) -> None:
    """The page wants FACT and the REMS; the ledger was told of them after the encounter."""
    lines = lines_of("page_patient_2l")
    of_centre = [line for line in lines if line.startswith(b'{"centre"')]
    of_encounter = [line for line in lines if not line.startswith(b'{"centre"')]
    with ledger(tmp_path, edition="page") as opened:
        opened.record(*of_encounter)
        then = len(opened.rows())
        before = opened.claims("E1").claim("C1")
        opened.record(*of_centre)
        after, as_it_was = (opened.claims("E1", known_at=at).claim("C1") for at in (None, then))
        moved = opened.changes("E1", before=then)
    assert before is not None
    assert after is not None
    assert before.state == "held"
    assert CERTIFIED in {each.rule for each in before.findings}
    assert CERTIFIED not in {each.rule for each in after.findings}
    assert as_it_was == before
    assert any(each.label == "C1" for each in moved.claims)


def test_the_certificates_of_another_centre_do_not_count(tmp_path: Path) -> None:
    lines = [
        line.replace(b'{"centre": "lakeside"', b'{"centre": "hillside"')
        for line in lines_of("page_patient_2l")
    ]
    with ledger(tmp_path, edition="page") as opened:
        opened.record(*lines)
        claim = opened.claims("E1").claim("C1")
    assert claim is not None
    assert CERTIFIED in {each.rule for each in claim.findings}


def test_the_certificates_that_count_are_those_of_the_centre_that_was_known_then() -> None:
    """The opening named lakeside, and was replaced by one that names hillside."""
    first = kept(_opening("lakeside"))
    history = correcting(first, (the(first, "encounter.opened"), _opening("hillside").fact, None))
    assert centres_named(history) == ("lakeside", "hillside")
    hillside = replace(told(certified("FACT-JACIE")), encounter="hillside")
    both = certified_by(Centre(), (told(certified()), hillside))
    assert names(both) == ["FACT", "FACT-JACIE"]
    for known_at, expected in ((1, ["FACT"]), (None, ["FACT-JACIE"]), (0, [])):
        then = centre_then(both, folded_history(history, known_at), None, known_at)
        assert names(then) == expected


def _opening(centre: str) -> Record:
    fact = EncounterOpened(product="carvykti", indication="any", patient="P1", centre=centre)
    return record(fact, -30)


def test_a_renewal_under_the_same_reference_leaves_the_days_before_certified() -> None:
    """The control: a record that begins no later tells of the same days anew."""
    first = certified(until=day(0))
    fact = first.fact
    assert isinstance(fact, CertificationRecorded)
    renewed = record(replace(fact, since=day(1), until=day(700)), 0, "renewed")
    both = held(first, renewed).certifications
    assert [any(each.holds(day(n)) for each in both) for n in (-1, 0, 1, 700)] == [True] * 4
    told_again = record(replace(fact, until=day(-200)), 0, "told again")
    assert not any(each.holds(day(-1)) for each in held(first, told_again).certifications)
