"""How a command ends: its exit code, and what it says when it could not do its work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Final

from veinledger.adapters.cli.screen import clean, err, styled
from veinledger.adapters.errors import VeinledgerError, in_our_words


class Exit(IntEnum):
    """What the command line ends with; stable for ever."""

    DONE = 0
    FINDINGS = 1
    BAD_INPUT = 2
    REFUSED = 3
    NOT_FOUND = 4
    DAMAGED = 5


IN_WORDS: Final = (
    "Exit codes: 0 done, 1 findings or differences (`record`: something is parked), 2 bad input,"
    " 3 refused (`record`: something was refused), 4 not found, 5 the ledger is damaged."
)


def guarded(work: Callable[[], object]) -> None:
    """Run a command; an error becomes one sentence on stderr and an exit code, never a trace."""
    try:
        work()
    except Exception as error:
        ended = in_our_words(error)
        complain(ended)
        code = ended.exit_code
    else:
        return
    sys.exit(code)


def complain(error: VeinledgerError) -> None:
    """Say what went wrong, and where, on stderr."""
    console = err()
    words = styled("veinledger: ", "bold red").append(clean(error), style="")
    console.print(words, soft_wrap=True)
    for where in getattr(error, "__notes__", ()):
        console.print(styled(where), soft_wrap=True)
