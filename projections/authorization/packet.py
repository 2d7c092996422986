"""The prior-authorization packet: the payer's checklist, and the facts laid out for its form.

A pure function of the history: what happened after the day asked about plays no part, nor does what
was not known then. Once the cells were given the evidence is judged as of that day, not later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, KnownAt
from veinledger.projections.authorization.addressee import Addressee, addressee
from veinledger.projections.authorization.answers import answering, answers
from veinledger.projections.authorization.checklist import checklist
from veinledger.projections.authorization.narrative import narrative
from veinledger.projections.authorization.people import form, gaps
from veinledger.projections.authorization.remarks import remarks
from veinledger.projections.authorization.services import services
from veinledger.projections.authorization.shapes import ChecklistItem, Gap, Packet, PolicyTold
from veinledger.projections.case.case import Case
from veinledger.projections.case.opening import case_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """For which day the packet is made, and for which payer if not the one of the day."""

    as_of: date | datetime
    payer: str | None = None


def authorization(
    history: History, centre: Centre, rules: Rules, request: Request, known_at: KnownAt = None
) -> Packet | None:
    """The packet for the payer of the day, or for the one that is named.

    None where no complete page describes the product; raises UnknownPayer for a name that neither
    the directory nor a page of policies has.
    """
    as_of = request.as_of
    case = case_of(history, centre, rules, as_of, known_at)
    if case is None:
        return None
    asked_on = local_day(as_of, case.centre, case.seen)
    given = [record.day for record, _ in case.infusions()]
    on = min((asked_on, *given))
    to = addressee(case, on, request.payer)
    return _packet(case, to, as_of, (asked_on, on))


def _packet(case: Case, to: Addressee, as_of: date | datetime, days: tuple[date, date]) -> Packet:
    asked_on, on = days
    made, items = form(case, to, on), checklist(case, to, on)
    told = answers(case, to.name, asked_on)
    lacking = tuple(Gap(what=what, remedy=remedy) for what, remedy in gaps(made, to))
    still_open = tuple(_to_answer(each) for each in items if each.is_open)
    return Packet(
        encounter=case.seen.encounter,
        edition=case.rules.edition,
        rule_pack=case.rules.pack,
        as_of=asked_on,
        judged_on=on,
        product=f"{case.product.brand} ({case.product.generic})",
        policy=_told(to),
        remarks=remarks(case, to, told, on, as_of),
        checklist=items,
        gaps=lacking,
        form=made,
        narrative=narrative(case, on),
        services=services(case, to, told, on),
        answers=answering(told, still_open),
    )


def _to_answer(item: ChecklistItem) -> str:
    return f"{item.label}: {item.found}"


def _told(to: Addressee) -> PolicyTold | None:
    policy = to.policy
    if policy is None:
        return None
    return PolicyTold(
        name=policy.name,
        label=policy.label,
        authorization=policy.authorization,
        follows=policy.follows,
        settings=policy.settings,
        setting_note=policy.setting_note,
        note=policy.note,
        source=policy.said_by,
        confidence=policy.confidence,
    )
