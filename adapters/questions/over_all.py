"""What may be asked of a ledger over all encounters: who is owed what, and what is unassigned."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import TYPE_CHECKING

from veinledger.adapters.access.asked import asked
from veinledger.adapters.errors import NO_RECORD_OF_IT, NotFound, boundary
from veinledger.adapters.questions.at_hand import AtHand
from veinledger.adapters.questions.times import refuse_no_day
from veinledger.domain.standing.history import KnownAt

if TYPE_CHECKING:
    from veinledger.domain.intake.outcome import RefusedItem
    from veinledger.domain.intake.whose.unassigned import Unassigned
    from veinledger.projections.due.measures import Asked, Measures
    from veinledger.projections.due.shapes import DueList, Owing, Wanted


class OverAll(AtHand):
    """The part of a ledger that answers about all encounters at once."""

    @boundary
    @asked
    def due(self, on: date, *, wanted: Wanted | None = None, known_at: KnownAt = None) -> DueList:
        """Who is owed what on a day, over all encounters; what presses most stands first."""
        from veinledger.projections.due.listing import due_list

        refuse_no_day(on=on)
        self._refuse_times(None, known_at)
        return due_list(on, self._owing(on, known_at), self._rules, wanted)

    @boundary
    @asked
    def measures(self, asked: Asked, *, as_of: date, known_at: KnownAt = None) -> Measures:
        """How much of what had to be done within a period was done on time, per centre."""
        from veinledger.projections.due.measures import measures

        refuse_no_day(as_of=as_of, first=asked.first, last=asked.last)
        self._refuse_times(None, known_at)
        return measures(asked, as_of, self._owing(as_of, known_at), self._rules)

    @boundary
    def ready_lists(self, first: date, last: date) -> int:
        """Work out now what the lists of these days need, so that no later process has to.

        It is for whoever has just recorded a lot, and for a job of the night. Tells of how many
        encounters anything was new. Raises StoreFailed where it cannot be kept.
        """
        refuse_no_day(first=first, last=last)
        return self._over_all().ready(self._reachable(), first, last)

    def _owing(self, on: date, known_at: KnownAt) -> Iterator[Owing]:
        return self._over_all().on(self._reachable(), on, known_at)

    @boundary
    @asked
    def unassigned(self, *, known_at: KnownAt = None) -> tuple[Unassigned, ...]:
        """The reports that name neither encounter nor centre, with what became of each."""
        from veinledger.adapters.questions.whose import unassigned

        self._refuse_times(None, known_at)
        return unassigned(self._reachable(), self._codec, self._naming, known_at)

    @boundary
    @asked
    def refused(
        self, encounter: str | None = None, *, known_at: KnownAt = None
    ) -> tuple[RefusedItem, ...]:
        """What the ledger could not take, who said it, and every rule that stood against it.

        Of one encounter what named it; where nothing of such a name was ever kept, raises NotFound.
        """
        self._refuse_times(None, known_at)
        found = self._refusals({encounter} if encounter is not None else None, known_at)
        if encounter is not None and not found and not self._history_if_any(encounter).records:
            raise NotFound(NO_RECORD_OF_IT)
        return found

    def _refusals(
        self, encounters: Collection[str] | None, known_at: KnownAt
    ) -> tuple[RefusedItem, ...]:
        from veinledger.adapters.questions.refusals import Refusals

        kept = Refusals(self._reachable(), self._codec, self._naming, self._content)
        return kept.told(encounters, known_at)
