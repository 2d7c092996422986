"""How large a stochastic test is: tier 0 on every run, tier 1 in CI, tier 2 behind `make soak`."""

from __future__ import annotations

import os

SEED = int(os.environ.get("VEINLEDGER_SEED", "20260501"))
TIER = int(os.environ.get("VEINLEDGER_TIER", "0"))

TOLD: list[str] = []
"""What the random tests of this run drew."""


def tell(line: str) -> None:
    """Say a seed and a count at the end of the run."""
    TOLD.append(line)


def size(*sizes: int) -> int:
    """The size for the tier that this run is of."""
    return sizes[min(TIER, len(sizes) - 1)]
