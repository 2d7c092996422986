"""Denied encounters: a story of the claims' tests, and what the payer answered to a claim of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from tests.claims.given_claims import CENTRE, seen_in, the
from tests.given import certified, history, record
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.appeal import AppealAnswered, AppealFiled
from veinledger.domain.facts.authorization import AuthorizationDenied
from veinledger.domain.facts.billing import Adjustment, ClaimAnswered
from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.appeals.shapes import Appeal, Appeals, Candidate

Story = list[Record]
DENIED_ON: Final = 60
"""The day of the denial, counted from the infusion."""
CERTIFIED: Final = replace(CENTRE, certifications=certified())


def taken_off(carc: str, amount: str = "1000") -> Adjustment:
    """The payer took something off for a reason."""
    return Adjustment(group="CO", carc=carc, amount=Decimal(amount))


def denied(story: Story, label: str, number: int = DENIED_ON, **said: Any) -> Story:
    """The story, and the payer's denial of one of its claims; `said` are fields of the answer."""
    claim = the(seen_in("public", story), label)
    kind = said.pop("kind", "denied")
    fact = ClaimAnswered(
        claim_key=claim.key, patient_control_number=f"PCN-{label}", kind=kind, **said
    )
    return [*story, record(fact, number, f"answer to {label} on {number}")]


def request_denied(story: Story, reason: str, number: int = -30, **said: Any) -> Story:
    """The story, and a denied request for authorization."""
    told: dict[str, Any] = {
        "payer": "harbor_health",
        "reference": "REQ-9",
        "services": ("infusion",),
        **said,
    }
    fact = AuthorizationDenied(reason=reason, **told)
    return [*story, record(fact, number, f"request denied on {number}")]


def filed(kind: str, reference: str, number: int = -20) -> Record:
    """A document in the chart."""
    return record(DocumentFiled(kind=kind, reference=reference), number, f"{kind} {reference}")


def appealed(story: Story, label: str, number: int, level: int = 1, **said: Any) -> Record:
    """An appeal against the denial of a claim."""
    claim = the(seen_in("public", story), label)
    fact = AppealFiled(
        claim_key=claim.key, patient_control_number=f"PCN-{label}", payer=claim.payer or "nobody",
        level=level, reason="the criteria are met", **said,
    )  # fmt: skip
    return record(fact, number, f"appeal {level} of {label} on {number}")


def decided(
    story: Story, label: str, number: int, outcome: Any, level: int = 1, **said: Any
) -> Record:
    """The payer's decision of an appeal."""
    claim = the(seen_in("public", story), label)
    fact = AppealAnswered(
        claim_key=claim.key, patient_control_number=f"PCN-{label}", level=level, outcome=outcome,
        **said,
    )  # fmt: skip
    return record(fact, number, f"decision {level} of {label} on {number}")


def seen_of(
    story: Iterable[Record],
    edition: Edition = "public",
    centre: Centre = CERTIFIED,
    as_of: AsOf = None,
) -> Appeals:
    """Everything that was denied in a story."""
    found = appeals(history(list(story)), centre, shipped_rules(edition), as_of)
    assert found is not None
    return found


def the_denial(
    story: Iterable[Record],
    edition: Edition = "public",
    centre: Centre = CERTIFIED,
    as_of: AsOf = None,
) -> Appeal:
    """The last denial of a story."""
    return seen_of(story, edition, centre, as_of).denials[-1]


def first_of(found: Appeal) -> Candidate:
    """The reason that goes first."""
    assert found.candidates, found.ask
    return found.candidates[0]


def told_by(one: Candidate) -> str:
    """The facts of an answer as one text."""
    return "; ".join(f"{each.state}: {each.text}" for each in one.facts)


def attached(one: Candidate) -> dict[str, tuple[str, ...]]:
    """The documents that are there, by name, with their references."""
    return {each.name: each.references for each in one.attachments if each.state == "have"}


def lacking(one: Candidate) -> set[str]:
    """The documents that are not there, by name."""
    return {each.name for each in one.attachments if each.state == "missing"}
