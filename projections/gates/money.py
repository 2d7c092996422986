"""The dollars that hang on a gate."""

from __future__ import annotations

from decimal import Decimal

from veinledger.domain.centre.directory import ClaimKind
from veinledger.projections.case.case import Case


def at_risk(case: Case, kinds: tuple[ClaimKind, ...]) -> Decimal | None:
    """Dollars that claims of some kinds are expected to be paid; None where nobody estimates it."""
    del case, kinds
    return None
