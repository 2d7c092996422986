"""What leads claims C and D: the reason for the stay or visit after study, as documented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.groups import Condition
from veinledger.domain.findings import Finding
from veinledger.domain.rules import Rules
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.chosen import Answer, answer
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule, takes_a_code
from veinledger.projections.claims.rules.diagnoses.choice import choice
from veinledger.projections.claims.rules.diagnoses.conditions import (
    Told,
    admission,
    confirmed,
    discharge_list,
)
from veinledger.projections.claims.rules.diagnoses.disease import disease_of, first_role
from veinledger.projections.claims.rules.diagnoses.documented import RANKS, documented
from veinledger.projections.claims.rules.diagnoses.doubts import resolved
from veinledger.projections.claims.rules.diagnoses.lists import (
    checked,
    codes_in,
    is_the_disease,
)
from veinledger.projections.claims.rules.diagnoses.order import (
    cannot_lead,
    coders_lead,
    first_listed,
    unfit_to_lead,
    what_is_first_says_too_little,
)
from veinledger.projections.claims.rules.diagnoses.syndromes import (
    cells_went_before,
    for_toxicity,
    leads_by_complication,
    names_a_syndrome,
    syndromes,
)
from veinledger.projections.claims.rules.diagnoses.toxicity import (
    another_cause,
    complication,
    complication_may_lead,
    listed_complication,
)
from veinledger.projections.claims.shapes import Coded, Differs
from veinledger.projections.claims.told import told, word

ANOTHER: Final = "another_stay_is_led_by_what_its_coder_put_first"
FOR_TOXICITY: Final = "a_stay_for_toxicity_is_led_by_what_the_book_allows"


@rule("C", source="page: Claim C; ICD-10-CM guideline I.C.2.e.2; evidence R34, R42")
def the_infusion_is_led_by_the_disease_or_by_immunotherapy(bill: Bill) -> Iterator[Said]:
    """As the book chooses for the site: both are allowed, and the group is the same.

    A stay for CRS or ICANS that took the infusion in by the payment window is led by what brought
    the patient in; the disease stands behind.
    """
    if for_toxicity(bill):
        yield from disease_behind(bill)
        return
    entry = bill.case.rules.find("infusion_principal_diagnosis", bill.last_day)
    if entry is None or entry.code != "immunotherapy_encounter":
        yield disease_of(bill, first_role(bill))
        return
    stands = As(role=first_role(bill), records=(bill.anchor,), day=bill.anchor.day)
    yield coded(bill, "immunotherapy_encounter", stands)
    yield disease_of(bill, "secondary")


@takes_a_code
@rule("C", "D", source="ICD-10-CM guideline II.G and code first notes; evidence R39, R40")
def a_stay_for_toxicity_is_led_by_what_the_book_allows(bill: Bill) -> Iterator[Said]:
    """CRS and ICANS are never principal; what is, the edition says."""
    if not for_toxicity(bill):
        return
    entry = bill.case.rules.find("toxicity_readmission_principal", bill.last_day)
    if entry is not None:
        yield from LEADING[entry.code](bill, entry)


@takes_a_code
@rule("D", source="UHDDS principal diagnosis; ICD-10-CM guidelines II and IV.G; nothing is guessed")
def another_stay_is_led_by_what_its_coder_put_first(bill: Bill) -> Iterator[Said]:
    """The coder's first condition; outside a bed what was documented as the reason.

    An admitting diagnosis alone is provisional: after the discharge it holds the claim.
    """
    if for_toxicity(bill):
        return
    first = first_listed(bill)
    of_the_cells = first is not None and names_a_syndrome(bill, first[1].code)
    if of_the_cells and leads_by_complication(bill) and complication_may_lead(bill):
        yield complication(bill, first_role(bill), bill.anchor)
        return
    lead = _documented_reason(bill)
    asked = what_is_first_says_too_little(bill) or _without_a_reason(bill, lead)
    if asked is not None:
        given = _given(bill, replace(asked, rule=ANOTHER))
        yield given.found
        lead = _picked(given) or lead
    if lead is not None:
        yield _led_by(bill, lead)


@rule("C", "D", source="ICD-10-CM code first notes; evidence R39")
def the_complication_goes_before_its_syndromes(bill: Bill) -> Iterator[Said]:
    """Behind whatever leads the claim, unless it leads it itself: a claim has it once."""
    family, known = codes_in(bill, "complication_codes"), syndromes(bill)
    if not (known or listed_complication(bill)):
        return
    leads = {each.code for each in _leading(bill) if isinstance(each, Coded)}
    cause = _picked(another_cause(bill))
    if cause is not None and cause[1].code not in leads:
        yield documented(bill, *cause, "secondary", RANKS["complication_codes"])
    elif cells_went_before(bill) and not leads & family.keys():
        yield complication(bill, "secondary")


@rule("C", "D", source="Medicare Code Editor, unacceptable principal diagnosis; evidence R40")
def what_may_not_lead_and_was_listed_first_is_told(bill: Bill) -> Iterator[Said]:
    """A grade, a history, a late effect: the code stands behind, and the coder hears why."""
    first = first_listed(bill)
    if first is None or not cannot_lead(bill, first[1].code or "") or not checked(bill):
        return
    code = first[1].code
    lead = next(iter(codes_in(bill, "complication_codes")), "what caused it")
    instead = f"; {lead} goes before it" if names_a_syndrome(bill, code) else ""
    yield finding(
        (first[0],),
        f"the coder lists {code} first, which no claim may be led by{instead}",
        "have the coder correct the order of the list",
        holds=False,
    )


@rule("C", "D", source="house rule: a diagnosis code needs a documented condition; evidence R40")
def a_stay_for_toxicity_of_which_nothing_is_documented_is_held(bill: Bill) -> Iterator[Said]:
    """The registrar's reason alone is no diagnosis: nobody graded or documented CRS or ICANS."""
    if not (leads_by_complication(bill) and for_toxicity(bill)):
        return
    if syndromes(bill) or choice(bill):
        return
    yield finding(
        (bill.anchor,),
        "the patient came for CRS or ICANS, and neither is graded or documented",
        "report the grade or the documented condition; the code of the grade is missing too",
    )


