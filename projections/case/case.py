"""What claim rules may ask: the effective history, the centre, the rules, the payer of a day."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Contract, Facility, Payer, Provider
from veinledger.domain.codebook.book import other_edition
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.facts.manufacturing import ProductReceived
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.products.profile import Product
from veinledger.domain.products.treatment import RegimenDrug
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import Effective
from veinledger.projections.case.again.watched import ANOTHER_HISTORY, Watched, looked
from veinledger.projections.case.memo import Memo, once, once_by_its_answer
from veinledger.projections.case.presence.reading import stays_and_attendances
from veinledger.projections.case.replacements import Replacements, replacements
from veinledger.projections.case.stays import Attendance, Stay

SELF_PAY: Final = "self-pay"
"""The kind of a coverage behind which no payer stands."""
_ORDER_OF_BENEFITS: Final = ("primary", "secondary", "tertiary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One encounter as the claim rules see it."""

    seen: Effective
    centre: Centre
    rules: Rules
    product: Product
    watched: Watched = field(init=False, repr=False, compare=False)
    """What was recorded and had occurred, as `seen` shows it: every look is noted."""
    memo: Memo = field(default_factory=dict[Hashable, Any], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        watched = self.seen.occurred
        if not isinstance(watched, Watched) or self.seen.recorded is not watched:
            watched = Watched(self.seen.recorded, watched)
            looked(ANOTHER_HISTORY)
            seen = replace(self.seen, recorded=watched, occurred=watched)
            object.__setattr__(self, "seen", seen)
        object.__setattr__(self, "watched", watched)

    @property
    @once
    def elsewhere(self) -> Case:
        """The same case in the other edition."""
        return replace(self, rules=self.rules.under(other_edition(self.rules.edition)))

    @property
    @once
    def chains(self) -> Replacements:
        """Which record stands in place of which."""
        return replacements(self.seen.known)

    @once_by_its_answer
    def first_of_its_chain(self, key: str) -> str:
        """The report key of the record in whose place others stand; one unknown stays itself."""
        return self.chains.first(key)

    @once
    def coverage(self, day: date) -> tuple[Record, CoverageRecorded] | None:
        """The coverage that comes first in the order of benefits on a day, the newest of equals."""
        in_force = [
            (record, fact)
            for record, fact in self.seen.of(CoverageRecorded)
            if fact.since <= day and (fact.until is None or day <= fact.until)
        ]
        in_force.sort(key=lambda pair: pair[1].since, reverse=True)
        return min(
            in_force,
            key=lambda pair: _ORDER_OF_BENEFITS.index(pair[1].order_of_benefits),
            default=None,
        )

    def coverage_kind(self, day: date) -> str | None:
        """FFS, MA, commercial or Medicaid: the key of the rules that differ by payer."""
        found = self.coverage(day)
        return found[1].kind if found else None

    @once
    def payer(self, day: date) -> Payer | None:
        """The payer of a day as the directory knows it."""
        found = self.coverage(day)
        named = [p for p in self.centre.payers if found and p.name == found[1].payer]
        return next((payer for payer in named if payer.holds(day)), None)

    @once
    def contract(self, day: date) -> Contract | None:
        """The contract with the payer of a day about this product."""
        found = self.coverage(day)
        return self.centre.contract(found[1].payer, self.product.name, day) if found else None

    @once
    def facility(self, name: str, day: date) -> Facility | None:
        """The facility of this name as the directory has it on a day."""
        named = (each for each in self.centre.facilities if each.name == name)
        return next((each for each in named if each.holds(day)), None)

    @once
    def provider(self, name: str | None, day: date) -> Provider | None:
        """The person or group of this name as the directory has it on a day."""
        named = (each for each in self.centre.providers if each.name == name)
        return next((each for each in named if each.holds(day)), None)

    @once
    def infusions(self) -> tuple[tuple[Record, CellsInfused], ...]:
        """The infusions in effect, parts of one bag each by itself; the first is day 0."""
        return tuple(self.seen.of(CellsInfused))

    @property
    @once_by_its_answer
    def presences(self) -> tuple[tuple[Stay, ...], tuple[Attendance, ...]]:
        """The inpatient stays, and the emergency and observation visits that are none."""
        return stays_and_attendances(self.seen.records)

    @once_by_its_answer
    def first_of(self, fact_type: str) -> Record | None:
        """The first record of a fact by its name on the page of the lifecycle: cells.infused."""
        return next((each for each in self.seen.records if each.fact.type == fact_type), None)

    @once
    def receipt(self, chain: str) -> tuple[Record, ProductReceived] | None:
        """The receipt of the product under a chain of identity."""
        received = self.seen.of(ProductReceived)
        return next((pair for pair in received if pair[1].chain_of_identity == chain), None)

    @once
    def assessment(self, day: date) -> tuple[Record, DiseaseAssessed] | None:
        """What was last written down about the disease on or before a day."""
        until = [pair for pair in self.seen.of(DiseaseAssessed) if pair[0].day <= day]
        return until[-1] if until else None

    @once
    def regimen_drug(self, agent: str, day: date) -> RegimenDrug | None:
        """The drug of a lymphodepletion in force, by its agent, whatever the indication."""
        drugs = self.product.regimen_drugs(day, self.rules.edition)
        return next((drug for drug in drugs if drug.agent == agent), None)

    @once_by_its_answer
    def posted(self, account: str | None) -> tuple[tuple[Record, ChargePosted], ...]:
        """The charges posted to an account; to any, where the service names none."""
        every = tuple(self.seen.of(ChargePosted))
        return tuple(p for p in every if account is None or p[1].service.account == account)

    @once_by_its_answer
    def settled(self) -> frozenset[str]:
        """The keys of findings that a person settled; `as_of` does not cut a decision."""
        return frozenset(
            record.fact.finding
            for record in self.seen.known
            if isinstance(record.fact, FindingSettled) and self.seen.standings[record.key].in_effect
        )

    def came_before(self, record: Record, other: Record) -> bool:
        """Whether one record in effect stands before another in the order of things.

        Raises KeyError where one of them is not in effect.
        """
        before = self._comes_before(record.key, other.key)
        if before is None:
            raise KeyError(f"{record.key} and {other.key} are not both in effect")
        return before

    @once_by_its_answer
    def _comes_before(self, key: str, other: str) -> bool | None:
        at, then = self.order.get(key), self.order.get(other)
        return None if at is None or then is None else at < then

    @property
    @once
    def order(self) -> Mapping[str, int]:
        """Where each record in effect stands among them, by report key."""
        return {record.key: at for at, record in enumerate(self.seen.records)}
