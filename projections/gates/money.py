"""The dollars that hang on a gate: what the infusion's claim is expected to bring."""

from __future__ import annotations

from datetime import date

from veinledger.domain.centre.directory import ClaimKind
from veinledger.projections.case.case import Case
from veinledger.projections.estimate import prospect
from veinledger.projections.estimate.shapes import AtRisk


def at_risk(case: Case, kinds: tuple[ClaimKind, ...], on: date) -> AtRisk | None:
    """What claims of these kinds are expected to bring; None where no claim hangs on the gate."""
    return prospect.at_risk(case, kinds, on) if kinds else None
