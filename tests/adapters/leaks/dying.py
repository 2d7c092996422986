"""A host that dies in the middle of a message, in the way that it is told.

`python -m tests.adapters.leaks.dying HOW FOLDER`; its ledger lies in the folder `ledger` there.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.adapters.leaks.canaries import KNOWN, planted
from tests.adapters.leaks.raising import raiser
from tests.given_ledger import centre_in_utc, ledger


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _unhandled() -> None:
    raiser(ValueError)()


def _told_to_end() -> None:
    raiser(lambda: SystemExit(7))()


HOW: Final[dict[str, Callable[[], None]]] = {
    "unhandled": _unhandled,
    "aborted": os.abort,
    "killed": _killed,
    "told to end": _told_to_end,
}


def main(how: str, folder: Path) -> None:
    """Record until the end comes: at the border, in the caller's own thread."""
    faulthandler.enable()
    logging.basicConfig(level=logging.DEBUG)
    lines = [planted(name).bytes() for name in ("patient.registered", "cells.infused")]
    with ledger(folder / "ledger", store="sqlite", centre=centre_in_utc(KNOWN)) as kept:
        kept.record(lines[0])
        _break_the_border(HOW[how])
        thread = threading.Thread(target=lambda: kept.record(lines[1]))
        thread.start()
        thread.join()
        kept.record(lines[1])


def _break_the_border(end: Callable[[], None]) -> None:
    from veinledger.adapters.codec import arrivals

    def ends(_: bytes) -> Any:
        end()

    setattr(arrivals, "read_report", ends)  # noqa: B010  # not what its type says


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
