"""Every claim rule and every edit speaks in some golden encounter, and is silent in another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.claims.encounters.registry import ENCOUNTERS
from tests.claims.golden import CENTRE
from tests.examples.stories import told
from tests.given import history
from tests.given_ledger import EXAMPLES
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.case import Case
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.claims.edits.registry import EDITS, Draft
from veinledger.projections.claims.registry import RULES


@dataclass(slots=True)
class Heard:
    """In which claims a rule spoke, and in which it had nothing to say."""

    spoke: set[str] = field(default_factory=set[str])
    silent: set[str] = field(default_factory=set[str])

    def note(self, said: bool, where: str) -> None:
        (self.spoke if said else self.silent).add(where)


def told_histories() -> Iterator[tuple[str, History]]:
    for name, encounter in ENCOUNTERS.items():
        yield name, history(encounter.story())
    for example in EXAMPLES:
        with TemporaryDirectory() as folder, told(example, Path(folder)) as opened:
            for name in opened.encounters():
                yield f"{example} {name}", opened.history(name)


@cache
def heard() -> dict[str, Heard]:
    found: dict[str, Heard] = defaultdict(Heard)
    for name, told_so_far in told_histories():
        for edition in EDITIONS:
            for where, bill, draft in drafts(name, told_so_far, shipped_rules(edition)):
                ask(found, where, bill, draft)
    return found


def drafts(name: str, told_so_far: History, rules: Rules) -> Iterator[tuple[str, Bill, Draft]]:
    seen = effective(told_so_far)
    product = rules.products.find(seen.state.product)
    if product is None or not product.complete:
        return
    case = Case(seen=seen, centre=CENTRE, rules=rules, product=product)
    made = {claim.key: claim for claim in claims(told_so_far, CENTRE, rules).claims}
    for bill in bills(case):
        claim = made[bill.key]
        others = tuple(each for each in made.values() if each is not claim)
        where = f"{name}, {rules.edition}, {claim.label}"
        yield where, bill, Draft(bill=bill, claim=claim, others=others)


def ask(found: dict[str, Heard], where: str, bill: Bill, draft: Draft) -> None:
    for rule in RULES:
        if bill.kind in rule.claims and rule.in_force(bill.last_day):
            found[rule.name].note(any(True for _ in rule.speaks(bill)), where)
    for edit in EDITS:
        if edit.looks_at(draft):
            found[edit.name].note(any(True for _ in edit.finds(draft)), where)


NAMES = [*(each.name for each in RULES), *(each.name for each in EDITS)]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_speaks_in_one_encounter_and_is_silent_in_another(name: str) -> None:
    assert heard()[name].spoke, f"{name} speaks in no golden encounter"
    if name not in ALWAYS_SPEAK:
        assert heard()[name].silent, f"{name} is silent in no golden encounter"


ALWAYS_SPEAK = frozenset({"a_hospital_bill_has_a_type_and_an_office_bill_a_place"})
"""Rules without which a claim is none: every bill has a type or a place."""


def test_the_rules_that_always_speak_do() -> None:
    for name in ALWAYS_SPEAK:
        assert not heard()[name].silent
