"""What one encounter is billed, owed and expected to be paid otherwise in another edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from veinledger.domain.codebook.statement import Edition
from veinledger.domain.dollars import added
from veinledger.domain.findings import Finding
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, effective_by
from veinledger.projections.case.replacements import replacements
from veinledger.projections.changed_claims import ClaimChange, claim_changes
from veinledger.projections.changed_obligations import ObligationChange, obligation_changes
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.replay.every import Replayed
from veinledger.projections.schedule import schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Dollars:
    """Amounts in both editions, dollars and cents."""

    charges: Decimal = Decimal(0)
    charges_against: Decimal = Decimal(0)
    expected: Decimal | None = Decimal(0)
    """What payers are expected to pay of what counts; None where nothing can be estimated."""
    expected_against: Decimal | None = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RuledChange:
    """A claim that differs, with the rows of the evidence that argue it."""

    claim: ClaimChange
    rows: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<{self.claim!r} by {len(self.rows)} rows>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EditionChanges:
    """One encounter in an edition, and what changes in another; amounts of both in dollars."""

    encounter: str
    edition: Edition
    against: Edition
    claims: tuple[RuledChange, ...]
    visits: tuple[ObligationChange, ...]
    findings_came: tuple[Finding, ...]
    findings_went: tuple[Finding, ...]
    dollars: Dollars

    @property
    def nothing(self) -> bool:
        """Whether both editions say the same."""
        changed = self.claims or self.visits or self.findings_came or self.findings_went
        amounts = self.dollars
        here, there = amounts.charges, amounts.charges_against
        return not changed and (here, amounts.expected) == (there, amounts.expected_against)

    def __repr__(self) -> str:
        return f"<{len(self.claims)} claims and {len(self.visits)} visits differ>"


def edition_changes(of: Replayed, against: Edition, as_of: AsOf = None) -> EditionChanges:
    """What changes when an encounter is read in another edition of the same pages."""
    there_rules = of.rules.under(against)
    here = claims(of.history, of.centre, of.rules, as_of)
    there = claims(of.history, of.centre, there_rules, as_of)
    chains = replacements(of.folded.known)
    owed = schedule(of.history, of.centre, of.rules, as_of)
    owed_there = schedule(of.history, of.centre, there_rules, as_of)
    own = effective_by(of.folded, as_of).findings
    found = _by_key((*own, *here.findings, *owed.findings))
    found_there = _by_key((*own, *there.findings, *owed_there.findings))
    return EditionChanges(
        encounter=of.history.encounter,
        edition=of.rules.edition,
        against=against,
        claims=tuple(
            RuledChange(claim=change, rows=_rows(change, here, there))
            for change in claim_changes(here, there, (), chains)
        ),
        visits=tuple(obligation_changes(owed.obligations, owed_there.obligations, chains)),
        findings_came=tuple(found_there[key] for key in found_there if key not in found),
        findings_went=tuple(found[key] for key in found if key not in found_there),
        dollars=Dollars(
            charges=_charges(here.claims),
            charges_against=_charges(there.claims),
            expected=_expected(of, of.rules, as_of),
            expected_against=_expected(of, there_rules, as_of),
        ),
    )


def _by_key(found: Iterable[Finding]) -> dict[str, Finding]:
    return {each.key: each for each in found}


def _rows(change: ClaimChange, here: ClaimSet, there: ClaimSet) -> tuple[str, ...]:
    """The rows by which the claim differs, as it says itself in either edition."""
    both = (each for found in (here, there) for each in found.claims if each.key == change.key)
    return tuple(sorted({differs.row for claim in both for differs in claim.differences()}))


def _charges(found: Iterable[Claim]) -> Decimal:
    return added(claim.total for claim in found)


def _expected(of: Replayed, rules: Rules, as_of: AsOf) -> Decimal | None:
    made = estimate(of.history, of.centre, rules, as_of)
    return None if made is None else made.expected_so_far
