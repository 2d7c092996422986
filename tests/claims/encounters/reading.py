"""What a reader of claims meets: a referral older than the label, an answer without a code."""

from __future__ import annotations

from typing import Final

from tests.claims.encounters.acute_care import came, infusion_stay, left
from tests.claims.encounters.denials import line_of_therapy, stay, to_the_bag
from tests.claims.encounters.registry import encounter
from tests.given import opened, record, room_charged
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record

REASON: Final = "another_stay_is_led_by_what_its_coder_put_first"


@encounter()
def referred_under_an_indication_that_has_ended() -> list[Record]:
    """Referred after four lines in 2026, and nobody wrote down what lenalidomide did."""
    lines = [line_of_therapy(number, "PI", "IMiD", "anti-CD38") for number in (1, 2, 3, 4)]
    return [*opened("medicare", indication="fourth_line"), *lines, *to_the_bag(), *stay()]


@encounter()
def accepted_without_the_code_that_leads() -> list[Record]:
    """A coder accepts the question about the reason for a stay, and names no code: it waits on."""
    arrived = came(20, "infection")
    asked = Finding(
        rule=REASON,
        severity="warning",
        reason="",
        remedy="",
        source="",
        records=(arrived.key,),
    )
    accepted = FindingSettled(
        finding=asked.key, decision="accepted", credential="CCS", reason="chart reviewed"
    )
    return [
        *infusion_stay(),
        arrived,
        room_charged(20, "A-5", 5),
        left(25),
        record(accepted, 60),
    ]
