"""How an encounter begins, what it follows, and how it ends."""

from __future__ import annotations

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.values import Identifier, LongText, Text


@fact("encounter.opened")
class EncounterOpened(Fact):
    """A patient was referred for one CAR-T product at one centre."""

    product: Identifier
    """The product page's name: carvykti, abecma, ..."""
    indication: Text
    patient: Identifier
    """A reference; who it is stands in the patient facts alone."""
    centre: Identifier


@fact("encounter.continued")
class EncounterContinued(Fact):
    """This encounter follows an earlier one: another product, or another attempt."""

    continues: Identifier
    """The name of the encounter that it follows."""
    reason: Text | None = None


@fact("encounter.linked")
class EncounterLinked(Fact):
    """Two encounters turned out to be one; the survivor carries on."""

    survivor: Identifier
    reason: Text | None = None


@fact("encounter.withdrawn")
class EncounterWithdrawn(Fact):
    """The way to the product was given up before the cells went in."""

    reason: LongText


@fact("encounter.completed")
class EncounterCompleted(Fact):
    """The surveillance of the encounter came to its planned end."""

    reason: LongText | None = None
