"""For what the product is given, and what was tried before it, drug by drug with its days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.disease import (
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.products.profile import Indication
from veinledger.projections.appeals.registry import Asked, Found, looks_up
from veinledger.projections.case.indication import (
    exposure_missing,
    referral,
    refractoriness_missing,
)


@looks_up("indication")
def the_indication(asked: Asked) -> Iterator[Found]:
    """What the label says on the day, and what was documented of the disease by then."""
    found, assessed = referral(asked.case), asked.case.assessment(asked.on)
    judged = asked.judged
    if found is not None:
        labels = "; ".join(f"{each.label}, since {each.since}" for each in judged)
        yield Found(
            text=f"referred for {found[1].replace('_', ' ')}; on {asked.on} the label has: "
            f"{labels or 'nothing'}",
            records=(found[0],),
        )
    if assessed is None:
        yield Found(
            text="no assessment of the disease is on record",
            missing="record the disease with its code and status",
        )
        return
    record, fact = assessed
    code = fact.code or "no code"
    yield Found(text=f"disease on {record.day}: {code}, {fact.status}", records=(record,))


@looks_up("refractoriness")
def the_refractoriness(asked: Asked) -> Iterator[Found]:
    """Exposure and progression day by day, for each drug that the label names."""
    for indication in asked.judged:
        if indication.refractory_to is None:
            continue
        yield from _of_the_drug(asked, indication, indication.refractory_to)
        for missing in refractoriness_missing(asked.case, indication):
            yield Found(
                text=missing,
                missing=f"record the {indication.refractory_to} timeline: first and last dose, "
                "response, the day of progression, the document that says so",
            )


def _of_the_drug(asked: Asked, indication: Indication, drug: str) -> Iterator[Found]:
    for record, fact in asked.case.seen.of(TherapyRefractorinessDocumented):
        if fact.drug.casefold() != drug.casefold():
            continue
        days = (fact.progressed_on - fact.last_dose).days
        within = indication.refractory_days
        reach = f", {'within' if days <= within else 'not within'} {within}" if within else ""
        first = fact.first_dose or "a day that nobody told"
        by = f"; document {fact.document}" if fact.document else "; no document is named"
        yield Found(
            text=f"{fact.drug} from {first} to {fact.last_dose}, progression on "
            f"{fact.progressed_on}, {_after(days)}{reach}{by}",
            records=(record,),
        )


def _after(days: int) -> str:
    return (
        f"{days} days after the last dose" if days >= 0 else f"on it, {-days} days before its end"
    )


@looks_up("prior_lines")
def the_prior_lines(asked: Asked) -> Iterator[Found]:
    """Every earlier line with its drugs by class, and what the label's text misses in them."""
    for record, fact in asked.case.seen.of(TherapyLineRecorded):
        if fact.since is not None and fact.since >= asked.on:
            continue
        lacks = " and ".join(_lacks(fact))
        yield Found(text=_line(fact), records=(record,))
        if lacks:
            yield Found(
                text=f"line {fact.line} has no {lacks}",
                records=(record,),
                missing="complete the line from the chart by a correction",
            )
    missing = dict.fromkeys(
        each
        for indication in asked.judged
        for each in exposure_missing(asked.case, indication, asked.on)
    )
    for each in missing:
        yield Found(text=each, missing="record the line or the drug that the chart shows")


def _line(fact: TherapyLineRecorded) -> str:
    drugs = ", ".join(
        f"{drug.name} ({drug.drug_class}{_span(drug.first_dose, drug.last_dose)})"
        for drug in fact.drugs
    )
    response = f"; best response {fact.response}" if fact.response else ""
    stopped = f"; stopped: {fact.reason_stopped}" if fact.reason_stopped else ""
    days = _span(fact.since, fact.until)
    return f"line {fact.line}, {fact.regimen}{days}: {drugs}{response}{stopped}"


def _span(since: date | None, until: date | None) -> str:
    if since is None and until is None:
        return ""
    return f", {since or 'unknown'} to {until or 'unknown'}"


def _lacks(fact: TherapyLineRecorded) -> Iterator[str]:
    if fact.since is None or fact.until is None:
        yield "first and last day"
    if fact.response is None:
        yield "best response"
    if fact.reason_stopped is None:
        yield "reason why it was stopped"
