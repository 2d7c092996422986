"""Diagnoses of claims A to D: what was documented, in the order that the book asks for.

A grade or a finding is not a diagnosis: a grade gives its own code and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.toxicity import ConditionDocumented, CrsGraded, IcansGraded
from veinledger.domain.reports import Record
from veinledger.domain.values import day_of
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, basis, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.shapes import Coded, Role
from veinledger.projections.claims.told import told, word

MYELOMA: Final = {
    "not in remission": "myeloma_not_in_remission",
    "in remission": "myeloma_in_remission",
    "in relapse": "myeloma_in_relapse",
}
TOXICITY: Final = "CRS/ICANS"
Graded = CrsGraded | IcansGraded


@rule("A", "C", source="page: Claims A and C; research/codes.md R34, R42")
def the_documented_disease_goes_first(bill: Bill) -> Iterator[Said]:
    """What was last documented on or before the day of service; nothing is guessed."""
    yield disease(bill, "secondary" if _for_toxicity(bill) else _first(bill))


@rule("B", source="ICD-10-CM guideline I.C.2.e.2; research/codes.md R41")
def an_encounter_for_chemotherapy_says_so(bill: Bill) -> Iterator[Said]:
    """Chemotherapy first and the malignancy second, or as the edition orders them."""
    position = bill.case.rules.find("chemotherapy_encounter_position", bill.last_day)
    differs = told(bill.case.rules.differs("chemotherapy_encounter_position", bill.last_day))
    chemotherapy_first = position is None or position.code == "first"
    roles: tuple[Role, Role] = (_first(bill), "secondary")
    first, second = roles if chemotherapy_first else roles[::-1]
    stands = As(role=first, records=bill.services, day=bill.anchor.day)
    yield coded(bill, "chemotherapy_encounter", stands, differs)
    yield disease(bill, second)


@rule("C", "D", source="ICD-10-CM code first notes; Medicare Code Editor; research/codes.md R40")
def a_stay_for_toxicity_is_led_by_what_the_book_allows(bill: Bill) -> Iterator[Said]:
    """CRS and ICANS are never principal; what is, the edition says."""
    if not _for_toxicity(bill):
        return
    entry = bill.case.rules.find("toxicity_readmission_principal", bill.last_day)
    if entry is not None:
        yield from LEADING[entry.code](bill, entry)


@rule("D", source="UHDDS principal diagnosis; house rule: nothing is guessed")
def another_stay_is_led_by_what_its_coder_put_first(bill: Bill) -> Iterator[Said]:
    """The first condition of the discharge, else the confirmed reason for the admission."""
    if _for_toxicity(bill):
        return
    stay = bill.stay
    listed = stay.discharge.conditions if stay and stay.discharge else ()
    reason = stay.admission.admitting_condition if stay else None
    for record, condition in (
        *((stay.discharged, each) for each in listed if stay and stay.discharged),
        *(((stay.admitted, reason),) if stay and reason else ()),
    ):
        if condition.code is not None and condition.certainty == "confirmed":
            yield documented(bill, record, condition, _first(bill))
            return
    yield finding(
        (bill.anchor,),
        "no documented condition says why the patient came",
        "have the coder report the discharge's conditions, principal diagnosis first",
    )


@rule("C", "D", source="ICD-10-CM code first notes; research/codes.md R35, R36, R39")
def each_toxicity_is_coded_at_its_peak_behind_its_cause(bill: Bill) -> Iterator[Said]:
    """The complication of the cells, then CRS and ICANS, each once at its highest grade."""
    found = _peaks(bill)
    if not found:
        return
    records = tuple(record for record, _, _ in found)
    complication = As(role="secondary", records=records, day=bill.first_day)
    yield coded(bill, "immune_effector_complication", complication)
    for record, fact, name in found:
        stands = As(
            role="secondary",
            records=(record,),
            day=record.day,
            present=_present(bill, record, fact),
        )
        yield coded(bill, f"{name}_grade_{fact.grade}", stands)


@rule("C", "D", source="house rule: a diagnosis code needs a documented condition")
def documented_conditions_stand_behind(bill: Bill) -> Iterator[Said]:
    """Every confirmed condition of the stay or of its days, once."""
    for record, condition in conditions(bill):
        if condition.code is not None and condition.certainty == "confirmed":
            yield documented(bill, record, condition, "secondary")


def disease(bill: Bill, role: Role) -> Said:
    """The disease as last documented, as a code in a role, or a query where nothing was."""
    found = bill.case.assessment(bill.anchor.day)
    if found is None:
        return finding(
            (bill.anchor,),
            "no assessment of the disease stands on or before the day of service",
            "report the documented status of the disease with its code",
        )
    record, fact = found
    if fact.code is None:
        stands = As(role=role, records=(record,), day=bill.anchor.day)
        return coded(bill, MYELOMA[fact.status], stands)
    return documented(bill, record, Condition(code=fact.code), role)


def documented(bill: Bill, record: Record, condition: Condition, role: Role) -> Coded:
    """A code as somebody documented it, under the book's label where the book has one."""
    code = condition.code or ""
    rules, on = bill.case.rules, bill.coding_day(bill.anchor.day)
    known = rules.book.carrying("ICD-10-CM", code, on=on, edition=rules.edition)
    return Coded(
        basis=basis((record,), known[0] if known else None),
        code=code,
        label=known[0].label if known else "as documented",
        role=role,
        present_on_admission=condition.present_on_admission,
        confidence=known[0].confidence if known else "high",
    )


