"""A submission that names a position which the ledger had not reached when it was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.claims.given_claims import submitted
from tests.claims.test_after_sending import more_given, seen
from tests.claims.test_sent import the, told
from tests.given_decisions import kept, then
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.standing.history import History


def sent_from(ahead: int) -> History:
    """A claim went out, derived so many positions after what the ledger had reached."""
    known = kept(told())
    went = submitted(the(known, "B1"), len(known.records), 30)
    assert isinstance(went.fact, ClaimSubmitted)
    fact = replace(went.fact, position_known=len(known.records) + ahead)
    return then(known, replace(went, fact=fact))


@pytest.mark.parametrize("ahead", [0, 1, 10**10])
def test_what_was_corrected_after_a_claim_went_out_is_proposed_whatever_position_it_names(
    ahead: int,
) -> None:
    known = more_given(sent_from(ahead))
    assert [(each.label, each.frequency) for each in seen(known).proposals] == [("B1", "7")]
