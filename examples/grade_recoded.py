"""A CRS grade is recoded after the readmission's claim went out: claim D is to be replaced.

The chart was reviewed before an audit: one pressor was never given and the oxygen was low-flow, so
the syndrome was of grade 2. The grade and the diagnosis of the discharge are corrected as one set.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import veinledger
from veinledger.adapters.telling import (
    Clock,
    Decisions,
    Report,
    canonical,
    change_of,
    claim_accepted,
    claim_sent,
    fact_of,
    record_of,
    tell,
)

if TYPE_CHECKING:
    from veinledger import Ledger
    from veinledger.domain.reports import Record

HERE = Path(__file__).parent
LINES = HERE / "grade_recoded.ndjson"
RECODED: Final = {"D89.833": "D89.832"}
"""The diagnosis of a CRS by its grade: 3 as discharged, 2 as reviewed."""


def the_syndrome_was_of_grade_2(ledger: Ledger) -> Report:
    """The coder corrects the grade, and the diagnosis that was coded from it."""
    graded, left = (record_of(ledger, "E12", number) for number in ("E12-045", "E12-052"))
    grade, discharge = fact_of(ledger, graded), fact_of(ledger, left)
    grade |= {"grade": 2, "pressor": "none", "oxygen": "low-flow"}
    for condition in discharge["conditions"]:
        condition["code"] = RECODED.get(condition["code"], condition["code"])
    return {
        "encounter": "E12",
        "type": "records.corrected",
        "occurred_at": "2026-08-20T11:05:00-05:00",
        "source": {"connection": "coordinator", "message": "E12-CODING-1"},
        "actor": {"id": "coder-4", "role": "coder"},
        "reason": "chart review: no pressor was given and the oxygen was low-flow, so grade 2",
        "changes": [_replaced(graded, grade), _replaced(left, discharge)],
    }


def _replaced(record: Record, fact: Report) -> Report:
    told = {
        "type": record.fact.type,
        "occurred_at": record.occurred.text,
        "fact": canonical(fact),
    }
    return change_of("replace", record, replacement=told)


DECISIONS: Final[Decisions] = {
    "E12-055": (
        claim_sent("E12", "D1", "2026-07-30"),
        claim_accepted("E12", "D1", "2026-08-03", "ICN-12-01"),
    ),
    "E12-056": (the_syndrome_was_of_grade_2,),
}


def main() -> None:
    """Show claim D as it was sent and as it is, and what goes to the payer."""
    clock = Clock()
    with veinledger.open("memory:", site=HERE / "site", clock=clock) as ledger:
        list(tell(ledger, clock, LINES.read_bytes(), DECISIONS))
        reviewed = record_of(ledger, "E12", "E12-CODING-1")
        for known_at in (reviewed.seal.position - 1, None):
            claim = ledger.claims("E12", known_at=known_at).claim("D1")
            if claim is not None:
                print(f"{claim.label} {claim.state}: {claim.state_reason}")
                print(f"  {', '.join(claim.diagnoses)}")
        for again in ledger.claims("E12").proposals:
            number = again.payer_control_number
            print(f"{again.label}, frequency {again.frequency}, payer's number {number}")
            for code in again.codes:
                print(f"  {code.changed} {code.code}: {code.label}")
            if again.change_reason is not None:
                print(f"  condition code {again.change_reason.code}: {again.change_reason.label}")


if __name__ == "__main__":
    main()