def disease_behind(bill: Bill) -> Iterator[Said]:
    """The disease as a secondary diagnosis, unless it was chosen or listed to lead."""
    leads = [each.code for each in _leading(bill) if isinstance(each, Coded)]
    if not any(is_the_disease(bill, code) for code in leads):
        yield disease_of(bill, "secondary")


def _leading(bill: Bill) -> Iterator[Said]:
    """What the two rules of the lead say; an infusion without toxicity is led by neither."""
    if for_toxicity(bill):
        yield from a_stay_for_toxicity_is_led_by_what_the_book_allows(bill)
    elif bill.kind == "D":
        yield from another_stay_is_led_by_what_its_coder_put_first(bill)


def _complication_first(bill: Bill, entry: Entry) -> Iterator[Said]:
    """The complication, unless a person chose what the coder had put before it."""
    asked, listed = choice(bill), listed_complication(bill)
    differs = told(bill.case.rules.differs(entry.meaning, bill.last_day))
    if asked is not None and asked.leads is not None:
        lead = _led_by(bill, asked.leads)
        yield lead if _is_of(bill.case.elsewhere.rules, bill, lead.code) else _also(lead, differs)
    elif complication_may_lead(bill):
        said = complication(bill, first_role(bill), bill.anchor)
        yield _also(said, differs) if isinstance(said, Coded) else said
    elif listed is not None and cells_went_before(bill):
        late = finding(
            (listed[0],),
            f"{listed[1].code} is a late effect, which no claim may be led by, and the patient "
            "came for CRS or ICANS",
            "choose what remains of the complication, which goes first, or have the coder correct "
            "the phase of its treatment",
        )
        yield from _asked(bill, late)
    elif (cause := _picked(another_cause(bill))) is not None:
        yield _led_by(bill, cause)


