"""What the naive model speaks of: plain facts, standings, and where an encounter stands.

A fact is a plain dict. Always there: key, type, day (the local day), instant (None for a bare
date), connection, message, item, conflict. Where they matter: chain, donation, collections, lot,
extent ("complete" or "partial"), reason, account, patient_class. A `report.confirmed` and a
`report.discarded` have a target (a key), a confirmation also attested (pairs of type and day). A
`records.corrected` has changes, each with kind, target (a key), and replacement (a fact without
source) or encounter. What a correction brought in has stands_for: the sequence of what it stands
in place of. Where report_key is there, it breaks the last tie of the fold order.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

Fact = dict[str, Any]
Standing = tuple[str, str | None]

ONE_DAY = timedelta(days=1)
IN_EFFECT: Standing = ("in effect", None)
DISPUTED: Standing = ("disputed", None)
SUPERSEDED: Standing = ("superseded", None)

CORRECTION, CONFIRMATION, DISCARD = "records.corrected", "report.confirmed", "report.discarded"
DECISIONS = (CORRECTION, CONFIRMATION, DISCARD)

# Facts about cells. Where one names no chain, it is about the cells that stand under no chain.
ABOUT_CELLS = (
    "product.ordered",
    "apheresis.failed",
    "apheresis.completed",
    "cells.prepared",
    "cells.shipped",
    "manufacturing.started",
    "manufacturing.failed",
    "manufacturing.released",
    "product.deviation_accepted",
    "product.received",
    "product.rejected",
    "product.thawed",
    "infusion.cancelled",
    "cells.infused",
)


@dataclass
class State:
    """Where the encounter stands after the facts taken so far."""

    stage: str = "U"
    chains: dict[str, str] = field(default_factory=dict[str, str])
    loose: str = "R"  # the cells under no chain, "as if they were a chain of their own"
    donations: list[str] = field(default_factory=list[str])
    infusions: list[Fact] = field(default_factory=list[Fact])
    stay_is_open: bool = False
    stay_account: str | None = None

    def copy(self) -> "State":
        return State(
            self.stage,
            dict(self.chains),
            self.loose,
            list(self.donations),
            list(self.infusions),
            self.stay_is_open,
            self.stay_account,
        )


def collections_named_by(fact: Fact) -> list[str]:
    """The donation numbers by which a fact says of which collections it speaks."""
    if fact["type"] == "manufacturing.started":
        return list(fact.get("collections") or [])
    if fact["type"] in ("cells.prepared", "cells.shipped") and fact.get("donation") is not None:
        return [fact["donation"]]
    return []
