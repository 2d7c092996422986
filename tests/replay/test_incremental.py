"""Row G2: a ledger that was asked after every report answers as one that is replayed from bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.claims.generated import encounters
from tests.given_ledger import SITE, ledger
from tests.strategies import as_reported
from tests.tiers import SEED, size
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre
from veinledger.adapters.reading import Histories
from veinledger.adapters.replaying.digesting import digest_of
from veinledger.domain.centre.directory import Connection
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import FoldedHistory, History
from veinledger.projections.claims.assemble import claims
from veinledger.projections.replay.every import Replayed
from veinledger.projections.schedule import schedule

ASKED_EVERY = 6
LATER = datetime(2032, 1, 1, tzinfo=UTC)
_SITE = read_centre(SITE)
CENTRE = replace(
    _SITE, connections=(*_SITE.connections, Connection(name="test", zone="America/Chicago"))
)


def line(record: Record) -> bytes:
    """A record as it would be reported."""
    return canonical(
        {
            record.subject: record.name,
            "type": record.fact.type,
            "occurred_at": record.occurred.text,
            "source": {
                "connection": record.source.connection,
                "message": record.source.message,
                "item": record.source.item,
            },
            "actor": {"id": "rn-204", "role": "nurse"},
            **as_reported(record.fact),
        }
    )


def as_kept(asked: Ledger, name: str) -> Replayed:
    """What the ledger has decoded and folded already, as its own answers are made of it."""
    history = asked.history(name)
    return Replayed(
        history=history,
        folded=asked._histories.folded(history),  # pyright: ignore[reportPrivateUsage]
        centre=asked._centre_of(history),  # pyright: ignore[reportPrivateUsage]
        rules=asked.rules,
    )


def digests(of: Replayed) -> tuple[str, ...]:
    """Of what is made of the records, the fold, and the rules."""
    folded, asked = of.folded.folded, (of.history, of.centre, of.rules)
    stage = (folded.encounter.stage, folded.standings, [t.record.key for t in folded.taken])
    views = (of.history.records, stage, of.folded.deviations, claims(*asked), schedule(*asked))
    return tuple(digest_of(view).hex() for view in views)


def asked_and_replayed(told: list[Record]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The digests of a ledger that was asked in between, and of its bytes read anew."""
    with ledger(Path("unused"), centre=CENTRE, clock=lambda: LATER) as asked:
        name = told[0].name
        for number, record in enumerate(told):
            (outcome,) = asked.record(line(record))
            assert outcome.answer != "refused", outcome.refusal
            if number % ASKED_EVERY == 0:
                digests(as_kept(asked, name))
        return digests(as_kept(asked, name)), digests(asked.replayer().read(name))


@pytest.mark.stochastic
@seed(SEED)
@settings(
    max_examples=size(20, 150, 5_000),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(encounters())
def test_a_ledger_that_was_asked_in_between_answers_as_one_that_is_replayed(
    told: list[Record],
) -> None:
    asked, replayed = asked_and_replayed(told)
    assert asked == replayed


def test_the_control_a_fold_that_is_kept_too_long_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: dict[str, FoldedHistory] = {}
    fold = Histories.folded

    def stale(self: Histories, history: History) -> FoldedHistory:
        return kept.setdefault(history.encounter, fold(self, history))

    monkeypatch.setattr(Histories, "folded", stale)
    told = (Path(__file__).parents[2] / "examples" / "withdrawn.ndjson").read_bytes().splitlines()
    name: str = json.loads(told[-1])["encounter"]
    with ledger(Path("unused")) as asked:
        for number, each in enumerate(told):
            asked.record(each)
            if number == len(told) // 2:
                digests(as_kept(asked, name))
        assert digests(as_kept(asked, name)) != digests(asked.replayer().read(name))
