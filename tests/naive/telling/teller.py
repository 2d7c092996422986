"""Plain facts, written down one message each, their fields drawn from few values.

Instants are UTC and the local day is their UTC date, so that any zone may stand for it.
"""

from datetime import UTC, date, datetime
from random import Random
from typing import Any

from tests.naive.model import Fact
from tests.naive.table import LEGAL_EVERYWHERE, ROWS

ME = "E1"
STRANGER = "E2"
START = date(2026, 2, 20)
CONNECTIONS = ["adt", "lab", "portal"]
CHAINS = ["COI-1", "COI-2", "COI-3"]
FOREIGN_CHAIN = "COI-9"
ACCOUNTS = ["A-1", "A-2"]
REASONS = ["infusion", "lymphodepletion", "CRS/ICANS", "infection", "unknown"]
CLASSES = ["inpatient", "outpatient", "office", "observation", "emergency", None]

LIFECYCLE_TYPES = [trigger for trigger, _, _ in ROWS if not trigger.endswith("+")]
BACKGROUND_TYPES = sorted(
    kind
    for kind in LEGAL_EVERYWHERE
    if not kind.startswith(("report.", "records.", "finding.", "certification."))
    and kind != "encounter.linked"  # a request, which these stories do not make
)
ENDINGS = {"patient.died", "encounter.withdrawn", "encounter.completed"}
# These say which cells they are about. An apheresis alone may leave it open in these histories.
NAMES_A_CHAIN = {
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
}


class Teller:
    """Writes facts down, one message each unless told otherwise."""

    def __init__(self, rng: Random, prefix: str = "M") -> None:
        self.rng, self.prefix = rng, prefix
        self.facts: list[Fact] = []

    def tell(self, kind: str, at: datetime, bare: bool = False, **fields: Any) -> Fact:
        number = len(self.facts)
        fact: Fact = {
            "key": f"{self.prefix}{number:03d}",
            "type": kind,
            "day": at.date(),
            "instant": None if bare else at,
            "connection": self.rng.choice(CONNECTIONS),
            "message": f"{self.prefix}{self.rng.randrange(1000):03d}-{number:03d}",
            "item": self.rng.randint(1, 3),
            "conflict": False,
            **fields,
        }
        self.facts.append(fact)
        return fact


def any_fact(rng: Random, teller: Teller, day: date, chains: list[str]) -> Fact:
    """Any fact of the lifecycle on that day, its fields drawn from few values."""
    kind = rng.choice(LIFECYCLE_TYPES if rng.random() < 0.93 else BACKGROUND_TYPES)
    if kind in ENDINGS and rng.random() < 0.6:  # or most soups end before they begin
        kind = rng.choice(LIFECYCLE_TYPES)
    # Few hours, so that equal instants come up.
    at = datetime(day.year, day.month, day.day, rng.choice([0, 9, 9, 12, 23]), tzinfo=UTC)
    return teller.tell(kind, at, bare=rng.random() < 0.4, **fields_of(rng, kind, chains))


def fields_of(rng: Random, kind: str, chains: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if kind in NAMES_A_CHAIN:
        fields["chain"] = rng.choice(chains)
    if kind == "apheresis.completed":
        fields["chain"] = rng.choice([*chains, None])
        fields["donation"] = rng.choice(["D-1", "D-2", None])
    if kind == "manufacturing.started":
        fields["collections"] = rng.choice([[], ["D-1"], ["D-2"], ["D-1", "D-2"], ["D-8"]])
    if kind == "cells.infused":
        fields["extent"] = rng.choice(["complete", "complete", "partial"])
        fields["lot"] = rng.choice(["L-1", "L-2", None])
    if kind == "patient.admitted":
        fields["reason"] = rng.choice(REASONS)
    if kind in ("patient.admitted", "patient.discharged"):
        fields["account"] = rng.choice([*ACCOUNTS, None])
    if kind == "neurology.visit_completed":
        fields["patient_class"] = rng.choice(CLASSES)
    return fields
