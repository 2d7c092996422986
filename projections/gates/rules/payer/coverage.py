"""Who pays on the day, where it lets the cells be given, and for what it pays at all."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.case import SELF_PAY
from veinledger.projections.case.centre.places import open_stay, setting
from veinledger.projections.case.indication import (
    compendium_citation,
    exposure_missing,
    fits,
    indication,
    left_the_label,
    referral,
    refractoriness_missing,
)
from veinledger.projections.gates.registry import (
    Asked,
    Found,
    gate,
    met,
    not_asked,
    not_met,
    on_the_word_of,
)
from veinledger.projections.gates.rules.patient.saying import doubt, name_of


@gate
def a_payer_is_on_record_for_the_day(asked: Asked) -> Found:
    """A coverage in force, of a payer that the directory knows as the same kind."""
    case, on = asked.case, asked.on
    found = case.coverage(on)
    if found is None:
        return not_met(f"no coverage is in force on {on}")
    record, covered = found
    payer = case.payer(on)
    if covered.kind == SELF_PAY:
        return met("the patient pays by himself", record)
    if payer is None:
        known = ", ".join(dict.fromkeys(each.name for each in case.centre.payers)) or "none"
        return not_met(
            f"the directory has no payer {covered.payer!r} on {on}; it has {known}",
            record,
            remedy="add the payer to the site's payers.toml, or correct the coverage",
        )
    if payer.kind != covered.kind:
        return not_met(
            f"the coverage says {covered.kind}, and the directory has {payer.name} as {payer.kind}",
            record,
            remedy="correct the one that is wrong: rules go by the kind of payer",
        )
    return met(f"{payer.label} ({payer.kind})", record)


@gate
def the_cells_are_given_where_the_payer_lets(asked: Asked) -> Found:
    """Some payers expect every infusion in a bed; the others are asked before the day."""
    policy, where = asked.policy, setting(asked.case, asked.on)
    if policy is None or not policy.settings:
        who = policy.label if policy else "the payer of the day"
        return not_asked(f"no page says that {who} minds the setting")
    allowed = " or ".join(policy.settings)
    stay = open_stay(asked.case, asked.on)
    if where in policy.settings and stay is not None:
        found = met(f"{where}, which {policy.label} lets", stay.admitted)
    else:
        found = not_met(
            f"{policy.label} expects {allowed}, and no inpatient stay goes on on {asked.on}"
            if where is None
            else f"{policy.label} expects {allowed}, and it would be {where}",
        )
    return on_the_word_of(policy, found)


@gate
def the_use_is_on_label_or_in_a_compendium(asked: Asked) -> Found:
    """What the national determination covers: the label's use, or one in a compendium.

    A patient documented in full for a population whose text has ended is asked about in a gate of
    its own: that the text was replaced is of medium confidence (R76), too little to stop a step.
    """
    case = asked.case
    judged = _judged_by(asked)
    against = tuple(_off_label(asked, judged))
    if judged is not None and not against:
        return met(f"on label: {judged.label}", *_resting_on(asked))
    cited = compendium_citation(case, asked.on)
    if cited is not None:
        record, fact = cited
        return met(f"not on label; the compendium citation {fact.reference} is on file", record)
    was = left_the_label(case, asked.on)
    if was is not None:
        told = f"the chart shows {name_of(was)} in full, which left the label on {was.until}"
        row = doubt(was.confidence, was.row)
        return not_asked(f"{told} {row}; that is asked about in a gate of its own")
    return not_met("; ".join(against), *_resting_on(asked))


def _judged_by(asked: Asked) -> Indication | None:
    name = indication(asked.case, asked.on)
    known = asked.case.product.indications_on(asked.on, asked.case.rules.edition)
    return next((each for each in known if each.name == name), None)


def _off_label(asked: Asked, judged: Indication | None) -> Iterator[str]:
    """Why the use is not plainly the label's, as far as the chart shows."""
    case, on = asked.case, asked.on
    brand = case.product.brand
    if judged is None:
        yield f"no one indication of {brand} on {on} fits the referral and the documented disease"
        return
    assessed = case.assessment(on)
    code = assessed[1].code if assessed else None
    if code is None:
        yield "no diagnosis code is documented"
    elif not fits(case, judged, code, on):
        yield f"the documented diagnosis {code} is none of the indication {judged.name}"
    yield from refractoriness_missing(case, judged)
    yield from exposure_missing(case, judged, on)


def _resting_on(asked: Asked) -> tuple[Record, ...]:
    found = (referral(asked.case), asked.case.assessment(asked.on))
    return tuple(pair[0] for pair in found if pair is not None)
