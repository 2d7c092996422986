"""Any history of one encounter: a story that somebody could tell, and then anything done to it.

Nothing here has to make sense. Every record is valid, as the border would let it in; that is all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, cast, get_args

from hypothesis import strategies as st

from tests.appeals.stories import appealed, decided, denied, request_denied
from tests.claims import encounters as small_encounters
from tests.claims.encounters.denials import inpatient, outpatient, visited
from tests.claims.encounters.registry import ENCOUNTERS
from tests.claims.generated import encounters
from tests.given import (
    CHAIN,
    ENCOUNTER,
    Payer,
    admitted,
    collected,
    day,
    discharged,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
)
from tests.given_decisions import confirming, correcting, discarding, kept, settling
from tests.naive.bridge import records_of
from tests.naive.histories import history as told_at_random
from tests.projections.closer.stories import toxicity, visit
from tests.projections.gates.ready import granted, ready
from tests.strategies import MOMENTS, NAMES, facts
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import CENTRE_FACTS
from veinledger.domain.reports import Occurrence, Record
from veinledger.domain.standing.history import History
from veinledger.projections.discovery import every_module_of

every_module_of(small_encounters)

PRODUCTS: Final = (
    "carvykti", "abecma", "kymriah", "yescarta", "tecartus", "breyanzi", "tecvayli", "elrexfio",
    "nobody_has_a_page_for_it",
)  # fmt: skip
KINDS: Final = ("FFS", "MA", "commercial", "Medicaid", "self-pay", "other")
PAYERS: Final = ("medicare", "harbor_health", "cedar_advantage", "lakes_medicaid", "unknown to us")
NAMED: Final[dict[str, tuple[str, ...]]] = {
    "chain_of_identity": (CHAIN, "COI-2"),
    "payer": PAYERS,
    "product": PRODUCTS,
    "indication": ("myeloma", "second_line", "fourth_line", "lymphoma", "no such thing"),
    "facility": ("main", "oncology_office", "neurology_office", "annex", "nowhere"),
    "account": ("A-1", "A-2", "A-3", "A-9"),
    "claim_key": ("C/UB-04/main/ab",),
    "patient_control_number": ("P1", "P2"),
    "reference": ("AUTH-1", "AUTH-2"),
    "donation_number": ("D1", "D2"),
    "agent": ("fludarabine", "cyclophosphamide"),
    "test": ("IgG", "complete blood count", "ferritin"),
    "form": ("4000", "4003", "2400"),
    "appointment": ("AP1",),
    "lot": ("L1",),
}
"""Fields in which records meet: a drawn text would never name the same twice."""
DENIED: Final[tuple[tuple[Callable[[], list[Record]], str], ...]] = (
    (inpatient, "C1"),
    (lambda: inpatient("harbor_health"), "C1"),
    (lambda: outpatient("harbor_health", "inpatient"), "C1"),
    (visited, "C1"),
)
UNLIKELY: Final = ("records.corrected", "report.confirmed", "report.discarded")
_TYPES: Final = tuple(n for n in NAMES if n not in CENTRE_FACTS and n not in UNLIKELY)

Draw = Callable[[st.SearchStrategy[Any]], Any]
Change = Callable[[Draw, list[Record]], list[Record]]


def stories() -> st.SearchStrategy[list[Record]]:
    """A story as it was told: drawn, one of the golden encounters, the naive model's, or a heap."""
    golden = st.sampled_from(sorted(ENCOUNTERS)).map(lambda name: list(ENCOUNTERS[name].story()))
    naive = st.integers(0, 99_999).map(_naive)
    return st.one_of(encounters(), golden, naive, _heaps(), _followed_for_long(), _denied())


@st.composite
def histories(draw: st.DrawFn, decided_on: bool = True) -> History:
    """Any history: a story to which up to eight things were done, and what persons decided then."""
    told = draw(stories())
    for _ in range(draw(st.integers(0, 8))):
        told = draw(st.sampled_from(CHANGES))(draw, told)
    found = sealed(told)
    for _ in range(draw(st.integers(0, 3)) if decided_on else 0):
        found = _decided(draw, found)
    return found


def sealed(told: list[Record]) -> History:
    """The history of these records, each once, in the order told."""
    once = {each.key: each for each in told}
    return kept(*(renamed(each) for each in once.values()))


