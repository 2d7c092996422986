"""Receipts given with outcomes, so that every sender is a witness of what the ledger held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.ledger.port import Committed, Row
from veinledger.domain.ledger.receipt import Receipt

Outcomes = tuple[Outcome, ...]
Rows = Mapping[bytes, Row]
"""By report key."""


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """What a message is answered, and the rows that were there before it and that it names."""

    outcomes: Outcomes
    there_already: Rows


@dataclass(frozen=True, slots=True, repr=False)
class Receipts:
    """Gives the receipts of one ledger."""

    ledger: str
    newest: Callable[[], str | None]
    """The newest checkpoint."""

    def given_with(self, committed: Committed[Answered]) -> Outcomes:
        """The outcomes, each with the receipt of the record that it names."""
        answered = committed.answer
        new = {row.key: row for row in committed.rows if row.key is not None}
        rows: Rows = {**answered.there_already, **new}
        checkpoint = self.newest()
        return tuple(self._with_its_own(each, rows, checkpoint) for each in answered.outcomes)

    def _with_its_own(self, outcome: Outcome, rows: Rows, checkpoint: str | None) -> Outcome:
        row = None if outcome.record is None else rows.get(bytes.fromhex(outcome.record))
        if row is None:
            return outcome
        receipt = Receipt(
            ledger=self.ledger, position=row.position, leaf=row.leaf.hex(), checkpoint=checkpoint
        )
        return replace(outcome, receipt=receipt)


def there_already(
    outcomes: Outcomes, new: frozenset[bytes | None], keyed: Callable[[bytes], Row | None]
) -> Rows:
    """The rows that outcomes name and that the ledger held before; `new` are those of the drafts.

    Asked inside the transaction, where a duplicate has just been found by the same key.
    """
    named = {bytes.fromhex(each.record) for each in outcomes if each.record is not None}
    found = {key: keyed(key) for key in named if key not in new}
    return {key: row for key, row in found.items() if row is not None}
