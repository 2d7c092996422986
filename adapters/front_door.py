"""Opening a ledger with its rules and its site: what `veinledger.open` does."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from veinledger.adapters.errors import BadInput, boundary
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.logs import logger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sealing import Clock, utc_now
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.page import PageError
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.rules import Rules

LOG: Final = logger(__name__)


@boundary
def open_ledger(
    url: str = "memory:",
    *,
    keys: Path | str | None = None,
    edition: Edition = "public",
    site: Path | str | None = None,
    clock: Clock = utc_now,
) -> Ledger:
    """Open the ledger that a URL names: `memory:`, or `sqlite:///path`, made where it is not there.

    `keys` is the folder of root keys, `edition` the body of codes and rules, `site` a folder of
    directory pages (facilities with their zones, payers, charges). Raises VeinledgerError.
    """
    rules, centre = _pages(edition, site)
    store, found = open_store(url, keys=keys, clock=clock)
    LOG.info("ledger.opened", ledger=store.ledger_id.hex(), position=store.head(), edition=edition)
    return Ledger(store, found, rules, centre)


def _pages(edition: Edition, site: Path | str | None) -> tuple[Rules, Centre]:
    try:
        return shipped_rules(edition), Centre() if site is None else read_centre(Path(site))
    except PageError as error:
        sentence = str(error)
    raise BadInput(sentence)
