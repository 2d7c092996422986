"""Whether the payer authorized this step, on this day, in this setting; what it said otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    AuthorizationPended,
    AuthorizationRequested,
    AuthorizedService,
)
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.gates.gate import Intent
from veinledger.domain.policies.policy import Policy
from veinledger.domain.reports import Record
from veinledger.projections.case.centre.authorizations import (
    Granted,
    extensions,
    granted,
    in_force,
    spans,
)
from veinledger.projections.case.centre.places import setting
from veinledger.projections.gates.registry import (
    Asked,
    Found,
    gate,
    met,
    not_asked,
    not_met,
    on_the_word_of,
)

WANTED: Final[dict[Intent, frozenset[AuthorizedService]]] = {
    "collect": frozenset({"apheresis"}),
    "lymphodeplete": frozenset({"lymphodepletion"}),
    "infuse": frozenset({"product", "infusion"}),
    "receive": frozenset({"product", "infusion"}),
}
"""Which services an authorization must name before each step; an admission alone is no infusion."""

COUNTED: Final = {"collect": ApheresisCompleted, "infuse": CellsInfused}
"""The steps of which each is one unit; days of chemotherapy are counted in too many ways."""


@gate
def an_authorization_is_in_force_for_the_step(asked: Asked) -> Found:
    """A service without one on its day is denied, whatever else is right."""
    word, wants = _who_wants(asked)
    if wants == "no":
        return on_the_word_of(word, not_asked(_named(asked, "wants no prior authorization")))
    if wants == "unknown":
        remark = "no page says whether it authorizes beforehand; ask it"
        return not_asked(_named(asked, f"is on record, and {remark}"))
    return on_the_word_of(word, _judged(asked))


def _who_wants(asked: Asked) -> tuple[Policy | Entry | None, Literal["yes", "no", "unknown"]]:
    """The payer's policy, else the rule for its kind."""
    if asked.policy is not None:
        return asked.policy, "no" if asked.policy.authorization == "none" else "yes"
    kind = asked.case.coverage_kind(asked.on)
    entry = asked.case.rules.find("prior_authorization", asked.on, kind)
    if kind is None or entry is None:
        return None, "unknown"
    return entry, "yes" if entry.code == "required" else "no"


def _named(asked: Asked, does: str) -> str:
    payer = asked.case.payer(asked.on)
    return f"{payer.label if payer else 'the payer of the day'} {does}"


def _judged(asked: Asked) -> Found:
    wanted = WANTED[asked.intent]
    covering = [pair for pair in in_force(asked.case, asked.on, asked.on) if _is_for(pair, wanted)]
    standing = [pair for pair in covering if _taken_back(asked, pair) is None]
    against: list[str] = []
    for pair in standing:
        why = tuple(_does_not_fit(asked, pair))
        if not why:
            return met(_in_words(asked, pair), pair[0], *_added(asked, pair))
        against += why
    mine = [pair for pair in granted(asked.case, asked.on) if _is_for(pair, wanted)]
    answers = tuple(_answers(asked, mine[-1][0] if mine else None))
    records = (*(record for record, _ in mine), *(record for record, _ in answers))
    if against:
        return not_met("; ".join(against), *records)
    services = " or ".join(sorted(wanted))
    told = [f"no authorization for {services} is in force on {asked.on}"]
    told += [f"there is {spans(asked.case, mine)}"] if mine else []
    told += [said for _, said in answers]
    return not_met("; ".join(told), *records)


def _is_for(pair: Granted, wanted: frozenset[AuthorizedService]) -> bool:
    return bool(wanted & set(pair[1].services))


def _does_not_fit(asked: Asked, pair: Granted) -> Iterator[str]:
    _, fact = pair
    where = setting(asked.case, asked.on) if asked.intent == "infuse" else None
    if where is not None and fact.setting not in ("any", where):
        yield f"{fact.reference} is for {fact.setting} care, and the cells would be given {where}"
    units, used = _units(asked, pair), _used(asked, pair)
    if units is not None and used is not None and used >= units:
        yield f"{fact.reference} is for {units} and {used} of that was used already"


def _units(asked: Asked, pair: Granted) -> int | None:
    """Granted and added later; None where the payer set no number."""
    if pair[1].units is None:
        return None
    return pair[1].units + sum(each.units or 0 for _, each in extensions(asked.case, pair[1]))


def _used(asked: Asked, pair: Granted) -> int | None:
    kind = COUNTED.get(asked.intent)
    if kind is None:
        return None
    done = {record.day for record, _ in asked.case.seen.of(kind) if record.day >= pair[1].since}
    return len(done - {asked.on})


def _in_words(asked: Asked, pair: Granted) -> str:
    _, fact = pair
    units = _units(asked, pair)
    number = f", {units} in all" if units is not None else ""
    care = f", {fact.setting} care" if fact.setting != "any" else ""
    return f"{spans(asked.case, [pair])} for {', '.join(fact.services)}{care}{number}"


def _added(asked: Asked, pair: Granted) -> tuple[Record, ...]:
    return tuple(record for record, _ in extensions(asked.case, pair[1]))


def _taken_back(asked: Asked, pair: Granted) -> Record | None:
    """A later no under the same number."""
    record, fact = pair
    for other, denied in asked.case.seen.of(AuthorizationDenied):
        same = (denied.payer, denied.reference) == (fact.payer, fact.reference)
        if same and asked.case.came_before(record, other):
            return other
    return None


def _answers(asked: Asked, last_yes: Record | None) -> Iterator[tuple[Record, str]]:
    """What the payer was asked, and what it said that was no yes, since it last said yes."""
    covered = asked.case.coverage(asked.on)
    payer = covered[1].payer if covered else None
    for record in asked.case.seen.records:
        said = _no_yes(record, WANTED[asked.intent])
        since = last_yes is None or asked.case.came_before(last_yes, record)
        if since and said is not None and getattr(record.fact, "payer", None) == payer:
            yield record, said


def _no_yes(record: Record, wanted: frozenset[AuthorizedService]) -> str | None:
    match record.fact:
        case AuthorizationDenied(services=services) as no if not services or wanted & set(services):
            by = f", appeal by {no.appeal_by}" if no.appeal_by else ""
            return f"denied on {record.day}{by}"
        case AuthorizationPended() as pended:
            by = f" and wants an answer by {pended.answer_by}" if pended.answer_by else ""
            return f"pended on {record.day}{by}"
        case AuthorizationRequested(services=services) if wanted & set(services):
            return f"requested on {record.day}"
        case _:
            return None
