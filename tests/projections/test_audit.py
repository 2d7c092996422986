"""The audit trail: how long what waited, what released it, who decided what about which record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.claims.given_claims import submitted
from tests.given import collected, infused, made, opened, record
from tests.given_decisions import confirming, correcting, discarding, kept, moved_here, the, then
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.reports import Record, Source
from veinledger.domain.standing.fold import Folding
from veinledger.domain.standing.history import History, KnownAt, folded_history
from veinledger.domain.standing.identity import IdentityClaim
from veinledger.projections.audit import AuditTrail, Entry, audit_trail
from veinledger.projections.claims.assemble import claims

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site")
RULES = shipped_rules("public")
TO_THE_RELEASE = [*opened(), *collected(), *made()[:2]]
RECEIPT = made()[2]
WAITING = kept(TO_THE_RELEASE, infused())


def trail(history: History, known_at: KnownAt = None) -> AuditTrail:
    return audit_trail(history, CENTRE, RULES, None, known_at)


def entry(told: AuditTrail, of: Record) -> Entry:
    return next(each for each in told.entries if each.record == of.key)


def test_what_waited_says_how_long_and_what_released_it() -> None:
    grade = record(CrsGraded(grade=1), 2)
    released = then(WAITING, grade, RECEIPT)
    told = entry(trail(released), the(released, "cells.infused"))
    assert str(told.first_standing) == "waiting for product.received"
    assert told.waited is not None
    assert (told.waited.days, told.waited.released_by) == (2, (RECEIPT.key,))
    assert [str(turn.standing) for turn in told.turns] == [
        "waiting for product.received",
        "in effect",
    ]


def test_what_still_waits_has_no_end_and_what_never_waited_says_nothing() -> None:
    """The control: before the receipt was known nothing had released it."""
    released = then(WAITING, RECEIPT)
    still = entry(trail(released, len(WAITING.records)), the(released, "cells.infused"))
    assert still.waited is not None
    assert (still.waited.until, still.waited.days, still.waited.released_by) == (None, None, ())
    assert entry(trail(released), RECEIPT).waited is None


def test_what_was_in_effect_and_lost_its_place_tells_all_its_turns() -> None:
    history = kept(TO_THE_RELEASE, RECEIPT, infused())
    without = correcting(history, (the(history, "product.received"), None, None))
    back = then(without, replace(RECEIPT, key="ab" * 32))
    told = entry(trail(back), the(back, "cells.infused"))
    assert [str(turn.standing) for turn in told.turns] == [
        "in effect",
        "waiting for product.received",
        "in effect",
    ]
    assert told.turns[1].by == (the(without, "records.corrected").key,)
    assert told.waited is None


def test_a_corrected_record_and_its_correction_name_each_other() -> None:
    history = kept(TO_THE_RELEASE, RECEIPT, infused())
    wrong, receipt = the(history, "cells.infused"), the(history, "product.received")
    corrected = correcting(history, (wrong, wrong.fact, 1), (receipt, receipt.fact, None))
    told, act = trail(corrected), the(corrected, "records.corrected")
    right = the(corrected, "cells.infused")
    (deed,) = entry(told, wrong).decided
    assert (deed.kind, deed.by, deed.replacement) == ("replaced", act.key, right.key)
    assert (deed.actor, deed.reason) == (act.actor, "charted wrongly")
    changes = entry(told, act).changes
    assert [(each.kind, each.sequence) for each in changes] == [
        ("replaced", wrong.seal.sequence),
        ("replaced", receipt.seal.sequence),
    ]
    assert entry(told, act).reason == "charted wrongly"
    came = entry(told, right)
    assert came.kind == "replacement"
    assert came.in_place_of is not None
    assert came.in_place_of.sequence == wrong.seal.sequence


def test_a_confirmed_and_a_discarded_record_say_by_whom() -> None:
    target = the(WAITING, "cells.infused")
    confirmed = confirming(WAITING, target, product_received=-10)
    (deed,) = entry(trail(confirmed), target).decided
    assert (deed.kind, deed.attested) == ("confirmed", ("product.received on 2026-05-01",))
    (deed,) = entry(trail(discarding(WAITING, target)), target).decided
    assert deed.kind == "discarded"
    waited = entry(trail(discarding(WAITING, target)), target).waited
    assert waited is not None
    assert waited.until is None


def test_a_moved_record_says_where_it_came_from() -> None:
    history = then(kept(TO_THE_RELEASE, RECEIPT), moved_here(infused(), "E7"))
    told = entry(trail(history), history.records[-1])
    assert told.kind == "moved"
    assert told.in_place_of is not None
    assert told.in_place_of.encounter == "E7"


def test_what_another_encounter_claims_is_a_moment_of_its_own() -> None:
    history = kept(TO_THE_RELEASE, RECEIPT)
    foreign = a_claim_from_before(history, position=len(history.records) + 5)
    told = entry(trail(replace(history, claims=(*history.claims, foreign))), RECEIPT)
    assert [turn.standing.status for turn in told.turns] == ["in effect", "disputed"]
    assert (told.turns[1].position, told.turns[1].by) == (foreign.position, ())


def test_the_items_of_one_message_are_judged_after_the_whole_of_it() -> None:
    source = Source(connection="adt", message="M1")
    first = replace(infused(), source=replace(source, item=1))
    second = replace(RECEIPT, source=replace(source, item=2))
    later = kept(TO_THE_RELEASE, first, second)
    one_append = [the(later, "cells.infused"), the(later, "product.received")]
    moment = one_append[0].seal.recorded_at
    told = (
        replace(each, seal=replace(each.seal, recorded_at=moment)) if each in one_append else each
        for each in later.records
    )
    together = trail(replace(later, records=tuple(told)))
    assert str(entry(together, first).first_standing) == "in effect"
    assert str(entry(trail(later), first).first_standing) == "waiting for product.received"
    apart = trail(kept(TO_THE_RELEASE, infused(), RECEIPT))
    assert str(entry(apart, infused()).first_standing) == "waiting for product.received"


def test_the_history_is_folded_once_for_each_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trail of a hundred records stays quick: one fold a message, whatever waits."""
    folds: list[int] = []
    fold = Folding.fold

    def counted(self: Folding, records: Any, holders: Any) -> Any:
        folds.append(len(records))
        return fold(self, records, holders)

    history = kept(TO_THE_RELEASE, infused(), RECEIPT)
    folded_history(history)
    monkeypatch.setattr(Folding, "fold", counted)
    trail(history)
    assert folds == list(range(1, len(history.records) + 1))


