"""Who writes to whom about a denial: what a letter needs beside the appeal itself.

It is a document that goes to the payer, so it names the patient. No `repr` of it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History, KnownAt
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.appeals.shapes import Appeal
from veinledger.projections.authorization.addressee import Addressee, addressee
from veinledger.projections.authorization.people import Form, form
from veinledger.projections.case.case import Case
from veinledger.projections.case.evidence.certificates import treatment_site
from veinledger.projections.case.opening import case_of
from veinledger.projections.claims.assemble import claims_in
from veinledger.projections.claims.shapes import Claim


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Letter:
    """An appeal with its sender, its addressee and the patient."""

    encounter: str
    edition: str
    rule_pack: str
    as_of: date | None
    product: str
    """Brand and generic name."""
    appeal: Appeal
    form: Form
    """Patient, coverage with the payer that denied, requesting provider."""
    sender: str | None
    """The hospital as the directory labels it."""
    npi: str | None
    own_number: str | None
    """Our number of the claim (patient control number), as the payer's answer gives it back."""
    first_day: date | None
    """The first day of the service; None for a request."""
    last_day: date | None

    def __repr__(self) -> str:
        return f"<letter about {self.appeal!r}>"


def letters(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> tuple[Letter, ...] | None:
    """One for each denial, in their order; None where no complete page describes the product."""
    found = appeals(history, centre, rules, as_of, known_at)
    case = case_of(history, centre, rules, as_of, known_at)
    if found is None or case is None:
        return None
    claims = {each.key: each for each in claims_in(case, history, as_of).claims}
    return tuple(
        _letter(case, found.as_of, each, claims.get(each.claim or "")) for each in found.denials
    )


def _letter(case: Case, as_of: date | None, appeal: Appeal, claim: Claim | None) -> Letter:
    on = claim.first_day if claim else appeal.denial.day
    who = claim.biller if claim else treatment_site(case, on)
    sender = (case.facility(who, on) or case.provider(who, on)) if who else None
    return Letter(
        encounter=case.seen.encounter,
        edition=case.rules.edition,
        rule_pack=case.rules.pack,
        as_of=as_of,
        product=f"{case.product.brand} ({case.product.generic})",
        appeal=appeal,
        form=form(case, _addressee(case, appeal, on), on),
        sender=sender.label if sender else None,
        npi=sender.npi if sender else None,
        own_number=_own_number(case, appeal),
        first_day=claim.first_day if claim else None,
        last_day=claim.last_day if claim else None,
    )


def _addressee(case: Case, appeal: Appeal, on: date) -> Addressee:
    """Who denied, whom the directory need not know."""
    known = {each.name for each in case.centre.payers if each.holds(on)}
    covering = {f.payer for _, f in case.seen.of(CoverageRecorded)}
    return addressee(case, on, appeal.payer if appeal.payer in known | covering else None)


def _own_number(case: Case, appeal: Appeal) -> str | None:
    for record, fact in case.seen.of(ClaimAnswered):
        if record.key == appeal.denial.record:
            return fact.patient_control_number
    return None
