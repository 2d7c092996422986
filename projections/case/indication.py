"""For what the product is given: the referral's words and the documented disease, as the page says.

A referral may name an indication, or only the disease; then the documented code decides. Where
several are left, none is chosen. What an indication asks of the therapy before it is read here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from veinledger.domain.facts.disease import (
    DocumentFiled,
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


CITATION: Final = "compendium citation"
"""The kind of a `document.filed` whose reference is where a compendium supports the use."""


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


def regimen(case: Case, day: date) -> Regimen | None:
    """The lymphodepletion that the page has for this encounter's indication on a day."""
    return case.product.regimen(day, case.rules.edition, indication(case, day))


def cell_dose(case: Case, day: date, weight: Decimal | None) -> Dose | None:
    """The cell dose that the page has for this encounter's indication and a weight, kg."""
    return case.product.dose(day, case.rules.edition, indication(case, day), weight)


def meant(case: Case) -> set[str]:
    """The names of the indications that the referral's words fit, whatever their days."""
    found = referral(case)
    return {each.name for each in case.product.indications if found and each.called(found[1])}


def judged_by(case: Case, day: date) -> Indication | None:
    """The indication that the referral names; where its text has ended, the one that is left."""
    names = meant(case)
    if len(names) != 1:
        return None
    in_force = case.product.indications_on(day, case.rules.edition)
    mine = [each for each in in_force if each.name in names]
    if mine:
        return mine[0]
    return in_force[0] if len(in_force) == 1 else None


def ended(case: Case, day: date) -> tuple[Indication, ...]:
    """The indications that the referral may mean and whose text had ended by a day."""
    names, edition = meant(case), case.rules.edition
    known = (each for each in case.product.indications if edition in each.editions)
    return tuple(each for each in known if each.name in names and each.ended(day))


def left_the_label(case: Case, day: date) -> Indication | None:
    """What the referral may mean and the chart shows in full, and no label has any more.

    None where the chart shows in full what the referral may mean of the day's own label, or where
    the documented disease is another.
    """
    if any(is_documented_in_full(case, each, day) for each in named(case, day)):
        return None
    was = (each for each in ended(case, day) if is_documented_in_full(case, each, day))
    return next((each for each in was if _has_its_disease(case, each, day)), None)


@once
def populations(case: Case, day: date) -> tuple[Indication, ...]:
    """By which indications the prior therapy is judged; the one that the chart shows in full.

    Those that the referral may mean and that fit the disease, where none is in force those of the
    day; then those whose text has ended. Several are left where the chart shows none in full.
    """
    mine, today = named(case, day), case.product.indications_on(day, case.rules.edition)
    known = (*_fitting(case, mine or today, day), *ended(case, day))
    full = tuple(each for each in known if is_documented_in_full(case, each, day))
    return full[:1] or (mine and _fitting(case, mine, day)) or today


def _fitting(case: Case, known: tuple[Indication, ...], day: date) -> tuple[Indication, ...]:
    """Those of several that fit the documented code; all of them where none does."""
    found = case.assessment(day)
    code = found[1].code if found else None
    if len(known) < 2 or code is None:
        return known
    return tuple(each for each in known if fits(case, each, code, day)) or known


def _has_its_disease(case: Case, indication: Indication, day: date) -> bool:
    found = case.assessment(day)
    code = found[1].code if found else None
    return code is not None and fits(case, indication, code, day)


def compendium_citation(case: Case, day: date) -> tuple[Record, DocumentFiled] | None:
    """The newest document on or before a day that says where a compendium supports the use."""
    cited = [
        (record, fact)
        for record, fact in case.seen.of(DocumentFiled)
        if record.day <= day and fact.kind.casefold().replace("_", " ") == CITATION
    ]
    return cited[-1] if cited else None


