"""A condition that the coder put before CRS or ICANS: neither order is right by itself.

The patient was admitted for CRS or ICANS, and the discharge begins with something else: sepsis,
respiratory distress, an encephalopathy. Two orders are possible, and a person chooses.

- The condition leads where it was present on admission and, after study, occasioned the stay.
  Sepsis present on admission that meets the definition of a principal diagnosis goes first
  (guidelines I.C.1.d.3 and d.4); of two diagnoses that meet it equally either may (II.C).
- The complication leads otherwise: a stay for the treatment of a complication of care has that
  complication as principal diagnosis (II.G). What began in the stay is never principal.

Sepsis groups to 871 or 872, T80.82XA to 814 to 816: what nobody decided would be up- or
undercoding. Until somebody did, the coder's order is shown, and the claim waits; accepting the
finding confirms what is shown, a chosen code leads instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from veinledger.domain.facts.groups import Condition
from veinledger.domain.findings import Finding
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.chosen import answer
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule, takes_a_code
from veinledger.projections.claims.rules.diagnoses.conditions import Told, admission
from veinledger.projections.claims.rules.diagnoses.lists import codes_in
from veinledger.projections.claims.rules.diagnoses.order import (
    cannot_lead,
    first_listed,
    unfit_to_lead,
    what_is_first_says_too_little,
)
from veinledger.projections.claims.rules.diagnoses.syndromes import (
    for_toxicity,
    leads_by_complication,
    names_a_syndrome,
)

RIVAL: Final = "what_the_coder_put_before_the_complication_waits_for_a_choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person is asked, and what leads the claim as things stand."""

    found: Finding
    leads: Told | None
    """None: the complication of the cells leads."""


@takes_a_code
@rule(
    "C",
    "D",
    source="ICD-10-CM guidelines I.C.1.d.3, I.C.1.d.4, II.C, II.G; evidence R40",
)
def what_the_coder_put_before_the_complication_waits_for_a_choice(bill: Bill) -> Iterator[Said]:
    """Neither promoted nor demoted in silence: both orders are told, with what follows."""
    asked = choice(bill)
    if asked is not None:
        yield asked.found


def choice(bill: Bill) -> Choice | None:
    """The choice between the coder's first condition and the complication, where there is one.

    A list that begins with words or with a suspicion may mean such a condition: it is asked.
    """
    if not leads_by_complication(bill) or not for_toxicity(bill):
        return None
    unclear = what_is_first_says_too_little(bill)
    if unclear is not None:
        return _settled(bill, None, replace(unclear, rule=RIVAL))
    first = first_listed(bill)
    code = first[1].code if first is not None else None
    if first is None or code is None or names_a_syndrome(bill, code) or cannot_lead(bill, code):
        return None
    return _settled(bill, first, _asked(bill, first))


def _asked(bill: Bill, first: Told) -> Finding:
    record, condition = first
    came = admission(bill)
    complication = next(iter(codes_in(bill, "complication_codes")), "the complication")
    present = {
        "Y": "it is reported as present on admission, so that it may lead",
        "N": "it is reported as not present on admission, so that it cannot lead",
    }.get(condition.present_on_admission or "", "whether it was present on admission is not told")
    asked = finding(
        [*((came[0],) if came else ()), record],
        f"the patient came for CRS or ICANS, and the coder lists {condition.code} first: "
        f"{condition.code} leads where it was present on admission and occasioned the stay after "
        f"study (guidelines I.C.1.d and II.C), {complication} otherwise (II.G); {present}",
        f"choose the principal diagnosis: {condition.code} or {complication}; the group and the "
        "payment of the stay follow it",
    )
    return replace(asked, rule=RIVAL)


def _settled(bill: Bill, first: Told | None, asked: Finding) -> Choice:
    """The code chosen leads; one that may not lead opens the question again."""
    given = answer(bill, asked, lambda code: unfit_to_lead(bill, code))
    if given.pick is not None:
        record, code = given.pick
        told = (record, Condition(code=code))
        return Choice(found=given.found, leads=first if first and first[1].code == code else told)
    came_later = first is not None and first[1].present_on_admission == "N"
    return Choice(found=given.found, leads=None if came_later else first)
