"""The source messages that the fault tests send, and the rows that each of them must leave.

Four messages tell the beginning of one encounter: reports that claim a chain of identity, an item
that is no valid report, several items at once. Their number alone says what they hold, so that a
writer that was killed and whoever looks afterwards agree about every byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from tests.given_ledger import SITE
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.memory import MemoryStore
from veinledger.adapters.store.opening import open_store, sealer_of
from veinledger.domain.centre.centre import Centre
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.rules import Rules

MESSAGES_OF_AN_ENCOUNTER: Final = 4
KEYS: Final = "keys"
"""The folder of root keys, below the folder of the ledger."""
SERVICE: Final = {"facility": "main", "class": "outpatient", "account": "A-1001"}


def message(number: int) -> tuple[bytes, ...]:
    """The items of a message, as they come over the wire."""
    encounter, step = divmod(number, MESSAGES_OF_AN_ENCOUNTER)
    facts = (_referred, _collected, _measured, _described)[step](encounter)
    return tuple(
        json.dumps(
            {
                "encounter": f"E{encounter}",
                "occurred_at": "2026-04-02",
                "source": {"connection": "epic-adt", "message": f"M{number}", "item": item},
                "actor": {"id": "rn-204", "role": "apheresis nurse"},
                **fact,
            }
        ).encode()
        for item, fact in enumerate(facts, 1)
    )


Fields = Mapping[str, object]
Facts = tuple[Fields, ...]


def _referred(encounter: int) -> Facts:
    referral = {
        "type": "encounter.opened",
        "product": "carvykti",
        "indication": "second_line",
        "patient": f"P{encounter}",
        "centre": "lakeside",
    }
    return referral, {**_of_the_chain(encounter, "apheresis.completed"), "service": SERVICE}


def _collected(encounter: int) -> Facts:
    return (
        {**_of_the_chain(encounter, "cells.prepared"), "service": SERVICE},
        {**_of_the_chain(encounter, "cells.shipped"), "carrier": "World Courier"},
    )


def _measured(encounter: int) -> Facts:
    measured = {"type": "patient.measured", "weight": 70, "bsa": 1.85, "formula": "Mosteller"}
    no_report = {"type": "patient.measured", "weight": f"heavy, as of encounter {encounter}"}
    return measured, no_report


def _described(encounter: int) -> Facts:
    return (
        {"type": "disease.assessed", "code": "C90.00", "status": "not in remission"},
        {"type": "patient.measured", "weight": 71, "bsa": 1.86, "formula": "Mosteller"},
        {
            "type": "coverage.recorded",
            "payer": "harbor_health",
            "kind": "commercial",
            "member_id": f"MBR-{encounter}",
            "since": "2026-01-01",
        },
    )


def _of_the_chain(encounter: int, kind: str) -> Fields:
    return {
        "type": kind,
        "chain_of_identity": f"COI-{encounter}",
        "donation_number": f"W-{encounter}",
    }


def opened(folder: Path, keys_in: str = KEYS, *, encrypted: bool = False) -> tuple[Ledger, Keys]:
    """The ledger of a folder through the real program, with the site of the examples."""
    store, keys = open_store(url_of(folder), keys=folder / keys_in, encrypted=encrypted)
    return Ledger(store, keys, *pages()), keys


@cache
def pages() -> tuple[Rules, Centre]:
    """The rules and the site, read once."""
    return shipped_rules("public"), read_centre(SITE)


def url_of(folder: Path) -> str:
    """The URL of the ledger that lies in a folder."""
    return f"sqlite:///{folder / 'ledger.sqlite'}"


@dataclass(frozen=True, slots=True)
class Due:
    """What a message must leave in the ledger, all of it or nothing."""

    keys: frozenset[bytes]
    """The report keys of its rows: reports, refusals and claims on chains of identity."""
    originals: frozenset[str]
    """The keyed digests of its bytes as received."""


@dataclass(slots=True)
class Expectation:
    """What each message must leave under the keys of one ledger, as a ledger in memory says it."""

    keys: Keys
    _known: dict[int, Due] = field(default_factory=dict[int, Due])

    def of(self, number: int) -> Due:
        """What this message must leave."""
        if number not in self._known:
            self._tell_the_story_of(number // MESSAGES_OF_AN_ENCOUNTER)
        return self._known[number]

    def _tell_the_story_of(self, encounter: int) -> None:
        naming = Naming(self.keys.index_key, self.keys.digest_key)
        first = encounter * MESSAGES_OF_AN_ENCOUNTER
        with self._in_memory() as ledger:
            seen = 0
            for number in range(first, first + MESSAGES_OF_AN_ENCOUNTER):
                ledger.record(*message(number))
                rows = ledger.rows()
                self._known[number] = Due(
                    frozenset(row.key for row in rows[seen:] if row.key is not None),
                    frozenset(map(naming.digest, message(number))),
                )
                seen = len(rows)

    def _in_memory(self) -> Ledger:
        sealer = sealer_of(bytes(16), self.keys)
        return Ledger(MemoryStore(sealer), self.keys, *pages())
