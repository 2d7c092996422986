"""Every claim rule and every edit speaks in some golden encounter, and is silent in another."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.claims import test_edits as by_hand
from tests.claims.encounters.registry import ENCOUNTERS
from tests.claims.golden import CENTRE
from tests.examples.stories import AS_OF, told
from tests.given import history
from tests.given_ledger import EXAMPLES
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import as_of_both_times
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, effective
from veinledger.projections.case.case import Case
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.claims.edits.registry import EDITS, Draft
from veinledger.projections.claims.registry import RULES
from veinledger.projections.claims.shapes import Claim


@dataclass(slots=True)
class Heard:
    """In which claims a rule spoke, and in which it had nothing to say."""

    spoke: set[str] = field(default_factory=set[str])
    silent: set[str] = field(default_factory=set[str])

    def note(self, said: bool, where: str) -> None:
        (self.spoke if said else self.silent).add(where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """An encounter whose claims are golden files: what happened, where, and as of when."""

    name: str
    history: History
    centre: Centre
    as_of: date | None


def golden() -> Iterator[Golden]:
    for name, each in ENCOUNTERS.items():
        yield Golden(
            name=name,
            history=history(each.story()),
            centre=each.centre(CENTRE),
            as_of=each.as_of,
        )
    for example in EXAMPLES:
        with TemporaryDirectory() as folder, told(example, Path(folder)) as opened:
            for name in opened.encounters():
                yield Golden(
                    name=f"{example} {name}",
                    history=opened.history(name),
                    centre=CENTRE,
                    as_of=AS_OF,
                )


@cache
def heard() -> dict[str, Heard]:
    found: dict[str, Heard] = defaultdict(Heard)
    for each in golden():
        for edition in EDITIONS:
            for where, bill, draft in drafts(each, shipped_rules(edition)):
                ask(found, where, bill, draft)
    return found


def drafts(told_so_far: Golden, rules: Rules) -> Iterator[tuple[str, Bill, Draft]]:
    seen = effective(told_so_far.history, told_so_far.as_of)
    product = rules.products.find(seen.state.product)
    if product is None or not product.complete:
        return
    centre = as_of_both_times(told_so_far.centre, told_so_far.as_of, None)
    case = Case(seen=seen, centre=centre, rules=rules, product=product)
    found = claims(told_so_far.history, told_so_far.centre, rules, told_so_far.as_of)
    made = {claim.key: as_drafted(claim) for claim in found.claims}
    for bill in bills(case):
        claim = made[bill.key]
        others = tuple(each for each in made.values() if each is not claim)
        where = f"{told_so_far.name}, {rules.edition}, {claim.label}"
        yield where, bill, Draft(bill=bill, claim=claim, beside=others)


def as_drafted(claim: Claim) -> Claim:
    """A claim as the edits see it, before any of them has found something."""
    edits = {each.name for each in EDITS}
    return replace(claim, findings=tuple(f for f in claim.findings if f.rule not in edits))


def ask(found: dict[str, Heard], where: str, bill: Bill, draft: Draft) -> None:
    for rule in RULES:
        if bill.kind in rule.claims and rule.in_force(bill.last_day):
            found[rule.name].note(any(True for _ in rule.speaks(bill)), where)
    for edit in EDITS:
        if edit.looks_at(draft):
            found[edit.name].note(any(True for _ in edit.finds(draft)), where)


NAMES = [*(each.name for each in RULES), *(each.name for each in EDITS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """Why no facts bring an edit about while the rules are right, and the test that asks it."""

    reason: str
    test: Callable[[], None]


ONLY_BY_HAND: Final[dict[str, ByHand]] = {
    "the_collection_is_tracked_or_folded_never_both": ByHand(
        reason="folding takes a collection off its claim and puts it into the product's line in "
        "one step; the edit stands below it because the error is charged double",
        test=by_hand.test_a_collection_that_is_tracked_and_folded_is_held,
    ),
}
"""Safety nets below rules that prevent their case; all the others speak in an encounter."""

ALWAYS_SPEAK: Final = {
    "a_hospital_bill_has_a_type_and_an_office_bill_a_place": (
        "a form without a type of bill or a place of service is none"
    ),
    "the_documented_disease_goes_first": (
        "every collection is for the disease: its code, or the question for it"
    ),
    "an_encounter_for_chemotherapy_says_so": (
        "whatever leads claim B, the disease stands on it: its code, or the question for it"
    ),
    "a_visit_is_coded_by_what_was_documented": (
        "a visit has a diagnosis: a condition, a sign, the disease, the status, or the question"
    ),
}
"""Rules that are silent on no claim of their kinds, and why not."""


@pytest.mark.parametrize("name", [each for each in NAMES if each not in ONLY_BY_HAND])
def test_a_rule_speaks_in_one_encounter_and_is_silent_in_another(name: str) -> None:
    assert heard()[name].spoke, f"{name} speaks in no golden encounter"
    if name not in ALWAYS_SPEAK:
        assert heard()[name].silent, f"{name} is silent in no golden encounter"


@pytest.mark.parametrize("name", ALWAYS_SPEAK)
def test_a_rule_that_always_speaks_does(name: str) -> None:
    assert heard()[name].spoke
    assert not heard()[name].silent, "take it out of the table"


@pytest.mark.parametrize("name", ONLY_BY_HAND)
def test_an_edit_that_no_facts_bring_about_is_asked_by_hand(name: str) -> None:
    assert not heard()[name].spoke, "take it out of the table"
    assert heard()[name].silent
    assert f'"{name}"' in inspect.getsource(ONLY_BY_HAND[name].test)
