"""What the claim rules may ask: the effective history, the centre, the rules, the coverage of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import Facility, Payer
from veinledger.domain.codebook.book import Difference
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.coverage import CoverageRecorded
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.products.profile import Product
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.shapes import Differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One encounter as the claim rules see it."""

    seen: Effective
    centre: Centre
    rules: Rules
    product: Product

    def coverage(self, day: date) -> tuple[Record, CoverageRecorded] | None:
        """The first coverage in the order of benefits that is in force on a day."""
        in_force = [
            (record, fact)
            for record, fact in self.seen.of(CoverageRecorded)
            if fact.since <= day and (fact.until is None or day < fact.until)
        ]
        return min(in_force, key=lambda pair: pair[1].order_of_benefits, default=None)

    def coverage_kind(self, day: date) -> str | None:
        """FFS, MA, commercial or Medicaid: the key of the rules that differ by payer."""
        found = self.coverage(day)
        return found[1].kind if found else None

    def payer(self, day: date) -> Payer | None:
        """The payer of a day as the directory knows it."""
        found = self.coverage(day)
        names = {payer.name: payer for payer in self.centre.payers if payer.holds(day)}
        return names.get(found[1].payer) if found else None

    def facility(self, service: Service, day: date) -> Facility:
        """The facility of a service; raises NotInDirectory where the site does not know it."""
        return self.centre.facility(service.facility, day)

    def infusion(self) -> tuple[Record, CellsInfused] | None:
        """The first infusion in effect: day 0."""
        return next(self.seen.of(CellsInfused), None)

    def posted(
        self, account: str | None, code: str, day: date
    ) -> list[tuple[Record, ChargePosted]]:
        """The charges that were posted to an account for a code and a day."""
        return [
            (record, fact)
            for record, fact in self.seen.of(ChargePosted)
            if fact.hcpcs == code
            and fact.service_date == day
            and (account is None or fact.service.account == account)
        ]

    def listed_charge(
        self, facility: str, revenue: str | None, code: str, units: Decimal, day: date
    ) -> Decimal | None:
        """The site's own price of so many units, in dollars and cents, where it has one."""
        charge = self.centre.charge(day, facility=facility, revenue=revenue, hcpcs=code)
        return None if charge is None else (charge.amount * units).quantize(Decimal("0.01"))


def told(difference: Difference | None) -> tuple[Differs, ...]:
    """A difference of the code book, in the words of a claim line."""
    if difference is None:
        return ()
    return (
        Differs(
            here=_named(difference.this),
            there=_named(difference.other),
            other_edition="page" if difference.edition == "public" else "public",
            row=difference.row,
            evidence=difference.evidence,
            consequence=difference.consequence,
        ),
    )


def _named(entry: Entry | None) -> str:
    if entry is None:
        return "nothing"
    size = f" ({entry.unit} a unit)" if entry.unit else ""
    return f"{entry.code}{size}"