def conditions(bill: Bill) -> Iterator[tuple[Record, Condition]]:
    """What was documented in the stay or on the days of service, or for its account."""
    stay = bill.stay
    if stay is not None and stay.admission.admitting_condition is not None:
        yield stay.admitted, stay.admission.admitting_condition
    if stay is not None and stay.discharged is not None and stay.discharge is not None:
        yield from ((stay.discharged, each) for each in stay.discharge.conditions)
    for record, fact in bill.case.seen.of(ConditionDocumented):
        account = fact.account
        if account == bill.account if account is not None else bill.covers(record.day):
            yield record, fact.condition


def _complication_first(bill: Bill, entry: Entry) -> Iterator[Said]:
    records = (bill.anchor, *(record for record, _, _ in _peaks(bill)))
    differs = told(bill.case.rules.differs("toxicity_readmission_principal", bill.last_day))
    for meaning in entry.parts:
        yield coded(bill, meaning, As(role=_first(bill), records=records), differs)


def _manifestation_only(bill: Bill, entry: Entry) -> Iterator[Said]:
    """A documented condition of one of the families that the edition lists, or a hold."""
    listed = (bill.case.rules.find(part, bill.last_day) for part in entry.parts)
    families = {each.code.partition(".")[0] for each in listed if each is not None}
    differs = told(bill.case.rules.differs("toxicity_readmission_principal", bill.last_day))
    for record, condition in conditions(bill):
        family = (condition.code or "").partition(".")[0]
        if family in families and condition.certainty == "confirmed":
            yield replace(documented(bill, record, condition, _first(bill)), differs=differs)
            return
    yield from differs
    found = finding(
        (bill.anchor,),
        f"{entry.label.lower()} [{entry.row}]: none of {', '.join(sorted(families))} is documented",
        f"have the coder choose the principal diagnosis; {entry.consequence}",
    )
    yield replace(found, source=word(entry))


LEADING: Final[dict[str, Callable[[Bill, Entry], Iterator[Said]]]] = {
    "complication_first": _complication_first,
    "manifestation_only": _manifestation_only,
}
"""By the word of the code book's `toxicity_readmission_principal`."""


def _peaks(bill: Bill) -> list[tuple[Record, Graded, str]]:
    """The highest grade of each syndrome in the stay or on the days of service; the first such."""
    seen = bill.case.seen
    crs: list[tuple[Record, Graded, str]] = [(r, f, "crs") for r, f in seen.of(CrsGraded)]
    icans: list[tuple[Record, Graded, str]] = [(r, f, "icans") for r, f in seen.of(IcansGraded)]
    here = ([each for each in graded if bill.covers(each[0].day)] for graded in (crs, icans))
    return [max(graded, key=lambda each: each[1].grade) for graded in here if graded]


def _present(bill: Bill, record: Record, fact: Graded) -> str | None:
    """Whether it was there on admission, as far as its onset says; that day leaves it open."""
    if bill.stay is None:
        return None
    onset = day_of(fact.onset[:10]) if fact.onset else record.day
    admitted = bill.stay.admitted.day
    if onset > admitted:
        return "N"
    return "Y" if onset < admitted or _for_toxicity(bill) else None


def _for_toxicity(bill: Bill) -> bool:
    if bill.stay is not None:
        return bill.stay.admission.reason == TOXICITY
    return bill.kind == "D"


def _first(bill: Bill) -> Role:
    return "principal" if bill.inpatient else "first-listed"
