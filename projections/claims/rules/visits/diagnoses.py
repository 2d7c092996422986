"""Diagnoses of a visit: documented conditions, else signs, then the disease and the status.

A finding is not a diagnosis: it has a sign's code or none, and its provider is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from veinledger.domain.codebook.book import Difference
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule, takes_a_code
from veinledger.projections.claims.rules.diagnoses.disease import disease
from veinledger.projections.claims.rules.diagnoses.documented import documented
from veinledger.projections.claims.rules.visits.conditions import confirmed
from veinledger.projections.claims.rules.visits.doubts import (
    DOCUMENTED,
    are_coded_as_documented,
    as_settled,
    in_words,
    resolved,
)
from veinledger.projections.claims.shapes import Coded, Differs
from veinledger.projections.claims.told import told

RANK_OF_THE_DISEASE: Final = 20
RANK_OF_THE_STATUS: Final = 70
COMPLICATION: Final = 30
RANKS: Final = {"immune_effector_complication": COMPLICATION, "crs": 31, "icans": 32}
"""By how a meaning begins; the complication of the cells goes before what it is of."""
OTHERWISE: Final = 50


@rule("E", "E0", source="ICD-10-CM guideline IV.G to IV.J; page: Claims E+; evidence R37, R38, R43")
def a_visit_is_coded_by_what_was_documented(bill: Bill) -> Iterator[Said]:
    """In the order of the edition; whatever comes first is first-listed."""
    order = bill.case.rules.find("visit_diagnoses", bill.last_day)
    if order is not None:
        yield from _first_leads(ORDER[order.code](bill))


@rule("E", "E0", source="house rule: a finding is not a diagnosis; evidence R37")
def findings_without_a_diagnosis_are_a_query(bill: Bill) -> Iterator[Said]:
    """What was found is told to the coder; a diagnosis is never guessed from it."""
    for record, fact in bill.of(NeurologyVisitCompleted):
        use = bill.case.rules.find("parkinsonism_code_use", record.day)
        diagnosed = bool(confirmed(bill))
        if not fact.findings or diagnosed or use is None or use.code != DOCUMENTED:
            continue
        signs = dict.fromkeys(_sign(bill, record, text) for text in fact.findings)
        here = ", ".join(sign.code for sign in signs if sign)
        other = bill.case.elsewhere.rules.find("parkinsonism_after_car_t", record.day)
        yield from told(
            bill.case.rules.differs("parkinsonism_code_use", record.day),
            f"{here} for signs" if here else "nothing without a documented condition",
            other.code if other else None,
        )
        yield finding(
            (record,),
            "the visit has findings and no documented condition",
            "ask the provider whether the findings have a diagnosis, and which; a finding without "
            "a sign code of its own stands on no claim",
            severity="notice",
            holds=False,
        )


@takes_a_code
@rule("E", "E0", source="house rule: nothing is guessed; evidence R37")
def a_condition_in_words_waits_for_its_code(bill: Bill) -> Iterator[Said]:
    """A confirmed diagnosis without a code would be missing on the claim."""
    if not are_coded_as_documented(bill):
        return
    for record, condition in confirmed(bill):
        if condition.code is None:
            yield in_words(bill, record).found


@rule("E", "E0", source="evidence R43")
def a_status_that_the_other_edition_alone_puts_here_is_told(bill: Bill) -> Iterator[Said]:
    """Before the infusion there is nothing to be a status of."""
    there = bill.case.elsewhere.rules
    use = there.find("surveillance_status_use", bill.last_day)
    if use is not None and use.code == "every_visit" and not _status_is_due(bill):
        code = there.find("surveillance_status", bill.last_day)
        difference = bill.case.rules.differs("surveillance_status_use", bill.last_day)
        yield from told(difference, "nothing", code.code if code else None)


def _as_sources_say(bill: Bill) -> Iterator[Said]:
    """Documented, else signs, before the disease; the baseline is about the disease."""
    clinical = [*_complication(bill), *_ranked(bill)] or list(_signs(bill))
    about = list(_disease(bill, clinical))
    baseline = bill.kind == "E0"
    yield from (*about, *clinical) if baseline else (*clinical, *about)
    if _status_is_due(bill):
        yield _status(bill)


def _as_the_page_prints(bill: Bill) -> Iterator[Said]:
    """Documented conditions of the visit, the page's label on findings, and the status."""
    visits = tuple(bill.of(NeurologyVisitCompleted))
    for record, fact in visits:
        for condition in fact.conditions:
            if condition.code is not None and condition.certainty == "confirmed":
                yield documented(bill, *as_settled(bill, (record, condition)), "secondary")
    for record, fact in visits:
        use = bill.case.rules.find("parkinsonism_code_use", record.day)
        if fact.findings and use is not None and use.code == "visits_with_findings":
            yield _parkinsonism(bill, record)
    yield _status(bill)
    there = disease(bill, "secondary")
    if isinstance(there, Coded):
        yield from told(_order_differs(bill), "nothing", there.code)


ORDER: Final[dict[str, Callable[[Bill], Iterator[Said]]]] = {
    "documented_or_signs_then_disease": _as_sources_say,
    "documented_then_label": _as_the_page_prints,
}
"""By the word of the code book's `visit_diagnoses`."""


