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

__all__ = ["CENTRE_FACTS", "FACTS", "FAMILIES"]
