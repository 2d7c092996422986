"""A whole chart under the wrong patient, claims sent for it and all, undone in one set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.examples.stories import AS_OF, labels, told
from veinledger.adapters.cli.decisions.editing import whole_chart
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.telling import change_of, claim_accepted, claim_sent
from veinledger.domain.facts.decisions import DECISIONS
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.projections.claims.sent.shapes import Proposal

CHART, RIGHT = "E9", "E9-RIGHT"
STAYS: Final = frozenset({"claim.submitted", "claim.answered"})
"""What was sent, was sent for the wrong patient: it stays where it has to be voided."""
OWN: Final = frozenset({"encounter.opened", "patient.registered", "coverage.recorded"})
"""What is the wrong patient's own."""


@pytest.fixture
def chart(tmp_path: Path) -> Iterator[Ledger]:
    """The example, with a corrected infusion; claims A, B and C went out, two have a number."""
    with told("infusion_date_corrected", tmp_path) as opened:
        for label in ("A1", "B1"):
            recorded(opened, claim_sent(CHART, label, "2026-09-03")(opened))
        recorded(opened, claim_accepted(CHART, "A1", "2026-09-03", "ICN-9-02")(opened))
        yield opened


def recorded(opened: Ledger, report: dict[str, Any]) -> Outcome:
    (outcome,) = opened.record(report)
    assert outcome.answer == "recorded", outcome.refusal
    return outcome


def moved(opened: Ledger, left_out: frozenset[str] = frozenset()) -> list[Record]:
    """Every record in effect but what was sent, the decisions, and what is left out."""
    return [
        each
        for each in opened.effective(CHART).records
        if each.fact.type not in STAYS | left_out and not isinstance(each.fact, DECISIONS)
    ]


def one_set(records: list[Record], message: str = "E9-HIM-1") -> dict[str, Any]:
    return {
        "encounter": CHART,
        "type": "records.corrected",
        "occurred_at": "2026-09-03T10:00:00-05:00",
        "source": {"connection": "coordinator", "message": message},
        "actor": {"id": "him-1", "role": "health information manager"},
        "reason": "all of it was charted under the patient of the next bed",
        "changes": [change_of("move", each, encounter=RIGHT) for each in records],
    }


def opening(encounter: str) -> list[dict[str, Any]]:
    """Another encounter with a patient and a coverage of its own."""
    around = {"occurred_at": "2026-03-09", "actor": {"id": "reg-1", "role": "registrar"}}
    facts: list[dict[str, Any]] = [
        {"type": "encounter.opened", "product": "carvykti", "indication": "second_line",
         "patient": "P-2009", "centre": "lakeside"},
        {"type": "patient.registered", "patient": "P-2009", "family_name": "Right",
         "given_names": ["Rosa"], "birth_date": "1961-01-02", "sex": "female",
         "mrn": "MRN-P-2009", "authority": "lakeside"},
        {"type": "coverage.recorded", "payer": "harbor_health", "kind": "commercial",
         "member_id": "MBR-P-2009", "since": "2026-01-01"},
    ]  # fmt: skip
    return [
        {
            "encounter": encounter,
            **around,
            "source": {"connection": "epic-adt", "message": f"R-{number}"},
            **fact,
        }
        for number, fact in enumerate(facts)
    ]


def bills(opened: Ledger, encounter: str) -> list[tuple[object, ...]]:
    """What is on the claims of an encounter, whoever's they are."""
    found = opened.claims(encounter, as_of=AS_OF)
    return [
        (claim.label, line.day, line.code, line.revenue_code, line.units, line.charge)
        for claim in found.claims
        for line in claim.lines
    ]


def proposals(opened: Ledger, encounter: str) -> dict[str, tuple[str, str | None, str | None]]:
    return {
        each.label: (
            each.frequency,
            each.payer_control_number,
            each.change_reason.code if each.change_reason else None,
        )
        for each in opened.claims(encounter, as_of=AS_OF).proposals
    }


def test_the_whole_chart_goes_to_its_patient_and_what_was_sent_is_voided(chart: Ledger) -> None:
    for each in opening(RIGHT):
        recorded(chart, each)
    before, records = bills(chart, CHART), moved(chart, OWN)
    assert len(records) >= 30
    recorded(chart, one_set(records))
    assert chart.effective(RIGHT).stage is Stage.SURVEILLANCE
    assert chart.effective(CHART).stage is Stage.REFERRED
    assert bills(chart, RIGHT) == before
    assert bills(chart, CHART) == []
    assert set(labels(chart.claims(RIGHT, as_of=AS_OF)).values()) <= {"ready", "bundled"}
    assert proposals(chart, RIGHT) == {}
    assert proposals(chart, CHART) == {
        "A1": ("8", "ICN-9-02", "D5"),
        "B1": ("8", None, "D5"),
        "C1": ("8", "ICN-9-01", "D5"),
    }


def test_the_identity_of_the_cells_goes_with_the_chart(chart: Ledger) -> None:
    for each in opening(RIGHT):
        recorded(chart, each)
    recorded(chart, one_set(moved(chart, OWN)))
    assert chart.effective(RIGHT).state.infusion_day is not None
    assert not [each for each in chart.effective(RIGHT).findings if each.holds]
    again: dict[str, Any] = {
        "encounter": CHART,
        "type": "product.received",
        "occurred_at": "2026-05-21",
        "source": {"connection": "cell-lab", "message": "AGAIN"},
        "actor": {"id": "lab-7", "role": "cell laboratory"},
        "chain_of_identity": "COI-9911",
        "identity_as_read": "COI-9911",
        "lot": "CV-90777",
    }
    (outcome,) = chart.record(again)
    assert outcome.answer == "parked"


