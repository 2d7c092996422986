"""A dry run says what the act then does, in every encounter that it touches."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.given_ledger import ledger, lines_of
from veinledger.adapters.deciding import Consequences
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.telling import canonical, change_of, fact_of, record_of

ON = date(2026, 11, 2)
Line = dict[str, Any]


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


def correcting(encounter: str, *changes: Line) -> Line:
    told = {"changes": list(changes), "reason": "charted wrongly"}
    return said(encounter, "records.corrected", "corrected", **told)


def replacing(kept: Ledger, encounter: str, message: str, **fields: object) -> Line:
    """One change: a record as it was told, but for some fields."""
    record = record_of(kept, encounter, message)
    fact = canonical(fact_of(kept, record) | fields)
    told = {"type": record.fact.type, "occurred_at": record.occurred.text, "fact": fact}
    return change_of("replace", record, replacement=told)


def tell(kept: Ledger, *lines: bytes | Line) -> None:
    """Each by itself, as messages come."""
    for line in lines:
        assert kept.record(line)[0].answer == "recorded"


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
