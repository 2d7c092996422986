"""What to know before a packet goes out: settings, doubts, and what counts for nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.policies.policy import Policy
from veinledger.domain.standing.history import AsOf
from veinledger.projections.authorization.addressee import Addressee
from veinledger.projections.authorization.answers import Answers
from veinledger.projections.authorization.services import setting
from veinledger.projections.case.case import SELF_PAY, Case
from veinledger.projections.case.indication import named, populations, prior_lines, referral
from veinledger.projections.case.unconfirmed import parked

BEARING: Final = frozenset(
    {
        "therapy.line_recorded", "therapy.refractoriness_documented", "clearance.recorded",
        "disease.assessed", "coverage.recorded", "surveillance.plan_filed",
        "neurology.visit_completed", "authorization.requested", "authorization.pended",
        "authorization.granted", "authorization.extended", "authorization.denied",
    }
)  # fmt: skip
"""Facts that a packet is made of: what waits or is disputed among them is not in it."""


def remarks(case: Case, to: Addressee, told: Answers, on: date, as_of: AsOf) -> tuple[str, ...]:
    """Each in a sentence, what decides most first."""
    return (
        *_about_the_payer(to),
        *(_about_the_policy(to.policy) if to.policy else ()),
        *_about_the_setting(case, to, told),
        *_about_the_indication(case, on),
        *_about_the_day(case, on),
        *_about_the_lines(case, on),
        *_not_counted(case, as_of),
    )


def _about_the_payer(to: Addressee) -> Iterator[str]:
    if to.name is None:
        yield "No coverage is on record on this day: nobody is asked. Name a payer, or record one."
    elif to.coverage is not None and to.coverage[1].kind == SELF_PAY:
        yield "The patient pays himself: there is nobody to ask."
    elif not to.on_record:
        yield "The patient has no coverage with this payer on record: what it would ask is shown."
    if to.coverage is not None and to.payer is None:
        yield f"The directory has no payer {to.name!r} on this day: add it to payers.toml."
    if to.name is not None and to.policy is None:
        wanted = to.payer.policy if to.payer else None
        yield (
            f"No page of policies has {wanted!r}, which the directory names."
            if wanted
            else "No page of policies says what this payer asks: ask it, and add a page."
        )


def _about_the_policy(policy: Policy) -> Iterator[str]:
    if policy.authorization == "none":
        yield (
            f"{policy.label}: no formal prior authorization. Nothing is sent; what the "
            "determination wants documented stands in the checklist and goes into the chart."
        )
    if policy.follows:
        yield f"It follows: {policy.follows}."
    if policy.note:
        yield policy.note
    if policy.confidence in ("unverified", "low"):
        yield "What this payer asks for is not verified against its own policy."


def _about_the_setting(case: Case, to: Addressee, told: Answers) -> Iterator[str]:
    if to.policy is None:
        return
    wanted, allowed = setting(case, to, told), to.policy.settings
    if wanted is not None and allowed and wanted not in allowed:
        yield f"The request is for {wanted} care, and the policy is said to take {_or(allowed)}."
    if to.policy.setting_note:
        yield f"Settings: {to.policy.setting_note}."


def _about_the_indication(case: Case, on: date) -> Iterator[str]:
    said = referral(case)
    if said is not None and not named(case, on):
        today = case.product.indications_on(on, case.rules.edition)
        judged = next((each for each in populations(case, on) if each in today), None)
        instead = f"; it is judged as {judged.name.replace('_', ' ')}" if judged else ""
        yield (
            f"The referral says {said[1].replace('_', ' ')!r}, which is no indication on the label "
            f"on {on} in this edition{instead}."
        )


def _about_the_day(case: Case, on: date) -> Iterator[str]:
    if case.infusions() and case.infusions()[0][0].day <= on:
        yield f"The cells were infused on {on}: the evidence is judged as of that day."


def _about_the_lines(case: Case, on: date) -> Iterator[str]:
    numbers = [fact.line for _, fact in prior_lines(case, on)]
    for number in dict.fromkeys(each for each in numbers if numbers.count(each) > 1):
        yield f"Line {number} is on record more than once: have one of them corrected."


def _not_counted(case: Case, as_of: AsOf) -> Iterator[str]:
    found = parked(case.seen, BEARING, as_of)
    if found:
        numbers = ", ".join(record.number_in(case.seen.encounter) for record in found)
        yield (
            f"Reported, not confirmed, and not in this packet: record{'s' * (len(found) > 1)} "
            f"{numbers}."
        )


def _or(settings: tuple[str, ...]) -> str:
    return " or ".join(settings)
