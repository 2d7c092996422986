"""What a person settled counts exactly while its finding is made; what lapsed is told, with why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.encounters.denials import DENIALS, inpatient
from tests.claims.given_claims import CENTRE
from tests.given import (
    admitted,
    collected,
    day,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
)
from tests.given_decisions import confirming, correcting, kept, settling, the, then
from tests.tiers import size
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.findings import Finding
from veinledger.domain.standing.history import History, effective
from veinledger.projections.audit import audit_trail
from veinledger.projections.changes import changes
from veinledger.projections.claims.assemble import claims
from veinledger.projections.gates.check import Step, check
from veinledger.projections.gates.shapes import Verdict
from veinledger.projections.settling.found import (
    day_of_the_gate,
    every_finding,
    findings,
    findings_of_gates,
)
from veinledger.projections.settling.settlements import Settlement, settlements_of

RULES: Final = shipped_rules("public")
ON: Final = day(0)


def seen(history: History) -> tuple[Settlement, ...]:
    return settlements_of(history, CENTRE, RULES)


def keys(history: History) -> set[str]:
    """The keys of everything that is found now, in either edition."""
    return {key for each in EDITIONS for key in findings(history, CENTRE, RULES.under(each))}


def holding(history: History) -> Finding:
    """A finding that holds the claim of the infusion."""
    claim = claims(history, CENTRE, RULES).claim("C1")
    assert claim is not None
    return next(each for each in claim.findings if each.holds)


def without_refractoriness() -> History:
    """The infusion's claim is held: progression came too late for the label."""
    return kept(DENIALS[2].fails())


def dose_before_the_bag() -> History:
    """A finding of the history: lymphodepletion was given, the product came after it."""
    early = lymphodepletion(days=(-20, -19, -18))
    return kept([*opened("medicare"), *collected(), *early, *made(), admitted(), infused()])


def infused_before_it_was_received() -> History:
    """An infusion that waits for its receipt, with an admission."""
    steps = [each for each in made() if each.fact.type != "product.received"]
    return kept([*opened(), *collected(), *steps, admitted(), infused()])


# ---- By example -----------------------------------------------------------------------------


def test_a_settled_finding_holds_no_claim_and_is_listed_with_who_and_why() -> None:
    history = without_refractoriness()
    found = holding(history)
    after = settling(history, found.key)
    (told,) = seen(after)
    assert (told.state, told.place, told.finding) == ("settles", "claims", found.key)
    assert (told.credential, told.reason, told.why) == ("CCS", "checked", "")
    assert told.rests_on == found.records
    claim = claims(after, CENTRE, RULES).claim("C1")
    assert claim is not None
    assert claim.state != "held" or found.reason not in claim.state_reason


def test_a_settlement_lapses_when_its_record_is_replaced_and_says_by_which() -> None:
    settled = settling(without_refractoriness(), holding(without_refractoriness()).key)
    infusion = the(settled, "cells.infused")
    after = correcting(settled, (infusion, infusion.fact, infusion.occurred.text))
    (told,) = seen(after)
    assert told.state == "lapsed"
    assert f"record {infusion.seal.sequence} (cells.infused) was replaced" in told.why
    claim = claims(after, CENTRE, RULES).claim("C1")
    assert claim is not None
    assert claim.state == "held"


def test_a_settlement_of_what_was_reported_since_is_no_longer_found() -> None:
    history = settling(without_refractoriness(), holding(without_refractoriness()).key)
    better = [each for each in inpatient() if each.fact.type == "therapy.refractoriness_documented"]
    (told,) = seen(then(history, record(better[0].fact, -85, "the right note")))
    assert told.state == "no longer found"
    assert "none of its records changed" in told.why


