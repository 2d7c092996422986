"""The disease as it was documented: by a code of the indication, and not in remission."""

from __future__ import annotations

from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.indication import fits, named, populations
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met
from veinledger.projections.gates.rules.patient.saying import age, either

Assessment = tuple[Record, DiseaseAssessed]


@gate
def the_disease_is_documented_as_the_indication_s(asked: Asked) -> Found:
    """The newest assessment has a code of the indication; one in remission looks further back."""
    every = _assessments(asked)
    if not every:
        return not_met("no assessment of the disease is recorded")
    decisive = next((each for each in every if each[1].status != "in remission"), every[0])
    record, fact = decisive
    if fact.code is None:
        return not_met(f"the assessment of {record.day} has no ICD-10-CM code", record)
    if not _fits(asked, fact.code):
        wanted = either(_judged(asked)) or "on the label"
        told = f"{fact.code}, documented on {record.day}, is no diagnosis of the indication"
        return not_met(f"{told} {wanted}", record)
    return met(f"{fact.code}, {fact.status}, documented on {record.day}", record)


@gate
def a_disease_in_remission_is_asked_about(asked: Asked) -> Found:
    """The cells are given for a disease that came back; the code of a remission speaks against."""
    every = _assessments(asked)
    if not every:
        return not_asked("no assessment of the disease is recorded")
    record, fact = every[0]
    if fact.status != "in remission":
        return met(f"{fact.status}, assessed on {record.day}, {age(record.day, asked.on)}", record)
    coded = f" ({fact.code})" if fact.code else ""
    before = next((each for each in every if each[1].status != "in remission"), None)
    told = f"in remission{coded} by the newest assessment, of {record.day}"
    if before is None:
        return not_met(f"{told}; no assessment before it says otherwise", record)
    return not_met(f"{told}; {before[1].status} by that of {before[0].day}", record, before[0])


def _assessments(asked: Asked) -> tuple[Assessment, ...]:
    """The newest first."""
    found = [pair for pair in asked.case.seen.of(DiseaseAssessed) if pair[0].day <= asked.on]
    return tuple(reversed(found))


def _judged(asked: Asked) -> tuple[Indication, ...]:
    return named(asked.case, asked.on) or populations(asked.case, asked.on)


def _fits(asked: Asked, code: str) -> bool:
    return any(fits(asked.case, each, code, asked.on) for each in _judged(asked))
