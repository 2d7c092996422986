"""What every question reads: the store, one encounter's history, its centre; and refuses."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from veinledger.adapters.access.noting import Noting
from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.errors import NO_RECORD_OF_IT, NotFound
from veinledger.adapters.questions.times import refuse_no_times, refuse_positions_beyond
from veinledger.adapters.reading import Histories
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.sweep import Sweeper
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import centres_named, certified_by
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Store
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History, KnownAt

if TYPE_CHECKING:
    from veinledger.adapters.owing.over_all import AllOwing


class AtHand:
    """Where a question finds histories, the centre and the store; it asks nothing itself."""

    _keys: Keys
    _histories: Histories
    _sweeper: Sweeper
    _centre: Centre
    _rules: Rules
    _codec: RowCodec
    _naming: Naming
    _noting: Noting

    def _reachable(self) -> Store:
        raise NotImplementedError

    def _content(self, digest: str) -> bytes | None:
        """The bytes as received under a digest, None where there are none."""
        raise NotImplementedError

    def _over_all(self) -> AllOwing:
        raise NotImplementedError

    def _asking(self, question: str, encounter: str | None) -> AbstractContextManager[None]:
        """Note a question before it is answered; a name becomes the keyed name of its stream."""
        self._reachable()
        stream = None if encounter is None else self._naming.stream_of("encounter", encounter)
        return self._noting.asking(question, stream)

    def _refuse_times(self, as_of: AsOf, known_at: KnownAt) -> None:
        """What is no time, means another on every machine, or is a position that is not there."""
        refuse_no_times(as_of, known_at)
        if isinstance(known_at, int):
            refuse_positions_beyond(self._reachable().head(), known_at)

    def _history_if_any(self, encounter: str, until: int | None = None) -> History:
        store = self._reachable()
        last = store.head() if until is None else until
        return self._histories.history(store.stream, "encounter", encounter, last)

    def _history(self, encounter: str, until: int | None = None) -> History:
        history = self._history_if_any(encounter, until)
        if not history.records:
            raise NotFound(NO_RECORD_OF_IT)
        return history

    def _centre_of(self, history: History) -> Centre:
        """The site's directory, with the certificates of each centre that the encounter ever named.

        Which of them count follows from what was known: a projection finds those of its moment.
        """
        self._histories.folded(history)  # so that the next question finds it, and all its moments
        store = self._reachable()
        head = store.head()
        told = (
            self._histories.history(store.stream, "centre", name, head)
            for name in centres_named(history)
        )
        return certified_by(self._centre, told)
