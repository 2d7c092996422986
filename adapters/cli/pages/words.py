"""Each kind of statement of a product page in one line of words."""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch
from typing import Final

from veinledger.domain.codebook.statement import Statement
from veinledger.domain.products.described import Approval, Choice, Reference
from veinledger.domain.products.profile import Calendar, Programme
from veinledger.domain.products.treatment import Dose, Regime, Regimen

MILLION: Final = Decimal(1_000_000)


@singledispatch
def words(each: Statement) -> str:
    """What a statement says; most have a label that says it all."""
    return str(getattr(each, "label", ""))


@words.register
def _dose(each: Dose) -> str:
    most = f"{each.most / MILLION:,f}"
    if each.per_kg_least is not None and each.per_kg_most is not None:
        least, to = (f"{number / MILLION:f}" for number in (each.per_kg_least, each.per_kg_most))
        span = least if least == to else f"{least} to {to}"
        said = f"{span} x 10^6 cells/kg, at most {most} x 10^6"
    else:
        said = f"{(each.flat_least or 0) / MILLION:,f} to {most} x 10^6 cells"
    return f"{said}{_weight(each)}{_for(each.indications)}"


def _weight(each: Dose) -> str:
    above = f", above {each.over_kg} kg" if each.over_kg is not None else ""
    return f"{above}, up to {each.up_to_kg} kg" if each.up_to_kg is not None else above


@words.register
def _regimen(each: Regimen) -> str:
    drugs = ", ".join(
        f"{drug.agent} {drug.mg_per_m2} mg/m2 x {each.days_of(drug)}" for drug in each.drugs
    )
    days = f", days {each.first_day} to {each.last_day}" if each.first_day is not None else ""
    rest = (
        f"{each.rest_least}"
        if each.rest_least == each.rest_most
        else f"{each.rest_least} to {each.rest_most}"
    )
    return f"{drugs}{days}; infusion {rest} days after the last{_for(each.indications)}"


@words.register
def _regime(each: Regime) -> str:
    return (
        f"daily for {each.daily} days, {each.near} days near, {each.no_driving} days without "
        f"driving{_for(each.indications)}"
    )


@words.register
def _calendar(each: Calendar) -> str:
    months = ", ".join(str(visit.months) for visit in each.visits)
    return f"{each.name}: months {months}; windows: {each.window_source}"


@words.register
def _programme(each: Programme) -> str:
    held = f"; asks for {', '.join(each.capabilities)}" if each.capabilities else ""
    return f"{each.label}: {', '.join(each.roles)}{held}"


@words.register
def _approval(each: Approval) -> str:
    return f"{each.label} ({each.trial})" if each.trial else each.label


@words.register
def _choice(each: Choice) -> str:
    return f"beside {', '.join(each.beside)}: {each.text}"


@words.register
def _reference(each: Reference) -> str:
    return f"{each.kind} {each.identifier}"


def _for(indications: tuple[str, ...]) -> str:
    named = ", ".join(each.replace("_", " ") for each in indications)
    return f"; for {named}" if named else ""