def test_of_two_settlements_the_last_counts_and_both_are_in_the_audit_trail() -> None:
    history = without_refractoriness()
    key = holding(history).key
    twice = settling(settling(history, key), key)
    first, second = seen(twice)
    assert (first.state, second.state) == ("settled again", "settles")
    trail = audit_trail(twice, CENTRE, RULES)
    told = [each.settlement for each in trail.entries if each.settlement is not None]
    assert [each.state for each in told] == ["settled again", "settles"]


def test_a_settlement_of_nothing_is_told_as_such() -> None:
    history = settling(without_refractoriness(), "a_rule_that_never_was/0123456789ab")
    (told,) = seen(history)
    assert (told.state, told.place, told.rests_on) == ("never found", None, ())
    assert not told.counts


def test_a_settlement_that_was_itself_taken_out_counts_no_more() -> None:
    history = settling(without_refractoriness(), holding(without_refractoriness()).key)
    after = correcting(history, (the(history, "finding.settled"), None, None))
    (told,) = seen(after)
    assert told.state == "taken out"


def test_a_lapse_is_among_the_changes_of_the_correction_that_made_it() -> None:
    settled = settling(without_refractoriness(), holding(without_refractoriness()).key)
    infusion = the(settled, "cells.infused")
    after = correcting(settled, (infusion, infusion.fact, infusion.occurred.text))
    told = changes(after, CENTRE, RULES, settled.records[-1].seal.position)
    assert [(each.settled, each.finding) for each in told.settled] == [
        ("lapsed", seen(settled)[0].finding)
    ]


def test_a_finding_of_the_history_is_settled_and_lapses_too() -> None:
    history = dose_before_the_bag()
    rule = "lymphodepletion_follows_receipt_of_the_product"
    first = next(each for each in effective(history).findings if each.rule == rule)
    settled = settling(history, first.key)
    (told,) = seen(settled)
    assert (told.state, told.place) == ("settles", "history")
    dose = next(each for each in settled.records if each.key in first.records)
    (told,) = seen(correcting(settled, (dose, None, None)))
    assert told.state == "lapsed"
    assert f"record {dose.seal.sequence} (lymphodepletion.dose_given) was voided" in told.why


def test_a_settlement_lapses_when_the_confirmation_of_its_record_is_withdrawn() -> None:
    history = infused_before_it_was_received()
    confirmed = confirming(history, the(history, "cells.infused"), product_received=-10)
    rule = "what_a_person_attested_is_told"
    found = next(each for each in effective(confirmed).findings if each.rule == rule)
    settled = settling(confirmed, found.key)
    assert seen(settled)[0].state == "settles"
    (told,) = seen(correcting(settled, (the(settled, "report.confirmed"), None, None)))
    assert told.state == "lapsed"
    assert told.why


GATE: Final = "the_disease_is_refractory_to_what_the_label_names"


def verdict(history: History) -> Verdict:
    told = check(history, CENTRE, RULES, Step(intent="infuse", on=ON))
    assert told is not None
    return next(each for each in told.verdicts if each.gate == GATE)


def test_a_finding_of_a_gate_is_settled_for_the_check_and_lapses_with_its_record() -> None:
    history = without_refractoriness()
    found = verdict(history).finding
    assert found is not None
    assert found.key in {each.key for each in every_finding(history, CENTRE, RULES, ON)}
    act = FindingSettled(
        finding=found.key, decision="overridden", credential="MD", reason="seen in the chart"
    )
    settled = then(history, record(act, 0, "settled at the gate"))
    (told,) = seen(settled)
    assert (told.state, told.place) == ("settles", "gates")
    assert verdict(settled).state == "settled"
    note = the(settled, "therapy.refractoriness_documented")
    after = correcting(settled, (note, note.fact, note.occurred.text))
    (told,) = seen(after)
    assert told.state == "lapsed"
    assert "(therapy.refractoriness_documented) was replaced" in told.why
    assert verdict(after).state == "not met"