def is_documented_in_full(case: Case, asked: Indication, day: date) -> bool:
    """Whether everything that an indication asks of the prior therapy is on record by a day."""
    asks = asked.lines_least or asked.classes or asked.refractory_to
    missing = (*refractoriness_missing(case, asked), *exposure_missing(case, asked, day))
    return bool(asks) and not missing


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Progression:
    """One document of refractoriness, held against what an indication asks."""

    record: Record
    fact: TherapyRefractorinessDocumented
    within: int | None
    """How many days after the last dose the progression may come; None: any number."""

    @property
    def days(self) -> int:
        """Days from the last dose to the progression; negative where it came during therapy."""
        return (self.fact.progressed_on - self.fact.last_dose).days

    @property
    def before_the_first_dose(self) -> bool:
        """Whether the dates contradict: nobody progresses on a drug before its first dose."""
        first = self.fact.first_dose
        return first is not None and self.fact.progressed_on < first

    @property
    def counts(self) -> bool:
        """Whether the disease progressed on the drug, or soon enough after its last dose."""
        in_time = self.within is None or self.days <= self.within
        return in_time and not self.before_the_first_dose


def progressions(case: Case, asked: Indication) -> tuple[Progression, ...]:
    """What documents that the disease is refractory to the indication's drug, in order."""
    drug = (asked.refractory_to or "").casefold()
    return tuple(
        Progression(record=record, fact=fact, within=asked.refractory_days)
        for record, fact in case.seen.of(TherapyRefractorinessDocumented)
        if fact.drug.casefold() == drug
    )


def refractoriness_missing(case: Case, asked: Indication) -> Iterator[str]:
    """Progression on the drug or soon after its last dose, as the label counts the days."""
    drug, said = asked.refractory_to, progressions(case, asked)
    if drug is None or any(each.counts for each in said):
        return
    timely = [each for each in said if not each.before_the_first_dose]
    if timely:
        yield (
            f"the documented progression came {min(each.days for each in timely)} days after the "
            f"last dose of {drug}, not within {asked.refractory_days}"
        )
    elif said:
        yield f"the documented progression came before the first dose of {drug}"
    else:
        yield f"nothing documents that the disease is refractory to {drug}"


def prior_lines(case: Case, day: date) -> tuple[tuple[Record, TherapyLineRecorded], ...]:
    """The lines of therapy that had begun before a day, in the order of their numbers."""
    begun = [
        pair
        for pair in case.seen.of(TherapyLineRecorded)
        if pair[1].since is None or pair[1].since < day
    ]
    return tuple(sorted(begun, key=lambda pair: pair[1].line))


def lines_with(case: Case, drug: str, day: date) -> tuple[TherapyLineRecorded, ...]:
    """The prior lines that have a drug, by its name in any case, in the order of their numbers."""
    named = drug.casefold()
    return tuple(
        fact
        for _, fact in prior_lines(case, day)
        if any(each.name.casefold() == named for each in fact.drugs)
    )


def drugs_of_class(case: Case, name: str, day: date) -> Mapping[str, tuple[int, ...]]:
    """The drugs of a class in the prior lines, each with the lines that it stands in."""
    found: dict[str, list[int]] = {}
    for _, fact in prior_lines(case, day):
        for drug in fact.drugs:
            if drug.drug_class == CLASSES.get(name):
                found.setdefault(drug.name, []).append(fact.line)
    return {drug: tuple(dict.fromkeys(lines)) for drug, lines in found.items()}


def exposure_missing(case: Case, asked: Indication, day: date) -> Iterator[str]:
    """Fewer prior lines than asked for, and each class of drug that no line has."""
    numbers = {fact.line for _, fact in prior_lines(case, day)}
    if len(numbers) < asked.lines_least:
        yield f"{len(numbers)} of at least {asked.lines_least} prior lines are recorded"
    for name in asked.classes:
        if name in CLASSES and not drugs_of_class(case, name, day):
            yield f"no prior line has a drug of the class {name}"


def _codes(case: Case, meanings: tuple[str, ...], day: date) -> set[str]:
    entries = (case.rules.find(meaning, day) for meaning in meanings)
    return {entry.code for entry in entries if entry is not None}
