"""How gates about the patient put things: names, days, and on whose word something is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from veinledger.domain.policies.policy import Ask
from veinledger.domain.products.profile import Indication
from veinledger.projections.case.examinations import Aged
from veinledger.projections.gates.registry import Asked, Found, not_asked, on_the_word_of


def name_of(indication: Indication) -> str:
    """An indication in words: second line."""
    return indication.name.replace("_", " ")


def either(indications: Iterable[Indication]) -> str:
    """Several indications, of which nobody has said which."""
    return " or ".join(dict.fromkeys(name_of(each) for each in indications))


def doubt(confidence: str, row: str) -> str:
    """On which row it rests, and how sure that is."""
    sure = "unverified" if confidence == "unverified" else f"{confidence} confidence"
    return f"[{row}, {sure}]"


def days(number: int) -> str:
    """A number of days in words."""
    return "1 day" if number == 1 else f"{number} days"


def age(day: date, on: date) -> str:
    """How old something is."""
    old = (on - day).days
    return "of the same day" if old == 0 else f"{days(old)} old"


def asked_for(asked: Asked, ask: Ask, found: Found) -> Found:
    """What was found, with who asks for it and on whose word."""
    who = asked.policy.label if asked.policy else "the payer"
    told = replace(found, reason=f"{found.reason} (asked for by {who})")
    return on_the_word_of(ask, told)


def nobody_asks(asked: Asked, what: str) -> Found:
    """The payer of the day does not ask for it, or nobody knows its policy."""
    if asked.policy is not None:
        found = not_asked(f"{asked.policy.label} does not ask for {what}")
        return on_the_word_of(asked.policy, found)
    if asked.case.coverage(asked.on) is None:
        return not_asked(f"no payer is on record on {asked.on}, and so none asks for {what}")
    return not_asked(f"no policy of the payer is on the pages, and so none asks for {what}")


def aged(young: Aged, on: date, within: int | None) -> str:
    """How old a record was on the day that counts for it, and how old it might have been."""
    limit = f", at most {days(within)}" if within is not None else ""
    when = "" if young.counted_on == on else f" on {young.counted_on}, when the payer looked"
    return f"{age(young.record.day, young.counted_on)}{when}{limit}"


def plain(number: Decimal) -> str:
    """A number without trailing zeros: 2, 62.5."""
    return f"{number.normalize():f}"


def without_a_calendar(asked: Asked) -> Found:
    """The movement disorders that the surveillance looks for are one product's."""
    brand = asked.case.product.brand
    return not_asked(f"{brand} has no calendar of neurological visits")
