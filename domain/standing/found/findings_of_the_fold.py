"""Findings that the fold itself sees: what happened, and should not have happened so.

What did happen is recorded with its findings; a finding that holds, holds the claims of its records
until a person settles it. One function a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, cast

from veinledger.domain.facts.decisions import AttestedStep
from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.legality import judged_from

Deviation = Callable[[Taken], Finding | None]

_NOT_YET_RECEIVED: Final = frozenset({Stage.COLLECTED, Stage.MANUFACTURING, Stage.RELEASED})


def deviations(history: Sequence[Taken]) -> tuple[Finding, ...]:
    """Every deviation of a history, in the order in which it happened."""
    found = (rule(taken) for taken in history for rule in _rules_about(taken))
    return tuple(finding for finding in found if finding is not None)


def what_a_person_attested_is_told(taken: Taken) -> Finding:
    """A step that nobody reported stands in for a report, and what rests on it waits for that."""
    fact = cast("AttestedStep", taken.record.fact)
    return Finding(
        rule="what_a_person_attested_is_told",
        severity="warning",
        reason=f"{fact.type} is attested for {taken.record.day}, and nobody has reported it",
        remedy="have it reported by whoever did it, or have this finding settled",
        source="docs/standing.md, section 1",
        records=(fact.confirmation, fact.confirmed),
        holds=True,
    )


def clock_disagrees(taken: Taken) -> Finding | None:
    """Two clocks or dates put facts in an order that cannot be; the next day made it possible."""
    if not taken.a_day_late:
        return None
    return Finding(
        rule="clock_disagrees",
        severity="warning",
        reason="it has its place only after facts dated on the following day",
        remedy="compare the clocks and the dates of the two connections",
        source="docs/standing.md, section 2",
        records=(taken.record.key,),
    )


def product_is_received_after_its_release(taken: Taken) -> Finding | None:
    """A bag that arrived before anybody reported its release: the certificate is missing here."""
    if taken.record.fact.type != "product.received":
        return None
    if judged_from(taken.before, taken.record.fact) not in (
        Stage.COLLECTED,
        Stage.MANUFACTURING,
        Stage.MANUFACTURING_FAILED,
    ):
        return None
    return Finding(
        rule="product_is_received_after_its_release",
        severity="warning",
        reason="the product was received and no release of it is reported",
        remedy="report the manufacturer's release with lot and specification",
        source="docs/lifecycle.md",
        records=(taken.record.key,),
    )


def lymphodepletion_follows_receipt_of_the_product(taken: Taken) -> Finding | None:
    """Chemotherapy for a product that is not there yet is given at a risk; it is billed."""
    if not _is_dose_in(taken, _NOT_YET_RECEIVED):
        return None
    return Finding(
        rule="lymphodepletion_follows_receipt_of_the_product",
        severity="warning",
        reason="the dose was given before the product was received",
        remedy="check the date of the receipt; the dose is billed as rendered",
        source="docs/lifecycle.md",
        records=(taken.record.key,),
    )


def lymphodepletion_is_not_given_after_a_failed_manufacture(taken: Taken) -> Finding | None:
    """No product was on its way when the dose was given; it is billed."""
    if not _is_dose_in(taken, frozenset({Stage.MANUFACTURING_FAILED})):
        return None
    return Finding(
        rule="lymphodepletion_is_not_given_after_a_failed_manufacture",
        severity="warning",
        reason="the dose was given after the manufacture had failed",
        remedy="check the dates; the dose is billed as rendered",
        source="docs/lifecycle.md",
        records=(taken.record.key,),
    )


def an_admission_ends_the_stay_before_it(taken: Taken) -> Finding | None:
    """One stay is open at a time: the discharge from the earlier one never came."""
    stay = taken.before.stay
    if not isinstance(taken.record.fact, PatientAdmitted) or stay in (None, taken.after.stay):
        return None
    return Finding(
        rule="an_admission_ends_the_stay_before_it",
        severity="warning",
        reason="a stay under another account was still open",
        remedy="report the discharge of the earlier stay",
        source="lifecycle table 1",
        records=(taken.record.key,),
    )


def a_visit_ends_a_stay_whose_discharge_never_came(taken: Taken) -> Finding | None:
    """Whoever walks in for a visit has been discharged."""
    if not isinstance(taken.record.fact, NeurologyVisitCompleted):
        return None
    if taken.before.stay is None or taken.after.stay is not None:
        return None
    return Finding(
        rule="a_visit_ends_a_stay_whose_discharge_never_came",
        severity="warning",
        reason="the patient came to a visit while a stay was open",
        remedy="report the discharge with its day and status",
        source="lifecycle table 1",
        records=(taken.record.key,),
    )


def a_bag_out_of_specification_needs_an_accepted_deviation(taken: Taken) -> Finding | None:
    """Such a bag is infused under a physician's accepted deviation and its approvals."""
    fact = taken.record.fact
    if not isinstance(fact, CellsInfused):
        return None
    batch = taken.before.batches.get(fact.chain_of_identity)
    if batch is None or not batch.out_of_specification or batch.deviation_accepted:
        return None
    return Finding(
        rule="a_bag_out_of_specification_needs_an_accepted_deviation",
        severity="critical",
        reason="the bag was released out of specification and no accepted deviation is reported",
        remedy="report the accepted deviation with physician, approval and consent",
        source="docs/lifecycle.md",
        records=(taken.record.key,),
        holds=True,
    )


def what_a_person_confirmed_is_told(taken: Taken) -> Finding | None:
    """In effect because a named person said so, not because the table allowed it."""
    if not taken.by_confirmation:
        return None
    return Finding(
        rule="what_a_person_confirmed_is_told",
        severity="critical",
        reason="it has no legal place and is in effect by confirmation",
        remedy="report what is missing before it, or have the finding settled",
        source="docs/standing.md, section 1",
        records=(taken.record.key,),
        holds=True,
    )


def what_a_person_put_in_effect_against_a_rule_is_told(taken: Taken) -> Finding | None:
    """Another patient's cells, or a message that said two things: in effect, and never silent."""
    if taken.overruled is None:
        return None
    return Finding(
        rule="what_a_person_put_in_effect_against_a_rule_is_told",
        severity="critical",
        reason=f"it is in effect by confirmation, against a rule: {taken.overruled.reason}",
        remedy=taken.overruled.remedy,
        source=taken.overruled.source,
        records=(taken.record.key,),
        holds=True,
    )


DEVIATIONS: Final[tuple[Deviation, ...]] = (
    clock_disagrees,
    product_is_received_after_its_release,
    lymphodepletion_follows_receipt_of_the_product,
    lymphodepletion_is_not_given_after_a_failed_manufacture,
    an_admission_ends_the_stay_before_it,
    a_visit_ends_a_stay_whose_discharge_never_came,
    a_bag_out_of_specification_needs_an_accepted_deviation,
    what_a_person_confirmed_is_told,
    what_a_person_put_in_effect_against_a_rule_is_told,
)


def _rules_about(taken: Taken) -> tuple[Deviation, ...]:
    attested = taken.record.kind == "attested"
    return (what_a_person_attested_is_told,) if attested else DEVIATIONS


def _is_dose_in(taken: Taken, stages: frozenset[Stage]) -> bool:
    return taken.record.fact.type == "lymphodepletion.dose_given" and taken.before.stage in stages
