"""The appeals of an encounter: each denial with its reasons, the answer to each, and its course.

A pure function of the history: what came after the day asked about plays no part.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.dollars import added
from veinledger.domain.facts.authorization import AuthorizationDenied
from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History, KnownAt
from veinledger.projections.appeals import course as how_it_went
from veinledger.projections.appeals import looked_up as looked_up_package
from veinledger.projections.appeals.denials import Denial, denials
from veinledger.projections.appeals.matching import Matched, how_sure, reasons_of
from veinledger.projections.appeals.papers import attachments, citations
from veinledger.projections.appeals.registry import Asked, cited, shown
from veinledger.projections.appeals.shapes import Appeal, Appeals, Candidate, Match
from veinledger.projections.case.appeal_deadlines import Denied, deadline
from veinledger.projections.case.case import Case
from veinledger.projections.case.opening import case_of
from veinledger.projections.claims.assemble import claims_in
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.discovery import every_module_of

every_module_of(looked_up_package)


def appeals(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Appeals | None:
    """Every denial with what answers it; None where no complete page describes the product."""
    case = case_of(history, centre, rules, as_of, known_at)
    if case is None:
        return None
    made = claims_in(case, history, as_of)
    today = local_day(as_of, case.centre, case.seen)
    return Appeals(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.digest,
        as_of=today,
        claims=tuple(each.label for each in made.claims),
        denials=tuple(_appeal(case, made, each, today) for each in denials(case, made)),
    )


def _appeal(case: Case, made: ClaimSet, denial: Denial, today: date | None) -> Appeal:
    on = _day_of_service(case, denial)
    asked = Asked(case=case, on=on, claims=made, claim=denial.claim, payer=denial.payer)
    found = reasons_of(case, denial, on)
    match, candidates = how_sure(found), tuple(_candidate(asked, each) for each in found)
    went = how_it_went.course(case, denial)
    due = deadline(case, _denied(denial), went)
    state = how_it_went.state(case, denial, went, due, today)
    first = candidates[0] if candidates else None
    return Appeal(
        denial=cited(denial.record, case.seen.encounter),
        kind=denial.kind,
        about=_about(denial),
        claim=denial.key,
        payer=denial.payer,
        control_number=_number(denial),
        amount=_amount(denial),
        codes=denial.codes,
        said=denial.text or None,
        lines=denial.lines,
        match=match,
        candidates=candidates,
        ask=_ask(denial, match),
        state=state,
        deadline=due,
        course=tuple(how_it_went.steps(denial, went)),
        next=how_it_went.what_next(state, due, denial, match, first),
    )


def _candidate(asked: Asked, found: Matched) -> Candidate:
    reason = found.reason
    asked = replace(asked, reason=reason)
    return Candidate(
        reason=reason.name,
        number=reason.number,
        label=reason.label,
        way=reason.way,
        answer=reason.answer,
        letter=reason.letter,
        otherwise=reason.otherwise,
        source=reason.said_by,
        confidence=reason.confidence,
        evidence=found.evidence,
        facts=tuple(shown(asked, reason.wants)),
        attachments=tuple(attachments(asked, reason)),
        citations=tuple(citations(asked, reason)),
    )


def _day_of_service(case: Case, denial: Denial) -> date:
    """Of the infusion's claim its own day, of another its first; of a request its denial's."""
    claim = denial.claim
    if claim is None:
        return denial.record.day
    infused = [r.day for r, _ in case.seen.of(CellsInfused) if r.key in claim.records]
    return infused[0] if infused and claim.kind == "C" else claim.first_day


def _denied(denial: Denial) -> Denied:
    stated = denial.fact.appeal_by if isinstance(denial.fact, AuthorizationDenied) else None
    return Denied(payer=denial.payer, day=denial.record.day, stated=stated)


def _about(denial: Denial) -> str:
    if isinstance(denial.fact, AuthorizationDenied):
        return denial.fact.reference or "request without a reference"
    if denial.claim is not None:
        return denial.claim.label
    return denial.fact.patient_control_number


def _number(denial: Denial) -> str | None:
    fact = denial.fact
    return fact.reference if isinstance(fact, AuthorizationDenied) else fact.payer_control_number


def _amount(denial: Denial) -> Decimal | None:
    """What was charged and not paid: of the lines where the rest was paid, else of the claim."""
    fact = denial.fact
    if not isinstance(fact, ClaimAnswered):
        return None
    if denial.kind == "lines denied":
        charged = [line.charged for line in denial.lines if line.charged is not None]
        return added(charged) if charged else None
    return fact.charged if fact.charged is not None else _charged(denial)


def _charged(denial: Denial) -> Decimal | None:
    return denial.claim.total if denial.claim is not None and denial.claim.total else None


def _ask(denial: Denial, match: Match) -> str:
    """What to ask where the answer leaves the reason open."""
    if match == "matched":
        return ""
    number = f" {_number(denial)}" if _number(denial) else ""
    question = (
        f"ask {denial.payer or 'the payer'} about {_about(denial)}{number}: which criterion of "
        "which policy, of which date, was not met, and what would show that it was"
    )
    match match:
        case "several":
            return f"{question}; until it says, answer each reason that it names"
        case "unclear":
            return f"{question}; its answer names none, these only fit"
        case "unmatched":
            told = ", ".join(denial.codes) or "no code"
            return f"{question}; no page knows its answer ({told})"
