"""For what the product is given: the referral's words and the documented disease, as the page says.

A referral may name an indication, or only the disease; then the documented code decides. Where
several are left, none is chosen.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.products.profile import Indication
from veinledger.domain.products.treatment import Dose, Regimen
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.case import Case


def referral(case: Case) -> tuple[Record, str] | None:
    """The opening of the encounter and the words that it has for the indication."""
    return next(((record, fact.indication) for record, fact in case.seen.of(EncounterOpened)), None)


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


def indication(case: Case, day: date) -> str | None:
    """The name of the one indication that referral and disease leave on a day."""
    known = named(case, day) or case.product.indications_on(day, case.rules.edition)
    found = case.assessment(day)
    code = found[1].code if found else None
    if len(known) > 1 and code is not None:
        known = tuple(each for each in known if fits(case, each, code, day))
    return known[0].name if len(known) == 1 else None


def regimen(case: Case, day: date) -> Regimen | None:
    """The lymphodepletion that the page has for this encounter's indication on a day."""
    return case.product.regimen(day, case.rules.edition, indication(case, day))


def cell_dose(case: Case, day: date, weight: Decimal | None) -> Dose | None:
    """The cell dose that the page has for this encounter's indication and a weight, kg."""
    return case.product.dose(day, case.rules.edition, indication(case, day), weight)


def _codes(case: Case, meanings: tuple[str, ...], day: date) -> set[str]:
    entries = (case.rules.find(meaning, day) for meaning in meanings)
    return {entry.code for entry in entries if entry is not None}
