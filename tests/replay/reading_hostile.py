"""Reads the rows of a ledger one by one, and says in JSON what that did.

`python -m tests.replay.reading_hostile FOLDER HONEST [READER ...]` is a process of its own, for a
hook into what Python does cannot be taken out again, and memory that was taken before shows
nothing. `HONEST` is how many rows nobody wrote to do harm; the readers are planted ones, which do
what none of the program's may do.
"""

from __future__ import annotations

import json
import pickle
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from veinledger.adapters.access.taken import READ, taken_in
from veinledger.adapters.codec.body import decode_body
from veinledger.adapters.codec.rows import REFUSED, RowCodec
from veinledger.adapters.codec.whose.following import FOLLOWED, follower_of
from veinledger.adapters.codec.whose.nameless import (
    DEEDS,
    KEPT,
    OF_NAMELESS,
    deed_of,
    nameless_of,
)
from veinledger.adapters.errors import FormatTooNew, LedgerDamaged
from veinledger.adapters.proof.originals import with_originals
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.rotated import ROTATED, rotated_in
from veinledger.adapters.store.verify import verify
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Row

DEEDS_OF_A_BODY: Final = (
    "import", "compile", "exec", "pickle.find_class", "marshal.loads", "ctypes.dlopen",
    "os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen", "socket.connect",
)  # fmt: skip
"""What Python tells a hook of, and no reading of a row may bring about."""
OF_ONE_TYPE: Final[dict[str, Callable[[Row], object]]] = {
    KEPT: nameless_of,
    **dict.fromkeys(DEEDS, deed_of),
    FOLLOWED: follower_of,
    READ: taken_in,
    ROTATED: rotated_in,
}


def by_name(row: Row) -> None:
    """As a library does that finds a class by the name in a row."""
    module, _, name = row.type.partition(":")
    if name:
        getattr(import_module(module), name)("true")


def unpickling(row: Row) -> None:
    pickle.loads(row.body)


def inflating(row: Row) -> None:
    zlib.decompress(row.body, zlib.MAX_WBITS | 32)


PLANTED: Final = {each.__name__: each for each in (by_name, unpickling, inflating)}


class Watch:
    """What Python was asked to do while the watch was on."""

    def __init__(self) -> None:
        self.on = False
        self.seen = Counter[str]()
        sys.addaudithook(self._told)

    def _told(self, event: str, said: tuple[Any, ...]) -> None:
        if self.on and event in DEEDS_OF_A_BODY:
            self.seen[f"{event} {said[0]!r:.60}"] += 1


def verdict(codec: RowCodec, row: Row) -> str:
    """How a row is turned away by each of its readers; `taken` where one of them takes it."""
    of_one_type = OF_ONE_TYPE.get(row.type)
    more = (of_one_type,) if of_one_type else ()
    for read in (codec.record, codec.claim, codec.refusal, codec.held, *more):
        try:
            read(row)
        except (FormatTooNew, LedgerDamaged) as error:
            said = str(error) + " ".join(getattr(error, "__notes__", ()))
            if read in {codec.record, codec.claim} and str(row.position) not in said:
                return "without its place"
            if len(said) > 2_000:
                return "repeats what it read"
            continue
        if read != codec.held or row.type not in {REFUSED, *OF_NAMELESS}:
            return "taken"
    return "turned away"


def made_ready() -> None:
    """What the program makes of each type of ours, once, from classes of ours."""
    for name in FACTS:
        with suppress(FormatTooNew, LedgerDamaged):
            decode_body(name, b'{"version":1}')


def peak() -> float:
    """Megabytes at most since it was last begun anew; the most a parent ever had is not in it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (each for each in status.splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def begin_the_peak_anew() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def read(folder: Path, honest: int, planted: list[str]) -> dict[str, object]:
    url, watch = f"sqlite:///{folder / 'ledger.sqlite'}", Watch()
    store, keys = open_store(url, keys=folder / "keys", read_only=True)
    bodies = Bodies(store.ledger_id, keys)
    codec = RowCodec(Naming(keys.index_key, keys.digest_key), bodies.opened)
    made_ready()
    begin_the_peak_anew()
    told, modules, before, watch.on = Counter[str](), set(sys.modules), peak(), True
    with closing(store):
        for name in store.streams(""):  # one by one: what counts is what decoding takes
            for row in store.stream(name) if name != "ledger" else ():
                for each in planted:
                    with suppress(Exception):
                        PLANTED[each](row)
                which = "honest" if row.position <= honest else "hostile"
                told[f"{which}: {verdict(codec, row)}"] += 1
        megabytes = peak() - before
        found = with_originals(verify(store, keys), store, bodies)
    watch.on = False
    return {
        "told": told, "imported": sorted(set(sys.modules) - modules), "done": watch.seen,
        "megabytes": megabytes, "verdict": found.verdict, "verified": peak() - before,
    }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps(read(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])))
