"""Who asks a ledger, and who has asked it what."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING

from veinledger.adapters.access.asked import QUESTIONS, asked
from veinledger.adapters.access.taken import ACCESS_STREAM
from veinledger.adapters.access.told import Noted, noted, readings
from veinledger.adapters.errors import BadInput, boundary
from veinledger.adapters.questions.at_hand import AtHand
from veinledger.adapters.questions.times import refuse_no_instant, refuse_reversed
from veinledger.domain.ledger.access import EVERY_READING, Reader, WantedReadings
from veinledger.domain.standing.history import KnownAt

if TYPE_CHECKING:
    from veinledger.adapters.access.told import Readings


class Access(AtHand):
    """The part of a ledger that knows who reads it."""

    @contextmanager
    def asked_by(self, reader: Reader) -> Generator[None]:
        """What this thread or task asks in the block is noted as asked by this reader."""
        with self._noting.on_behalf_of(reader):
            yield

    @boundary
    @asked
    def reads(
        self,
        encounter: str | None = None,
        *,
        wanted: WantedReadings = EVERY_READING,
        known_at: KnownAt = None,
    ) -> Readings:
        """Who asked what about an encounter, or about any, when and why.

        Who asked about a name that no record has is told as well; it is no error to ask for them.
        With `known_at` what was on record by then; without it also what is noted beside the ledger
        and not yet on record. Raises BadInput for a question that no door is called by and nobody
        ever asked, and for a span that ends before it begins: nothing found would be an answer.
        """
        self._refuse_times(None, known_at)
        for name, end in (("since", wanted.since), ("until", wanted.until)):
            if end is not None:
                refuse_no_instant(name, end)
        refuse_reversed(wanted.since, wanted.until)
        store, naming = self._reachable(), self._naming
        one = None if encounter is None else naming.stream_of("encounter", encounter)
        names = self._sweeper.encounters(store) if encounter is None else (encounter,)
        by_stream = {naming.stream_of("encounter", name): name for name in names}
        opened = self._codec.opened
        rows = map(opened, store.stream(ACCESS_STREAM))
        found = noted(rows, self._noting.pending(store, opened), known_at)
        if wanted.question is not None:
            _refuse_an_unknown_question(wanted.question, found)
        return readings(found, one, wanted, by_stream)

    @property
    def not_noted(self) -> str | None:
        """Why the last reading could not be noted; None where it was."""
        return self._noting.trouble


def _refuse_an_unknown_question(name: str, found: Noted) -> None:
    """Whoever asked by a door of an earlier version asked by its name of then.

    The name is not repeated: nobody knows what a host has put there.
    """
    known = sorted({*QUESTIONS, *(reading.question for reading, _ in found.readings)})
    if name in known:
        return
    near = get_close_matches(name, known, n=3)
    said = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    raise BadInput(f"no question is called what was given as its name; {said}")
