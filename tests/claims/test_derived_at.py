"""A submission that names a position which the ledger had not reached when it was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.claims.given_claims import submitted
from tests.claims.test_after_sending import more_given, seen
from tests.claims.test_sent import the, told
from tests.given_decisions import kept, then
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.findings import Finding
from veinledger.domain.standing.history import History
from veinledger.projections.claims.sent.derived_at import RULE


def sent_from(ahead: int) -> History:
    """A claim went out, derived so many positions after what the ledger had reached."""
    known = kept(told())
    went = submitted(the(known, "B1"), len(known.records), 30)
    assert isinstance(went.fact, ClaimSubmitted)
    fact = replace(went.fact, position_known=len(known.records) + ahead)
    return then(known, replace(went, fact=fact))


def about_it(known: History) -> list[Finding]:
    return [each for each in seen(known).findings if each.rule == RULE]


@pytest.mark.parametrize("ahead", [0, 1, 10**10])
def test_what_was_corrected_after_a_claim_went_out_is_proposed_whatever_position_it_names(
    ahead: int,
) -> None:
    known = more_given(sent_from(ahead))
    assert [(each.label, each.frequency) for each in seen(known).proposals] == [("B1", "7")]


def test_a_position_that_the_ledger_had_not_reached_is_told_and_one_that_it_had_is_not() -> None:
    assert about_it(sent_from(0)) == []
    (found,) = about_it(sent_from(70))
    last = len(kept(told()).records)
    assert f"derived at position {last + 70}, and the ledger had reached {last}:" in found.reason
