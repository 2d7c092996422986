"""The therapy before: lines, classes and refractoriness, as the indication on the label asks."""

from __future__ import annotations

from veinledger.domain.facts.disease import TherapyLineRecorded, TherapyRefractorinessDocumented
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import (
    exposure_missing,
    indication,
    refractoriness_missing,
)
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met


@gate
def the_prior_therapy_is_what_the_label_asks_for(asked: Asked) -> Found:
    """As many lines as the indication asks for, each class, and the drug it is refractory to."""
    judged = _judged_by(asked)
    if judged is None:
        return not_asked("the referral leaves open for which indication it is")
    missing = (
        *refractoriness_missing(asked.case, judged),
        *exposure_missing(asked.case, judged, asked.on),
    )
    records = _records(asked.case)
    if missing:
        return not_met("; ".join(missing), *records)
    return met(f"documented as {judged.name.replace('_', ' ')} asks for it", *records)


def _judged_by(asked: Asked) -> Indication | None:
    name = indication(asked.case, asked.on)
    known = asked.case.product.indications_on(asked.on, asked.case.rules.edition)
    return next((each for each in known if each.name == name), None)


def _records(case: Case) -> tuple[Record, ...]:
    lines = (record for record, _ in case.seen.of(TherapyLineRecorded))
    said = (record for record, _ in case.seen.of(TherapyRefractorinessDocumented))
    return (*lines, *said)
