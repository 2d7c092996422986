"""A host whose environment notes who reads it, from before the library is imported to its end.

`python -m tests.adapters.embedding.environment FOLDER` prints, as JSON, for each variable that was
asked for, the modules that asked and whether they were only being imported.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Iterator, MutableMapping
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any, Final

_ALL: Final = "*"


class Noting(MutableMapping[str, str]):
    """An environment that notes every reader."""

    def __init__(self, given: dict[str, str]) -> None:
        self._given = given
        self.reads: set[tuple[str, str, bool]] = set()

    def __getitem__(self, name: str) -> str:
        self._note(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        self._note(_ALL)
        return iter(self._given)

    def __len__(self) -> int:
        self._note(_ALL)
        return len(self._given)

    def __setitem__(self, name: str, value: str) -> None:
        self._note(f"{name} (written)")
        self._given[name] = value

    def __delitem__(self, name: str) -> None:
        self._note(f"{name} (removed)")
        del self._given[name]

    def _note(self, name: str) -> None:
        callers = list(_callers(inspect.currentframe()))
        reader = next(each for each in callers if each[0] not in _MACHINERY)
        importing = any(code == "<module>" and of != __name__ for of, code in callers)
        self.reads.add((name, reader[0], importing))


_MACHINERY: Final = ("os", "_collections_abc", "collections.abc", __name__)


def _callers(frame: FrameType | None) -> Iterator[tuple[str, str]]:
    while frame is not None:
        name = str(frame.f_globals.get("__name__", "?"))
        yield (__name__ if name == "__main__" else name), frame.f_code.co_name
        frame = frame.f_back


def main(folder: Path) -> list[tuple[str, str, bool]]:
    """Use the library from end to end, and tell who read what."""
    given = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    given["VEINLEDGER_KEYS"] = str(folder / "keys")
    given["VEINLEDGER_CHECKPOINTS"] = str(folder / "checkpoints")
    given["VEINLEDGER_CACHE"] = str(folder / "cache")
    noting: Any = Noting(given)
    os.environ = noting  # noqa: B003  # the very thing that is tried
    _use(folder, keys=None)
    for name in ("VEINLEDGER_KEYS", "VEINLEDGER_CHECKPOINTS", "VEINLEDGER_CACHE"):
        del given[name]
    _use(folder / "without", folder / "keys", folder / "checkpoints", folder / "cache")
    return sorted(noting.reads)


def _use(
    folder: Path,
    keys: Path | None,
    checkpoints: Path | None = None,
    cache: Path | None = None,
) -> None:
    import veinledger
    from tests.given_ledger import SITE, lines_of

    folder.mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'l.sqlite'}"
    with veinledger.open(url, keys=keys, site=SITE, checkpoints=checkpoints, cache=cache) as ledger:
        for line in lines_of("withdrawn"):
            ledger.record(line)
        for name in ledger.encounters():
            ledger.claims(name)
            ledger.schedule(name)
            ledger.audit(name)
        ledger.due(date(2026, 11, 23))
        ledger.verify()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
