"""Claims: every bill of an encounter as far as the facts go, as of both times, in one edition.

Not yet: modifiers (JW, JZ, 340B, fractions), condition and value codes, occurrence codes, the ten
denial edits, replacement and void of what was sent, and the splitting of an office dose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final, get_args

from veinledger.domain.centre.centre import Centre
from veinledger.domain.facts.billing import ChargePosted, ClaimSubmitted
from veinledger.domain.findings import Finding
from veinledger.domain.products.profile import Product
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective, History, KnownAt, effective
from veinledger.projections.claims.bill import Bill
from veinledger.projections.claims.case import Case
from veinledger.projections.claims.dosing import dosing
from veinledger.projections.claims.grouping import bills, places
from veinledger.projections.claims.lines import drg
from veinledger.projections.claims.registry import Said, what_the_rules_say
from veinledger.projections.claims.rules import (
    acquisition,
    administration,
    collection,
    diagnoses,
    drugs,
    form,
    infusion,
    labels,
    visits,
    window,
)
from veinledger.projections.claims.shapes import (
    Claim,
    ClaimKind,
    ClaimSet,
    Coded,
    Differs,
    Line,
    Role,
)
from veinledger.projections.claims.state import case_rate, state_of
from veinledger.projections.claims.told import told
from veinledger.projections.claims.unbilled import unbilled

RULE_MODULES: Final = (
    acquisition,
    administration,
    collection,
    diagnoses,
    drugs,
    form,
    infusion,
    labels,
    visits,
    window,
)
"""The modules whose rules stand in the registry once they are imported."""

_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_DIAGNOSES: Final = frozenset({"principal", "first-listed", "secondary"})


def claims(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> ClaimSet:
    """Every claim of an encounter; a pure function of its arguments."""
    seen = effective(history, as_of, known_at)
    product = _product(seen, rules)
    if product is None or not product.complete:
        return _without_claims(seen, rules)
    case = Case(seen=seen, centre=centre, rules=rules, product=product)
    today = as_of.date() if isinstance(as_of, datetime) else as_of
    found = bills(case)
    named = _labels(case, found)
    there = places(bills(case.elsewhere))
    made = [_claim(bill, named[bill.key], there, today) for bill in found]
    every = [*seen.findings, *(each for claim in made for each in claim.findings)]
    return ClaimSet(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.digest,
        claims=tuple(made),
        dosing=dosing(case),
        findings=tuple({each.key: each for each in every}.values()),
        unbilled=unbilled(case, found),
    )


def _product(seen: Effective, rules: Rules) -> Product | None:
    known = rules.products.products
    return next((each for each in known if each.name == seen.state.product), None)


def _without_claims(seen: Effective, rules: Rules) -> ClaimSet:
    """An encounter that is not open yet, or whose product no complete page describes."""
    openings = tuple(r.key for r in seen.records if r.fact.type == "encounter.opened")
    unknown = Finding(
        rule="an_encounter_is_judged_by_a_complete_product_page",
        severity="critical",
        reason="no complete product page describes the product of this encounter",
        remedy="add the page with its codes, regimen and calendar, or correct the product",
        source="docs/editions.md",
        records=openings,
        holds=True,
    )
    return ClaimSet(
        encounter=seen.encounter,
        edition=rules.edition,
        rule_pack=rules.digest,
        findings=(*seen.findings, *((unknown,) if openings else ())),
    )


def _claim(bill: Bill, label: str, there: Mapping[str, str], today: date | None) -> Claim:
    said = tuple(what_the_rules_say(bill))
    lines = _lines(bill, said, there)
    codes = _codes(said)
    records = _records(bill, lines, codes)
    findings = _findings(bill, said, records)
    state, reason = state_of(bill, lines, findings, today)
    covered, (mechanism, why) = bill.case.coverage(bill.payer_day), _mechanism(bill)
    return Claim(
        key=bill.key,
        label=label,
        kind=bill.kind,
        form=bill.form,
        inpatient=bill.inpatient,
        biller=bill.biller,
        account=bill.account,
        anchor=bill.anchor.key,
        first_day=bill.first_day,
        last_day=bill.last_day,
        payer=covered[1].payer if covered else None,
        coverage=covered[0].key if covered else None,
        payment_mechanism=mechanism,
        payment_reason=why,
        state=state,
        state_reason=reason,
        records=records,
        lines=lines,
        codes=codes,
        findings=findings,
        differs=_differences(said),
    )


def _differences(said: Iterable[Said]) -> tuple[Differs, ...]:
    return tuple(dict.fromkeys(each for each in said if isinstance(each, Differs)))


def _lines(bill: Bill, said: Iterable[Said], there: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines by day and revenue code, each with what a payment window does to it elsewhere."""
    found = [each for each in said if isinstance(each, Line)]
    found.sort(key=lambda line: (line.day, line.revenue_code or "", line.code, line.basis.records))
    here = places((bill,))
    return tuple(
        _placed_elsewhere(bill, line, here, there) for line in _each_charge_once(bill, found)
    )


