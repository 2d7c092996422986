"""Whatever is corrected after claims went out: what is proposed, what follows, what stays apart.

Encounters drawn at random go out whole; then records are voided, dated anew or told late. What is
asked of the proposals is worked out here from the claims of both moments, and not by the program.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.claims.generated import encounters
from tests.claims.given_claims import posted, submitted
from tests.claims.golden import CENTRE
from tests.claims.test_never import RULES
from tests.claims.test_sent import told as whole_story
from tests.given import DAY_0
from tests.given_decisions import correcting, kept, then
from tests.test_arrival_order import arriving
from tests.tiers import size
from veinledger.domain.facts.billing import ClaimSubmitted, Frequency
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.sent.rules_changed import RULE
from veinledger.projections.claims.sent.shapes import Proposal
from veinledger.projections.claims.shapes import Claim, ClaimSet

pytestmark = pytest.mark.stochastic

FEW: Final = settings(
    max_examples=size(8, 8, 2_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
OTHER_UNITS: Final = "0.77"
CODED: Final = ("principal", "first-listed", "secondary", "procedure")
AT_THE_PAYER: Final = {"sent", "paid", "denied", "taken_back", "waiting"}


def seen(known: History) -> ClaimSet:
    return claims(known, CENTRE, RULES["public"])


def says(claim: Claim) -> Counter[Hashable]:
    """Everything on a form that changes what is paid, each as often as it stands there."""
    dates = claim.first_day, claim.last_day, claim.admitted
    lines = (
        (x.code, x.revenue_code, x.day, x.through, x.units, x.modifiers, x.ndc, x.charge, x.covered)
        for x in claim.lines
    )
    codes = ((x.role, x.code, x.day, x.present_on_admission) for x in claim.codes)
    return Counter([dates, *lines, *(each for each in codes if each[0] in CODED)])


def as_kept(claim: Claim, units: str | None = None) -> str:
    """The claim as a submission keeps it; with other units on its first line where asked."""
    lines = [[str(x.day), x.code, str(x.units), str(x.charge)] for x in claim.lines]
    if units and lines:
        lines[0][2] = units
    return json.dumps({"diagnoses": list(claim.diagnoses), "lines": lines})


def sent(claim: Claim, position: int, frequency: Frequency = "1") -> Record:
    days = (claim.last_day - DAY_0).days + (3 if frequency == "1" else 400)
    record = submitted(claim, position, days, frequency)
    assert isinstance(record.fact, ClaimSubmitted)
    number = f"PCN-{claim.label}-{position}"
    fact = replace(record.fact, claim=as_kept(claim), patient_control_number=number)
    return replace(record, fact=fact)


def all_out(known: History) -> History:
    """Every claim went out as it is."""
    position = len(known.records)
    return then(known, *(sent(claim, position) for claim in seen(known).claims))


@st.composite
def corrected(draw: st.DrawFn, known: History, services: list[Record]) -> History:
    """Some records voided or dated a few days anew, and perhaps a charge that comes late."""
    for target in draw(st.lists(st.sampled_from(services), max_size=2, unique_by=id)):
        days = draw(st.sampled_from((None, 0, -1, 1, 3)))
        if days is None:
            known = correcting(known, (target, None, None))
        else:
            day = str(target.day + timedelta(days=days))
            known = correcting(known, (target, target.fact, day))
    if draw(st.integers(0, 3)) == 0:
        known = then(known, posted(draw(st.sampled_from((0, 3, 21))), "0300", account="A-3"))
    return known


def told_and_corrected(data: st.DataObject, told: list[Record]) -> tuple[History, History] | None:
    """A history in which all claims went out, and the same with what was corrected since."""
    out = all_out(kept(told))
    resting = {key for claim in seen(out).claims for key in claim.records}
    services = [each for each in out.records[: len(told)] if each.key in resting]
    if not services:
        return None
    return out, data.draw(corrected(out, services))


@FEW
@given(told=encounters(), data=st.data())
def test_a_claim_is_proposed_exactly_where_todays_rules_make_another_of_it(
    told: list[Record], data: st.DataObject
) -> None:
    histories = told_and_corrected(data, told)
    if histories is None:
        return
    out, after = histories
    assert seen(out).proposals == ()
    before = {claim.key: claim for claim in seen(kept(told)).claims}
    now = seen(after)
    left = {claim.key: claim for claim in now.claims}
    proposed = {each.key: each for each in now.proposals}
    for key, claim in before.items():
        if key not in left:
            assert proposed[key].frequency == "8", claim.label
        elif left[key].inpatient == claim.inpatient:
            differs = says(left[key]) != says(claim)
            assert (key in proposed) is differs, (claim.label, proposed.get(key))
    assert proposed.keys() <= before.keys()


@FEW
@given(told=encounters(), data=st.data())
def test_a_replacement_tells_a_difference_and_names_what_made_it(
    told: list[Record], data: st.DataObject
) -> None:
    histories = told_and_corrected(data, told)
    if histories is None:
        return
    out, after = histories
    new = {record.key for record in after.records} - {record.key for record in out.records}
    for each in seen(after).proposals:
        assert each.frequency == "8" or each.lines or each.codes or each.differences
        assert new & set(each.records), each.reason


@FEW
@given(told=encounters(), data=st.data())
def test_changed_facts_and_changed_rules_are_never_mixed(
    told: list[Record], data: st.DataObject
) -> None:
    histories = told_and_corrected(data, told)
    if histories is None:
        return
    after = histories[1]
    assert [each.reason for each in seen(after).findings if each.rule == RULE] == []
    before = {claim.key: claim for claim in seen(kept(told)).claims}
    otherwise = seen(replace(after, records=kept_otherwise(after.records, before)))
    facts = [list(map(_facts, each.proposals)) for each in (seen(after), otherwise)]
    assert facts[0] == facts[1]
    out = {each.record for each in otherwise.sent if before[each.key].lines}
    found = [each for each in otherwise.findings if each.rule == RULE]
    assert {key for each in found for key in each.records} == out
    assert all(f"units: {OTHER_UNITS} → " in each.reason for each in found)


def kept_otherwise(records: Iterable[Record], before: dict[str, Claim]) -> tuple[Record, ...]:
    """Each submission as if the rules of its day had made other units of its first line."""
    return tuple(
        replace(r, fact=replace(r.fact, claim=as_kept(before[r.fact.claim_key], OTHER_UNITS)))
        if isinstance(r.fact, ClaimSubmitted)
        else r
        for r in records
    )


def _facts(each: Proposal) -> Proposal:
    """A proposal without what stands between its replacement and its sending."""
    return replace(each, draft=None, draft_reason="")


@FEW
@given(told=encounters(), data=st.data())
def test_drafts_follow_whether_or_not_anything_went_out(
    told: list[Record], data: st.DataObject
) -> None:
    """What is on a claim now, and what stands against it, is as if nothing had been sent."""
    histories = told_and_corrected(data, told)
    if histories is None:
        return
    after = histories[1]
    unsent = tuple(r for r in after.records if not isinstance(r.fact, ClaimSubmitted))
    never_sent = {claim.key: claim for claim in seen(replace(after, records=unsent)).claims}
    found = seen(after)
    assert {claim.key for claim in found.claims} == never_sent.keys()
    with_the_payer = {each.key for each in found.sent if each.outcome == "out"}
    for claim in found.claims:
        assert claim.lines == never_sent[claim.key].lines
        assert claim.codes == never_sent[claim.key].codes
        assert claim.sent is None or claim.key in with_the_payer
        assert claim.state in AT_THE_PAYER or claim.sent is None
        assert claim.state == claim.draft or claim.sent is not None


@FEW
@given(told=encounters(), data=st.data())
def test_once_everything_was_sent_again_nothing_is_proposed(
    told: list[Record], data: st.DataObject
) -> None:
    histories = told_and_corrected(data, told)
    if histories is None:
        return
    after = histories[1]
    position = len(after.records)
    before = {claim.key: claim for claim in seen(kept(told)).claims}
    left = {claim.key: claim for claim in seen(after).claims}
    again = [
        sent((before if each.frequency == "8" else left)[each.key], position, each.frequency)
        for each in seen(after).proposals
    ]
    assert seen(then(after, *again)).proposals == ()


@FEW
@given(told=encounters(), data=st.data(), seed=st.integers(0, 10**6))
def test_the_order_in_which_messages_came_changes_no_state_and_no_proposal(
    told: list[Record], data: st.DataObject, seed: int
) -> None:
    """What was known when the claims went out is told in any order, and so is what came after."""
    late = data.draw(st.lists(st.sampled_from(told), max_size=3, unique_by=id))
    first = [record for record in told if not any(record is each for each in late)]
    random, position = Random(seed), len(first)
    gone = [sent(claim, position) for claim in seen(kept(first)).claims]
    ends: list[object] = []
    for _ in range(2):
        after = [*gone, *late]
        random.shuffle(first)
        random.shuffle(after)
        history = kept(first, after)
        ends.append(_ends(seen(replace(history, records=arriving(list(history.records))))))
    assert ends[0] == ends[1]


def _ends(found: ClaimSet) -> object:
    """Everything but in which order the records of a proposal are named."""
    in_one_order = (
        replace(
            each,
            records=tuple(sorted(each.records)),
            lines=tuple(replace(x, records=tuple(sorted(x.records))) for x in each.lines),
            codes=tuple(replace(x, records=tuple(sorted(x.records))) for x in each.codes),
        )
        for each in found.proposals
    )
    return found.claims, tuple(in_one_order), found.sent


def test_the_comparison_tells_two_claims_apart() -> None:
    """The control: the measure by which proposals are judged sees a unit, a line and a code."""
    claim = next(x for x in seen(kept(whole_story())).claims if x.lines and x.codes)
    for other in _others(claim):
        assert says(other) != says(claim)


def _others(claim: Claim) -> Iterable[Claim]:
    line, code = claim.lines[0], next(x for x in claim.codes if x.role in CODED)
    yield replace(claim, lines=(replace(line, units=line.units + 1), *claim.lines[1:]))
    yield replace(claim, lines=(*claim.lines, line))
    yield replace(
        claim, codes=tuple(replace(x, code="Z99") if x is code else x for x in claim.codes)
    )
