"""Claims of a story in one edition, at the example centre and some hospitals beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tests.given import at, day, drug, history, record, service, vials
from tests.given_ledger import SITE
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.centre.directory import Facility, PaymentSystem
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.billing import ChargePosted, ClaimAnswered, ClaimSubmitted, Frequency
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.facts.groups import PatientClass
from veinledger.domain.facts.patient import (
    AdmissionReason,
    PatientAdmitted,
    PatientDischarged,
    PatientStatusChanged,
)
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import TocilizumabGiven
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet

_SITE: Final = read_centre(SITE)


def _beside(name: str, system: PaymentSystem, owner: str, npi: str) -> Facility:
    return replace(_SITE.facilities[0], name=name, payment_system=system, npi=npi, owner=owner)


CENTRE: Final = replace(
    _SITE,
    facilities=(
        *_SITE.facilities,
        _beside("cancer_hospital", "exempt_cancer", "lakeside", "1999990108"),
        _beside("valley", "cah", "lakeside", "1999990116"),
        _beside("county", "ipps", "county", "1999990124"),
        _beside("owned_office", "office", "lakeside", "1999990132"),
    ),
    providers=(
        *_SITE.providers,
        replace(
            _SITE.providers[0],
            name="owned_group",
            npi="1999990140",
            kind="group",
            owner="lakeside",
        ),
    ),
)


def seen_in(edition: Edition, *told: Record | Iterable[Record], as_of: AsOf = None) -> ClaimSet:
    """The claims of a story."""
    return claims(history(*told), CENTRE, shipped_rules(edition), as_of)


def the(claim_set: ClaimSet, label: str) -> Claim:
    """The claim of a label."""
    claim = claim_set.claim(label)
    assert claim is not None, [each.label for each in claim_set.claims]
    return claim


def labels(claim_set: ClaimSet) -> list[str]:
    """The claims by label."""
    return [claim.label for claim in claim_set.claims]


def codes(claim: Claim) -> list[tuple[str, str]]:
    """The lines of a claim: revenue code and code."""
    return [(line.revenue_code or "", line.code) for line in claim.lines]


def rules_found(claim: Claim) -> set[str]:
    """The rules that found something on a claim."""
    return {each.rule for each in claim.findings}


def found(claim: Claim, rule: str) -> Finding:
    """The first finding of a rule on a claim."""
    return next(each for each in claim.findings if each.rule == rule)


def where_is(claim_set: ClaimSet, key: str) -> list[str]:
    """The claims that rest on a record by one of their lines, by label."""
    return [
        claim.label
        for claim in claim_set.claims
        if any(key in line.basis.records for line in claim.lines)
    ]


def came(
    number: int | str,
    patient_class: PatientClass,
    account: str | None = None,
    reason: AdmissionReason = "CRS/ICANS",
    facility: str = "main",
) -> Record:
    """The patient came to the hospital in some class."""
    fact = PatientAdmitted(reason=reason, service=service(patient_class, account, facility))
    return record(fact, number, f"came {patient_class} {account} {number}")


def left(number: int | str, patient_class: PatientClass, account: str | None = None) -> Record:
    """The patient went home."""
    fact = PatientDischarged(status="01", service=service(patient_class, account))
    return record(fact, number, f"left {patient_class} {account} {number}")


def changed(
    number: int | str,
    after: PatientClass,
    account: str | None = None,
    committee: bool = False,
) -> Record:
    """The patient's class was changed, by the review committee or not."""
    fact = PatientStatusChanged(after=after, account=account, condition_code_44=committee)
    return record(fact, number, f"changed {after} {account} {number}")


def tocilizumab(
    number: int,
    patient_class: PatientClass = "outpatient",
    account: str | None = "A-6",
    facility: str = "main",
) -> Record:
    """560 mg of tocilizumab within an hour."""
    where = service(patient_class, account, facility, at(number, "10:00"), at(number, "11:00"))
    whole = drug("560", "50242-137-01", opened=[vials("80", 7)])
    return record(TocilizumabGiven(drug=whole, service=where), number, f"toci@{number}")


def graded(number: int) -> Record:
    """CRS of grade 2."""
    return record(CrsGraded(grade=2), number, f"crs@{number}")


def posted(number: int, revenue: str, hcpcs: str | None = None, **more: str) -> Record:
    """A charge of a day, posted two days later: account, units, amount and class as told."""
    account, units = more.get("account", "A-6"), more.get("units", "1")
    where = service("inpatient" if more.get("inside") else "outpatient", account)
    fact = ChargePosted(
        revenue_code=revenue,
        hcpcs=hcpcs,
        units=Decimal(units),
        amount=Decimal(more.get("amount", "100")),
        service_date=day(number),
        service=where,
    )
    return record(fact, number + 2, f"charge {revenue} {hcpcs} {account} {number}")


def visit(number: int, patient_class: PatientClass, facility: str, account: str) -> Record:
    """A visit to neurology with a code."""
    where = service(patient_class, account, facility)
    fact = NeurologyVisitCompleted(service=where, cpt="99214", minutes=32)
    return record(fact, number, f"visit {account} {number}")


def settled(key: str, code: str | None = None, number: int = 40) -> Record:
    """A person settled a finding, with a code or without."""
    fact = FindingSettled(
        finding=key,
        decision="code chosen" if code else "accepted",
        code=code,
        credential="CCS",
        reason="reviewed with the attending physician",
    )
    return record(fact, number, f"settled {key}")


def submitted(claim: Claim, position: int, number: int = 30, frequency: Frequency = "1") -> Record:
    """A claim went out as the ledger knew it at a position."""
    fact = ClaimSubmitted(
        claim_key=claim.key,
        kind=claim.kind,
        label=claim.label,
        form="837I" if claim.form == "UB-04" else "837P",
        payer=claim.payer or "nobody",
        billing_provider=claim.biller,
        anchor=claim.anchor,
        frequency=frequency,
        claim="{}",
        claim_version=1,
        patient_control_number=f"PCN-{claim.label}",
        original_payer_control_number="ICN-0" if frequency != "1" else None,
        total=claim.total,
        edition="public",
        rule_pack="0" * 64,
        position_known=position,
    )
    return record(fact, number, f"sent {claim.key} {frequency} {number}")


def answered(
    claim: Claim, number: int, control: str | None = "ICN-77", rejected: bool = False
) -> Record:
    """The payer answered a claim."""
    fact = ClaimAnswered(
        claim_key=claim.key,
        patient_control_number=f"PCN-{claim.label}",
        payer_control_number=control,
        kind="rejected" if rejected else "paid",
    )
    return record(fact, number, f"answer {claim.key} {number}")
