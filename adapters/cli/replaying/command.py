"""`veinledger replay`: everything worked out again from the stored bytes, or in another edition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import MEMORY, default_url, opened, site_folder
from veinledger.adapters.cli.options import Edition, EditionName, Json, LedgerUrl, SiteFolder
from veinledger.adapters.cli.screen import progress, say, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.adapters.ledger import Ledger
    from veinledger.adapters.replaying.replayer import EncounterReplay, Replayer
    from veinledger.adapters.replaying.workers import Opening
    from veinledger.projections.replay.editions import EditionChanges


def replay(
    encounter: Annotated[
        str | None, typer.Option("--encounter", metavar="ENC", help="Only this encounter.")
    ] = None,
    edition: EditionName = "public",
    against: Annotated[
        Edition | None,
        typer.Option("--against", help="Say what changes in this edition instead."),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, max=64, metavar="N", help="Processes that share it.")
    ] = 1,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Work everything out again from the stored bytes, and say what does not come out the same.

    Every projection of every encounter, with one digest to compare with another auditor's; the
    claims that were kept when they went out; and whether each record that counts is legal. With
    --against, what another edition changes in claims, visits, findings and dollars. Seals are not
    checked: `veinledger verify` does that. Ends with 1 where anything differs.
    """
    if against == edition:
        raise BadInput(f"--against {against} is the edition that is asked; name the other one")
    url = ledger or default_url()
    several = 1 if url == MEMORY or encounter is not None else jobs
    with opened(url, site=site, edition=edition, uses_the_site=True) as found:
        replayer = found.replayer()
        names = replayer.encounters() if encounter is None else (encounter,)
        opening = _opening(url, site, edition, replayer.head) if several > 1 else None
        if against is None:
            _replayed(found, replayer, names, opening, several, json=json)
        else:
            _compared(found, replayer, names, against, opening, several, json=json)


def _opening(url: str, site: str | None, edition: Edition, head: int) -> Opening:
    from veinledger.adapters.replaying.workers import Opening  # noqa: PLC0415

    return Opening(url=url, site=str(site_folder(site)), edition=edition, until=head)


def _replayed(
    ledger: Ledger,
    replayer: Replayer,
    names: Sequence[str],
    opening: Opening | None,
    jobs: int,
    *,
    json: bool,
) -> None:
    from veinledger.adapters.cli.replaying import shown as show  # noqa: PLC0415
    from veinledger.adapters.replaying.totals import replay_of  # noqa: PLC0415

    each = _each(replayer, names, opening, jobs)
    found = (next(each) for _ in progress(names, "replaying", quiet=True))
    told = replay_of(found, ledger.rules, replayer.head)
    if json:
        write(as_json(told))
    else:
        say(*show.replayed(told))
    if not told.clean:
        raise typer.Exit(Exit.FINDINGS)


def _each(
    replayer: Replayer, names: Sequence[str], opening: Opening | None, jobs: int
) -> Iterator[EncounterReplay]:
    if opening is None:
        return map(replayer.one, names)
    from veinledger.adapters.replaying.workers import replays  # noqa: PLC0415

    return replays(names, opening, jobs)


def _compared(
    ledger: Ledger,
    replayer: Replayer,
    names: Sequence[str],
    against: Edition,
    opening: Opening | None,
    jobs: int,
    *,
    json: bool,
) -> None:
    from veinledger.adapters.cli.replaying import shown as show  # noqa: PLC0415
    from veinledger.adapters.replaying.against import added_up  # noqa: PLC0415

    each = _each_against(replayer, names, against, opening, jobs)
    found = (next(each) for _ in progress(names, "replaying in two editions", quiet=True))
    rules = ledger.rules
    told = added_up(found, rules.edition, against, rules.pack)
    if json:
        write(as_json(told))
    else:
        say(*show.against(told))
    if told.differ:
        raise typer.Exit(Exit.FINDINGS)


def _each_against(
    replayer: Replayer,
    names: Sequence[str],
    against: Edition,
    opening: Opening | None,
    jobs: int,
) -> Iterator[EditionChanges]:
    if opening is None:
        return (replayer.against(name, against) for name in names)
    from veinledger.adapters.replaying.workers import replays_against  # noqa: PLC0415

    return replays_against(names, against, opening, jobs)
