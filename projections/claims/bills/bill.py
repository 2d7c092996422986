"""One claim before the rules have spoken: which services stand on it, and what it hangs on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, Final, Literal, TypeVar

from veinledger.domain.centre.directory import Facility
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.groups import Service
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import Memo
from veinledger.projections.case.presence.presences import served
from veinledger.projections.case.stays import Attendance, Stay
from veinledger.projections.claims.shapes import ClaimKind, Form, Part

F = TypeVar("F", bound=Fact)

Setting = Literal["inpatient", "outpatient", "office"]


def _all_of(kind: type[Any], but: tuple[str, ...]) -> Callable[[Any], tuple[object, ...]]:
    return attrgetter(*(each.name for each in fields(kind) if each.name not in but))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Why a service stands on another claim than its own."""

    away_from: ClaimKind
    reason: str
    onto: Record
    """The record of the admission that drew it in."""
    by_window: bool = True
    """Whether a payment window moved it, or that it was part of the stay from the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """How the charges of the collection stand, as one claim sees it, where a site folds them."""

    way: Literal["tracked", "folded"]
    reason: str
    """Who decided so: the site, or the first claim that was sent."""
    fixed_by: tuple[Record, ...] = ()
    """The claim that fixed it, where the site's directory says otherwise."""
    folded: tuple[str, ...] = ()
    """Report keys of what has no line here: its charge stands in the product's line."""
    parts: tuple[Bill, ...] = ()
    """On the infusion's claim: what is folded into it, as the bills that it was left off."""
    receipt: bool = False
    """On the infusion's claim: whether receipt and preparation are folded into it as well."""
    kept: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why a collection keeps a line of its own, by report key."""
    waits: str = ""
    """What is not known yet, so that nobody can say where a charge will stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One claim before the rules have spoken."""

    case: Case
    kind: ClaimKind
    setting: Setting
    biller: str
    account: str | None
    anchor: Record
    services: tuple[Record, ...]
    """Records in effect whose services stand here, in the order in which they happened."""
    part: Part = "facility"
    fraction: tuple[int, int] | None = None
    """Which part of how many, where a dose is billed in fractions."""
    stay: Stay | None = None
    """The inpatient stay that it bills, where its admission is reported."""
    attendance: Attendance | None = None
    """The emergency or observation visit that an outpatient claim bills."""
    moved: Mapping[str, Moved] = field(default_factory=dict[str, Moved])
    """Services that an admission drew in, by report key."""
    unrelated: Mapping[str, Record] = field(default_factory=dict[str, Record])
    """Services that a window would move and a person attested to be unrelated to the stay: by
    report key, the attestation."""
    charges: tuple[Record, ...] = ()
    """The posted charges of a stay or a visit; each charge belongs to one bill."""
    beside_a_stay: Mapping[str, Moved] = field(default_factory=dict[str, Moved])
    """Services of a wholly owned practice in the window: they stay, and are marked."""
    folding: Folding | None = None
    """Where the charges of the collection stand, if the payer does not pay for them."""
    records: tuple[Record, ...] = field(init=False, compare=False)
    """The services, and the two ends of the stay or of the visit."""
    first_day: date = field(init=False, compare=False)
    """The first day of service or of the stay."""
    last_day: date = field(init=False, compare=False)
    """The last day of service, or the discharge where it has come."""
    whole_key: str = field(init=False, compare=False)
    """Kind, form, billing provider and anchor record; a baseline is a visit.

    An anchor that was replaced is named by the first record of its chain: a corrected claim is the
    same claim."""
    key: str = field(init=False, compare=False)
    """The same, and which fraction it is where a dose is billed in fractions."""
    memo: Memo = field(default_factory=dict[Hashable, Any], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        presence = self.stay or self.attendance
        ends = presence.records if presence else ()
        every = {r.key: r for r in (self.anchor, *self.services, *ends)}
        days = [service_day(record) for record in every.values()]
        ended = self.stay.last_day if self.stay else None
        object.__setattr__(self, "records", tuple(every.values()))
        object.__setattr__(self, "first_day", min(days))
        object.__setattr__(self, "last_day", max([*days, ended] if ended else days))
        anchor = self.case.first_of_its_chain(self.anchor.key)
        whole = f"{self.kind[0]}/{self.form}/{self.biller}/{anchor}"
        part = f"#{self.fraction[0]}of{self.fraction[1]}" if self.fraction else ""
        object.__setattr__(self, "whole_key", whole)
        object.__setattr__(self, "key", f"{whole}{part}")

    @property
    def made_of(self) -> tuple[object, ...]:
        """All that it is, but for the case that it is one of."""
        if self.folding is None:
            return _of_the_bill(self)
        parts = tuple(part.made_of for part in self.folding.parts)
        return *_of_the_bill(self), _of_the_folding(self.folding), parts

    @property
    def form(self) -> Form:
        """CMS-1500 from an office and for what a professional did, UB-04 from a hospital."""
        professional = self.setting == "office" or self.part == "professional"
        return "CMS-1500" if professional else "UB-04"

    @property
    def inpatient(self) -> bool:
        """Whether it bills services to a patient in a bed."""
        return self.setting == "inpatient"

    @property
    def facility(self) -> Facility | None:
        """Who bills it, where the directory has it; None where another entity does."""
        return self.case.facility(self.biller, self.anchor.day)

    @property
    def payer_day(self) -> date:
        """The day whose coverage pays: the admission, else the first day of service."""
        return self.stay.admitted.day if self.stay else self.first_day

    def coding_day(self, day: date) -> date:
        """The day that picks ICD-10 and DRG: the discharge inpatient, else that of the service."""
        return self.last_day if self.inpatient else day

    @property
    def leads(self) -> bool:
        """Whether it is a whole claim, or the first of its fractions: what bills the rest."""
        return self.fraction is None or self.fraction[0] == 1

    @property
    def bills_the_product(self) -> bool:
        """Whether it may: what a professional did in a hospital is another claim than its bag."""
        return self.part == "facility" or self.setting == "office"

    def of(self, kind: type[F]) -> Iterator[tuple[Record, F]]:
        """The services of one fact class, each with its fact."""
        for record in self.services:
            if isinstance(record.fact, kind):
                yield record, record.fact

    def covers(self, day: date) -> bool:
        """Whether a day lies within the stay or visit, or is one of the days of service."""
        presence = self.stay or self.attendance
        if presence is not None and presence.covers(day):
            return True
        return self.stay is None and day in {service_day(record) for record in self.services}

    def bills_day(self, day: date) -> bool:
        """Whether it covers a day, or that of a service that an admission drew in."""
        moved = {service_day(record) for record in self.services if record.key in self.moved}
        return self.covers(day) or day in moved


_of_the_bill: Final = _all_of(Bill, but=("case", "folding", "memo"))
_of_the_folding: Final = _all_of(Folding, but=("parts",))


def service_day(record: Record) -> date:
    """The date of service; of a charge its own, whenever it was posted."""
    charge = record.fact
    return charge.service_date if isinstance(charge, ChargePosted) else record.day


def service_of(record: Record) -> Service | None:
    """The service group of a fact, where it has one."""
    return served(record)


def setting_of(case: Case, service: Service, day: date) -> Setting:
    """Inpatient, hospital outpatient or office: what decides the form."""
    if service.patient_class == "inpatient":
        return "inpatient"
    place = case.facility(service.facility, day)
    office = place is not None and place.payment_system == "office"
    return "office" if office or service.patient_class == "office" else "outpatient"
