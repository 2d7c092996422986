"""Claim B: an encounter for chemotherapy says so, and the malignancy stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, coded
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.disease import RANK, disease_of, first_role
from veinledger.projections.claims.rules.diagnoses.documented import documented
from veinledger.projections.claims.rules.diagnoses.lists import coded_on, is_the_disease
from veinledger.projections.claims.rules.diagnoses.order import coders_lead
from veinledger.projections.claims.told import told
from veinledger.projections.claims.words import Role

SOLELY: Final = frozenset({"lymphodepletion", "unknown"})
"""Reasons of an admission in which nothing else is known to have brought the patient in."""


@rule("B", source="ICD-10-CM guidelines I.C.2.e.2 and I.C.21.c.16; evidence R41")
def an_encounter_for_chemotherapy_says_so(bill: Bill) -> Iterator[Said]:
    """Chemotherapy first and the malignancy second, or as the edition orders them.

    That is for an encounter solely for chemotherapy. Z51.11 may only be first-listed: a patient
    admitted for something else has no Z51.11, and what the coder put first, else the malignancy,
    leads.
    """
    rules = bill.case.rules
    position = rules.find("chemotherapy_encounter_position", bill.last_day)
    differs = told(rules.differs("chemotherapy_encounter_position", bill.last_day))
    chemotherapy_first = position is None or position.code == "first"
    if chemotherapy_first and _admitted_for_something_else(bill):
        yield from _led_by_something_else(bill)
        return
    roles: tuple[Role, Role] = (first_role(bill), "secondary")
    first, second = roles if chemotherapy_first else roles[::-1]
    stands = As(role=first, records=bill.services, day=bill.anchor.day, rank=RANK)
    yield coded(bill, "chemotherapy_encounter", stands, differs)
    yield disease_of(bill, second)


def _admitted_for_something_else(bill: Bill) -> bool:
    """By the reason of the admission, unless the coder put chemotherapy first all the same."""
    lead = coders_lead(bill)
    entry = bill.case.rules.find("chemotherapy_encounter", coded_on(bill))
    for_it = lead is not None and entry is not None and lead[1].code == entry.code
    return bill.stay is not None and bill.stay.admission.reason not in SOLELY and not for_it


def _led_by_something_else(bill: Bill) -> Iterator[Said]:
    lead = coders_lead(bill)
    if lead is None or is_the_disease(bill, lead[1].code):
        yield disease_of(bill, first_role(bill))
        return
    yield documented(bill, *lead, first_role(bill))
    yield disease_of(bill, "secondary")
