"""Row G2: a ledger that was asked after every report answers as one that is replayed from bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.claims.generated import encounters
from tests.given_ledger import SITE, ledger
from tests.strategies import as_reported
from tests.tiers import SEED, size, tell
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre
from veinledger.adapters.reading import Histories
from veinledger.adapters.replaying.digesting import digest_of
from veinledger.domain.centre.directory import Connection
from veinledger.domain.gates.gate import INTENTS
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective, FoldedHistory, History
from veinledger.projections.replay.every import PROJECTIONS, every_projection

ASKED_EVERY = 6
PARTS = size(1, 4, 40)
EXAMPLES = size(20, 500, 100_000)
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


def answers(asked: Ledger, name: str) -> dict[str, Callable[[], object]]:
    """Every projection, through the door that a user asks it by."""
    on = day_of_the_last(asked, name)
    return {
        "history": lambda: known(asked, name),
        "stage": lambda: stage(asked.effective(name)),
        "claims": lambda: asked.claims(name),
        "estimate": lambda: asked.estimate(name),
        "schedule": lambda: asked.schedule(name),
        "support": lambda: asked.support(name),
        "appeals": lambda: asked.appeals(name),
        "authorization": lambda: asked.authorization(name, as_of=on),
        "gates": lambda: [asked.check(name, intent, on=on) for intent in INTENTS],
        "findings": lambda: asked.findings(name, on=on),
        "settlements": lambda: asked.settlements(name),
        "audit": lambda: asked.audit(name),
    }


def known(asked: Ledger, name: str) -> tuple[object, ...]:
    history = asked.history(name)
    folded = asked._histories.folded(history)  # pyright: ignore[reportPrivateUsage]
    return folded.known, history.claims


def stage(seen: Effective) -> tuple[object, ...]:
    return seen.stage, [t.record.key for t in seen.taken], seen.standings, seen.findings


def day_of_the_last(asked: Ledger, name: str) -> date:
    return asked.history(name).records[-1].seal.recorded_at.astimezone(UTC).date()


def digest(answer: Callable[[], object]) -> str:
    """Of an answer; a question about no known product has none."""
    try:
        return digest_of(answer()).hex()
    except NotFound:
        return digest_of(None).hex()


def replayed(asked: Ledger, name: str) -> dict[str, str]:
    """The digest of every projection, from the bytes alone."""
    found = every_projection(asked.replayer().read(name))
    return {projection: digest_of(view).hex() for projection, view in found}


def asked_and_replayed(told: list[Record]) -> tuple[dict[str, str], dict[str, str]]:
    """Of a ledger that was asked one thing after the other in between, and of its bytes."""
    questions = cycle(PROJECTIONS)
    with ledger(Path("unused"), centre=CENTRE, clock=lambda: LATER) as asked:
        name = told[0].name
        for number, record in enumerate(told):
            (outcome,) = asked.record(line(record))
            assert outcome.answer != "refused", outcome.refusal
            if number % ASKED_EVERY == 0:
                digest(answers(asked, name)[next(questions)])
        found = {each: digest(answer) for each, answer in answers(asked, name).items()}
        return found, replayed(asked, name)


@pytest.mark.stochastic
@pytest.mark.parametrize("part", range(PARTS))
def test_a_ledger_that_was_asked_in_between_answers_as_one_that_is_replayed(part: int) -> None:
    @seed(SEED + part)
    @settings(
        max_examples=EXAMPLES // PARTS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(encounters())
    def answer_alike(told: list[Record]) -> None:
        found, anew = asked_and_replayed(told)
        assert found == anew
        assert tuple(found) == PROJECTIONS

    answer_alike()
    tell(f"asked and replayed, part {part + 1} of {PARTS}: {EXAMPLES // PARTS} encounters")


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
                digest(lambda: asked.claims(name))
        found = {each: digest(answer) for each, answer in answers(asked, name).items()}
        assert found != replayed(asked, name)
