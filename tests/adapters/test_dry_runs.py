"""A dry run says what the act then does, in every encounter that it touches."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

from tests.given_ledger import ledger, lines_of
from tests.minimal import MINIMAL
from veinledger.adapters.deciding import Consequences
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.telling import canonical, change_of, fact_of, record_of

ON = date(2026, 11, 2)
Line = dict[str, Any]
LAB = MINIMAL["laboratory.resulted"]


def said(encounter: str, type_: str, message: str, on: str = "2026-10-01", **fact: object) -> Line:
    return {
        "encounter": encounter,
        "type": type_,
        "occurred_at": on,
        "source": {"connection": "coordinator", "message": message},
        "actor": {"id": "him-3", "role": "data integrity analyst"},
        **fact,
    }


def opening(encounter: str) -> Line:
    return said(
        encounter,
        "encounter.opened",
        f"opened {encounter}",
        "2026-03-09",
        product="carvykti",
        indication="second_line",
        patient="P-1009",
        centre="lakeside",
    )


def linking(encounter: str, survivor: str) -> Line:
    told = {"survivor": survivor, "reason": "opened twice"}
    return said(encounter, "encounter.linked", f"{encounter} into {survivor}", "2026-03-12", **told)


def correcting(encounter: str, *changes: Line, message: str = "corrected") -> Line:
    told: Line = {"changes": list(changes), "reason": "charted wrongly"}
    return said(encounter, "records.corrected", message, **told)


def replacing(kept: Ledger, encounter: str, message: str, **fields: object) -> Line:
    """One change: a record as it was told, but for some fields."""
    record = record_of(kept, encounter, message)
    fact = canonical(fact_of(kept, record) | fields)
    told = {"type": record.fact.type, "occurred_at": record.occurred.text, "fact": fact}
    return change_of("replace", record, replacement=told)


def tell(kept: Ledger, *lines: bytes | Line) -> None:
    """Each by itself, as messages come."""
    for line in lines:
        assert kept.record(line)[0].answer in {"recorded", "parked"}


def brief(told: Consequences) -> list[object]:
    """All that a dry run and the act both say; positions and leaves differ by nature."""
    return [
        (
            each.encounter,
            each.stage_before,
            each.stage,
            [(c.label, c.changed, c.state_before, c.state, c.lines, c.codes) for c in each.claims],
            [found.rule for found in each.findings_came],
            [found.rule for found in each.findings_went],
            len(each.obligations),
            each.money.each,
            [(one.sequence, str(one.before), str(one.after)) for one in each.records],
        )
        for each in told.changes
    ]


def both(kept: Ledger, line: Line) -> tuple[list[object], list[object]]:
    """What would be changed, and then what was."""
    foreseen = kept.foresee(line, as_of=ON)
    outcome = kept.record(line)[0]
    assert outcome.answer == foreseen.outcome.answer == "recorded"
    return brief(foreseen), brief(kept.consequences(outcome, as_of=ON))


def encounters(told: list[object]) -> list[object]:
    """Those that it tells of."""
    return [cast("tuple[object, ...]", each)[0] for each in told]


def of_the_story() -> tuple[list[bytes], list[bytes]]:
    """Its lines about the centre, and about the encounter."""
    lines = lines_of("infusion_date_corrected")
    of_centre = [line for line in lines if line.startswith(b'{"centre"')]
    return of_centre, [line for line in lines if line not in of_centre]


# ---- What is known before ------------------------------------------------------------------------


def test_certificates_that_came_last_are_known_before_the_act_and_after_it(tmp_path: Path) -> None:
    of_centre, of_encounter = of_the_story()
    with ledger(tmp_path, edition="page") as kept:
        tell(kept, *of_encounter, *of_centre)
        foreseen, done = both(kept, correcting("E9", replacing(kept, "E9", "E9-008", value=0)))
    assert foreseen == done


def test_what_an_earlier_encounter_was_told_last_is_known_before_the_act(tmp_path: Path) -> None:
    of_centre, of_encounter = of_the_story()
    half = next(n for n, line in enumerate(of_encounter) if b'E9-020"' in line)
    with ledger(tmp_path) as kept:
        tell(kept, *of_centre, *of_encounter[:half], opening("E90"))
        tell(kept, said("E90", "encounter.continued", "follows", "2026-06-20", continues="E9"))
        tell(kept, *of_encounter[half:])
        changed = replacing(kept, "E90", "opened E90", indication="fourth_line")
        foreseen, done = both(kept, correcting("E90", changed))
    assert foreseen == done


def test_what_a_merged_encounter_was_told_last_is_known_before_the_act(tmp_path: Path) -> None:
    """E9 counts in EB, and that in EA; the newest records are those of E9."""
    of_centre, of_encounter = of_the_story()
    with ledger(tmp_path) as kept:
        tell(kept, *of_centre, *merged_twice(), *of_encounter)
        changed = replacing(kept, "EA", "opened EA", indication="fourth_line")
        foreseen, done = both(kept, correcting("EA", changed))
    assert foreseen == done


def test_what_counts_in_a_survivor_is_known_before_the_act_to_whoever_follows_it(
    tmp_path: Path,
) -> None:
    """E90 follows E9, which counts in EA."""
    of_centre, of_encounter = of_the_story()
    with ledger(tmp_path) as kept:
        tell(kept, *of_centre, *of_encounter, opening("EA"), linking("E9", "EA"), opening("E90"))
        line = said("E90", "encounter.continued", "follows", "2026-06-20", continues="E9")
        foreseen, done = both(kept, line)
        assert kept.effective("E90").findings
    assert foreseen == done


# ---- Whom it touches -----------------------------------------------------------------------------


def merged_twice() -> list[Line]:
    """E9 into EB, and EB into EA."""
    opened = [opening(each) for each in ("EA", "EB")]
    return [*opened, linking("E9", "EB"), linking("EB", "EA")]


def another_dose(kept: Ledger) -> Line:
    """The dose of a drug as it should have been told."""
    drug = fact_of(kept, record_of(kept, "E9", "E9-022"))["drug"]
    return replacing(kept, "E9", "E9-022", drug=drug | {"dose": 40})


def test_a_decision_tells_of_the_encounter_in_which_its_own_counts_through_another(
    tmp_path: Path,
) -> None:
    of_centre, of_encounter = of_the_story()
    with ledger(tmp_path) as kept:
        tell(kept, *of_centre, *merged_twice(), *of_encounter)
        foreseen, done = both(kept, correcting("E9", another_dose(kept)))
    assert foreseen == done
    assert encounters(done) == ["E9", "EA"]


def test_a_move_into_a_merged_encounter_tells_of_the_one_in_which_it_counts(tmp_path: Path) -> None:
    with ledger(tmp_path) as kept:
        tell(kept, *merged_twice(), opening("E66"))
        tell(kept, said("E66", "laboratory.resulted", "moved", "2026-03-20", **LAB))
        moved = change_of("move", record_of(kept, "E66", "moved"), encounter="E9")
        foreseen, done = both(kept, correcting("E66", moved))
    assert foreseen == done
    assert encounters(done) == ["E66", "E9", "EA"]


def test_encounters_that_were_merged_into_one_another_in_turn_are_each_looked_at_once(
    tmp_path: Path,
) -> None:
    """EA into EB, which was voided, and then EB into EA."""
    with ledger(tmp_path) as kept:
        tell(kept, opening("EA"), opening("EB"), linking("EA", "EB"))
        link = record_of(kept, "EA", "EA into EB")
        tell(kept, correcting("EA", change_of("void", link)), linking("EB", "EA"))
        tell(kept, said("EB", "laboratory.resulted", "value", "2026-03-20", **LAB))
        changed = replacing(kept, "EB", "value", value=7)
        foreseen, done = both(kept, correcting("EB", changed, message="corrected again"))
    assert foreseen == done
    assert encounters(done) == ["EB", "EA"]
