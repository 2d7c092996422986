"""What of a history had happened by a day or a moment: cut out of the fold, never judged anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from tests.given import at, collected, day, history, infused, made, opened, record
from veinledger.domain.facts.manufacturing import ProductReceived
from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.standing.history import AsOf, History, effective


def types(told: History, as_of: AsOf) -> list[str]:
    return [each.fact.type for each in effective(told, as_of).records]


def moment(number: int, clock: str) -> datetime:
    return datetime.fromisoformat(at(number, clock))


def test_cells_that_were_collected_before_the_opening_were_of_an_open_encounter() -> None:
    """The opening is charted late; what was done before it was done for this encounter."""
    late = replace(opened()[0], occurred=record(opened()[0].fact, -30).occurred)
    told = history(late, *collected())
    seen = effective(told, day(-40))
    assert types(told, day(-40)) == [
        "encounter.opened", "apheresis.completed", "cells.prepared", "cells.shipped",
    ]  # fmt: skip
    assert seen.stage is Stage.MANUFACTURING
    assert seen.state.product == "carvykti"


def test_a_weight_from_before_the_opening_does_not_open_the_encounter() -> None:
    late = replace(opened()[0], occurred=record(opened()[0].fact, -30).occurred)
    told = history(late, record(PatientMeasured(weight=Decimal(70)), -35))
    assert types(told, day(-32)) == ["patient.measured"]
    assert effective(told, day(-32)).stage is Stage.UNOPENED


def test_what_had_its_place_a_day_late_had_happened_on_its_own_day() -> None:
    """The receipt is dated a day after the infusion: as of the day between, the cells are in."""
    *way, _ = made()
    receipt = record(ProductReceived(chain_of_identity="COI-1", lot="L1"), 1)
    told = history(*opened(), *collected(), *way, receipt, infused())
    whole = effective(told)
    assert whole.stage is Stage.INFUSED
    assert [each.rule for each in whole.findings] == ["clock_disagrees"]
    by_day_0 = effective(told, day(0))
    assert types(told, day(0))[-1] == "cells.infused"
    assert "product.received" not in types(told, day(0))
    assert by_day_0.stage is Stage.INFUSED
    assert [each.day for each in by_day_0.state.infusions] == [day(0)]


def test_of_one_day_a_moment_leaves_out_what_has_a_later_clock() -> None:
    """A bare date has happened on its day, whatever the hour; a timed fact at its time."""
    *way, _ = made()
    receipt = record(ProductReceived(chain_of_identity="COI-1", lot="L1"), at(0, "09:00"))
    told = history(*opened(), *collected(), *way, receipt, infused())
    assert types(told, moment(0, "08:00"))[-2:] == ["patient.measured", "cells.infused"]
    assert types(told, moment(0, "09:00"))[-2:] == ["product.received", "cells.infused"]
    for clock in ("08:00", "09:00"):
        assert effective(told, moment(0, clock)).stage is Stage.INFUSED


def test_what_is_not_in_effect_is_told_of_from_the_day_on_which_it_happened() -> None:
    """What it counts for is known, whatever day is asked about; that it happened is not."""
    told = history(*opened(), infused(), record(CrsGraded(grade=1), 8))
    seen = effective(told, day(0))
    assert [each.fact.type for each in seen.not_in_effect()] == ["cells.infused", "crs.graded"]
    assert [each.fact.type for each in seen.not_in_effect(day(0))] == ["cells.infused"]
    assert seen.not_in_effect(day(-1)) == ()
