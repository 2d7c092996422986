"""For what the product is given: one indication, which was on the label on the day."""

from __future__ import annotations

from datetime import date

from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import (
    compendium_citation,
    ended,
    exposure_missing,
    fits,
    is_documented_in_full,
    left_the_label,
    meant,
    named,
    referral,
    refractoriness_missing,
)
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met
from veinledger.projections.gates.rules.patient.saying import doubt, either, name_of


@gate
def the_referral_says_for_which_indication(asked: Asked) -> Found:
    """`myeloma` may mean two; each asks for another prior therapy."""
    case, on = asked.case, asked.on
    records = _opening(case)
    mine = named(case, on)
    left = _fitting(case, mine, on)
    if len(left) == 1:
        why = "" if len(mine) == 1 else ", by the documented diagnosis"
        return met(f"{left[0].label}{why}", *records)
    if left:
        return not_met(_open(case, left, on), *records)
    if ended(case, on):
        return met(f"{either(ended(case, on))}, whose text has ended", *records)
    return not_asked("the referral names no indication of the day; see the gate about the label")


@gate
def the_indication_is_on_the_label_on_the_day(asked: Asked) -> Found:
    """An indication that came later, or that the product never had, is off label."""
    case, on = asked.case, asked.on
    records, mine = _opening(case), named(case, on)
    brand = case.product.brand
    if mine:
        said = "; ".join(f"{each.label}, from {each.since} {_on(each)}" for each in mine)
        return met(f"on the label of {brand}: {said}", *records)
    if ended(case, on):
        return not_asked(f"{either(ended(case, on))} left the label; that is a gate of its own")
    cited = compendium_citation(case, on)
    if cited is not None:
        return met(f"{_never(case, on)}; {_cited(cited)}", *records, cited[0])
    today = case.product.indications_on(on, case.rules.edition)
    on_it = "; ".join(each.label for each in today) or "no indication"
    return not_met(f"{_never(case, on)}; on {on} the label of {brand} has: {on_it}", *records)


@gate
def a_population_that_left_the_label_is_asked_about(asked: Asked) -> Found:
    """A referral from before the label changed: whether the chart shows what it asks now."""
    case, on = asked.case, asked.on
    left = left_the_label(case, on)
    was = (left,) if left is not None else () if named(case, on) else ended(case, on)
    if not was:
        return not_asked("the referral's words name no indication whose text has ended")
    today = case.product.indications_on(on, case.rules.edition)
    full = next((each for each in today if is_documented_in_full(case, each, on)), None)
    told = f"{either(was)} left the label on {was[-1].until} {_on(was[-1])}"
    if full is not None:
        return met(
            f"{told}; the chart shows {name_of(full)} in full, on the label from {full.since}",
            *_opening(case),
        )
    cited = compendium_citation(case, on)
    if cited is not None:
        return met(f"{told}; {_held(case, was, on)}; {_cited(cited)}", *_opening(case), cited[0])
    lacks = " / ".join(f"{name_of(each)}, where {_lacks(case, each, on)}" for each in today)
    mine = _held(case, was, on)
    return not_met(f"{told}; {mine}; on the label now: {lacks}", *_opening(case))


def _open(case: Case, left: tuple[Indication, ...], on: date) -> str:
    shown = [each for each in left if is_documented_in_full(case, each, on)]
    told = f"the chart shows {either(shown)} in full" if shown else "the chart shows none in full"
    return f"the referral may mean {either(left)}, each with another prior therapy; {told}"


def _fitting(case: Case, known: tuple[Indication, ...], on: date) -> tuple[Indication, ...]:
    found = case.assessment(on)
    code = found[1].code if found else None
    if code is None:
        return known
    return tuple(each for each in known if fits(case, each, code, on)) or known


def _never(case: Case, on: date) -> str:
    names, edition = meant(case), case.rules.edition
    later = [
        each
        for each in case.product.indications
        if each.name in names and edition in each.editions and each.since > on
    ]
    if later:
        first = min(later, key=lambda each: each.since)
        return f"{name_of(first)} comes onto the label on {first.since} only {_on(first)}"
    return "the referral's words name no indication that the product has had"


def _held(case: Case, was: tuple[Indication, ...], on: date) -> str:
    full = [each for each in was if is_documented_in_full(case, each, on)]
    if full:
        return f"the chart shows {either(full)} in full"
    return f"the chart does not show {either(was)} in full either"


def _cited(cited: tuple[Record, DocumentFiled]) -> str:
    return f"the compendium citation {cited[1].reference} is on file"


def _lacks(case: Case, each: Indication, on: date) -> str:
    return " and ".join((*refractoriness_missing(case, each), *exposure_missing(case, each, on)))


def _on(indication: Indication) -> str:
    return doubt(indication.confidence, indication.row)


def _opening(case: Case) -> tuple[Record, ...]:
    found = referral(case)
    return (found[0],) if found else ()