@pytest.mark.parametrize("known_at", [None, 3])
def test_whatever_was_asked_before_the_trail_is_that_of_a_history_never_asked(
    known_at: KnownAt,
) -> None:
    """What each message changed is worked out once, and serves every day that is asked about."""
    history = kept(TO_THE_RELEASE, infused(), RECEIPT)
    days = sorted({record.day for record in history.records})
    for on in (None, days[-1], days[0], days[len(days) // 2]):
        anew = audit_trail(replace(history), CENTRE, RULES, on, known_at)
        assert audit_trail(history, CENTRE, RULES, on, known_at) == anew


def a_claim_from_before(history: History, position: int) -> IdentityClaim:
    """A claim of another encounter on the same chain that goes before this one's."""
    mine = next(claim for claim in history.claims if claim.deed == "claimed")
    early = replace(mine.occurred, local_day=mine.occurred.local_day - timedelta(days=30))
    return replace(mine, encounter="E9", record="ee" * 32, occurred=early, position=position)


@pytest.mark.parametrize("directory", [None, "cd" * 32])
def test_a_claim_that_went_out_tells_the_directory_where_its_submission_does(
    directory: str | None,
) -> None:
    claim = claims(WAITING, CENTRE, RULES).claims[0]
    went = submitted(claim, 1)
    assert isinstance(went.fact, ClaimSubmitted)
    out = then(WAITING, replace(went, fact=replace(went.fact, directory=directory)))
    told = dict(entry(trail(out), went).digests)
    assert list(told) == ["rule pack", *(["directory"] if directory else []), "claim"]
    assert told.get("directory") == directory
