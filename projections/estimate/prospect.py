"""The money that hangs on a gate: before the act no claim exists, so it is said what is assumed.

`at_risk` looks ahead to the infusion's claim; `at_risk_of` adds up claims that exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from veinledger.domain.centre.directory import ClaimKind, Facility
from veinledger.domain.dollars import added, cents, less, times
from veinledger.domain.facts.authorization import AuthorizationGranted
from veinledger.domain.prices.quarter import fiscal_year
from veinledger.projections.case.case import Case
from veinledger.projections.case.presence.presences import served
from veinledger.projections.claims.bills.bill import Setting
from veinledger.projections.estimate.findings import held_amount
from veinledger.projections.estimate.medicare import MEDICARE, PAID_BY_THE_TABLES
from veinledger.projections.estimate.shapes import AtRisk, Estimate, Gap
from veinledger.projections.estimate.stay import base_payment, rate_on
from veinledger.projections.estimate.tables import amount, elsewhere, limit, weight

INFUSION: Final = "C"
"""The one kind of claim whose payment can be told before it exists."""
_WHAT: Final = "the infusion's claim, looked ahead to"
_SERVICES: Final = frozenset({"infusion", "product", "admission"})


def at_risk_of(found: Estimate, kinds: Collection[ClaimKind]) -> AtRisk:
    """What the claims of some kinds are expected to bring together."""
    mine = [each for each in found.claims if each.kind in kinds]
    return held_amount(f"claims {', '.join(kinds)}", "the claims as they stand", mine, found.agreed)


def at_risk(case: Case, kinds: Collection[ClaimKind], on: date) -> AtRisk:
    """What an infusion on a day would be paid, where a gate bears on its claim; else why not.

    The case is as of the day. `amount` is the payer's part in dollars, after the patient's share
    and sequestration; `reason` says what was assumed, or why there is no amount.
    """
    if INFUSION not in kinds:
        listed = ", ".join(kinds) or "no claim"
        return _none(f"{listed}: only the infusion's claim can be estimated before it exists")
    return _by_contract(case, on) or _by_medicare(case, on)


def _by_contract(case: Case, on: date) -> AtRisk | None:
    contract = case.contract(on)
    for fee in contract.fixed_fees if contract else ():
        if INFUSION in fee.covers:
            return _some(fee.amount, f"a fixed fee: {fee.clause}")
    rate = contract.case_rate if contract else None
    if contract is None or rate is None or not rate.bundles(INFUSION, 0):
        return None
    if rate.amount is None or rate.anchor != "cells.infused":
        return _none(f"a case rate without an amount here: {contract.clause}")
    covered = ", ".join(each for each in rate.covers if each not in rate.excludes)
    says, price = f"a case rate for {covered}: {contract.clause}", contract.price_of_the_product(on)
    if price is not None:
        together = added((rate.amount, price.amount))
        return _some(together, f"{says}; with one dose beside it: {price.clause}")
    beside = "; the product beside it is not estimated" if rate.carves_out_product else ""
    return _some(rate.amount, f"{says}{beside}")


def _by_medicare(case: Case, on: date) -> AtRisk:
    kind, place = case.coverage_kind(on), _hospital(case, on)
    if kind is None:
        return _none("no coverage is recorded on that day")
    if kind != MEDICARE:
        return _none(f"the payer ({kind}) pays by its contract, which has no amount here")
    if place is None:
        return _none("no hospital has given a service yet, so nobody knows whose rates apply")
    if place.payment_system not in PAID_BY_THE_TABLES:
        row = elsewhere(case, place.payment_system, on)
        return _none(row.label if row else f"{place.payment_system} is in no table")
    setting, why = _setting(case, on)
    if setting == "outpatient":
        return _as_outpatient(case, on, why)
    return _as_inpatient(case, place, on, why)


def _as_inpatient(case: Case, place: Facility, on: date, why: str) -> AtRisk:
    group = case.rules.find(case.product.codes.drg, on) if case.product.codes.drg else None
    weighed = weight(case, group.code if group else "", on)
    rate = rate_on(place, place.name, on)
    if isinstance(weighed, Gap):
        return _none(weighed.why)
    if isinstance(rate, Gap):
        return _none(rate.why)
    allowed = added(step.amount for step in base_payment(weighed, rate))
    says = f"{weighed.label} at the rates of {place.name}, {why}, without outlier or add-on"
    return _after_the_patient(case, on, allowed, allowed, f"{says}; FY{fiscal_year(on)}")


def _as_outpatient(case: Case, on: date, why: str) -> AtRisk:
    dose = case.rules.find(case.product.codes.dose, on)
    known = limit(case, dose.code if dose else "", on)
    part = amount(case, "part_b_coinsurance", on, "the patient's share")
    if isinstance(known, Gap):
        return _none(f"{known.what}: {known.why}")
    if isinstance(part, Gap):
        return _none(part.why)
    allowed = cents(known.amount)
    says = f"one dose at the {known.label}, {why}, the giving itself not estimated"
    return _after_the_patient(case, on, allowed, cents(times(allowed, part.amount)), says)


def _after_the_patient(
    case: Case, on: date, allowed: Decimal, share: Decimal, reason: str
) -> AtRisk:
    """Less the patient's share, which the deductible of the year caps, and the cut."""
    cap = amount(case, "part_a_deductible", on, "the patient's share")
    cut = amount(case, "sequestration", on, "sequestration")
    if isinstance(cap, Gap):
        return _none(cap.why)
    if isinstance(cut, Gap):
        return _none(cut.why)
    left = less(allowed, min(share, cents(cap.amount)))
    return _some(less(left, cents(times(left, cut.amount))), f"assumed: {reason}")


def _hospital(case: Case, on: date) -> Facility | None:
    """The hospital that gave the latest service."""
    named = [service.facility for service in map(served, case.seen.records) if service]
    places = (case.facility(name, on) for name in reversed(named))
    return next((each for each in places if each and each.payment_system != "office"), None)


def _setting(case: Case, on: date) -> tuple[Setting, str]:
    """Where the cells are to be given: as authorized, else in a bed, as most are."""
    for granted in reversed(tuple(_granted(case, on))):
        if granted.setting in ("inpatient", "outpatient"):
            return granted.setting, f"{granted.setting} as authorized"
    return "inpatient", "inpatient as most are"


def _granted(case: Case, on: date) -> Iterator[AuthorizationGranted]:
    every: Iterable[AuthorizationGranted] = (f for _, f in case.seen.of(AuthorizationGranted))
    for each in every:
        ended = each.until is not None and each.until < on
        if each.since <= on and not ended and _SERVICES & set(each.services):
            yield each


def _some(dollars: Decimal, reason: str) -> AtRisk:
    return AtRisk(what=_WHAT, reason=reason, amount=cents(dollars))


def _none(why: str) -> AtRisk:
    return AtRisk(what=_WHAT, reason=f"not estimated: {why}", not_estimated=(why,))
