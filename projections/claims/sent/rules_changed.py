"""The rules changed since a claim went out: a notice with the difference, and no proposal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.findings import Finding
from veinledger.projections.case.case import Case
from veinledger.projections.claims.sent import kept
from veinledger.projections.claims.sent.changed import by_the_rules
from veinledger.projections.claims.sent.proposals import payer_of
from veinledger.projections.claims.sent.shapes import Difference
from veinledger.projections.claims.sent.since import Since, WentOut

RULE: Final = "the_rules_changed_since_the_claim_was_sent"
SOURCE: Final = (
    "house rule: the claim kept in its submission beside today's rules, on the same facts"
)
DIGITS: Final = 12
"""So many of a digest name it."""


def rules_changed(case: Case, went: WentOut) -> tuple[Finding, ...]:
    """Of each claim with a payer that today's rules would have made otherwise of the same facts."""
    return tuple(
        finding(case, each, found)
        for each in went.out
        if (found := tuple(what_the_rules_changed(case, each)))
    )


def what_the_rules_changed(case: Case, since: Since) -> Iterator[Difference]:
    """The kept claim beside today's rules at the position that it was derived at.

    Of the edition that is asked, where what is kept can be read and the position knows the record
    that the claim hangs on.
    """
    sent = since.sent
    of_this_edition = sent.edition == case.rules.edition
    if not of_this_edition or since.fixed_by_itself or not kept.can_be_compared(sent):
        return
    if since.was is not None:
        yield from kept.differences(sent, *by_the_rules(since.was), payer_of(since.was))
    elif sent.anchor in {record.key for record in since.then.records}:
        yield Difference(name="claim", before="there", after="no claim has its key")


def made_by(sent: ClaimSubmitted, pages: str, directory: str | None) -> str:
    """What a claim was made by beside what is in use, and what may have changed where both agree.

    A submission may leave out which directory of the site it was made by.
    """
    told = _then_and_now("pages", "the pages are", sent.rule_pack, pages)
    may_be = "the program changed, or the claim was changed on its way"
    if sent.directory is None:
        may_be = f"the site's directory, charges included, or {may_be}"
    else:
        whose = "the site's directory"
        told = f"{told}; {_then_and_now(whose, f'{whose} is', sent.directory, directory)}"
    nothing_else = sent.rule_pack == pages and sent.directory in (None, directory)
    return f"{told}: {may_be}" if nothing_else else told


def _then_and_now(what: str, are: str, then: str, now: str | None) -> str:
    if then == now:
        return f"{are} the same ({then[:DIGITS]})"
    return f"{what} {then[:DIGITS]} then, {now[:DIGITS] if now else 'none'} now"


def finding(case: Case, since: Since, found: Sequence[Difference]) -> Finding:
    """It holds nothing: the claim is out. A person may ask for a replacement by settling it."""
    packs = made_by(since.sent, case.rules.digest, case.centre.digest)
    told = ", ".join(f"{each.name}: {each.before or 'nothing'} → {each.after or 'nothing'}"
                     for each in found)  # fmt: skip
    return Finding(
        rule=RULE,
        severity="notice",
        reason=f"by today's rules claim {since.sent.label} would be another, on the facts that it"
        f" was derived from ({packs}): {told}",
        remedy="nothing is proposed by itself; where the payer is to have it as it would be now,"
        " settle this with the code 7, and a replacement is proposed",
        source=SOURCE,
        records=(since.record.key,),
    )
