"""Messages late, twice, in the wrong order, and of the wrong patient: the end is the clean one.

The same facts, told in their true order under the right encounters, end in the same claims and the
same schedule; `tests/examples/test_late_and_wrong.py` compares them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import veinledger
from veinledger.adapters.telling import Came, Clock, Decisions, Report, record_of, tell

if TYPE_CHECKING:
    from veinledger import Ledger

HERE = Path(__file__).parent
LINES = HERE / "late_and_wrong.ndjson"

CAME: Final[Came] = {
    "E7-001": "2026-03-19T09:00:00-05:00",  # the referral, keyed after the product was ordered
    "E7-015": "2026-04-02T08:00:00-05:00",  # the cells prepared, after the cells shipped
    "E7-018": "2026-05-15T07:00:00-05:00",  # the release: the maker's portal was down for nine days
    "E7-027": "2026-05-22T13:00:00-05:00",  # the admission, after the infusion
    "E7-019": "2026-05-24T16:00:00-05:00",  # the receipt, two days after the infusion
    "E7-035": "2026-07-08T10:00:00-05:00",  # the month 1 visit, two weeks late
    "E7-OTHER-015": "2026-05-13T10:00:00-05:00",  # the other bag's receipt, keyed again
}
"""Each message that came later than it happened."""

WRONG_BAG: Final = "LAB-0512"
"""The receipt of the other patient's bag, keyed under this patient's encounter."""
OF_THE_OTHER_PATIENT: Final = ("LIS-2209", "NEU-4471")
"""A laboratory result and a visit of the other patient: nothing in them says so but who he is."""


def the_bag_was_keyed_under_the_wrong_patient(ledger: Ledger) -> Report:
    """The laboratory's director puts it out of effect: the right report has come meanwhile."""
    wrong = record_of(ledger, "E7", WRONG_BAG)
    return {
        "encounter": "E7",
        "type": "report.discarded",
        "occurred_at": "2026-05-13T10:30:00-05:00",
        "source": {"connection": "cell-lab", "message": "LAB-DISCARD-1"},
        "actor": {"id": "lab-director-1", "role": "cell laboratory director"},
        "target": wrong.key,
        "credential": "MD",
        "reason": "bag COI-7790 is the other patient's; received again under his encounter",
    }


def the_visit_and_the_result_are_the_other_patients(ledger: Ledger) -> Report:
    """Health information moves both to the other patient's encounter, as one correction."""
    return {
        "encounter": "E7",
        "type": "records.corrected",
        "occurred_at": "2026-07-06T16:00:00-05:00",
        "source": {"connection": "coordinator", "message": "HIM-CORRECT-1"},
        "actor": {"id": "him-4", "role": "health information manager"},
        "reason": "checked against both charts: the patient seen on 25 June was the other one",
        "changes": [
            {
                "kind": "move",
                "sequence": wrong.seal.sequence,
                "hash": wrong.seal.leaf,
                "encounter": "E7-OTHER",
            }
            for wrong in (record_of(ledger, "E7", message) for message in OF_THE_OTHER_PATIENT)
        ],
    }


DECISIONS: Final[Decisions] = {
    "E7-OTHER-015": (the_bag_was_keyed_under_the_wrong_patient,),
    "NEU-4471": (the_visit_and_the_result_are_the_other_patients,),
}


def main() -> None:
    """Show what each line that was not simply recorded came to, then what the audit keeps of it."""
    clock = Clock()
    with veinledger.open("memory:", site=HERE / "site", clock=clock) as ledger:
        for number, outcome in tell(ledger, clock, LINES.read_bytes(), DECISIONS, CAME):
            if outcome.answer != "recorded" or number is None:
                line = f"line {number}" if number else "decided"
                standing = f": {outcome.standing}" if outcome.answer == "parked" else ""
                print(f"{clock.now:%Y-%m-%d} {line} {outcome.type} {outcome.answer}{standing}")
        for entry in ledger.audit("E7").entries:
            if entry.waited is not None:
                until, since = entry.waited.until, entry.waited.since
                ended = f"in effect after {until - since}" if until else f"now {entry.standing}"
                print(f"{entry.type} of {entry.day}, at first {entry.first_standing}: {ended}")
            for deed in entry.decided:
                who = f"{deed.actor.id}, {deed.actor.role}"
                print(f"{entry.type} of {entry.day} {deed.kind} by {who}: {deed.reason}")


if __name__ == "__main__":
    main()
