"""Opening a ledger with its rules and its site: what `veinledger.open` does."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from veinledger.adapters.access.beside import ReadsFile
from veinledger.adapters.access.noting import Noting, refuse_half_a_name
from veinledger.adapters.errors import BadInput, boundary
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.logs import logger
from veinledger.adapters.owing.folder import cache_folder
from veinledger.adapters.pages import read_centre, rules_at
from veinledger.adapters.proof.checkpoints import (
    CheckpointFile,
    checkpoint_file,
    checkpoint_folder,
)
from veinledger.adapters.store.keys import Keys, key_folder, later_key
from veinledger.adapters.store.opening import MEMORY_URL, SQLITE_URL, open_store
from veinledger.adapters.store.sealing import Clock, utc_now
from veinledger.adapters.store.sqlite.driver import has_the_wal_reset_bug, name, version
from veinledger.domain.centre.agreement import refuse_what_the_rules_lack
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.ledger.access import Reader
from veinledger.domain.rules import Rules

LOG: Final = logger(__name__)


@boundary
def open_ledger(  # noqa: PLR0913  # all but the first by name
    url: str = "memory:",
    *,
    keys: Path | str | None = None,
    edition: Edition = "public",
    site: Path | str | None = None,
    clock: Clock = utc_now,
    read_only: bool = False,
    checkpoints: Path | str | None = None,
    cache: Path | str | None = None,
    reader: Reader | None = None,
    encrypted: bool = False,
) -> Ledger:
    """Open the ledger that a URL names: `memory:`, or `sqlite:///path`, made where it is not there.

    `keys` is the folder of root keys, `edition` the body of codes and rules, `site` a folder of
    directory pages (facilities with their zones, payers, charges), whose codebook/ and products/
    are laid over the shipped pages. `read_only` reads beside whoever writes, makes nothing, and
    refuses to record. `checkpoints` is the folder, best on another machine's disk, into which
    signed checkpoints leave while the ledger is written: every 1,000 records or 60 seconds, and on
    closing. Without it, VEINLEDGER_CHECKPOINTS or the user's state folder; a ledger in memory lets
    them leave only where it is named. `cache` is the folder in which lists over all encounters are
    kept between processes, sealed, to be deleted at any time; without it, VEINLEDGER_CACHE or the
    user's cache folder, and where it is an empty text, nowhere. `reader` is who asks, and why, for
    every question is noted; without it, the user of the computer. `encrypted` has a ledger that is
    made here encrypt bodies and originals where they lie, for ever; one that is there stays as it
    was made, and is refused where it keeps them in clear. Raises VeinledgerError.
    """
    if reader is not None:
        refuse_half_a_name(reader)
    rules, centre = _pages(edition, site)
    store, found = open_store(url, keys=keys, clock=clock, read_only=read_only, encrypted=encrypted)
    if not read_only:
        _tell_of_an_old_sqlite(url)
    LOG.info("ledger.opened", ledger=store.ledger_id.hex(), position=store.head(), edition=edition)
    leaving = None if read_only else _checkpoints(url, checkpoints, store.ledger_id)
    kept = None if url == MEMORY_URL else cache_folder(cache)
    noting = Noting(_reads_file(url, found), reader, clock)
    ledger = Ledger(store, found, rules, centre, checkpoints=leaving, cache=kept, noting=noting)
    ledger.later_key = _later_key(url, keys, found, ledger.ledger_id, read_only=read_only)
    return ledger


def _later_key(
    url: str, keys: Path | str | None, found: Keys, ledger_id: bytes, *, read_only: bool
) -> str | None:
    later = None if url == MEMORY_URL else later_key(key_folder(keys), ledger_id, found)
    if later and not read_only:
        LOG.warning("ledger.later_key", ledger=ledger_id.hex(), number=len(found.line()) + 1)
    return later


def _reads_file(url: str, keys: Keys) -> ReadsFile | None:
    if url == MEMORY_URL:
        return None
    return ReadsFile(Path(url.removeprefix(SQLITE_URL)).absolute(), keys.reads_key)


def _checkpoints(url: str, given: Path | str | None, ledger_id: bytes) -> CheckpointFile | None:
    if url == MEMORY_URL and given is None:
        return None
    return CheckpointFile(checkpoint_file(checkpoint_folder(given), ledger_id))


def _tell_of_an_old_sqlite(url: str) -> None:
    if url != MEMORY_URL and has_the_wal_reset_bug(version()):
        LOG.warning("ledger.sqlite_is_old", sqlite=name(), first_fixed="3.51.3")


def _pages(edition: Edition, site: Path | str | None) -> tuple[Rules, Centre]:
    folder = None if site is None else Path(site)
    try:
        rules = rules_at(folder, edition)
        centre = Centre() if folder is None else read_centre(folder)
        refuse_what_the_rules_lack(centre, rules)
        return rules, centre  # both are needed before either is of use
    except PageError as error:
        sentence = str(error)
    raise BadInput(sentence)
