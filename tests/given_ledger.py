"""Ledgers for tests: fixed names, a fixed clock, and a site in one zone."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.adapters.store.opening import open_store
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Connection
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.rules import Rules

ROOT = Path(__file__).parent.parent
SITE = ROOT / "examples" / "site"
TODAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHUFFLED = ("page_patient_2l", "page_patient_4l", "manufacturing_failure", "withdrawn")
"""The examples that are told in thousands of orders."""
EXAMPLES = (
    *SHUFFLED,
    "readmission_and_parkinsonism",
    "outpatient_infusion",
    "late_and_wrong",
    "out_of_specification",
    "infusion_date_corrected",
    "asked_beforehand",
    "a_year_of_surveillance",
    "grade_recoded",
    "infusion_voided",
)


def centre_in_utc(*connections: str) -> Centre:
    """A site whose connections tell UTC, so that a local day is a UTC date."""
    return Centre(connections=tuple(Connection(name=name, zone="UTC") for name in connections))


@contextmanager
def ledger(  # noqa: PLR0913  # all but the first by name
    folder: Path,
    *,
    store: str = "memory",
    edition: Edition = "public",
    centre: Centre | None = None,
    clock: Callable[[], datetime] = lambda: TODAY,
    encrypted: bool = False,
    rules: Rules | None = None,
) -> Generator[Ledger, None, None]:
    """A fresh ledger whose report keys and stream names are the same in every run."""
    url = "memory:" if store == "memory" else f"sqlite:///{folder / 'ledger.sqlite'}"
    made, keys = open_store(url, keys=folder / "keys", clock=clock, encrypted=encrypted)
    fixed = replace(keys, index_key=b"index" * 6, digest_key=b"digest" * 5)
    site = read_centre(SITE) if centre is None else centre
    with Ledger(made, fixed, rules or shipped_rules(edition), site) as opened:
        yield opened


def lines_of(example: str) -> list[bytes]:
    """The NDJSON lines of a worked example."""
    return (ROOT / "examples" / f"{example}.ndjson").read_bytes().splitlines()
