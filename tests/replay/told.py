"""What a child process says of the frozen ledger: one digest over every projection."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from tests.replay import frozen
from veinledger.adapters.replaying import replayer
from veinledger.projections.replay.every import Replayed, every_projection

NAMES = ("E1", "E3", "E7")


def dependent_on_the_machine(of: Replayed) -> Iterator[tuple[str, Any]]:
    """The control: a view in the order of a set of names, as a careless rule would make it."""
    for name, view in every_projection(of):
        yield name, view
        if name == "stage":
            yield "a set of names", tuple({record.key for record in of.history.records})


def digest(store: str) -> str:
    """Of some encounters of the frozen ledger, in their order."""
    with frozen.opened(store) as ledger:
        found = ledger.replayer()
        return " ".join("".join(found.one(name).digests.values()) for name in NAMES)


if __name__ == "__main__":
    if sys.argv[2:] == ["--control"]:
        with patch.object(replayer, "every_projection", dependent_on_the_machine):
            told = digest(sys.argv[1])
    else:
        told = digest(sys.argv[1])
    sys.stdout.write(told)
