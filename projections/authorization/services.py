"""What the payer is asked to authorize: each service with its codes by the book, setting, place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.authorization import AuthorizedService
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.projections.authorization.addressee import Addressee
from veinledger.projections.authorization.answers import Answers
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import COLLECTION
from veinledger.projections.case.centre.holders import holder
from veinledger.projections.case.evidence.certificates import treatment_site
from veinledger.projections.case.indication import regimen

VISITS: Final = (
    "established_visit_level_3",
    "established_visit_level_4",
    "established_visit_level_5",
)
"""The levels that the page plans the neurological visits in; the provider chooses on the day."""
OUTSIDE: Final = ("outpatient", "office")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedService:
    """One row of the request."""

    service: AuthorizedService
    what: str
    system: str | None
    code: str | None
    units: str
    """How much of it, with what it is counted in: `1 therapeutic dose`, `3 days`."""
    setting: str | None
    """None where neither request nor policy says it."""
    site: str | None
    npi: str | None
    note: str = ""
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """The case on the day, the setting of the infusion, and the payer."""

    case: Case
    on: date
    to: Addressee
    setting: str | None

    def entry(self, meaning: str | None) -> Entry | None:
        """What the book calls a meaning on the day."""
        kind = self.to.payer.kind if self.to.payer else None
        return self.case.rules.find(meaning, self.on, kind) if meaning else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    setting: str | None
    site: str | None
    """The facility by directory name."""


def services(case: Case, to: Addressee, told: Answers, on: date) -> tuple[RequestedService, ...]:
    """Every service of the way from collection to surveillance."""
    asking = _Asking(case=case, on=on, to=to, setting=setting(case, to, told))
    return (
        *_collection(asking),
        *_lymphodepletion(asking),
        *_product(asking),
        *_infusion(asking),
        *_admission(asking),
        *_surveillance(asking),
    )


def setting(case: Case, to: Addressee, told: Answers) -> str | None:
    """Where the cells are to be given: as given, else as asked, else what the policy alone lets."""
    given: list[str] = [f.service.patient_class for _, f in case.infusions() if f.service]
    asked = [each.setting for each in told.told if each.setting and each.setting != "any"]
    allowed = to.policy.settings if to.policy and len(to.policy.settings) == 1 else ()
    return next(iter((*given[:1], *asked[-1:], *allowed)), None)


def _collection(asking: _Asking) -> Iterator[RequestedService]:
    case, on = asking.case, asking.on
    where = _Where(setting="outpatient", site=_collection_site(case, on))
    lines = case.rules.find("collection_claim_lines", on)
    for number, meaning in enumerate(lines.parts if lines else ()):
        own = asking.to.payer.collection_meaning if asking.to.payer and number == 0 else None
        yield _row(asking, "apheresis", own or meaning, "1 each collection day", where)


def _lymphodepletion(asking: _Asking) -> Iterator[RequestedService]:
    case, on = asking.case, asking.on
    given = [f.service.facility for _, f in case.seen.of(LymphodepletionDoseGiven) if f.service]
    where = _Where(setting=None, site=given[0] if given else treatment_site(case, on))
    chosen = regimen(case, on)
    if chosen is None:
        return
    for drug in chosen.drugs:
        dose = f"{drug.mg_per_m2.normalize():f} mg/m2 a day, {chosen.days_of(drug)} days"
        yield _row(asking, "lymphodepletion", drug.meaning, dose, where)


def _product(asking: _Asking) -> Iterator[RequestedService]:
    codes = asking.case.product.codes
    where = _Where(setting=asking.setting, site=treatment_site(asking.case, asking.on))
    dose = asking.entry(codes.dose)
    units = f"{dose.unit.amount.normalize():f} {dose.unit.of}" if dose and dose.unit else "1"
    yield _row(asking, "product", codes.dose, units, where, _label(asking))


def _label(asking: _Asking) -> str:
    """The NDC of the bag and whose it is; the lot makes it the patient's own."""
    codes = asking.case.product.codes
    ndc, labeler = asking.entry(codes.ndc), asking.entry(codes.labeler)
    parts = (
        f"NDC {ndc.code}" if ndc else "",
        f"labeler {labeler.code} ({labeler.label})" if labeler else "",
    )
    return ", ".join(part for part in parts if part)


def _infusion(asking: _Asking) -> Iterator[RequestedService]:
    """The procedure code of a stay, or the service outside one; both where no setting is known."""
    product, site = asking.case.product, treatment_site(asking.case, asking.on)
    in_a_stay = "in a stay, " if asking.setting is None else ""
    if asking.setting not in OUTSIDE:
        for access in ("peripheral", "central"):
            meaning = product.infusion_code(access)
            if meaning is not None:
                where = _Where(setting="inpatient", site=site)
                note = f"{in_a_stay}one of the two"
                yield _row(asking, "infusion", meaning, "1", where, note)
    if asking.setting != "inpatient":
        where = _Where(setting=asking.setting or "outpatient", site=site)
        note = "outside a stay" if asking.setting is None else ""
        yield _row(asking, "infusion", "car_t_administration", "1", where, note)


def _admission(asking: _Asking) -> Iterator[RequestedService]:
    if asking.setting not in OUTSIDE:
        drg = asking.case.product.codes.drg
        where = _Where(setting="inpatient", site=treatment_site(asking.case, asking.on))
        yield _row(asking, "admission", drg, "1 stay", where)


def _surveillance(asking: _Asking) -> Iterator[RequestedService]:
    case = asking.case
    calendar = case.product.calendar(asking.on, case.rules.edition)
    levels = [entry for meaning in VISITS if (entry := asking.entry(meaning))]
    if calendar is None or not levels:
        return
    seen = [f.service.facility for _, f in case.seen.of(NeurologyVisitCompleted)]
    where = _Where(setting=None, site=seen[-1] if seen else None)
    note = "level as documented on the day"
    row = _row(asking, "surveillance", VISITS[0], f"{len(calendar.visits)} visits", where, note)
    codes = f"{levels[0].code} to {levels[-1].code}"
    yield replace(row, what="Neurological visits", code=codes, confidence=calendar.confidence)


def _row(  # noqa: PLR0913, PLR0917  # one argument a column
    asking: _Asking,
    service: AuthorizedService,
    meaning: str | None,
    units: str,
    where: _Where,
    note: str = "",
) -> RequestedService:
    entry = asking.entry(meaning)
    place = asking.case.facility(where.site, asking.on) if where.site else None
    return RequestedService(
        service=service,
        what=entry.label if entry else (meaning or service).replace("_", " "),
        system=entry.system if entry else None,
        code=entry.code if entry else None,
        units=units,
        setting=where.setting,
        site=place.label if place else where.site,
        npi=place.npi if place else None,
        note=note if entry else "; ".join(filter(None, (note, "no code in this edition"))),
        confidence=entry.confidence if entry else "unverified",
    )


def _collection_site(case: Case, on: date) -> str | None:
    """Where cells are collected, by what facts tell."""
    told = holder(case, COLLECTION, on)
    return told.name if told else None
