"""The centre: its directory and its certificates, found by name and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from typing import Protocol, Self, TypeVar

from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.dated import Dated
from veinledger.domain.centre.directory import (
    Charge,
    Connection,
    Contract,
    Facility,
    Payer,
    Provider,
)


class NotInDirectory(LookupError):
    """The directory has no such name on this day; the text lists what it has."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def span(self) -> str: ...
    def holds(self, on: date) -> bool: ...


N = TypeVar("N", bound=_Named)
D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Dated site data that facts refer to, and the certificates that gates ask for."""

    facilities: tuple[Facility, ...] = ()
    providers: tuple[Provider, ...] = ()
    payers: tuple[Payer, ...] = ()
    contracts: tuple[Contract, ...] = ()
    charges: tuple[Charge, ...] = ()
    connections: tuple[Connection, ...] = ()
    certifications: tuple[Certification, ...] = ()
    clocks: Mapping[str, tzinfo] = field(
        default_factory=dict[str, tzinfo], repr=False, compare=False
    )
    """What the IANA database says of each facility's zone, by name, from where files are read."""
    digest: str | None = None
    """SHA-256 over the pages that it was read from, in hexadecimal; None where it was read from
    none."""

    def facility(self, name: str, on: date) -> Facility:
        """The facility of this name on a day; raises NotInDirectory."""
        return _named("facility", self.facilities, name, on)

    def provider(self, name: str, on: date) -> Provider:
        """The provider of this name on a day; raises NotInDirectory."""
        return _named("provider", self.providers, name, on)

    def payer(self, name: str, on: date) -> Payer:
        """The payer of this name on a day; raises NotInDirectory."""
        return _named("payer", self.payers, name, on)

    def zone(self, *, facility: str | None = None, connection: str | None = None) -> str | None:
        """The IANA zone of a facility, else of a connection, else None. A zone never changes."""
        for place in self.facilities:
            if place.name == facility:
                return place.zone
        return next((each.zone for each in self.connections if each.name == connection), None)

    def same_owner(self, one: str, other: str, on: date) -> bool:
        """Whether two facilities share a payment window; raises NotInDirectory."""
        return self.facility(one, on).owner == self.facility(other, on).owner

    def contract(self, payer: str, product: str, on: date) -> Contract | None:
        """The contract with a payer: one for the product before one for all."""
        found = [c for c in self.contracts if c.payer == payer and c.holds(on)]
        mine = [c for c in found if c.product in (product, None)]
        return min(mine, key=lambda contract: contract.product is None, default=None)

    def charge(
        self, on: date, *, facility: str, revenue: str | None = None, hcpcs: str | None = None
    ) -> Charge | None:
        """The price of one unit: the most exact of those that fit, or None."""
        fitting = [
            charge
            for charge in self.charges
            if charge.hcpcs in (hcpcs, None)
            and charge.revenue in (revenue, None)
            and charge.facility in (facility, None)
            and charge.holds(on)
        ]
        return min(fitting, key=_exactness, default=None)

    def certified(
        self, programme: str, role: str, on: date, subject: str | None = None
    ) -> Certification | None:
        """The certificate in force for a programme and role, for a subject if one is named."""
        for held in self.certifications:
            asked = (programme, role, subject or held.subject)
            if (held.programme, held.role, held.subject) == asked and held.holds(on):
                return held
        return None

    def certifying(self, certifications: Iterable[Certification]) -> Self:
        """The same centre with these certificates, as the records in effect say them."""
        return replace(self, certifications=tuple(certifications))


def _named(what: str, known: Sequence[N], name: str, on: date) -> N:
    for each in known:
        if each.name == name and each.holds(on):
            return each
    listed = ", ".join(f"{each.name} ({each.span})" for each in known) or "none at all"
    raise NotInDirectory(f"no {what} is named {name!r} on {on}; the directory has {listed}")


def _exactness(charge: Charge) -> tuple[bool, bool, bool]:
    return (charge.hcpcs is None, charge.facility is None, charge.revenue is None)
