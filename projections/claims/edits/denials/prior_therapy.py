"""Denials 2 and 3: the prior therapy that the label's population is made of is not documented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.products.profile import Indication
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import (
    exposure_missing,
    judged_by,
    meant,
    referral,
    refractoriness_missing,
)
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit

TWO: Final = 2
LABEL: Final = "label of 2024-04-05, rows R76 and R87"


@edit("C", denial=2, source=f"page: denial 2; IMWG, progression within 60 days; {LABEL}")
def a_patient_is_documented_as_refractory_where_the_label_asks(draft: Draft) -> Iterator[Finding]:
    """The second line: refractory to the label's drug, and the classes that it names."""
    case, infused = draft.bill.case, next(draft.bill.of(CellsInfused), None)
    judged = judged_by(case, infused[0].day) if infused else None
    if infused is None or judged is None or judged.refractory_to is None:
        return
    missing = [
        *refractoriness_missing(case, judged),
        *exposure_missing(case, judged, infused[0].day),
    ]
    if missing:
        ended = _documented_before_its_end(case, judged, infused[0].day)
        yield say(
            (*_opening(case), infused[0].key),
            "; ".join((*missing, *ended)),
            f"record the {judged.refractory_to} timeline (first and last dose, response, the day "
            "of progression, the document that says so) and each prior line by class with its "
            "dates; where the chart does not show it, ask the payer before the claim goes out",
            holds=not ended,
        )


@edit("C", denial=3, source=f"page: denial 3; {LABEL}")
def prior_lines_are_documented_in_every_class_of_the_label(draft: Draft) -> Iterator[Finding]:
    """The fourth line, and any other: as many lines as asked for, with each class named."""
    case, infused = draft.bill.case, next(draft.bill.of(CellsInfused), None)
    judged = judged_by(case, infused[0].day) if infused else None
    if infused is None or judged is None or judged.refractory_to is not None:
        return
    missing = tuple(exposure_missing(case, judged, infused[0].day))
    if missing:
        yield say(
            (*_opening(case), infused[0].key),
            "; ".join(missing),
            "record every prior line with its drugs by class, first and last day, best response "
            "and why it was stopped; a class that was never given is off label: ask the payer",
            holds=judged.confidence != "unverified",
        )


@edit("C", source=f"page: document the indication's own gate in the request; {LABEL}")
def the_referral_says_for_which_indication(draft: Draft) -> Iterator[Finding]:
    """`myeloma` may mean two: then nobody can say which prior therapy the claim has to show."""
    case, infused = draft.bill.case, next(draft.bill.of(CellsInfused), None)
    found = referral(case)
    if infused is None or found is None or len(meant(case)) < TWO:
        return
    day = infused[0].day
    known = case.product.indications_on(day, case.rules.edition)
    wanted = " or ".join(each.name for each in known) or "nothing on its page"
    yield say(
        (found[0].key, infused[0].key),
        f"the referral may mean {' or '.join(sorted(meant(case)))}; each asks for another prior "
        "therapy, and so none was looked at",
        f"name the indication in the referral; on {day} {case.product.brand} has {wanted}",
    )


def _documented_before_its_end(case: Case, judged: Indication, day: date) -> tuple[str, ...]:
    """Whether the named indication, whose text has ended, is documented in full."""
    for each in case.product.indications:
        mine = each.name in meant(case) and each.name != judged.name
        if mine and each.ended(day) and not tuple(exposure_missing(case, each, day)):
            return (
                f"{each.name.replace('_', ' ')} is documented, and since {each.until} the label is "
                f"read as asking for more [{each.row}, {each.confidence} confidence]",
            )
    return ()


def _opening(case: Case) -> tuple[str, ...]:
    found = referral(case)
    return (found[0].key,) if found else ()