def _decided(draw: Draw, found: History) -> History:
    """A record is voided, redated, confirmed or discarded, or something is settled."""
    reports = [each for each in found.records if each.kind == "report"]
    if not reports:
        return found
    target: Record = draw(st.sampled_from(reports))
    match draw(st.sampled_from(("void", "redate", "confirm", "discard", "settle"))):
        case "void":
            return correcting(found, (target, None, None))
        case "redate":
            return correcting(found, (target, target.fact, draw(st.integers(-500, 900))))
        case "confirm":
            return confirming(found, target)
        case "discard":
            return discarding(found, target)
        case _:
            key = draw(st.sampled_from(("no_certificate", "the_baseline_was_made", "x")))
            return settling(found, f"{key}/{target.key[:12]}")


def renamed(record: Record) -> Record:
    """The record in the stream of the encounter that is asked about."""
    return replace(record, name=ENCOUNTER)


def _naive(seed: int) -> list[Record]:
    made = told_at_random(seed)
    return list(records_of(made.facts, made.me))


@st.composite
def _followed_for_long(draw: st.DrawFn) -> list[Record]:
    """Ready for every gate, infused, and seen for a year, with findings and all that is owed."""
    payer: Payer = draw(st.sampled_from(get_args(Payer)))
    told = [*ready(opened(payer, indication="second_line")), granted(-46, payer), *collected()]
    told += [*made(), *lymphodepletion(), infused(), admitted(), discharged()]
    for number in draw(st.lists(st.integers(1, 400), max_size=8, unique=True)):
        told.append(visit(number, *draw(st.sampled_from(((), (), ("micrographia",), ("tremor",))))))
    if draw(st.booleans()):
        told.append(toxicity(draw(st.integers(1, 300))))
    return told


@st.composite
def _denied(draw: st.DrawFn) -> list[Record]:
    """A request and a claim were denied, and the claim's denial appealed."""
    story, label = draw(st.sampled_from(DENIED))
    words = draw(st.sampled_from(("not FACT accredited", "lenalidomide", "Q2055", "no such words")))
    told = request_denied(denied(story(), label, text=words), words)
    for level in range(1, draw(st.integers(1, 4))):
        told.append(appealed(story(), label, 60 + 30 * level, level))
        if draw(st.booleans()):
            outcome = draw(st.sampled_from(("upheld", "overturned", "partly overturned")))
            told.append(decided(story(), label, 75 + 30 * level, outcome, level))
    return told


@st.composite
def _heaps(draw: st.DrawFn) -> list[Record]:
    """An opening, and facts of any kind around it."""
    opening = draw(facts_that_meet("encounter.opened"))
    told = [_record(draw, opening)]
    return told + [_anything(draw) for _ in range(draw(st.integers(0, 12)))]


def _anything(draw: Draw) -> Record:
    return _record(draw, draw(facts_that_meet(draw(st.sampled_from(_TYPES)))))


@st.composite
def facts_that_meet(draw: st.DrawFn, name: str) -> Fact:
    """A fact of a type, its names out of a few, so that it meets others."""
    fact = draw(facts(name))
    return cast("Fact", _meeting(draw, fact))


def _meeting(draw: Draw, group: Any) -> Any:
    found: dict[str, Any] = {}
    for each in fields(group):
        value = getattr(group, each.name)
        if each.name in NAMED and isinstance(value, str):
            found[each.name] = draw(st.sampled_from(NAMED[each.name]))
        elif each.name == "service" and value is not None:
            found[each.name] = _meeting(draw, value)
    try:
        return replace(group, **found) if found else group
    except ValueError:
        return group


def _occurrence(draw: Draw) -> Occurrence:
    near = st.integers(-400, 800).map(lambda n: day(n).isoformat())
    text = draw(st.one_of(near, near, MOMENTS))
    return occurred(text, draw(st.sampled_from(("UTC", "America/Chicago", "Pacific/Kiritimati"))))


def occurred(text: str, zone: str = "UTC") -> Occurrence:
    """When something happened that was reported so."""
    timed = len(text) > len("2026-05-11")
    instant = datetime.fromisoformat(text).astimezone(UTC) if timed else None
    return Occurrence(
        text=text, local_day=date.fromisoformat(text[:10]), zone=zone, instant=instant
    )


