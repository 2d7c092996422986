"""What the ledger itself leaves open about the encounter: findings that hold, records that wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.decisions import DAY_PLAYS_NO_PART
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.found.two_records import PUT_OUT
from veinledger.domain.standing.history import Effective
from veinledger.domain.standing.identity import CONTESTED
from veinledger.projections.case.case import Case
from veinledger.projections.case.unconfirmed import parked, reasons
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_met

TOLD_ELSEWHERE = (CONTESTED, PUT_OUT)
"""By the gate about the chain of identity, and by the one about records without a place."""


@gate
def no_finding_that_holds_claims_is_left_open(asked: Asked) -> Found:
    """What holds the claims of what was done already will hold those of what comes."""
    case = asked.case
    found = tuple(_open(case, asked.on))
    if not found:
        return met("no finding about the records so far holds a claim")
    keys = {key for each in found for key in each.records}
    return not_met(
        "; ".join(dict.fromkeys(each.reason for each in found)),
        *(record for record in case.seen.known if record.key in keys),
        remedy="; ".join(dict.fromkeys(f"{each.remedy} ({each.key})" for each in found)),
    )


@gate
def nothing_about_the_encounter_waits_or_is_disputed(asked: Asked) -> Found:
    """A record without a place may say something that changes the answer to every other gate."""
    seen = asked.case.seen
    found = tuple(_without_a_place(seen, asked.on))
    if not found:
        return met("no record waits, and none is disputed")
    told = (f"{each.fact.type} of {each.day} {reasons(seen.standings[each.key])}" for each in found)
    return not_met("; ".join(told), *found)


def _open(case: Case, on: date) -> Iterator[Finding]:
    settled = case.settled()
    later = {each.key for each in case.seen.known if _is_later(each, on)}
    for each in case.seen.findings:
        mine = each.holds and each.key not in settled and each.rule not in TOLD_ELSEWHERE
        if mine and not later.intersection(each.records):
            yield each


def _without_a_place(seen: Effective, on: date) -> Iterator[Record]:
    """Those that name no chain of identity and tell of no death: other gates tell of these."""
    types = {each.fact.type for each in seen.not_in_effect()}
    for record in parked(seen, types, on):
        if chain_of(record.fact) is None and not isinstance(record.fact, PatientDied):
            yield record


def _is_later(record: Record, on: date) -> bool:
    return record.day > on and not isinstance(record.fact, DAY_PLAYS_NO_PART)
