"""Claims: every bill of an encounter as far as the facts go, as of both times, in one edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import centre_then
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.findings import Finding, each_once
from veinledger.domain.products.profile import Product
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    History,
    KnownAt,
    effective,
    effective_by,
    folded_history,
    told_in,
)
from veinledger.projections.case.again.kept import again
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import as_asked_last, once
from veinledger.projections.case.opening import known_already
from veinledger.projections.claims import edits as edits_package
from veinledger.projections.claims import rules as rules_package
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import Where, bills, places
from veinledger.projections.claims.bills.unjudged import without_claims
from veinledger.projections.claims.chosen import still_asked
from veinledger.projections.claims.dosing import dosing
from veinledger.projections.claims.edits.registry import Draft, what_the_edits_find
from veinledger.projections.claims.mechanism import mechanism as mechanism_of
from veinledger.projections.claims.parts import codes_of, lines_of
from veinledger.projections.claims.registry import Said, what_the_rules_say
from veinledger.projections.claims.sent.derived_at import derived_at
from veinledger.projections.claims.sent.numbering import labels
from veinledger.projections.claims.sent.proposals import proposals
from veinledger.projections.claims.sent.rules_changed import rules_changed
from veinledger.projections.claims.sent.sendings import VOID
from veinledger.projections.claims.sent.shapes import Proposal
from veinledger.projections.claims.sent.since import WentOut, went_out
from veinledger.projections.claims.sent.status import with_status
from veinledger.projections.claims.sent.strays import strays
from veinledger.projections.claims.shapes import (
    Claim,
    ClaimSet,
    Coded,
    Differs,
    Line,
)
from veinledger.projections.claims.state import state_of
from veinledger.projections.claims.unbilled import unbilled
from veinledger.projections.closer.review import reviews
from veinledger.projections.closer.watches import watches_of
from veinledger.projections.discovery import every_module_of

every_module_of(rules_package)
every_module_of(edits_package)


def claims(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> ClaimSet:
    """Every claim of an encounter; a pure function of its arguments."""
    folded = folded_history(history, known_at)
    seen = effective_by(folded, as_of)
    product = _product(seen, rules) or _product_as_sent(history, seen, rules, as_of)
    if product is None or not product.complete:
        return without_claims(seen, rules, product)
    then = centre_then(centre, folded, as_of, known_at)
    case = known_already(folded, Case(seen=seen, centre=then, rules=rules, product=product))
    return claims_in(case, history, as_of)


def claims_in(case: Case, history: History, as_of: AsOf = None) -> ClaimSet:
    """The same of a case that was opened already: `as_of` is the time that it was opened for."""
    today = local_day(as_of, case.centre, case.seen)
    make = partial(_claims_on, case, history, as_of, today)
    return as_asked_last(case, claims_in, (as_of, today), None, make)


def _claims_on(case: Case, history: History, as_of: AsOf, today: date | None) -> ClaimSet:
    seen, rules = case.seen, case.rules
    found = bills(case)
    went = went_out(case, history, as_of, found)
    otherwise = rules_changed(case, went)
    made, proposed = _made(case, went, otherwise, today)
    stale = rules.stale(today, "codebook") if today else ()
    of_claims = [each for claim in made for each in claim.findings]
    asked = reviews(watches_of(case), case.chains)
    unheard = strays(case, found)
    every = [*seen.findings, *of_claims, *otherwise, *unheard, *asked, *stale]
    return ClaimSet(
        encounter=history.encounter,
        edition=rules.edition,
        rule_pack=rules.digest,
        directory=case.centre.digest,
        claims=made,
        dosing=dosing(case),
        findings=each_once(every),
        unbilled=unbilled(case, found),
        proposals=proposed,
        sent=went.every,
    )


def _made(
    case: Case,
    went: WentOut,
    otherwise: tuple[Finding, ...],
    today: date | None,
) -> tuple[tuple[Claim, ...], tuple[Proposal, ...]]:
    """The claims, each in its state, and what is to be sent again of those that went out."""
    drafts = _drafts(case)
    unsent = tuple(_finished(draft, today) for draft in drafts)
    proposed = tuple(_with_its_draft(p, unsent) for p in proposals(case, went, otherwise))
    made = tuple(
        _with_the_payer(claim, draft.bill, went, proposed, otherwise)
        for claim, draft in zip(unsent, drafts, strict=True)
    )
    return made, proposed


def _product(seen: Effective, rules: Rules) -> Product | None:
    known = rules.products.products
    return next((each for each in known if each.name == seen.state.product), None)


def _product_as_sent(
    history: History, seen: Effective, rules: Rules, as_of: AsOf
) -> Product | None:
    """Of an encounter that is none any more, what its claims went out for: they are to be voided.

    A whole chart may be moved to the right patient, and what was sent stays behind.
    """
    if seen.state.product is not None:
        return None
    first = next(iter(seen.of(ClaimSubmitted)), None)
    if first is None:
        return None
    record, sent = first
    known = derived_at(record, sent)
    return _product(effective(told_in(history, record, known), as_of, known), rules)


@once
def _drafts(case: Case) -> tuple[Draft, ...]:
    """Each claim as the rules make it, beside the others of the encounter; whatever day it is."""
    found = bills(case)
    named, there = labels(case, found), places(bills(case.elsewhere))
    made = tuple(_claim_again(bill, named[bill.key], there) for bill in found)
    return tuple(
        Draft(bill=bill, claim=made[at], beside=(*made[:at], *made[at + 1 :]))
        for at, bill in enumerate(found)
    )


def _finished(draft: Draft, today: date | None) -> Claim:
    """A claim after the edits have looked at it beside the others, with its state on a day."""
    findings = _against(draft)
    state, reason = state_of(draft.bill, draft.claim.lines, findings, today)
    return replace(
        draft.claim,
        findings=findings,
        state=state,
        state_reason=reason,
        draft=state,
        draft_reason=reason,
    )


@once
def _against(draft: Draft) -> tuple[Finding, ...]:
    """Everything that was found of a claim, whatever day it is.

    What holds nothing is told on the first fraction of a dose, and not on all ten.
    """
    edits = (still_asked(draft.bill, each) for each in what_the_edits_find(draft))
    every = each_once((*draft.claim.findings, *edits))
    return tuple(each for each in every if draft.bill.leads or each.holds)


def _with_its_draft(proposal: Proposal, unsent: tuple[Claim, ...]) -> Proposal:
    """A replacement says what stands between it and its sending."""
    draft = next((each for each in unsent if each.key == proposal.key), None)
    if draft is None or proposal.frequency == VOID:
        return proposal
    return replace(proposal, draft=draft.draft, draft_reason=draft.draft_reason)


def _with_the_payer(
    claim: Claim,
    bill: Bill,
    went: WentOut,
    proposed: Iterable[Proposal],
    otherwise: Iterable[Finding],
) -> Claim:
    """A claim that went out in the state that it has with the payer."""
    since = went.of(bill)
    if since is not None:
        mine = [each for each in otherwise if since.record.key in each.records]
        claim = replace(claim, findings=each_once((*claim.findings, *mine)))
    proposal = next((each for each in proposed if since and each.key == bill.key), None)
    return with_status(claim, bill, went, proposal)


def _claim_again(bill: Bill, label: str, there: Mapping[Where, str]) -> Claim:
    """The claim of the day that was asked about before, where nothing that makes it changed."""
    mine = {each: there[each] for each in places((bill,)) if each in there}
    about = bill.made_of, label, mine
    return again(bill.case, (_claim, bill.key), about, lambda: _claim(bill, label, mine))


def _claim(bill: Bill, label: str, there: Mapping[Where, str]) -> Claim:
    """A claim as the rules make it; what stands against it is not judged yet."""
    said = tuple(what_the_rules_say(bill))
    return _of_its_parts(bill, label, said, lines_of(bill, said, there), codes_of(said))


def _of_its_parts(
    bill: Bill,
    label: str,
    said: tuple[Said, ...],
    lines: tuple[Line, ...],
    codes: tuple[Coded, ...],
) -> Claim:
    records = _records(bill, lines, codes)
    covered, (mechanism, why) = bill.case.coverage(bill.payer_day), mechanism_of(bill)
    return Claim(
        key=bill.key,
        label=label,
        kind=bill.kind,
        form=bill.form,
        part=bill.part,
        inpatient=bill.inpatient,
        biller=bill.biller,
        account=bill.account,
        anchor=bill.anchor.key,
        admitted=bill.stay.admitted.day if bill.stay else None,
        fraction=bill.fraction,
        first_day=bill.first_day,
        last_day=bill.last_day,
        payer=covered[1].payer if covered else None,
        coverage=covered[0].key if covered else None,
        payment_mechanism=mechanism,
        payment_reason=why,
        state="ready",
        state_reason="",
        draft="ready",
        draft_reason="",
        records=records,
        lines=lines,
        codes=codes,
        findings=_findings(bill, said, records),
        differs=_differences(said),
    )


def _differences(said: Iterable[Said]) -> tuple[Differs, ...]:
    return tuple(dict.fromkeys(each for each in said if isinstance(each, Differs)))


def _records(bill: Bill, lines: tuple[Line, ...], codes: tuple[Coded, ...]) -> tuple[str, ...]:
    parts = (*(line.basis for line in lines), *(code.basis for code in codes))
    named = (key for part in parts for key in part.records)
    return tuple(dict.fromkeys((*(record.key for record in bill.records), *named)))


def _findings(bill: Bill, said: Iterable[Said], records: tuple[str, ...]) -> tuple[Finding, ...]:
    """What the rules found on this bill, and what the history found about its records."""
    own = [each for each in said if isinstance(each, Finding)]
    keys = set(records)
    of_history = [each for each in bill.case.seen.findings if keys & set(each.records)]
    return each_once(still_asked(bill, each) for each in (*own, *of_history))