def _manifestation_only(bill: Bill, entry: Entry) -> Iterator[Said]:
    """A documented condition of one of the families that the edition lists, or a hold."""
    families = _families(bill.case.rules, bill, entry)
    differs = told(bill.case.rules.differs(entry.meaning, bill.last_day))
    for record, condition in confirmed(bill):
        if (condition.code or "").partition(".")[0] in families:
            yield replace(documented(bill, record, condition, first_role(bill)), differs=differs)
            return
    yield from differs
    found = finding(
        (bill.anchor,),
        f"{entry.label.lower()} [{entry.row}]: none of {', '.join(sorted(families))} is documented",
        "have the coder choose the principal diagnosis as documented: sepsis that nobody had, "
        "coded to fill the gap, would be upcoding",
    )
    yield from _asked(bill, replace(found, source=word(entry)))


def _families(rules: Rules, bill: Bill, entry: Entry) -> set[str]:
    """The families of the manifestations that an edition lists."""
    listed = (rules.find(part, bill.last_day) for part in entry.parts)
    return {each.code.partition(".")[0] for each in listed if each is not None}


def _is_of(rules: Rules, bill: Bill, code: str) -> bool:
    """Whether an edition would let a code lead a stay for toxicity, as a manifestation."""
    entry = rules.find("toxicity_readmission_principal", bill.last_day)
    return entry is not None and code.partition(".")[0] in _families(rules, bill, entry)


def _also(said: Coded, differs: tuple[Differs, ...]) -> Coded:
    return replace(said, differs=(*said.differs, *differs))


LEADING: Final[dict[str, Callable[[Bill, Entry], Iterator[Said]]]] = {
    "complication_first": _complication_first,
    "manifestation_only": _manifestation_only,
}
"""By the word of the code book's `toxicity_readmission_principal`."""


def _documented_reason(bill: Bill) -> Told | None:
    """The coder's first; in a bed else the admitting diagnosis, outside whatever is documented."""
    came = admission(bill)
    may = [each for each in resolved(bill) if not cannot_lead(bill, each[1].code or "")]
    if not bill.inpatient:
        return next(iter(may), None)
    if discharge_list(bill) or came is None:
        return coders_lead(bill)
    return next((each for each in may if each[0] == came[0]), None)


def _without_a_reason(bill: Bill, lead: Told | None) -> Finding | None:
    """Nothing documented says why the patient came, or his admitting diagnosis alone does."""
    if lead is None:
        return finding(
            (bill.anchor,),
            "no documented condition says why the patient came",
            "have the coder report the discharge's conditions, principal diagnosis first"
            if bill.inpatient
            else "have a provider document the reason for the visit, or report the grade of CRS",
        )
    stay = bill.stay
    if stay is None or stay.discharged is None or lead[0] != stay.admitted or not checked(bill):
        return None
    return finding(
        (stay.admitted, stay.discharged),
        "the discharge lists no conditions, and an admitting diagnosis is not yet what the stay "
        "turned out to be for",
        "have the coder report the discharge's conditions, principal diagnosis first",
    )


def _asked(bill: Bill, found: Finding) -> Iterator[Said]:
    """A question about what leads a stay for toxicity, and the answer where a person gave one."""
    given = _given(bill, replace(found, rule=FOR_TOXICITY))
    yield given.found
    picked = _picked(given)
    if picked is not None:
        yield _led_by(bill, picked)


def _led_by(bill: Bill, lead: Told) -> Coded:
    """A documented or chosen code in the lead; the complication with what it comes from."""
    if lead[1].code in codes_in(bill, "complication_codes"):
        said = complication(bill, first_role(bill), bill.anchor, listed=lead)
        if isinstance(said, Coded):
            return said
    return documented(bill, *lead, first_role(bill))


def _given(bill: Bill, asked: Finding) -> Answer:
    """What a person answered to a claim that had none to lead it."""
    return answer(bill, asked, lambda code: unfit_to_lead(bill, code))


def _picked(given: Answer | None) -> Told | None:
    """The code that was chosen, on the word of its settlement."""
    if given is None or given.pick is None:
        return None
    record, code = given.pick
    return record, Condition(code=code)
