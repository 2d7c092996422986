"""Which encounter claims or names which chain of identity, as messages come in.

A chain of identity has a stream of its own (docs/standing.md, section 1). An order or a collection
claims the chain; any other fact of an encounter that has not claimed it names it; what a correction
or a discard takes out lets it go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from veinledger.domain.intake.entries import Entry, KeptClaim, Known
from veinledger.domain.intake.making import claim_of
from veinledger.domain.ledger.naming import KeyKind, Naming
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.identity import IdentityClaim, IdentityDeed, not_released
from veinledger.domain.standing.legality import claims_a_chain

Claims = tuple[IdentityClaim, ...]


@dataclass(slots=True)
class Chains:
    """The chains of identity that a message touches: what is known of them, and what it adds."""

    known: Known
    naming: Naming
    claims: dict[str, Claims] = field(default_factory=dict[str, Claims])

    def copy(self) -> Chains:
        """The same, to try something out on."""
        return Chains(known=self.known, naming=self.naming, claims=dict(self.claims))

    def on(self, chain: str) -> Claims:
        """Every claim, naming and release of a chain, by whatever encounter."""
        if chain not in self.claims:
            self.claims[chain] = self.known.claims_on(chain)
        return self.claims[chain]

    def named_in(self, records: Sequence[Record]) -> Claims:
        """All that is known of the chains that these records name."""
        chains = dict.fromkeys(filter(None, (chain_of(record.fact) for record in records)))
        return tuple(claim for chain in chains for claim in self.on(chain))

    def encounters_of(self, targets: Iterable[Record], kept: Iterable[Entry]) -> Iterator[str]:
        """The encounters that name a chain of identity which a correction may free or claim."""
        freed = (chain for target in targets if (chain := chain_of(target.fact)) is not None)
        said = (each.claim.chain_of_identity for each in kept if isinstance(each, KeptClaim))
        for chain in dict.fromkeys([*freed, *said]):
            yield from (claim.encounter for claim in self.on(chain))

    def taken_up_by(self, record: Record) -> Iterator[KeptClaim]:
        """What a record says about the chain that it names, where that is something new."""
        chain = chain_of(record.fact)
        if chain is None:
            return
        claims = claims_a_chain(record.fact) is not None
        if claims or not self._has_claimed(chain, record.name):
            yield self._said(chain, record, "claimed" if claims else "named", record)

    def let_go_by(
        self, record: Record, targets: Sequence[Record], standing: Sequence[Record]
    ) -> Iterator[KeptClaim]:
        """What the targets of a correction or a discard had claimed or named.

        `standing` is what nobody had taken out of the encounter before.
        """
        for target in targets:
            chain = chain_of(target.fact)
            if chain is not None and target.key in self._records_on(chain):
                yield self._said(chain, target, "released", record)
        gone = {target.key for target in targets}
        yield from self._named_by_what_is_left(record, [r for r in standing if r.key not in gone])

    def _named_by_what_is_left(self, by: Record, left: Sequence[Record]) -> Iterator[KeptClaim]:
        """Without the claim, each other fact of the encounter under the chain names it itself."""
        for other in left:
            chain = chain_of(other.fact)
            if chain is None or other.kind == "conflict" or self._has_claimed(chain, by.name):
                continue
            if other.key not in self._records_on(chain):
                yield self._said(chain, other, "named", by)

    def _has_claimed(self, chain: str, encounter: str) -> bool:
        standing = not_released(self.on(chain))
        return any(c.encounter == encounter and c.deed == "claimed" for c in standing)

    def _records_on(self, chain: str) -> frozenset[str]:
        return frozenset(claim.record for claim in self.on(chain))

    def _said(self, chain: str, of: Record, deed: IdentityDeed, by: Record) -> KeptClaim:
        kind: KeyKind = "identity" if deed == "claimed" else deed
        claim = claim_of(of, chain, deed, self.known.now)
        self.claims[chain] = (*self.on(chain), claim)
        return KeptClaim(key=self.naming.report_key(kind, by.source, of.key), claim=claim)
