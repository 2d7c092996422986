"""What one row of the directory cannot know of another: names once a day, and no strangers.

Every refusal names file, table, field, and what the directory has instead.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final, TypeVar

from veinledger.domain.centre.dated import Dated
from veinledger.domain.centre.directory import (
    Charge,
    Contract,
    Facility,
    Payer,
    Provider,
)
from veinledger.domain.codebook.page import PageError
from veinledger.domain.facts.catalogue import FACTS

D = TypeVar("D", bound=Dated)
Placed = Sequence[tuple[str, D]]
"""Rows, each with the words for where it stands: payers.toml, contract 1."""

OFFICE: Final = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The dated rows of every page of a site, by table."""

    facilities: Placed[Facility]
    providers: Placed[Provider]
    payers: Placed[Payer]
    contracts: Placed[Contract]
    charges: Placed[Charge]


def refuse_ambiguity(found: Rows) -> None:
    """Refuses two rows that answer one question on one day, and a facility that moves its zone."""
    _once("facility", found.facilities, lambda each: each.name)
    _once("provider", found.providers, lambda each: each.name)
    _once("payer", found.payers, lambda each: each.name)
    _once("contract", found.contracts, lambda each: (each.payer, each.product))
    _once("charge", found.charges, lambda each: (each.facility, each.revenue, each.hcpcs))
    zones = {place.name: place.zone for _, place in reversed(found.facilities)}
    for where, place in found.facilities:
        if place.zone != zones[place.name]:
            raise PageError(
                f"{where}: facility {place.name!r} has two zones; a facility keeps its zone"
            )


def refuse_strangers(found: Rows) -> None:
    """Refuses a row that names what the directory does not have."""
    payers = [payer.name for _, payer in found.payers]
    places = [place.name for _, place in found.facilities]
    for where, contract in found.contracts:
        _known(where, "payer", "payer", contract.payer, payers)
        if contract.case_rate is not None:
            _a_fact(where, contract.case_rate.anchor)
    for where, charge in found.charges:
        if charge.facility is not None:
            _known(where, "facility", "facility", charge.facility, places)
    _refuse_strange_groups(found.providers)
    for where, place in found.facilities:
        if place.payment_system == OFFICE and place.ccn is not None:
            raise PageError(
                f"{where}: field 'ccn': an office has none; drop it, or say which "
                "payment_system pays this hospital"
            )


def _refuse_strange_groups(providers: Placed[Provider]) -> None:
    """A person's group is a group, on every day of the person's row."""
    groups = [each for _, each in providers if each.kind == "group"]
    for where, each in providers:
        if each.group is None:
            continue
        _known(where, "group", "group", each.group, [group.name for group in groups])
        if not _covered(each, [group for group in groups if group.name == each.group]):
            spans = ", ".join(group.span for group in groups if group.name == each.group)
            raise PageError(
                f"{where}: field 'group': {each.group!r} is in the directory {spans}, and this "
                f"row holds {each.span}; end or begin one where the other does"
            )


def _known(where: str, field: str, what: str, name: str, known: Iterable[str]) -> None:
    listed = ", ".join(dict.fromkeys(known)) or "none at all"
    if name not in listed.split(", "):
        raise PageError(
            f"{where}: field {field!r}: no {what} is named {name!r}; the directory has {listed}. "
            "Add it, or correct the name"
        )


def _a_fact(where: str, anchor: str) -> None:
    if anchor not in FACTS:
        raise PageError(
            f"{where}: field 'case_rate.anchor': no fact is called {anchor!r}; "
            "`veinledger facts` lists them, cells.infused among them"
        )


def _covered(inner: Dated, rows: Sequence[Dated]) -> bool:
    """Whether rows hold on every day of another row, one after the other."""
    day: date | None = inner.since
    while day is not None and (inner.until is None or day < inner.until):
        holding = next((row for row in rows if row.holds(day)), None)
        if holding is None:
            return False
        day = holding.until
    return True


def _once(what: str, placed: Placed[D], name: Callable[[D], Hashable]) -> None:
    """Refuses two statements with the same name on the same day."""
    for one, other in combinations(placed, 2):
        (_, first), (where, later) = sorted((one, other), key=lambda each: each[1].since)
        if name(first) == name(later) and first.holds(later.since):
            raise PageError(
                f"{where}: {what} {name(later)!r}: {first.span} and {later.span} claim the same "
                "day; end one where the other begins"
            )
