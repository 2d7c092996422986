"""For what the product is given: the referral's words and the documented disease, as the page says.

A referral may name an indication, or only the disease; then the documented code decides. Where
several are left, none is chosen. What an indication asks of the therapy before it is read here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from veinledger.domain.facts.disease import (
    DrugClass,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.products.profile import Indication
from veinledger.domain.products.treatment import Dose, Regimen
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once

CLASSES: Final[dict[str, DrugClass]] = {
    "proteasome inhibitor": "PI",
    "immunomodulator": "IMiD",
    "anti-CD38 antibody": "anti-CD38",
    "BTK inhibitor": "BTK inhibitor",
}
"""A class as a product page calls it, and as a therapy line does; no line can name another."""


def referral(case: Case) -> tuple[Record, str] | None:
    """The opening of the encounter and the words that it has for the indication."""
    return next(((record, fact.indication) for record, fact in case.seen.of(EncounterOpened)), None)


@once
def named(case: Case, day: date) -> tuple[Indication, ...]:
    """The indications in force on a day that the referral may mean."""
    found = referral(case)
    edition = case.rules.edition
    return case.product.indications_called(found[1], day, edition) if found else ()


def fits(case: Case, indication: Indication, code: str, day: date) -> bool:
    """Whether a diagnosis code is one of an indication's own, or stands in one of its families."""
    own, never = _codes(case, indication.diagnoses, day), _codes(case, indication.not_for, day)
    in_a_family = any(code.startswith(family) for family in indication.families)
    return code in own or (in_a_family and code not in never)


@once
def indication(case: Case, day: date) -> str | None:
    """The name of the one indication that referral and disease leave on a day."""
    known = named(case, day) or case.product.indications_on(day, case.rules.edition)
    found = case.assessment(day)
    code = found[1].code if found else None
    if len(known) > 1 and code is not None:
        known = tuple(each for each in known if fits(case, each, code, day))
    return known[0].name if len(known) == 1 else None


def indicated(case: Case, day: date) -> Indication | None:
    """The one indication that referral and disease leave on a day, as the page has it."""
    name = indication(case, day)
    known = case.product.indications_on(day, case.rules.edition)
    return next((each for each in known if each.name == name), None)


def regimen(case: Case, day: date) -> Regimen | None:
    """The lymphodepletion that the page has for this encounter's indication on a day."""
    return case.product.regimen(day, case.rules.edition, indication(case, day))


def cell_dose(case: Case, day: date, weight: Decimal | None) -> Dose | None:
    """The cell dose that the page has for this encounter's indication and a weight, kg."""
    return case.product.dose(day, case.rules.edition, indication(case, day), weight)


def is_documented_in_full(case: Case, asked: Indication, day: date) -> bool:
    """Whether everything that an indication asks of the prior therapy is on record by a day."""
    asks = asked.lines_least or asked.classes or asked.refractory_to
    missing = (*refractoriness_missing(case, asked), *exposure_missing(case, asked, day))
    return bool(asks) and not missing


def refractoriness_missing(case: Case, asked: Indication) -> Iterator[str]:
    """Progression on the drug or soon after its last dose, as the label counts the days."""
    drug, within = asked.refractory_to, asked.refractory_days
    if drug is None:
        return
    said = [fact for _, fact in refractory(case, asked)]
    if not said:
        yield f"nothing documents that the disease is refractory to {drug}"
    elif within is not None and not any(days_to_progression(fact) <= within for fact in said):
        soonest = min(days_to_progression(fact) for fact in said)
        yield (
            f"the documented progression came {soonest} days after the last dose of {drug}, "
            f"not within {within}"
        )


def exposure_missing(case: Case, asked: Indication, day: date) -> Iterator[str]:
    """Fewer prior lines than asked for, and each class of drug that no line has."""
    lines = lines_before(case, day)
    numbers = {fact.line for _, fact in lines}
    if len(numbers) < asked.lines_least:
        yield f"{len(numbers)} of at least {asked.lines_least} prior lines are recorded"
    given = {drug.drug_class for _, fact in lines for drug in fact.drugs}
    for name in asked.classes:
        if name in CLASSES and CLASSES[name] not in given:
            yield f"no prior line has a drug of the class {name}"


def lines_before(case: Case, day: date) -> tuple[tuple[Record, TherapyLineRecorded], ...]:
    """The prior lines that are on record and did not begin on or after a day."""
    return tuple(p for p in case.seen.of(TherapyLineRecorded) if _began_before(p[1], day))


def refractory(
    case: Case, asked: Indication
) -> tuple[tuple[Record, TherapyRefractorinessDocumented], ...]:
    """What documents that the disease is refractory to the drug that an indication names."""
    drug = (asked.refractory_to or "").casefold()
    said = case.seen.of(TherapyRefractorinessDocumented)
    return tuple(pair for pair in said if pair[1].drug.casefold() == drug)


def days_to_progression(fact: TherapyRefractorinessDocumented) -> int:
    """Days from the last dose of the drug to the progression; negative where it came before."""
    return (fact.progressed_on - fact.last_dose).days


def _began_before(fact: TherapyLineRecorded, day: date) -> bool:
    return fact.since is None or fact.since < day


def _codes(case: Case, meanings: tuple[str, ...], day: date) -> set[str]:
    entries = (case.rules.find(meaning, day) for meaning in meanings)
    return {entry.code for entry in entries if entry is not None}
