"""Every door of the library: each way to call it, so that each can be made to fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final
from uuid import uuid4

import veinledger
from tests.adapters.leaks.canaries import planted
from veinledger.adapters.ledger import Ledger
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.ledger.access import Reader
from veinledger.domain.reports import Actor, Source
from veinledger.projections.due.measures import Asked

TODAY: Final = date(2026, 11, 23)
Door = Callable[[Ledger], object]

PLANTED: Final = planted("encounter.opened")
LINE: Final = PLANTED.bytes()
ENCOUNTER: Final = str(PLANTED.line["encounter"])
DIGEST: Final = str(PLANTED.line["patient"])
ANSWERED: Final = Outcome(
    answer="recorded",
    source=Source(connection="adt", message=ENCOUNTER),
    encounter=ENCOUNTER,
    type="encounter.opened",
    record=DIGEST,
)


def _entered(ledger: Ledger) -> object:
    with ledger as entered:
        return entered.history(ENCOUNTER)


def _left(ledger: Ledger) -> object:
    """A host's own error passes; the closing may fail on the way."""
    return ledger.__exit__(ValueError, ValueError(PLANTED.bytes()), None)


def _asked_by(ledger: Ledger) -> object:
    with ledger.asked_by(Reader(by=Actor(id="n.reyes", role="coordinator"))):
        return ledger.history(ENCOUNTER)


MANY: Final[list[dict[str, object]]] = [
    {**PLANTED.line, "source": {"connection": "adt", "message": f"{ENCOUNTER}-{number}"}}
    for number in range(3)
]

DOORS: Final[dict[str, Door]] = {
    "record": lambda ledger: ledger.record(LINE),
    "record an object": lambda ledger: ledger.record(PLANTED.line),
    "record many": lambda ledger: ledger.record(*MANY),
    "record strictly": lambda ledger: ledger.record(LINE, strict=True),
    "record_all": lambda ledger: list(ledger.record_all([[LINE], [PLANTED.line]])),
    "history": lambda ledger: ledger.history(ENCOUNTER),
    "effective": lambda ledger: ledger.effective(ENCOUNTER),
    "effective as of a day": lambda ledger: ledger.effective(ENCOUNTER, known_at=7),
    "claims": lambda ledger: ledger.claims(ENCOUNTER),
    "diff": lambda ledger: ledger.diff(ENCOUNTER, known_at=(1, None)),
    "schedule": lambda ledger: ledger.schedule(ENCOUNTER),
    "authorization": lambda ledger: ledger.authorization(ENCOUNTER, as_of=date(2026, 3, 1)),
    "check": lambda ledger: ledger.check(ENCOUNTER, "infuse", on=TODAY),
    "estimate": lambda ledger: ledger.estimate(ENCOUNTER),
    "appeals": lambda ledger: ledger.appeals(ENCOUNTER),
    "letters": lambda ledger: ledger.letters(ENCOUNTER),
    "settlements": lambda ledger: ledger.settlements(ENCOUNTER),
    "findings": lambda ledger: ledger.findings(ENCOUNTER, on=TODAY),
    "support": lambda ledger: ledger.support(ENCOUNTER),
    "due": lambda ledger: ledger.due(TODAY),
    "ready_lists": lambda ledger: ledger.ready_lists(TODAY, TODAY),
    "measures": lambda ledger: ledger.measures(Asked(first=TODAY, last=TODAY), as_of=TODAY),
    "asked_by": _asked_by,
    "reads": lambda ledger: ledger.reads(ENCOUNTER),
    "audit": lambda ledger: ledger.audit(ENCOUNTER),
    "changes": lambda ledger: ledger.changes(ENCOUNTER, before=0),
    "consequences": lambda ledger: ledger.consequences(ANSWERED),
    "foresee": lambda ledger: ledger.foresee(PLANTED.bytes()),
    "retry": lambda ledger: ledger.retry(),
    "encounters": lambda ledger: ledger.encounters(),
    "refused": lambda ledger: ledger.refused(),
    "followers": lambda ledger: ledger.followers(ENCOUNTER),
    "unassigned": lambda ledger: ledger.unassigned(),
    "original": lambda ledger: ledger.original(DIGEST),
    "rows": lambda ledger: ledger.rows(),
    "verify": lambda ledger: ledger.verify(),
    "verify_originals": lambda ledger: ledger.verify_originals(ledger.verify()),
    "checkpoint": lambda ledger: ledger.checkpoint(),
    "replay": lambda ledger: ledger.replay(),
    "replayer": lambda ledger: ledger.replayer(),
    "replay_against": lambda ledger: ledger.replay_against("page"),
    "backup": lambda ledger: ledger.backup(f"{gettempdir()}/{uuid4().hex}.sqlite"),
    "bundle": lambda ledger: ledger.bundle(ENCOUNTER, f"{gettempdir()}/{uuid4().hex}.json"),
    "close": lambda ledger: ledger.close(),
    "__enter__": _entered,
    "__exit__": _left,
}  # fmt: skip


def _verified_by_a_report(ledger: Any) -> object:
    """A report where a receipt should be."""
    file = Path(gettempdir(), f"{uuid4().hex}.ndjson")
    file.write_bytes(LINE)
    try:
        return ledger.verify(receipts=[str(file)])
    finally:
        file.unlink()


MISTAKES: Final[dict[str, Callable[[Any], object]]] = {
    "record nothing readable": lambda ledger: ledger.record(object()),
    "record_all of no list": lambda ledger: ledger.record_all(7),
    "record_all of what breaks": lambda ledger: list(ledger.record_all(_breaking())),
    "a name that is a list": lambda ledger: ledger.history([ENCOUNTER]),
    "a name that is no text": lambda ledger: ledger.claims(ENCOUNTER.encode()),
    "half of a character": lambda ledger: ledger.schedule(f"{ENCOUNTER}\ud800"),
    "nobody's name": lambda ledger: ledger.audit(f"{ENCOUNTER}-nobody"),
    "a date that is a text": lambda ledger: ledger.effective(ENCOUNTER, as_of=ENCOUNTER),
    "a moment that is a text": lambda ledger: ledger.claims(ENCOUNTER, known_at=ENCOUNTER),
    "no digest": lambda ledger: ledger.original([DIGEST]),
    "a report for a receipt": _verified_by_a_report,
    "another word": lambda ledger: ledger.record(**{ENCOUNTER: ENCOUNTER}),
}
"""A caller's own mistakes, with a patient's value where it does not belong."""


def _breaking() -> Any:
    yield [PLANTED.bytes()]
    raise ValueError(ENCOUNTER)


def openings(folder: Path) -> dict[str, Callable[[], object]]:
    """Ways to open what cannot be opened."""
    opened: Any = veinledger.open
    return {
        "a URL with a password": lambda: opened(f"postgresql://nurse:{ENCOUNTER}@host/ledger"),
        "a URL that is a list": lambda: opened([ENCOUNTER]),
        "keys that are none": lambda: opened(f"sqlite:///{folder / 'x.sqlite'}", keys=[ENCOUNTER]),
        "a clock that breaks": lambda: opened("memory:", clock=_broken_clock),
        "no such edition": lambda: opened("memory:", edition=[ENCOUNTER]),
        "no such word": lambda: opened(**{ENCOUNTER: ENCOUNTER}),
    }


def _broken_clock() -> Any:
    held = ENCOUNTER
    raise ValueError(held)
