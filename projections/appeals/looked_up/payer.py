"""What passed between the centre and the payer: contract, authorizations, requests, sendings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from veinledger.domain.facts.authorization import (
    AuthorizationExtended,
    AuthorizationGranted,
    AuthorizationRequested,
)
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.projections.appeals.registry import Asked, Found, looks_up
from veinledger.projections.case.appealed import sendings
from veinledger.projections.case.payers_words import services_named
from veinledger.projections.case.policies import policy_for


@looks_up("contract")
def the_contract(asked: Asked) -> Iterator[Found]:
    """The clause on case rates with its days, and on which side of it the claim stands."""
    payer = asked.payer
    contract = (
        asked.case.centre.contract(payer, asked.case.product.name, asked.on) if payer else None
    )
    if contract is None or contract.case_rate is None:
        yield Found(
            text=f"no case rate is agreed with {payer or 'the payer'} on {asked.on}",
            missing="ask the payer for its policy on surveillance after CAR-T, where it says "
            "bundled without a contract",
        )
        return
    rate, claim = contract.case_rate, asked.claim
    inside = claim is not None and claim.draft == "bundled"
    side = "inside it: write it off" if inside else "outside it"
    yield Found(
        text=f"{contract.clause}: {rate.days} days from day {rate.first_day} "
        f"of {rate.anchor.replace('.', ' ')}, "
        f"claims {', '.join(rate.covers)}; this claim is {side}",
        aside=inside,
    )


@looks_up("authorization")
def the_authorizations(asked: Asked) -> Iterator[Found]:
    """What the payer granted: services, setting and days; whether the day of service is among."""
    granted = [
        pair
        for pair in asked.case.seen.of(AuthorizationGranted)
        if asked.payer is None or pair[1].payer == asked.payer
    ]
    for record, fact in granted:
        until = _until(asked, fact)
        covers = fact.since <= asked.on and (until is None or asked.on <= until)
        side = "covers" if covers else "does not cover"
        used = _setting(asked)
        fits = used is None or fact.setting in ("any", used)
        other = "" if fits else f", and the service was {used}"
        yield Found(
            text=f"authorization {fact.reference} for {services_named(fact.services)}, setting "
            f"{fact.setting}, from {fact.since} to {until or 'open'}: {side} {asked.on}{other}",
            records=(record,),
            missing=_what_to_ask(covers=covers, fits=fits),
        )
    if not authorizes(asked):
        yield Found(text=f"{asked.payer or 'the payer'} authorizes nothing beforehand")
    elif not granted:
        yield Found(
            text=f"no authorization of {asked.payer or 'the payer'} is on record",
            missing="record the payer's grant, or ask for one after the fact",
        )


def authorizes(asked: Asked) -> bool:
    """Whether the payer is asked beforehand, or was; where no policy of it is known, it may be."""
    if any(fact.payer == asked.payer for _, fact in asked.case.seen.of(AuthorizationGranted)):
        return True
    known = next((p for p in asked.case.centre.payers if p.name == asked.payer), None)
    policy = policy_for(asked.case, asked.on, known, known.kind if known else None)
    return policy is None or policy.authorization != "none"


def _what_to_ask(*, covers: bool, fits: bool) -> str | None:
    if not fits:
        return "ask the payer to authorize the setting that was used, with the clinical reason"
    return None if covers else "ask for an extension, or for one after the fact"


def _setting(asked: Asked) -> str | None:
    """How the service of the claim was given; None of a request."""
    if asked.claim is None:
        return None
    if asked.claim.inpatient:
        return "inpatient"
    return "office" if asked.claim.form == "CMS-1500" else "outpatient"


def _until(asked: Asked, granted: AuthorizationGranted) -> date | None:
    if granted.until is None:
        return None
    extended = (
        fact.until
        for _, fact in asked.case.seen.of(AuthorizationExtended)
        if (fact.payer, fact.reference) == (granted.payer, granted.reference)
    )
    return max((granted.until, *extended))


@looks_up("request")
def the_requests(asked: Asked) -> Iterator[Found]:
    """What was asked of the payer, when, and with which documents."""
    requests = [
        pair
        for pair in asked.case.seen.of(AuthorizationRequested)
        if asked.payer is None or pair[1].payer == asked.payer
    ]
    for record, fact in requests:
        papers = f"; with {', '.join(fact.documents)}" if fact.documents else ""
        yield Found(
            text=f"asked on {record.day} for {services_named(fact.services)}, request "
            f"{fact.reference or 'without a number'}{papers}",
            records=(record,),
        )
    if not requests:
        yield Found(
            text="no request for authorization is on record",
            missing="record the request that was made, if there was one",
        )


@looks_up("submission")
def the_sendings(asked: Asked) -> Iterator[Found]:
    """Each time that the claim went out, beside the payer's filing limit."""
    sent = sendings(asked.case.seen, asked.claim.key) if asked.claim is not None else ()
    limit = filing_limit(asked)
    for record, fact in sent:
        yield Found(text=_sent(record.day, fact, limit), records=(record,))
    if not sent:
        yield Found(
            text="no sending of this claim is on record",
            missing="record when it was sent and under which control number",
        )
    if limit is not None:
        yield Found(text=f"the directory's filing limit for {asked.payer} is {limit}", aside=True)


def _sent(day: date, fact: ClaimSubmitted, limit: date | None) -> str:
    files = ", ".join(each.control_number for each in fact.sent if each.control_number)
    numbers = f", file control number {files}" if files else ""
    late = "" if limit is None else f", {'in time' if day <= limit else 'after the limit'}"
    return f"sent on {day} (frequency {fact.frequency}{numbers}){late}"


def filing_limit(asked: Asked) -> date | None:
    """The last day on which the claim could be filed, where the directory says so."""
    last = asked.claim.last_day if asked.claim is not None else asked.on
    for payer in asked.case.centre.payers:
        if payer.name == asked.payer and payer.holds(last) and payer.filing_days is not None:
            return last + timedelta(days=payer.filing_days)
    return None