def _each_charge_once(bill: Bill, found: Iterable[Line]) -> Iterator[Line]:
    """A posted charge stands on the first line that it fits; the next line is without it."""
    amounts = {record.key: fact.amount for record, fact in bill.case.seen.of(ChargePosted)}
    used: set[str] = set()
    for line in found:
        mine = amounts.keys() & set(line.basis.records)
        again = sum((amounts[key] for key in mine & used), Decimal(0))
        used |= mine
        yield replace(line, charge=line.charge - again) if again and line.charge else line


def _placed_elsewhere(
    bill: Bill, line: Line, here: Mapping[str, str], there: Mapping[str, str]
) -> Line:
    away = [key for key in line.basis.records if key in here and here[key] != there.get(key)]
    facility = bill.facility
    if not away or facility is None:
        return line
    difference = bill.case.rules.differs("payment_window", bill.last_day, facility.payment_system)
    differs = told(difference, here[away[0]], there.get(away[0]))
    return replace(line, differs=(*line.differs, *differs))


def _codes(said: Iterable[Said]) -> tuple[Coded, ...]:
    """The codes in the order of the form; a diagnosis stands once, where it stands first."""
    found = [each for each in said if isinstance(each, Coded)]
    found.sort(key=lambda code: _ROLES.index(code.role))
    once: dict[tuple[str, str], Coded] = {}
    for code in found:
        key = ("diagnosis" if code.role in _DIAGNOSES else code.role, code.code)
        once[key] = _with_its_presence(once[key], code) if key in once else code
    return tuple(once.values())


def _with_its_presence(first: Coded, again: Coded) -> Coded:
    """The one that stands takes over what was reported of its presence on admission."""
    if again.present_on_admission is None:
        return first
    records = tuple(dict.fromkeys((*first.basis.records, *again.basis.records)))
    return replace(
        first,
        present_on_admission=again.present_on_admission,
        basis=replace(first.basis, records=records),
    )


def _records(bill: Bill, lines: tuple[Line, ...], codes: tuple[Coded, ...]) -> tuple[str, ...]:
    parts = (*(line.basis for line in lines), *(code.basis for code in codes))
    named = (key for part in parts for key in part.records)
    return tuple(dict.fromkeys((*(record.key for record in bill.records), *named)))


def _findings(bill: Bill, said: Iterable[Said], records: tuple[str, ...]) -> tuple[Finding, ...]:
    """What the rules found on this bill, and what the history found about its records."""
    own = [each for each in said if isinstance(each, Finding)]
    keys = set(records)
    of_history = [each for each in bill.case.seen.findings if keys & set(each.records)]
    return tuple({each.key: each for each in (*own, *of_history)}.values())


def _mechanism(bill: Bill) -> tuple[str, str]:
    """How the payer is expected to pay the claim as a whole."""
    contract = case_rate(bill)
    if contract is not None:
        return "case rate", contract.clause
    if bill.inpatient:
        return drg(bill)
    if bill.form == "CMS-1500":
        return "fee schedule", "professional claim of an office"
    codes, kind = bill.case.product.codes, bill.case.coverage_kind(bill.payer_day)
    apc = bill.case.rules.find(codes.apc, bill.last_day) if codes.apc else None
    if kind == "FFS" and bill.kind == "C" and apc is not None:
        return f"APC {apc.code}", f"{apc.source} [{apc.row}]"
    if kind == "FFS":
        return "APC", "hospital outpatient claim, by its lines"
    return "by contract", "the payer's contract decides; no case rate includes it"


def _labels(case: Case, found: tuple[Bill, ...]) -> dict[str, str]:
    """A1, B2, D1 by date; a label that went out with a submission is never given again."""
    sent = {fact.claim_key: fact.label for _, fact in case.seen.of(ClaimSubmitted)}
    taken = set(sent.values())
    labels = {bill.key: sent[bill.key] for bill in found if bill.key in sent}
    free = {kind: _free(kind, taken) for kind in get_args(ClaimKind)}
    for bill in found:
        if bill.key not in labels:
            labels[bill.key] = next(free[bill.kind])
    return labels


def _free(kind: ClaimKind, taken: set[str]) -> Iterator[str]:
    """The labels of a kind in order; the first baseline is E0, a further one E0.2."""
    number = 0
    while True:
        number += 1
        baseline = "E0" if number == 1 else f"E0.{number}"
        label = baseline if kind == "E0" else f"{kind}{number}"
        if label not in taken:
            yield label
