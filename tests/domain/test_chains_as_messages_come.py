"""Which encounter claims or names which chain of identity, by each message and each correction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest

from tests.given import CHAIN, record
from tests.minimal import fact_of
from veinledger.domain.intake.chains import Chains
from veinledger.domain.intake.entries import Entry, KeptClaim, Known
from veinledger.domain.intake.making import claim_of
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Record
from veinledger.domain.standing.identity import IdentityClaim, IdentityDeed

NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
NAMING: Final = Naming(b"index" * 6, b"digest" * 5)
OTHER_CHAIN: Final = "COI-2"


class Holding:
    """A ledger that holds claims on chains of identity, and nothing else."""

    now: Final = NOW

    def __init__(self, *claims: IdentityClaim) -> None:
        self.claims = claims

    def claims_on(self, chain: str) -> tuple[IdentityClaim, ...]:
        return tuple(each for each in self.claims if each.chain_of_identity == chain)


def chains(*claims: IdentityClaim) -> Chains:
    return Chains(known=cast("Known", Holding(*claims)), naming=NAMING)


def told(kind: str, message: str, name: str = "E1", **said: Any) -> Record:
    chain = {"chain_of_identity": CHAIN} if "chain_of_identity" not in said else {}
    return replace(record(fact_of(kind, **chain, **said), 0, message), name=name)


ORDER: Final = told("product.ordered", "order")
COLLECTION: Final = told("apheresis.completed", "collection")
BAG: Final = told("product.received", "bag")
RELEASE: Final = told("manufacturing.released", "release")
UNNAMED: Final = replace(record(fact_of("patient.measured"), 0, "weight"), name="E1")
CORRECTION: Final = record(fact_of("records.corrected"), 1, "correction")


def said(each: Record, deed: IdentityDeed, chain: str = CHAIN) -> IdentityClaim:
    return claim_of(each, chain, deed, NOW)


def deeds(kept: Any) -> list[tuple[str, str]]:
    """What was said, and of which record."""
    return [(each.claim.deed, each.claim.record) for each in kept]


@pytest.mark.parametrize(
    ("held", "each", "deed"),
    [
        ((), ORDER, "claimed"),
        ((), COLLECTION, "claimed"),
        ((), BAG, "named"),
        ((), UNNAMED, None),
        ((said(ORDER, "claimed"),), COLLECTION, "claimed"),
        ((said(ORDER, "claimed"),), BAG, None),
        ((said(BAG, "named"),), RELEASE, "named"),
        ((said(replace(ORDER, name="E2"), "claimed"),), BAG, "named"),
        ((said(ORDER, "claimed"), said(ORDER, "released")), BAG, "named"),
    ],
)
def test_a_record_says_of_its_chain_what_the_encounter_has_not_claimed_yet(
    held: tuple[IdentityClaim, ...], each: Record, deed: str | None
) -> None:
    found = list(chains(*held).taken_up_by(each))
    assert deeds(found) == ([] if deed is None else [(deed, each.key)])
    for kept in found:
        kind: Any = "identity" if deed == "claimed" else deed
        assert kept.key == NAMING.report_key(kind, each.source, each.key)
        assert kept.claim.chain_of_identity == CHAIN
        assert (kept.claim.encounter, kept.claim.position) == ("E1", 0)


def test_within_a_message_the_first_claim_is_known_to_what_comes_after_it() -> None:
    growing = chains()
    apart = growing.copy()
    assert deeds(growing.taken_up_by(ORDER)) == [("claimed", ORDER.key)]
    assert deeds(growing.taken_up_by(BAG)) == []
    assert deeds(apart.taken_up_by(BAG)) == [("named", BAG.key)]


def test_what_is_taken_out_lets_go_of_what_it_had_said_and_the_rest_names_the_chain() -> None:
    held = (said(ORDER, "claimed"),)
    kept = list(chains(*held).let_go_by(CORRECTION, [ORDER], [ORDER, BAG, UNNAMED]))
    assert deeds(kept) == [("released", ORDER.key), ("named", BAG.key)]
    first, second = kept
    assert first.key == NAMING.report_key("released", CORRECTION.source, ORDER.key)
    assert second.key == NAMING.report_key("named", CORRECTION.source, BAG.key)


@pytest.mark.parametrize(
    ("held", "standing"),
    [
        ((said(ORDER, "claimed"), said(COLLECTION, "claimed")), [ORDER, COLLECTION, BAG]),
        ((said(ORDER, "claimed"), said(BAG, "named")), [ORDER, BAG]),
        ((said(ORDER, "claimed"),), [ORDER, UNNAMED]),
        ((said(ORDER, "claimed"),), [ORDER, replace(BAG, kind="conflict")]),
    ],
)
def test_nothing_names_a_chain_again_that_is_claimed_or_named_already_or_by_a_conflict(
    held: tuple[IdentityClaim, ...], standing: list[Record]
) -> None:
    kept = chains(*held).let_go_by(CORRECTION, [ORDER], standing)
    assert deeds(kept) == [("released", ORDER.key)]


def test_of_another_encounters_claim_the_rest_still_names_the_chain() -> None:
    theirs = said(replace(ORDER, key="00" * 32, name="E2"), "claimed")
    held = (said(ORDER, "claimed"), theirs)
    kept = chains(*held).let_go_by(CORRECTION, [ORDER], [ORDER, BAG])
    assert deeds(kept) == [("released", ORDER.key), ("named", BAG.key)]


def test_what_had_said_nothing_of_a_chain_lets_nothing_go() -> None:
    held = (said(ORDER, "claimed"),)
    kept = chains(*held).let_go_by(CORRECTION, [BAG, UNNAMED], [ORDER, BAG, UNNAMED])
    assert deeds(kept) == []


def test_a_correction_concerns_whoever_names_a_chain_that_it_frees_or_claims() -> None:
    of_another = claim_of(replace(ORDER, name="E3"), OTHER_CHAIN, "claimed", NOW)
    held = (said(replace(ORDER, name="E2"), "claimed"), of_another)
    kept: list[Entry] = [KeptClaim(key=b"k", claim=of_another)]
    assert list(chains(*held).encounters_of([UNNAMED, BAG], [])) == ["E2"]
    assert list(chains(*held).encounters_of([UNNAMED], kept)) == ["E3"]
    assert list(chains(*held).encounters_of([BAG], kept)) == ["E2", "E3"]
    assert list(chains(*held).encounters_of([UNNAMED], [])) == []


def test_all_that_is_known_of_the_chains_that_records_name_is_told_once() -> None:
    held = (said(ORDER, "claimed"), said(BAG, "named"))
    assert chains(*held).named_in([ORDER, UNNAMED, BAG]) == held
    assert chains(*held).named_in([UNNAMED]) == ()
