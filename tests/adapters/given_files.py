"""A ledger in a file of a folder, with its keys and its checkpoints beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import veinledger
from tests.given_ledger import SITE
from veinledger.adapters.ledger import Ledger


def url(folder: Path) -> str:
    """What the ledger of a folder is opened by."""
    return f"sqlite:///{folder / 'ledger.sqlite'}"


def opened(folder: Path, **more: Any) -> Ledger:
    """As a new process opens it, with nothing kept by those before; made where there is none."""
    return veinledger.open(
        url(folder),
        keys=folder / "keys",
        site=SITE,
        checkpoints=folder / "checkpoints",
        cache="",
        **more,
    )
