"""What holds on every day of an encounter's life, whatever is settled, sent, corrected or late."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, get_args
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tests.given as world
from tests.claims.by_product import CASES
from tests.claims.generated import encounters
from tests.claims.given_claims import settled, submitted
from tests.claims.golden import CENTRE
from tests.claims.test_never import DOSES, RULES
from tests.examples.stories import told as told_example
from tests.given import Payer, history
from tests.given_decisions import correcting, kept, then
from tests.given_ledger import EXAMPLES
from tests.tiers import size
from veinledger.adapters.cli.as_json import as_json
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import PaymentSystem
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet

pytestmark = pytest.mark.stochastic

SLOW: Final = [HealthCheck.too_slow, HealthCheck.data_too_large]
FEW: Final = settings(
    max_examples=size(8, 8, 200), deadline=None, suppress_health_check=SLOW, print_blob=True
)
MANY: Final = settings(
    max_examples=size(40, 40, 3_000), deadline=None, suppress_health_check=SLOW, print_blob=True
)
NEVER_ON_A_STAY: Final = {"JZ", "JW", "JG", "TB"}
BORDERS: Final = (
    date(2022, 2, 28),
    date(2023, 6, 30),
    date(2023, 7, 1),
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(2024, 4, 1),
    date(2024, 12, 31),
    date(2025, 1, 1),
    date(2025, 6, 25),
    date(2025, 6, 26),
    date(2025, 9, 30),
    date(2025, 10, 1),
    date(2026, 3, 8),
    date(2026, 9, 30),
    date(2026, 10, 1),
    date(2026, 11, 1),
)
"""Days on which codes, modifiers, certificates or clocks change, and the days before."""
NONSENSE: Final = (
    "{}",
    "null",
    "no JSON",
    "[" * 100_000,
    '{"lines": 3}',
    '{"lines": [1, null, {}]}',
    '{"lines": [{"folded": 7, "revenue_code": {"code": ["0871"]}}]}',
    '{"lines": [{"revenue_code": ["0871"]}]}',
)
"""Claims as sent that are no claims of ours."""


@contextmanager
def day_0_on(when: date) -> Generator[None]:
    with patch.object(world, "DAY_0", when):
        yield


def billed(told: History, edition: Edition, as_of: date | None = None) -> ClaimSet:
    return claims(told, CENTRE, RULES[edition], as_of)


def holding(claim: Claim) -> set[str]:
    return {found.key for found in claim.findings if found.holds}


# ---- Day by day -----------------------------------------------------------------------------


def around(told: History, step: int = 1) -> list[date]:
    """The days of the facts, and those on which something that they opened has closed."""
    facts = {record.day for record in told.records}
    return sorted({on + timedelta(days=n) for on in facts for n in (0, 1, 4)})[::step]


def nothing_of_the_future(found: ClaimSet, today: date) -> None:
    for claim in found.claims:
        assert claim.last_day <= today
        assert all((line.through or line.day) <= today for line in claim.lines)


def moves_sensibly(before: Claim, after: Claim) -> None:
    """A claim that waited for its window goes on, and none that was ready waits for it again.

    One that was denied waits for the payer while its appeal is open, and once it is won.
    """
    if after.state == "waiting" and not after.state_reason.startswith(("its appeal", "its denial")):
        assert before.state != "ready" or after.last_day > before.last_day


def live_through(told: History, edition: Edition, step: int = 1) -> None:
    before: dict[str, Claim] = {}
    for today in around(told, step):
        found = billed(told, edition, today)
        nothing_of_the_future(found, today)
        assert len({claim.key for claim in found.claims}) == len(found.claims)
        assert len({claim.label for claim in found.claims}) == len(found.claims)
        for claim in found.claims:
            if claim.key in before:
                moves_sensibly(before[claim.key], claim)
        before = {claim.key: claim for claim in found.claims}


@FEW
@given(told=encounters(), edition=st.sampled_from(EDITIONS))
def test_every_day_has_its_claims_and_none_of_the_days_to_come(
    told: list[Record], edition: Edition
) -> None:
    live_through(history(told), edition, step=size(3, 3, 1))


@FEW
@given(told=encounters())
def test_a_claim_keeps_its_label_while_later_services_come(told: list[Record]) -> None:
    """The first claim of a kind is the first for ever, if nothing earlier is told later."""
    before: dict[str, str] = {}
    for today in around(history(told), step=size(4, 4, 1)):
        found = billed(history(told), "public", today).claims
        first_days = {claim.key: claim.first_day for claim in found}
        new = [claim for claim in found if claim.key not in before]
        gone = {key[0] for key in before.keys() - first_days.keys()}
        for claim in found:
            earlier = [each for each in new if each.first_day <= claim.first_day]
            disturbed = claim.kind[0] in gone or any(e.kind == claim.kind for e in earlier)
            if claim.key in before and not disturbed:
                assert claim.label == before[claim.key]
        before = {claim.key: claim.label for claim in found}


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_worked_example_has_its_claims_on_every_day(example: str, tmp_path: Path) -> None:
    edition = EDITIONS[EXAMPLES.index(example) % 2]
    with told_example(example, tmp_path) as opened:
        for name in opened.encounters():
            live_through(opened.history(name), edition, step=size(6, 6, 1))


# ---- What a person settles ------------------------------------------------------------------


@FEW
@given(told=encounters(), edition=st.sampled_from(EDITIONS))
def test_every_finding_that_holds_a_claim_can_be_settled(
    told: list[Record], edition: Edition
) -> None:
    held = {key for claim in billed(history(told), edition).claims for key in holding(claim)}
    decided = [settled(key) for key in sorted(held)]
    for claim in billed(history(told, decided), edition).claims:
        assert claim.state != "held" or holding(claim) - held


@FEW
@given(told=encounters(), edition=st.sampled_from(EDITIONS), data=st.data())
def test_a_settlement_frees_no_claim_from_another_finding(
    told: list[Record], edition: Edition, data: st.DataObject
) -> None:
    before = billed(history(told), edition)
    held = sorted({key for claim in before.claims for key in holding(claim)})
    if not held:
        return
    key = data.draw(st.sampled_from(held))
    after = {each.key: each for each in billed(history(told, settled(key)), edition).claims}
    for claim in before.claims:
        others = holding(claim) - {key}
        assert others <= holding(after[claim.key])
        if claim.state == "held":
            assert (after[claim.key].state == "held") is bool(holding(after[claim.key]) - {key})


@MANY
@given(told=encounters(), edition=st.sampled_from(EDITIONS))
def test_a_key_names_one_finding_of_a_claim_and_of_the_encounter(
    told: list[Record], edition: Edition
) -> None:
    found = billed(history(told), edition)
    for findings in (found.findings, *(claim.findings for claim in found.claims)):
        assert len({each.key for each in findings}) == len(findings)
    told_of_all = {each.key: each for each in found.findings}
    for claim in found.claims:
        for each in claim.findings:
            whole = told_of_all[each.key]
            assert set(each.reason.split("; ")) <= set(whole.reason.split("; "))
            assert whole.holds or not each.holds


# ---- What goes out, and what is corrected afterwards ----------------------------------------


@FEW
@given(told=encounters(), data=st.data())
def test_what_was_corrected_after_it_went_out_is_replaced_or_voided(
    told: list[Record], data: st.DataObject
) -> None:
    known = kept(told)
    before = billed(known, "public")
    if not before.claims:
        return
    sent = [submitted(claim, len(told), _days_after(claim)) for claim in before.claims]
    out = then(known, *sent)
    assert billed(out, "public").proposals == ()
    resting = {key for line in before.lines() for key in line.basis.records}
    services = [record for record in out.records if record.key in resting]
    if not services:
        return
    target = data.draw(st.sampled_from(services))
    now = billed(correcting(out, (target, None, None)), "public")
    proposed, left = {each.key for each in now.proposals}, {each.key: each for each in now.claims}
    for claim in before.claims:
        if claim.key not in proposed:
            assert claim.key in left
            assert _figures(left[claim.key]) == _figures(claim)


def _days_after(claim: Claim) -> int:
    return (claim.last_day - world.DAY_0).days + 3


def _figures(claim: Claim) -> list[tuple[object, ...]]:
    return [(x.code, x.revenue_code, x.day, x.units, x.modifiers, x.charge) for x in claim.lines]


@MANY
@given(told=encounters(), edition=st.sampled_from(EDITIONS), data=st.data())
def test_nothing_that_was_sent_is_too_odd_to_be_read(
    told: list[Record], edition: Edition, data: st.DataObject
) -> None:
    before = billed(history(told), edition)
    if not before.claims:
        return
    claim = data.draw(st.sampled_from(before.claims))
    behind = data.draw(st.sampled_from(("", "#1of0", "#1of99999999999", "#2of3", "#", "#1of٣")))
    sent = submitted(claim, data.draw(st.sampled_from((0, 3, len(told), 10**9))))
    assert isinstance(sent.fact, ClaimSubmitted)
    odd = replace(
        sent.fact,
        claim=data.draw(st.sampled_from(NONSENSE)),
        claim_key=f"{claim.key}{behind if claim.kind == 'C' else ''}",
        label=data.draw(st.sampled_from((claim.label, "A1", "C1"))),
        edition=edition,
    )
    found = billed(history(told, replace(sent, fact=odd)), edition)
    assert len(found.claims) <= len(before.claims) + 100


# ---- Every place, payer, product and border of time -----------------------------------------


WAYS: Final[tuple[Literal["tracked", "folded"], ...]] = ("tracked", "folded")


def sited(system: PaymentSystem, collection: Literal["tracked", "folded"]) -> Centre:
    """The site with its hospitals paid otherwise."""
    changed = (
        replace(each, payment_system=system, collection_charges=collection)
        if each.name in ("main", "annex")
        else each
        for each in CENTRE.facilities
    )
    return replace(CENTRE, facilities=tuple(changed))


@MANY
@given(
    day_0=st.tuples(st.sampled_from(BORDERS), st.sampled_from((0, 0, 0, 3, 45, -30))),
    centre=st.builds(sited, st.sampled_from(get_args(PaymentSystem)), st.sampled_from(WAYS)),
    edition=st.sampled_from(EDITIONS),
    data=st.data(),
)
def test_the_code_of_a_line_is_the_one_in_force_everywhere(
    day_0: tuple[date, int], centre: Centre, edition: Edition, data: st.DataObject
) -> None:
    with day_0_on(day_0[0] + timedelta(days=day_0[1])):
        told = data.draw(encounters(get_args(Payer), CASES))
    found = claims(history(told), centre, RULES[edition])
    for claim in found.claims:
        for line in claim.lines:
            if line.basis.book:
                in_force(line.code, line.day, edition)
            for modifier in line.modifiers:
                in_force(modifier, line.day, edition)
            assert not (claim.inpatient and NEVER_ON_A_STAY & set(line.modifiers))
            assert len(set(line.modifiers)) == len(line.modifiers)
            assert line.charge is None or line.charge >= 0
            assert line.units > 0 or "a_line_has_units" in {f.rule for f in claim.findings}
    doses = [line.units for line in found.lines() if line.code in DOSES]
    assert sum(doses, Decimal(0)) in (0, 1)
    reads_back(found)


def in_force(code: str, on: date, edition: Edition) -> None:
    """Of a code that the edition knows at all, some entry holds on the day."""
    known = [e for e in RULES[edition].book if e.code == code and edition in e.editions]
    billing = [each for each in known if each.system in ("HCPCS", "CPT", "MOD")]
    assert not billing or any(each.holds(on, edition) for each in billing), (code, on)


def reads_back(found: ClaimSet) -> None:
    """JSON keeps what is unknown unknown, and every number to its last digit."""
    said = json.loads(as_json(found), parse_float=Decimal, parse_int=Decimal)
    for claim, told in zip(found.claims, said["claims"], strict=True):
        assert told["total"] == claim.total
        for line, of_it in zip(claim.lines, told["lines"], strict=True):
            for name in ("units", "charge", "ndc_quantity", "ndc"):
                assert of_it[name] == getattr(line, name)
