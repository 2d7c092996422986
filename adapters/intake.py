"""Taking in what callers bring: items to messages, messages to groups, outcomes back in order.

A message is decided whole and kept whole. Messages go to the writer in groups, so that many share
one commit; each still sees what those before it have said, and is answered as if it came alone.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from veinledger.adapters.codec.arrivals import Border, Item
from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.deciding import ViewOfStore
from veinledger.adapters.errors import VeinledgerError, boundary
from veinledger.adapters.logs import logger
from veinledger.adapters.proof.receipts import Answered, Receipts, there_already
from veinledger.adapters.reading import Histories, KnownInView
from veinledger.adapters.writer import GROUP_AT_MOST, Writer
from veinledger.domain.intake.decide import take_in
from veinledger.domain.intake.foresight import Foreseen, foresee
from veinledger.domain.intake.outcome import Arrival, Outcome
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Committed, Decision, View

LOG: Final = logger(__name__)

Message = tuple[Arrival, ...]
Outcomes = tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Brought:
    """What one call brought; the items of one message need not be neighbours."""

    arrivals: tuple[Arrival, ...]
    messages: tuple[tuple[int, ...], ...]
    """The places of its items, message by message."""

    def by_message(self) -> Iterator[Message]:
        """The items of each message together."""
        for places in self.messages:
            yield tuple(self.arrivals[place] for place in places)

    def told(self, answers: Iterator[Outcomes]) -> Outcomes:
        """An outcome for each item in the order in which they were brought."""
        answered: dict[int, Outcome] = {}
        for done, places in enumerate(self.messages):
            answer = _saying_how_far(done, len(self.messages), answers)
            answered |= dict(zip(places, answer, strict=True))
        return tuple(answered[place] for place in range(len(self.arrivals)))


@dataclass(frozen=True, slots=True, repr=False)
class Intake:
    """The way in: border, decision, draft, and the writer that keeps it."""

    naming: Naming
    codec: RowCodec
    border: Border
    histories: Histories
    writer: Writer
    receipts: Receipts

    def brought(self, items: Iterable[Item]) -> Brought:
        """Items as read and dated at the border. Raises BadInput where one cannot be JSON."""
        with self.writer.expecting():
            arrivals = tuple(map(self.border.arrival, items))
        messages: dict[tuple[str, str], list[int]] = {}
        for place, arrival in enumerate(arrivals):
            source = arrival.source
            messages.setdefault((source.connection, source.message), []).append(place)
        return Brought(arrivals, tuple(map(tuple, messages.values())))

    def answers(self, messages: Iterator[Message], *, strict: bool) -> Iterator[Outcomes]:
        """The outcomes of each message, in order, as soon as its group is durable.

        Raises in the place of a message that failed; none after it is tried.
        """
        for group in in_groups(messages):
            decides = [partial(self._decide, message, strict) for message in group]
            for attempt in self.writer.write(decides, reports=sum(map(len, group))):
                if isinstance(attempt, Exception):
                    raise attempt
                yield self.receipts.given_with(_noted(attempt))

    def foresee(self, arrival: Arrival, view: ViewOfStore) -> Foreseen:
        """What an item would do to a ledger as a view shows it; nothing is written."""
        known = KnownInView(view, self.histories, self.codec)
        return foresee(known, self.naming, (arrival,), view.until)

    def _decide(self, message: Message, strict: bool, view: View) -> Decision[Answered]:
        known = KnownInView(view, self.histories, self.codec)
        outcomes, entries = take_in(known, self.naming, message, strict=strict)
        new = frozenset(entry.key for entry in entries)
        return Decision(
            answer=Answered(outcomes, there_already(outcomes, new, known.row)),
            drafts=tuple(map(self.codec.draft, entries)),
            originals=self.codec.originals(entries),
        )


class Told(Iterator[Outcomes]):
    """The outcomes of one message after the other; each error in the place of its message."""

    def __init__(
        self, ledger: object, intake: Intake, messages: Iterable[Sequence[Item]], *, strict: bool
    ) -> None:
        self._ledger = ledger  # who forgets a ledger closes it; not while somebody still listens
        self._outcomes = _told(intake, iter(messages), strict=strict)

    def __next__(self) -> Outcomes:
        found = self._next()
        if found is None:
            raise StopIteration
        return found

    @boundary
    def _next(self) -> Outcomes | None:
        return next(self._outcomes, None)


def _told(
    intake: Intake, messages: Iterator[Sequence[Item]], *, strict: bool
) -> Generator[Outcomes]:
    unreadable: VeinledgerError | None = None
    while unreadable is None:
        some, unreadable = _some(intake, messages)
        if not some and unreadable is None:
            return
        answers = intake.answers((m for each in some for m in each.by_message()), strict=strict)
        for each in some:
            yield each.told(answers)
    raise unreadable


def _some(
    intake: Intake, messages: Iterator[Sequence[Item]]
) -> tuple[list[Brought], VeinledgerError | None]:
    """The next messages, as many as one commit may take, up to one that cannot be read."""
    some: list[Brought] = []
    for items in islice(messages, GROUP_AT_MOST):
        try:
            some.append(intake.brought(items))
        except VeinledgerError as error:
            return some, error
    return some, None


def in_groups(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Messages in groups of as many items as one commit takes; a larger message by itself."""
    group: list[Message] = []
    items = 0
    for message in messages:
        if group and items + len(message) > GROUP_AT_MOST:
            yield group
            group, items = [], 0
        group.append(message)
        items += len(message)
    if group:
        yield group


def _noted(committed: Committed[Answered]) -> Committed[Answered]:
    rows = committed.rows
    if rows:
        LOG.info("ledger.appended", count=len(rows), position=rows[-1].position)
    return committed


def _saying_how_far(done: int, messages: int, answers: Iterator[Outcomes]) -> Outcomes:
    """What was recorded before a failure stays recorded, and the error says so."""
    try:
        return next(answers)
    except VeinledgerError as error:
        if done:
            error.args = (
                f"the first {done} of {messages} messages are recorded and the rest are not; send"
                f" all of them again, what is recorded answers `duplicate`. This one: {error}",
            )
        raise