def test_a_gate_that_was_settled_ahead_of_its_day_counts_on_the_days_before() -> None:
    history = kept([each for each in DENIALS[2].fails() if each.day < day(-1)])
    planned = {each.key for each in every_finding(history, CENTRE, RULES, ON)}
    key = next(each for each in sorted(planned) if each.startswith(GATE))
    act = FindingSettled(finding=key, decision="accepted", credential="MD", reason="planned")
    (told,) = seen(then(history, record(act, -9, "settled ahead")))
    assert (told.state, told.place) == ("settles", "gates")


def test_every_finding_of_a_gate_can_be_settled_on_the_day_asked_about() -> None:
    history = kept(DENIALS[1].fails())
    found = findings_of_gates(history, CENTRE, RULES, ON)
    assert found
    for key in found:
        (told,) = seen(settling(history, key))
        assert (told.state, told.place) == ("settles", "gates"), key


@pytest.mark.parametrize(
    ("key", "on"),
    [
        ("a_gate:infuse:2026-05-11/abc", day(0)),
        ("a_gate:infuse/abc", None),
        ("a_gate/2026-05-11", None),
        ("a_gate:infuse:2026-05-112/abc", None),
    ],
)
def test_a_key_names_its_day_where_it_has_one(key: str, on: date | None) -> None:
    assert day_of_the_gate(key) == on


# ---- At random ------------------------------------------------------------------------------

STORIES: Final[tuple[Callable[[], History], ...]] = (
    without_refractoriness,
    infused_before_it_was_received,
    dose_before_the_bag,
    lambda: kept(DENIALS[1].fails()),
    lambda: kept(DENIALS[9].fails()),
)
DEEDS: Final = st.lists(
    st.tuples(
        st.sampled_from(["settle", "settle", "void", "replace", "document"]), st.integers(0, 99)
    ),
    min_size=1,
    max_size=6,
)


def done(history: History, deed: str, number: int) -> History:
    """The history after a person did something to one of its records or findings."""
    targets = [
        each
        for each in history.records
        if each.kind == "report" and each.fact.type not in ("records.corrected",)
    ]
    still = effective(history).standings
    targets = [each for each in targets if still[each.key].status != "superseded"]
    match deed:
        case "settle":
            there = sorted(keys(history))
            return settling(history, there[number % len(there)]) if there else history
        case "void" if targets:
            return correcting(history, (targets[number % len(targets)], None, None))
        case "replace" if targets:
            one = targets[number % len(targets)]
            return correcting(history, (one, one.fact, one.occurred.text))
        case _:
            paper = DocumentFiled(kind="note", reference=f"N-{number}")
            return then(history, record(paper, -1, f"note {len(history.records)}"))


@settings(max_examples=size(30, 100, 1_000), deadline=None)
@given(st.integers(0, len(STORIES) - 1), DEEDS)
def test_a_settlement_counts_exactly_while_its_finding_is_made_and_is_never_silently_gone(
    story: int, deeds: list[tuple[str, int]]
) -> None:
    history = STORIES[story]()
    for deed, number in deeds:
        history = done(history, deed, number)
    told = seen(history)
    now, folded = keys(history), effective(history)
    acts = [each for each in folded.known if isinstance(each.fact, FindingSettled)]
    assert [each.record for each in told] == [each.key for each in acts]
    last = {each.finding: each.record for each in told if folded.standings[each.record].in_effect}
    for each in told:
        counting = last.get(each.finding) == each.record
        assert each.counts == (counting and each.finding in now)
        assert bool(each.why) != each.counts
        changed = [key for key in each.rests_on if folded.standings[key].status == "superseded"]
        if each.counts:
            assert not changed
        elif counting and changed:
            assert each.state == "lapsed"
            assert all(
                f"record {r.seal.sequence} " in each.why for r in folded.known if r.key in changed
            )


@pytest.mark.parametrize("story", STORIES)
def test_the_stories_have_something_to_settle(story: Callable[[], History]) -> None:
    assert keys(story())
