"""Where lists are kept between processes. By itself, for opening a ledger asks nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

FOLDER_VARIABLE: Final = "VEINLEDGER_CACHE"


def cache_folder(given: Path | str | None = None) -> Path | None:
    """Where the file lies: as given, else VEINLEDGER_CACHE, else the user's cache folder.

    An empty text says that there is to be none.
    """
    chosen = os.environ.get(FOLDER_VARIABLE) if given is None else given
    if chosen is None:
        chosen = platformdirs.user_cache_dir("veinledger")
    return Path(chosen).absolute() if str(chosen) else None
