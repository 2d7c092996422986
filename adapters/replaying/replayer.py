"""Reads encounter after encounter anew from the stored rows, and holds one of them at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.errors import NO_RECORD_OF_IT, NotFound, boundary
from veinledger.adapters.reading import Histories
from veinledger.adapters.replaying.digesting import digest_of
from veinledger.adapters.sweep import encounters_up_to
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import centres_named, certified_by
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.ledger.port import Store
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import History, effective_by, folded_history
from veinledger.projections.replay.editions import EditionChanges, edition_changes
from veinledger.projections.replay.every import Replayed, every_projection
from veinledger.projections.replay.kept import KeptClaim, kept_claims
from veinledger.projections.replay.proving import Illegal, illegal

CENTRES_KEPT = 10_000
"""Records of centres that stay decoded; an encounter's never do."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EncounterReplay:
    """What the replay of one encounter found; the views themselves are gone."""

    encounter: str
    records: int
    without_a_place: int
    """Records that wait or are disputed: today's table takes them nowhere, or not yet."""
    findings: int
    digests: Mapping[str, str]
    """By projection, in hexadecimal."""
    claims: tuple[KeptClaim, ...] = ()
    illegal: tuple[Illegal, ...] = ()

    def __repr__(self) -> str:
        return f"<replay of {self.records} records>"


class Replayer:
    """Replays the encounters of one ledger as it stood when this was made."""

    def __init__(
        self,
        store: Store,
        codec: RowCodec,
        rules: Rules,
        centre: Centre,
        until: int | None = None,
    ) -> None:
        self._store = store
        self._rules = rules
        self._centre = centre
        self._codec = codec
        self._of_centres = Histories(codec.naming, codec, CENTRES_KEPT)
        self.head = store.head() if until is None else until

    @boundary
    def encounters(self) -> tuple[str, ...]:
        """The names of the encounters that were there by then, in order of their first record."""
        return encounters_up_to(self._store, self._codec, self.head)

    @boundary
    def one(self, encounter: str) -> EncounterReplay:
        """Work out every projection of an encounter, and compare what it keeps."""
        of = self.read(encounter)
        seen = effective_by(of.folded)
        digests: dict[str, str] = {}
        findings = 0
        for name, view in every_projection(of):
            digests[name] = digest_of(view).hex()
            if name == "findings":
                findings = len(cast("tuple[object, ...]", view))
        standings = seen.standings.values()
        return EncounterReplay(
            encounter=encounter,
            records=len(of.history.records),
            without_a_place=sum(each.status in {"waiting", "disputed"} for each in standings),
            findings=findings,
            digests=digests,
            claims=tuple(kept_claims(of.history, seen, of.centre, of.rules)),
            illegal=tuple(illegal(of.folded.folded)),
        )

    @boundary
    def against(self, encounter: str, edition: Edition) -> EditionChanges:
        """What changes in an encounter when it is read in another edition."""
        return edition_changes(self.read(encounter), edition)

    @boundary
    def read(self, encounter: str) -> Replayed:
        """An encounter decoded and folded anew; raises NotFound where nobody has reported any."""
        history = self._history(encounter)
        if not history.records:
            raise NotFound(NO_RECORD_OF_IT)
        folded = folded_history(history)
        told = map(self._told_of_centre, centres_named(history))
        centre = certified_by(self._centre, told)
        return Replayed(history=history, folded=folded, centre=centre, rules=self._rules)

    def _history(self, encounter: str) -> History:
        """Decoded for this once, by nothing that was decoded before."""
        fresh = Histories(self._codec.naming, self._codec, at_most=0)
        return fresh.history(self._store.stream, "encounter", encounter, self.head)

    def _told_of_centre(self, name: str) -> History:
        return self._of_centres.history(self._store.stream, "centre", name, self.head)