def _record(draw: Draw, fact: Fact) -> Record:
    text = f"{fact!r}{draw(st.integers(0, 10**9))}"
    made = record(fact, 0, f"drawn {sha256(text.encode()).hexdigest()[:12]}")
    return replace(made, occurred=_occurrence(draw))


def _one(draw: Draw, told: list[Record]) -> int:
    return cast("int", draw(st.integers(0, len(told) - 1)))


def drops(draw: Draw, told: list[Record]) -> list[Record]:
    """A record never came."""
    if not told:
        return told
    at = _one(draw, told)
    return told[:at] + told[at + 1 :]


def comes_twice(draw: Draw, told: list[Record]) -> list[Record]:
    """The same was told by another message."""
    if not told:
        return told
    one, number = told[_one(draw, told)], draw(st.integers(0, 10**9))
    key = sha256(f"{one.key}{number}".encode()).hexdigest()
    source = replace(one.source, message=f"again {number}")
    return [*told, replace(one, key=key, source=source)]


def shuffles(draw: Draw, told: list[Record]) -> list[Record]:
    """They came in another order."""
    return cast("list[Record]", draw(st.permutations(told)))


def redates(draw: Draw, told: list[Record]) -> list[Record]:
    """One happened on another day."""
    if not told:
        return told
    at = _one(draw, told)
    return [*told[:at], replace(told[at], occurred=_occurrence(draw)), *told[at + 1 :]]


def moves_all(draw: Draw, told: list[Record]) -> list[Record]:
    """All of it happened years earlier or later."""
    days = timedelta(days=draw(st.sampled_from((-1500, -700, -365, -321, 30, 365, 3000))))
    return [replace(each, occurred=_later(each.occurred, days)) for each in told]


def _later(when: Occurrence, days: timedelta) -> Occurrence:
    try:
        local = when.local_day + days
        instant = when.instant + days if when.instant else None
    except OverflowError:
        return when
    if not 1850 <= local.year < 2200:
        return when
    return replace(when, text=local.isoformat(), local_day=local, instant=instant)


def changes_a_name(draw: Draw, told: list[Record]) -> list[Record]:
    """Another product, payer, place, account or chain."""
    if not told:
        return told
    at = _one(draw, told)
    fact = _meeting(draw, told[at].fact)
    return [*told[:at], replace(told[at], fact=fact), *told[at + 1 :]]


def is_of_another_product(draw: Draw, told: list[Record]) -> list[Record]:
    """The encounter is about another product."""
    return _with(draw, told, "product", PRODUCTS, "encounter.opened")


def is_of_another_kind(draw: Draw, told: list[Record]) -> list[Record]:
    """The coverage is of another kind."""
    return _with(draw, told, "kind", KINDS, "coverage.recorded")


def is_of_another_payer(draw: Draw, told: list[Record]) -> list[Record]:
    """The coverage is with another payer."""
    return _with(draw, told, "payer", PAYERS, "coverage.recorded")


def _with(
    draw: Draw, told: list[Record], name: str, values: tuple[str, ...], kind: str
) -> list[Record]:
    chosen = draw(st.sampled_from(values))
    return [
        replace(each, fact=_changed(each.fact, name, chosen)) if each.fact.type == kind else each
        for each in told
    ]


def _changed(fact: Fact, name: str, value: object) -> Fact:
    try:
        return cast("Fact", replace(cast("Any", fact), **{name: value}))
    except ValueError:
        return fact


def adds(draw: Draw, told: list[Record]) -> list[Record]:
    """Something else was told of."""
    return [*told, _anything(draw)]


def empties(draw: Draw, told: list[Record]) -> list[Record]:
    """What need not be said was not said."""
    if not told:
        return told
    at = _one(draw, told)
    fact = told[at].fact
    for each in fields(cast("Any", fact)):
        value = getattr(fact, each.name)
        if isinstance(value, tuple) and draw(st.booleans()):
            fact = _changed(fact, each.name, ())
        elif value is not None and draw(st.booleans()):
            fact = _changed(fact, each.name, None)
    return [*told[:at], replace(told[at], fact=fact), *told[at + 1 :]]


CHANGES: Final[tuple[Change, ...]] = (
    drops, comes_twice, shuffles, redates, redates, moves_all, changes_a_name,
    is_of_another_product, is_of_another_kind, is_of_another_payer, adds, adds, empties,
)  # fmt: skip
