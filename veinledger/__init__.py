"""An event-sourced ledger of CAR-T encounters, from vein to vein and on to the claim.

with veinledger.open("sqlite:///ledger.sqlite") as ledger:
    ledger.record(line)
    ledger.claims("E1")
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from veinledger.adapters.errors import VeinledgerError
    from veinledger.adapters.front_door import open_ledger as open
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.findings import Finding, Refusal
    from veinledger.domain.intake.outcome import Outcome
    from veinledger.domain.ledger.access import Reader
    from veinledger.domain.reports import Actor

__all__ = [
    "Actor", "Finding", "Ledger", "Outcome", "Reader", "Refusal", "VeinledgerError", "open",
]  # fmt: skip

_WHERE: Final = {
    "Actor": ("veinledger.domain.reports", "Actor"),
    "Finding": ("veinledger.domain.findings", "Finding"),
    "Ledger": ("veinledger.adapters.ledger", "Ledger"),
    "Outcome": ("veinledger.domain.intake.outcome", "Outcome"),
    "Reader": ("veinledger.domain.ledger.access", "Reader"),
    "Refusal": ("veinledger.domain.findings", "Refusal"),
    "VeinledgerError": ("veinledger.adapters.errors", "VeinledgerError"),
    "open": ("veinledger.adapters.front_door", "open_ledger"),
}


def __getattr__(name: str) -> object:
    """Load what is asked for when it is asked for, so that the domain loads no store."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _WHERE[name]
    return getattr(sys.modules.get(module) or _loaded(module), attribute)


def _loaded(module: str) -> ModuleType:
    """A module of ours, without the warning filter that `transitions` sets as it is loaded."""
    with warnings.catch_warnings():
        return import_module(module)
