"""What a whole replay came to: counts, one digest a projection, and one over all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from veinledger.adapters.replaying.replayer import EncounterReplay
from veinledger.domain.lifecycle.table import NUMBER
from veinledger.domain.rules import Rules
from veinledger.projections.replay.every import PROJECTIONS
from veinledger.projections.replay.kept import KeptClaim
from veinledger.projections.replay.proving import Illegal

DIFFERENT: Final = ("rules changed", "directory changed", "cannot be reproduced")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptOf:
    """A kept claim that is not equal, with its encounter."""

    encounter: str
    claim: KeptClaim

    def __repr__(self) -> str:
        return f"<{self.claim!r}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IllegalIn:
    """A record that counts and may not, with its encounter."""

    encounter: str
    found: Illegal

    def __repr__(self) -> str:
        return f"<{self.found.rule}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Replay:
    """A ledger replayed from its stored bytes."""

    edition: str
    rule_pack: str
    table: int
    """The number of the lifecycle table that legality was proved by."""
    head: int
    """The ledger's position up to which was read."""
    encounters: int
    records: int
    without_a_place: int
    findings: int
    claims_kept: int
    claims_compared: int
    claims_equal: int
    claims_different: int
    digests: dict[str, str]
    """By projection."""
    digest: str
    """Over all projections of all encounters: what two auditors compare."""
    different: tuple[KeptOf, ...]
    not_compared: tuple[KeptOf, ...]
    illegal: tuple[IllegalIn, ...]

    @property
    def clean(self) -> bool:
        """Whether every kept claim came out again and every record in effect is legal."""
        return not self.different and not self.illegal

    def __repr__(self) -> str:
        return f"<replay of {self.encounters} encounters: {self.digest}>"


@dataclass(slots=True)
class Totals:
    """Adds up encounter after encounter, and keeps no more than what differs."""

    encounters: int = 0
    records: int = 0
    without_a_place: int = 0
    findings: int = 0
    kept: int = 0
    equal: int = 0
    different: list[KeptOf] = field(default_factory=list[KeptOf])
    not_compared: list[KeptOf] = field(default_factory=list[KeptOf])
    illegal: list[IllegalIn] = field(default_factory=list[IllegalIn])
    digests: dict[str, bytes] = field(
        default_factory=lambda: dict.fromkeys(PROJECTIONS, b"\0" * 32)
    )

    def add(self, one: EncounterReplay) -> None:
        """Count an encounter; the order of encounters is part of the digests."""
        self.encounters += 1
        self.records += one.records
        self.without_a_place += one.without_a_place
        self.findings += one.findings
        self.kept += len(one.claims)
        for claim in one.claims:
            self._sort(KeptOf(encounter=one.encounter, claim=claim))
        self.illegal += [IllegalIn(encounter=one.encounter, found=each) for each in one.illegal]
        for name, digest in one.digests.items():
            joined = self.digests[name] + bytes.fromhex(digest)
            self.digests[name] = sha256(joined).digest()

    def _sort(self, kept: KeptOf) -> None:
        if kept.claim.verdict == "equal":
            self.equal += 1
        elif kept.claim.verdict in DIFFERENT:
            self.different.append(kept)
        else:
            self.not_compared.append(kept)

    def replay(self, rules: Rules, head: int) -> Replay:
        """The sum of what was added."""
        return Replay(
            edition=rules.edition,
            rule_pack=rules.pack,
            table=NUMBER,
            head=head,
            encounters=self.encounters,
            records=self.records,
            without_a_place=self.without_a_place,
            findings=self.findings,
            claims_kept=self.kept,
            claims_compared=self.equal + len(self.different),
            claims_equal=self.equal,
            claims_different=len(self.different),
            digests={name: digest.hex() for name, digest in self.digests.items()},
            digest=sha256(b"".join(self.digests.values())).hexdigest(),
            different=tuple(self.different),
            not_compared=tuple(self.not_compared),
            illegal=tuple(self.illegal),
        )


def replay_of(found: Iterable[EncounterReplay], rules: Rules, head: int) -> Replay:
    """A replay of encounters, in the order in which they come."""
    totals = Totals()
    for each in found:
        totals.add(each)
    return totals.replay(rules, head)