def _first_leads(said: Iterable[Said]) -> Iterator[Said]:
    led = False
    for each in said:
        if isinstance(each, Coded) and not led:
            led = True
            yield replace(each, role="first-listed")
        else:
            yield each


def _ranked(bill: Bill) -> list[Coded]:
    """The documented conditions that have a code, what another must precede behind it."""
    found = [
        documented(bill, record, condition, "secondary", _rank(bill, condition.code))
        for record, condition in resolved(bill)
        if condition.code is not None
    ]
    return sorted(found, key=lambda each: each.rank)


@once
def _rank(bill: Bill, code: str) -> int:
    rules = bill.case.rules
    known = rules.book.carrying("ICD-10-CM", code, on=bill.last_day, edition=rules.edition)
    ranks = (
        rank for entry in known for begin, rank in RANKS.items() if entry.meaning.startswith(begin)
    )
    return next(ranks, OTHERWISE)


def _complication(bill: Bill) -> Iterator[Said]:
    """The complication of the cells before documented CRS or ICANS, by phase of treatment."""
    rules, on = bill.case.rules, bill.last_day
    known = [(record, condition.code) for record, condition in resolved(bill) if condition.code]
    if not known:
        return
    listed = rules.find("coded_behind_the_complication", on)
    entries = (rules.find(part, on) for part in (listed.parts if listed else ()))
    codes = {entry.code for entry in entries if entry is not None}
    records = tuple(record for record, code in known if code in codes)
    if not records or any(_rank(bill, code) == COMPLICATION for _, code in known):
        return
    phases = (fact.phase_of_treatment for _, fact in bill.of(NeurologyVisitCompleted))
    phase = rules.find("complication_at_a_visit", on, next(filter(None, phases), None))
    for meaning in phase.parts if phase else ():
        stands = As(
            role="secondary", records=records, day=bill.anchor.day, rank=min(RANKS.values())
        )
        yield coded(bill, meaning, stands)


def _signs(bill: Bill) -> Iterator[Said]:
    for record, fact in bill.of(NeurologyVisitCompleted):
        for text in fact.findings:
            if _sign(bill, record, text) is not None:
                stands = As(role="secondary", records=(record,), day=record.day, key=_key(text))
                yield coded(bill, SIGN, stands, ())


def _sign(bill: Bill, record: Record, text: str) -> Entry | None:
    return bill.case.rules.find(SIGN, record.day, _key(text))


SIGN: Final = "visit_sign"


def _key(text: str) -> str:
    """A finding as the code book has it; only the whole text counts, for `no tremor` is none."""
    return " ".join(text.casefold().split())


def _disease(bill: Bill, clinical: list[Said]) -> Iterator[Said]:
    """The disease as last assessed; without an assessment a query, where nothing else is listed."""
    said = _disease_as_settled(bill)
    if isinstance(said, Finding):
        yield from () if clinical else (said,)
    elif isinstance(said, Coded):
        family = said.code[:-1]
        if not any(isinstance(each, Coded) and each.code[:-1] == family for each in clinical):
            differs = (*said.differs, *told(_order_differs(bill), said.code, "nothing"))
            ranked = said.rank == RANK_OF_THE_DISEASE and differs == said.differs
            yield said if ranked else replace(said, rank=RANK_OF_THE_DISEASE, differs=differs)


def _disease_as_settled(bill: Bill) -> Said:
    """As last assessed, or by the code that a coder chose in place of the assessed one."""
    said, found = disease(bill, "secondary"), bill.case.assessment(bill.anchor.day)
    if found is None or not isinstance(said, Coded):
        return said
    told = as_settled(bill, (found[0], Condition(code=said.code)))
    same = told[1].code == said.code
    return said if same else documented(bill, *told, "secondary", RANK_OF_THE_DISEASE)


def _order_differs(bill: Bill) -> Difference | None:
    return bill.case.rules.differs("visit_diagnoses", bill.last_day)


def _status_is_due(bill: Bill) -> bool:
    use = bill.case.rules.find("surveillance_status_use", bill.last_day)
    return use is not None and (use.code == "every_visit" or bill.kind == "E")


def _status(bill: Bill) -> Said:
    """The status code; it rests on the visits, and on the infusion where there was one."""
    rules, day = bill.case.rules, bill.anchor.day
    records = (
        *bill.services,
        *(record for record, _ in bill.case.infusions()[:1] if bill.kind == "E"),
    )
    differs = told(rules.differs("surveillance_status", day))
    if bill.kind == "E0":
        entry = rules.find("surveillance_status", day)
        use = rules.differs("surveillance_status_use", day)
        differs = told(use, entry.code if entry else None, "nothing")
    stands = As(role="secondary", records=records, day=day, rank=RANK_OF_THE_STATUS)
    return coded(bill, "surveillance_status", stands, differs)


def _parkinsonism(bill: Bill, visit: Record) -> Said:
    entry = bill.case.rules.find("parkinsonism_after_car_t", visit.day)
    differs: tuple[Differs, ...] = told(
        bill.case.rules.differs("parkinsonism_code_use", visit.day),
        entry.code if entry else None,
        "nothing without a documented condition",
    )
    stands = As(role="secondary", records=(visit,), day=visit.day)
    return coded(bill, "parkinsonism_after_car_t", stands, differs)