def test_a_chart_that_takes_its_opening_along_leaves_its_claims_to_be_voided(
    chart: Ledger,
) -> None:
    before = bills(chart, CHART)
    recorded(chart, one_set(moved(chart)))
    assert chart.effective(CHART).stage is Stage.UNOPENED
    assert bills(chart, RIGHT) == before
    assert chart.claims(CHART, as_of=AS_OF).claims == ()
    assert {label: told[0] for label, told in proposals(chart, CHART).items()} == {
        "A1": "8",
        "B1": "8",
        "C1": "8",
    }


@pytest.mark.parametrize(("whereto", "why"), [("void", "D6"), (RIGHT, "D5")])
@pytest.mark.parametrize("is_open", [False, True])
def test_the_command_leaves_what_a_payer_has_to_be_voided_whether_the_chart_goes_or_is_no_chart(
    chart: Ledger, whereto: str, why: str, is_open: bool
) -> None:
    for each in opening(RIGHT) if is_open else ():
        recorded(chart, each)
    there = chart.effective(RIGHT) if is_open else None
    made = whole_chart(chart.effective(CHART), whereto, there)
    assert not {each.target.fact.type for each in made} & STAYS
    recorded(chart, one_set([]) | {"changes": [each.told() for each in made]})
    assert proposals(chart, CHART) == {
        "A1": ("8", "ICN-9-02", why),
        "B1": ("8", None, why),
        "C1": ("8", "ICN-9-01", why),
    }


def test_what_was_known_before_is_what_it_was(chart: Ledger) -> None:
    before = chart.claims(CHART, as_of=AS_OF)
    position = chart.history(CHART).records[-1].seal.position
    recorded(chart, one_set(moved(chart)))
    assert chart.claims(CHART, as_of=AS_OF, known_at=position) == before
    changed = chart.diff(CHART, known_at=(position, None), as_of=(AS_OF, AS_OF))
    assert {each.changed for each in changed.claims} == {"went"}
    assert [each.label for each in changed.proposals_came] == ["A1", "B1", "C1"]
    assert changed.money.after.charges == 0


def test_half_a_chart_is_refused_with_the_records_in_the_way(chart: Ledger) -> None:
    for each in opening(RIGHT):
        recorded(chart, each)
    before = bills(chart, CHART)
    half = [each for each in moved(chart, OWN) if each.fact.type != "apheresis.completed"]
    (outcome,) = chart.record(one_set(half))
    assert outcome.answer == "refused"
    assert outcome.refusal is not None
    assert outcome.refusal.objections
    assert bills(chart, CHART) == before


class TestAChartThatCameBack:
    """Moved to another patient by mistake, and back: what was sent is of whom it is about."""

    def there_and_back(self, chart: Ledger) -> None:
        for whose, whereto in ((CHART, RIGHT), (RIGHT, CHART)):
            there = chart.effective(whereto) if whereto == CHART else None
            made = [each.told() for each in whole_chart(chart.effective(whose), whereto, there)]
            recorded(
                chart,
                one_set([], f"HIM-{len(chart.history(CHART).records)}")
                | {"encounter": whose, "changes": made},
            )

    def test_every_claim_that_went_out_is_to_a_payer_what_it_was(self, chart: Ledger) -> None:
        def asked(each: Proposal) -> tuple[object, ...]:
            return each.key, each.frequency, each.reason, each.change_reason

        known = chart.history(CHART).records[-1].seal.position
        before = chart.claims(CHART, as_of=AS_OF)
        for _ in range(2):
            self.there_and_back(chart)
            after = chart.claims(CHART, as_of=AS_OF)
            assert [asked(each) for each in after.proposals] == [
                asked(each) for each in before.proposals
            ]
            assert [(c.key, c.label, c.state) for c in after.claims] == [
                (c.key, c.label, c.state) for c in before.claims
            ]
        changed = chart.diff(CHART, known_at=(known, None), as_of=(AS_OF, AS_OF))
        assert {each.changed for each in changed.claims} <= {"changed"}

    def test_the_visits_are_owed_under_the_keys_that_they_had(self, chart: Ledger) -> None:
        def owed() -> list[tuple[object, ...]]:
            found = chart.schedule(CHART, as_of=AS_OF).obligations
            return [(each.key, each.due, each.status, each.was_due) for each in found]

        before = owed()
        self.there_and_back(chart)
        assert owed() == before

    @pytest.mark.parametrize(("whereto", "why"), [("void", "D6"), (RIGHT, "D5")])
    def test_what_is_done_to_it_last_says_why_a_claim_is_void(
        self, chart: Ledger, whereto: str, why: str
    ) -> None:
        self.there_and_back(chart)
        made = whole_chart(chart.effective(CHART), whereto, chart.effective(RIGHT))
        recorded(chart, one_set([], "LAST") | {"changes": [each.told() for each in made]})
        assert proposals(chart, CHART) == {
            "A1": ("8", "ICN-9-02", why),
            "B1": ("8", None, why),
            "C1": ("8", "ICN-9-01", why),
        }
