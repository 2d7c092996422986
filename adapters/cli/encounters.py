"""Where encounters stand, and how they came there."""

from __future__ import annotations

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    AsOfText,
    EncounterName,
    Json,
    KnownAtText,
    LedgerUrl,
    as_of_of,
    known_at_of,
)
from veinledger.adapters.cli.screen import say, write


def encounters(ledger: LedgerUrl = None, json: Json = False) -> None:
    """List the encounters that the ledger holds, with their stages."""
    from veinledger.adapters.cli.show import stages as show  # noqa: PLC0415

    with opened(ledger) as found:
        views = [show.summary(found.effective(name)) for name in found.encounters()]
    if json:
        write(as_json({"encounters": views}))
    else:
        say(*show.list_of_encounters(views))


def stage(
    encounter: EncounterName,
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """Say where an encounter stands.

    Stage, chains of identity, infusion day and findings. An infusion, admission, death or grade
    that waits or is disputed is shown as reported, not confirmed.
    """
    from veinledger.adapters.cli.show import stages as show  # noqa: PLC0415

    then, known = as_of_of(as_of), known_at_of(known_at)
    with opened(ledger) as found:
        seen = found.effective(encounter, as_of=then, known_at=known)
        later = found.followers(encounter, known_at=known)
    view = show.stage_view(seen, then, known, later)
    if json:
        write(as_json(view))
    else:
        say(*show.stage(view, seen))


def history(
    encounter: EncounterName,
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    json: Json = False,
) -> None:
    """Show every record, in effect or not.

    Those in effect in the order in which things happened; then the others, with what would settle
    each. --json shows the facts whole, with patients' names.
    """
    from veinledger.adapters.cli.show import records as show  # noqa: PLC0415

    asked = show.Moments(as_of=as_of_of(as_of), known_at=known_at_of(known_at))
    with opened(ledger) as found:
        seen = found.effective(encounter, as_of=asked.as_of, known_at=asked.known_at)
        later = found.followers(encounter, known_at=asked.known_at)
    if json:
        write(as_json(show.in_full(seen, asked) | {"continued_by": later}))
    else:
        say(*show.history(seen, asked, later))
