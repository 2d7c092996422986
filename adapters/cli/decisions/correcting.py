"""Correcting records: what was typed becomes one set of changes, each with its leaf hash.

The ledger judges the set as a whole; nothing here decides whether it may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from veinledger.adapters.cli.decisions.choosing import decision, own_record_named
from veinledger.adapters.cli.decisions.deciding import Item, conclude, decided, deciding_in
from veinledger.adapters.cli.decisions.options import (
    By,
    Dated,
    DryRun,
    MessageId,
    Moved,
    Put,
    Reason,
    Replaced,
    Role,
    Voided,
    WholeChart,
    pairs,
)
from veinledger.adapters.cli.options import (
    AsOfText,
    EditionName,
    EncounterName,
    Json,
    LedgerUrl,
    SiteFolder,
)
from veinledger.adapters.errors import BadInput, NotFound

if TYPE_CHECKING:
    from veinledger.adapters.cli.decisions.editing import Change, Changes
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.standing.history import Effective

Many = Iterable[str] | None


def correct(
    encounter: EncounterName,
    by: By,
    role: Role,
    reason: Reason,
    void: Voided = None,
    put: Put = None,
    date: Dated = None,
    replace: Replaced = None,
    move: Moved = None,
    whole_chart: WholeChart = None,
    message: MessageId = None,
    dry_run: DryRun = False,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Correct records, judged as one set, and say what that changed.

    Each option may come again, and all of one command stand or fall together: where a record that
    stays would lose its place, the set is refused and names it. SEQ is a record's sequence or the
    beginning of its report key. Nothing is erased: what was replaced stays in the ledger,
    superseded. Exits 3 where it is refused.
    """
    asked = _Asked(void=void, replace=replace, date=date, put=put, move=move)
    with deciding_in(ledger, site, edition, dry_run=dry_run) as found:
        item: Item = {
            **decision(found, encounter, by, role, message),
            "type": "records.corrected",
            "changes": [each.told() for each in _changes(found, encounter, asked, whole_chart)],
            "reason": reason,
        }
        told = decided(found, item, as_of, dry_run=dry_run)
    conclude(told, json=json)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was typed about single records."""

    void: Many
    replace: Many
    date: Many
    put: Many
    move: Many

    def anything(self) -> bool:
        return any((self.void, self.replace, self.date, self.put, self.move))


def _changes(
    ledger: Ledger, encounter: str, asked: _Asked, whole_chart: str | None
) -> tuple[Change, ...]:
    from veinledger.adapters.cli.decisions.editing import Changes  # noqa: PLC0415

    if whole_chart is not None and asked.anything():
        raise BadInput("--whole-chart is about every record; give it alone")
    seen = ledger.effective(encounter)
    if whole_chart is not None:
        return _of_the_whole_chart(ledger, seen, whole_chart)
    if not asked.anything():
        raise BadInput(
            "nothing to correct: give --void, --set, --date, --replace, --move or --whole-chart"
        )
    changes = Changes()
    _put_down(changes, seen, asked)
    return changes.made()


def _put_down(changes: Changes, seen: Effective, asked: _Asked) -> None:
    """One change a record: several options about one record make one replacement."""
    for text in asked.void or ():
        changes.void(own_record_named(seen, text))
    for number, file in pairs("--replace", asked.replace, "SEQ=FILE"):
        changes.replace(own_record_named(seen, number), file)
    for number, when in pairs("--date", asked.date, "SEQ=WHEN"):
        changes.date(own_record_named(seen, number), when)
    for named, value in pairs("--set", asked.put, "SEQ:FIELD=VALUE"):
        number, _, path = named.partition(":")
        changes.set(own_record_named(seen, number), path, value)
    for number, other in pairs("--move", asked.move, "SEQ=ENCOUNTER"):
        changes.move(own_record_named(seen, number), other)


def _of_the_whole_chart(ledger: Ledger, seen: Effective, whereto: str) -> tuple[Change, ...]:
    from veinledger.adapters.cli.decisions.editing import whole_chart  # noqa: PLC0415

    if seen.merged_into is not None:
        raise BadInput(_merged_away(seen, seen.merged_into))
    try:
        there = None if whereto == "void" else ledger.effective(whereto)
    except NotFound:
        there = None
    return whole_chart(seen, whereto, there)


def _merged_away(seen: Effective, survivor: str) -> str:
    """What to do about the chart of an encounter in which nothing counts but the merge."""
    name, links = quote(seen.encounter), [each.seal.sequence for each in seen.records]
    return (
        f"{seen.encounter} was merged into {survivor}, where all of it counts: void the link first"
        f" (`veinledger correct {name} --void {links[0]}`), and its chart can be voided or moved;"
        f" or correct {survivor}, where its chart is the wrong one"
    )
