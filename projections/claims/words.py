"""Words of a claim and of one that went out: its state, and the places on the form."""

from __future__ import annotations

from typing import Literal

State = Literal[
    "ready",
    "held",
    "partial",
    "bundled",
    "waiting",
    "not_ours",
    "not_billable",
    "sent",
    "paid",
    "denied",
    "taken_back",
]
"""The last four are of claims that a payer has: nobody sends them again as they are."""
Role = Literal[
    "principal",
    "first-listed",
    "admitting",
    "secondary",
    "procedure",
    "type of bill",
    "place of service",
    "condition code",
    "occurrence code",
    "value code",
    "authorization",
    "payer control number",
    "trial number",
    "remarks",
    "note",
    "attachment",
]
"""Where a code stands on the form; the order here is the order on the claim."""
