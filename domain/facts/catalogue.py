"""Every fact under one roof: importing this module fills the closed list FACTS."""

from __future__ import annotations

from typing import Final

from veinledger.domain.facts import (
    appeal,
    authorization,
    billing,
    collection,
    decisions,
    disease,
    encounter,
    manufacturing,
    patient,
    surveillance,
    toxicity,
    treatment,
)
from veinledger.domain.facts.base import FACTS

FAMILIES = (
    appeal,
    authorization,
    billing,
    collection,
    decisions,
    disease,
    encounter,
    manufacturing,
    patient,
    surveillance,
    toxicity,
    treatment,
)
"""The modules that declare facts, one a family."""

CENTRE_FACTS: Final = frozenset({"certification.recorded"})
"""Facts of a centre; every other fact is an encounter's."""

_NAMES_ITS_ENCOUNTER: Final = frozenset(
    {"encounter.opened", "encounter.continued", "encounter.linked", "finding.settled"}
    | {"records.corrected", "report.confirmed", "report.assigned"}
)
"""What gives an encounter its name, or is about records of one, cannot leave open which."""


def may_name_nobody(name: str) -> bool:
    """Whether a report of this fact may leave open of which encounter it is: a person says later.

    A discard that names nobody is about a report that names nobody.
    """
    return name in FACTS and name not in CENTRE_FACTS and name not in _NAMES_ITS_ENCOUNTER


__all__ = ["CENTRE_FACTS", "FACTS", "FAMILIES", "may_name_nobody"]
