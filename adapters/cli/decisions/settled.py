"""Who settled what, and what of it still counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    AsOfText,
    EditionName,
    EncounterName,
    Json,
    KnownAtText,
    LedgerUrl,
    SiteFolder,
    as_of_of,
    known_at_of,
    today,
)
from veinledger.adapters.cli.screen import say, styled, write

if TYPE_CHECKING:
    from rich.console import RenderableType

    from veinledger.projections.settling.settlements import Settlement

COUNTS = "bold green"
LAPSED = "bold red"


def settlements(
    encounter: EncounterName,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    known_at: KnownAtText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """List who settled which finding and why, and whether it still counts.

    A settlement lapses when a record that the finding rests on changes; it stays on this list, and
    says which.
    """
    then, known = as_of_of(as_of) or today(), known_at_of(known_at)
    with opened(ledger, site=site, edition=edition, uses_the_site=True) as found:
        told = found.settlements(encounter, as_of=then, known_at=known)
    if json:
        write(as_json({"encounter": encounter, "settlements": told}))
    else:
        say(*list_of(encounter, told))


def list_of(encounter: str, told: Sequence[Settlement]) -> Iterator[RenderableType]:
    """Each settlement in a few lines, in the order in which they were recorded."""
    from veinledger.adapters.cli.show.tables import heading, plural  # noqa: PLC0415

    yield heading(f"{encounter}: what persons settled")
    yield ""
    if not told:
        yield "Nobody settled a finding."
        return
    for each in told:
        yield from in_words(each, encounter)
        yield ""
    counting = sum(each.counts for each in told)
    yield f"{plural(len(told), 'settlement')}; {counting} of a finding that is made now."


def in_words(each: Settlement, encounter: str) -> Iterator[RenderableType]:
    """What was settled by whom and why; whether it counts, and why not."""
    from veinledger.adapters.cli.show.tables import inset, joined  # noqa: PLC0415
    from veinledger.domain.reports import number_in  # noqa: PLC0415

    code = f" {each.code}" if each.code else ""
    number = number_in(encounter, each.encounter, each.sequence)
    place = f" (of the {each.place})" if each.place else ""
    yield joined(styled(f"record {number}  ", "bold"), f"{each.finding}{place}")
    yield inset(
        f"{each.decision}{code} by {each.actor.id}, {each.actor.role} ({each.credential}), "
        f"{each.recorded_at:%Y-%m-%d %H:%M} UTC: {each.reason}"
    )
    style = COUNTS if each.counts else LAPSED
    why = f": {each.why}" if each.why else ""
    yield inset(joined(styled(each.state, style), why))
