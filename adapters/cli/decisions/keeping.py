"""What waits for somebody to decide: what is parked, and what was refused."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    AsOfText,
    Json,
    KnownAtText,
    LedgerUrl,
    as_of_of,
    known_at_of,
    today,
)
from veinledger.adapters.cli.screen import say, write

if TYPE_CHECKING:
    from veinledger.adapters.cli.decisions.parking import AskedOn
    from veinledger.domain.standing.history import AsOf, KnownAt


def parked(
    encounter: Annotated[
        str | None, typer.Argument(metavar="ENCOUNTER", help="Only of this encounter.")
    ] = None,
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """List what waits or is disputed: for what, since when, and what settles it.

    Reports that name neither encounter nor centre stand among them until somebody assigns them.

    Infusions, admissions, deaths and grades first, then what has been here longest; each with the
    commands that a person may type about it. --as-of is the day up to which ages are counted.
    """
    from veinledger.adapters.cli.decisions import parking as show  # noqa: PLC0415

    then, known = as_of_of(as_of), known_at_of(known_at)
    with opened(ledger) as found:
        names = found.encounters() if encounter is None else (encounter,)
        seen = [found.effective(name, known_at=known) for name in names]
        nobodys = found.unassigned(known_at=known) if encounter is None else ()
    waiting_ones = show.parked(seen, _asked_on(then, known), nobodys)
    if json:
        write(as_json({"parked": waiting_ones}))
    else:
        say(*show.list_of_parked(waiting_ones))


def _asked_on(then: AsOf, known: KnownAt) -> AskedOn:
    """Ages are counted to the day that is asked about, else to what was known, else to now."""
    from veinledger.adapters.cli.decisions.parking import AskedOn  # noqa: PLC0415

    now = known if isinstance(known, datetime) else datetime.now(UTC)
    if isinstance(then, datetime):
        return AskedOn(now=then, day=then.date(), as_of=then)
    if then is not None:
        return AskedOn(now=datetime.combine(then, time.max, UTC), day=then, as_of=then)
    return AskedOn(now=now, day=now.date() if known else today())


def refused(
    encounter: Annotated[
        str | None, typer.Argument(metavar="ENCOUNTER", help="Only what named this encounter.")
    ] = None,
    all_of_them: Annotated[
        bool, typer.Option("--all", help="Also what was taken since, when it was sent again.")
    ] = False,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """List what the ledger could not take, with every rule that stood against it.

    And with who said it and when it is said to have happened, as far as its bytes can be read. What
    was taken since, when it was sent or judged again, is left out unless asked for. --json has all,
    and says which.
    """
    from veinledger.adapters.cli.show import outcomes as show  # noqa: PLC0415

    with opened(ledger) as found:
        items = found.refused(encounter, known_at=known_at_of(known_at))
    if json:
        write(as_json({"refused": items}))
    else:
        say(*show.list_of_refused(items, all_of_them=all_of_them))
