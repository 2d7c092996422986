"""What became of the messages of a ledger that a fault has hit: lost, torn, kept, consistent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.adapters.faults.messages import Expectation, message
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.verdict import NOT_ANCHORED
from veinledger.domain.ledger.naming import LEDGER_STREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a ledger holds of the messages that were sent to it, and whether it is consistent."""

    kept: frozenset[int]
    lost: frozenset[int]
    """Acknowledged, and not there as a whole."""
    torn: frozenset[int]
    """There in part: some of its rows or bytes as received, and not all."""
    strange: int
    """Rows that none of the messages leaves."""
    verdict: str

    @property
    def sound(self) -> bool:
        """Whether nothing is lost, torn, strange or inconsistent."""
        unsound = self.lost or self.torn or self.strange
        return not unsound and self.verdict == NOT_ANCHORED

    @property
    def complaint(self) -> str:
        """What is not sound, in a line."""
        return (
            f"lost {sorted(self.lost)[:9]}, torn {sorted(self.torn)[:9]}, strange {self.strange},"
            f" verdict: {self.verdict}"
        )


def judged(
    ledger: Ledger, expectation: Expectation, sent: Iterable[int], acknowledged: Iterable[int]
) -> Judgement:
    """Compare the ledger with what was sent to it and what it acknowledged."""
    held = frozenset(row.key for row in ledger.rows() if row.stream != LEDGER_STREAM)
    kept, torn, due = set[int](), set[int](), set[bytes]()
    for number in sent:
        wanted = expectation.of(number)
        due |= wanted.keys
        if wanted.keys <= held and all(_is_kept(ledger, one) for one in wanted.originals):
            kept.add(number)
        elif not wanted.keys.isdisjoint(held):
            torn.add(number)
    return Judgement(
        kept=frozenset(kept),
        lost=frozenset(acknowledged) - kept,
        torn=frozenset(torn),
        strange=len(held - due),
        verdict=ledger.verify().verdict,
    )


def _is_kept(ledger: Ledger, digest: str) -> bool:
    try:
        ledger.original(digest)
    except NotFound:
        return False
    return True


def assert_sound(found: Judgement, *where: object) -> None:
    """Fail with what is not sound, and where to find it again."""
    assert found.sound, f"{' '.join(map(str, where))}: {found.complaint}"


def send_again(
    ledger: Ledger, expectation: Expectation, kept: frozenset[int], sent: Iterable[int]
) -> None:
    """Send everything again: what was kept answers `duplicate` with its record, the rest is taken.

    An item that is no valid report is `refused` again, and kept once.
    """
    for number in sent:
        outcomes = ledger.record(*message(number))
        answers = {outcome.answer for outcome in outcomes}
        if number not in kept:
            assert "duplicate" not in answers, f"message {number} was not kept: {answers}"
            continue
        assert answers <= {"duplicate", "refused"}, f"message {number} was kept: {answers}"
        named = {bytes.fromhex(outcome.record) for outcome in outcomes if outcome.record}
        assert named <= expectation.of(number).keys, f"message {number}: another record is named"
