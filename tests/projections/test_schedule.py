"""The surveillance schedule: who is owed what, when an infusion stands, waits, or was redated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.given import (
    CHAIN,
    admitted,
    collected,
    day,
    infused,
    made,
    opened,
    record,
    service,
)
from tests.given_decisions import confirming, correcting, discarding, kept, the, then
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.facts.patient import PatientDied
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, History, KnownAt
from veinledger.projections.schedule import Obligation, Schedule, schedule

CENTRE = read_centre(Path(__file__).parents[2] / "examples" / "site")
RULES = shipped_rules("public")
TO_THE_RELEASE = [*opened(), *collected(), *made()[:2]]
RECEIPT = made()[2]
TO_THE_BAG = [*TO_THE_RELEASE, RECEIPT]


def owed(history: History, as_of: AsOf = None, known_at: KnownAt = None) -> Schedule:
    return schedule(history, CENTRE, RULES, as_of, known_at)


def visits(told: Schedule) -> tuple[Obligation, ...]:
    return told.of("neurology")


def month(told: Schedule, number: int) -> Obligation:
    return next(each for each in visits(told) if each.rule.endswith(f"month_{number}"))


def visit(number: int, message: str | None = None) -> Record:
    fact = NeurologyVisitCompleted(cpt="99214", service=service("office"))
    return record(fact, number, message)


def died(number: int) -> Record:
    return record(PatientDied(), number)


class TestAnInfusionThatIsReportedAndNotConfirmed:
    HISTORY = kept(TO_THE_RELEASE, infused())

    def test_gives_the_calendar_from_its_day_and_says_on_every_line_why_it_is_provisional(
        self,
    ) -> None:
        told = owed(self.HISTORY)
        assert (told.infusion_day, told.provisional_infusion_day) == (None, day(0))
        assert len(visits(told)) == 5
        because = (
            "the infusion of 2026-05-11 is reported, not confirmed: waits for product.received"
        )
        assert {each.provisional for each in visits(told)} == {because}
        assert str(month(told, 1).due) == "2026-06-11"

    def test_is_provisional_no_longer_once_it_is_in_effect_and_keeps_its_names(self) -> None:
        """The control of the test above: with the receipt nothing is provisional."""
        before, after = owed(self.HISTORY), owed(then(self.HISTORY, RECEIPT))
        assert {each.provisional for each in visits(after)} == {None}
        assert (after.infusion_day, after.provisional_infusion_day) == (day(0), None)
        assert [each.key for each in visits(after)] == [each.key for each in visits(before)]
        assert after.reported_not_confirmed == ()

    def test_confirmed_by_a_person_it_keeps_its_names_too(self) -> None:
        confirmed = owed(confirming(self.HISTORY, the(self.HISTORY, "cells.infused")))
        assert {each.provisional for each in visits(confirmed)} == {None}
        keys = [each.key for each in visits(owed(self.HISTORY))]
        assert [each.key for each in visits(confirmed)] == keys

    def test_gives_none_when_it_is_discarded(self) -> None:
        told = owed(discarding(self.HISTORY, the(self.HISTORY, "cells.infused")))
        assert not [each for each in told.obligations if each.anchor == infused().key]
        assert told.provisional_infusion_day is None

    def test_gives_none_before_its_day(self) -> None:
        assert visits(owed(self.HISTORY, day(-1))) == ()
        assert len(visits(owed(self.HISTORY, day(0)))) == 5

    def test_gives_none_beside_one_that_is_in_effect(self) -> None:
        other = replace(infused(chain="COI-9", number=3), key="ee" * 32)
        told = owed(kept(TO_THE_BAG, infused(), other))
        assert told.infusion_day == day(0)
        assert {each.provisional for each in visits(told)} == {None}
        assert [each.type for each in told.reported_not_confirmed] == ["cells.infused"]

    def test_takes_its_product_from_the_label_until_the_encounter_is_opened(self) -> None:
        assert len(visits(owed(kept(infused())))) == 5
        assert owed(kept(infused(ndc=None, hcpcs=None))).obligations == ()
        assert owed(kept(infused(ndc=None, hcpcs=None))).provisional_infusion_day == day(0)

    def test_a_waiting_one_goes_before_a_disputed_one(self) -> None:
        later = infused(number=2)
        conflict = replace(infused(number=1), kind="conflict", key="ff" * 32)
        told = owed(kept(TO_THE_RELEASE, conflict, later))
        assert told.provisional_infusion_day == day(2)
        assert len(told.reported_not_confirmed) == 2

    def test_a_visit_that_waits_for_it_meets_what_is_provisional_and_is_told_as_such(self) -> None:
        waiting = kept(infused(), visit(31))
        met = month(owed(waiting, day(60)), 1)
        assert met.status == "met"
        assert met.reason == "visit on 2026-06-11, reported, not confirmed"


class TestADeathThatIsReportedAndNotConfirmed:
    LIVED = (*TO_THE_BAG, infused(), visit(31))
    HISTORY = kept(LIVED, died(10))

    def test_cancels_nothing_and_stands_beside_every_visit_that_is_still_owed(self) -> None:
        told = owed(self.HISTORY, day(60))
        assert told.stage is not Stage.DECEASED
        assert [each.status for each in visits(told)][1:3] == ["met", "upcoming"]
        for each in visits(told):
            beside = any(w.startswith("the death of 2026-05-21") for w in each.caution)
            assert beside == (each.status not in ("met", "cancelled") and each.closes >= day(10))
        assert any(each.caution for each in visits(told))

    def test_confirmed_it_cancels_them_and_there_is_nothing_left_to_say_beside_them(self) -> None:
        """The control: the same death, in effect."""
        told = owed(confirming(self.HISTORY, the(self.HISTORY, "patient.died")), day(60))
        assert told.stage is Stage.DECEASED
        assert month(told, 3).status == "cancelled"
        assert not any(each.caution for each in visits(told))

    def test_an_admission_that_is_disputed_is_told_as_well(self) -> None:
        late = replace(admitted(-60), kind="conflict")
        told = owed(kept(TO_THE_BAG, infused(), late))
        assert [each.type for each in told.reported_not_confirmed] == ["patient.admitted"]
        assert told.reported_not_confirmed[0].reason.startswith(
            "the admission of 2026-03-12 is reported, not confirmed: disputed: "
        )

    def test_a_visit_that_is_disputed_stands_beside_the_one_it_might_meet(self) -> None:
        history = kept(TO_THE_BAG, infused(), replace(visit(31), kind="conflict"))
        told = month(owed(history, day(60)), 1)
        assert told.status == "missed"
        assert told.caution[0].startswith("a visit of 2026-06-11 is reported, not confirmed")


class TestAnInfusionThatWasRedated:
    HISTORY = kept(TO_THE_BAG, infused())
    ONCE = correcting(
        HISTORY, (the(HISTORY, "cells.infused"), the(HISTORY, "cells.infused").fact, 3)
    )

    def test_moves_the_calendar_and_keeps_the_old_date_and_the_reason(self) -> None:
        told = month(owed(self.ONCE), 1)
        assert str(told.due) == "2026-06-14"
        (earlier,) = told.was_due
        correction = the(self.ONCE, "records.corrected")
        assert str(earlier.due) == "2026-06-11"
        assert earlier.correction == correction.key
        assert earlier.until == correction.seal.recorded_at
        assert earlier.reason == (
            f"the infusion's date was corrected on {correction.seal.recorded_at.date()}"
            f" by record {correction.seal.sequence}"
        )

    def test_keeps_the_names_of_the_first_record_and_hangs_on_the_new_one(self) -> None:
        before, after = owed(self.HISTORY), owed(self.ONCE)
        assert [each.key for each in visits(after)] == [each.key for each in visits(before)]
        assert {each.anchor for each in visits(after)} == {the(self.ONCE, "cells.infused").key}

    def test_twice_tells_both_dates_in_order(self) -> None:
        second = the(self.ONCE, "cells.infused")
        twice = correcting(self.ONCE, (second, second.fact, 1))
        told = month(owed(twice), 1)
        assert [str(each.due) for each in told.was_due] == ["2026-06-11", "2026-06-14"]
        assert str(told.due) == "2026-06-12"

    def test_a_correction_that_leaves_the_day_alone_moves_nothing(self) -> None:
        """The control: another lot, the same day."""
        wrong = the(self.HISTORY, "cells.infused")
        same_day = correcting(self.HISTORY, (wrong, wrong.fact, None))
        assert all(each.was_due == () for each in owed(same_day).obligations)

    def test_what_was_known_before_the_correction_knows_nothing_of_it(self) -> None:
        told = month(owed(self.ONCE, known_at=len(self.HISTORY.records)), 1)
        assert (str(told.due), told.was_due) == ("2026-06-11", ())

    def test_a_provisional_calendar_moves_as_well(self) -> None:
        waiting = kept(TO_THE_RELEASE, infused())
        wrong = the(waiting, "cells.infused")
        told = month(owed(correcting(waiting, (wrong, wrong.fact, 3))), 1)
        assert told.provisional is not None
        assert [str(each.due) for each in told.was_due] == ["2026-06-11"]


@pytest.mark.parametrize("ended", [None, "deceased"])
def test_a_met_visit_stays_met_whatever_comes(ended: str | None) -> None:
    story = [*TO_THE_BAG, infused(), visit(31), *([died(40)] if ended else [])]
    assert month(owed(kept(story), day(60)), 1).status == "met"


def test_nothing_is_owed_before_anything_is_reported() -> None:
    told = owed(kept(opened()))
    assert (told.obligations, told.reported_not_confirmed) == ((), ())
    assert isinstance(the(kept(opened()), "encounter.opened").fact, EncounterOpened)
    assert CHAIN == "COI-1"
