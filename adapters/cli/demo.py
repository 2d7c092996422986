"""The worked examples, end to end: told, decided, derived and verified, each on its own ledger."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.examples import Example, examples
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import SQLITE, sample_site
from veinledger.adapters.cli.options import Json
from veinledger.adapters.cli.screen import say, write

if TYPE_CHECKING:
    from veinledger.adapters.cli.show.demonstration import Encounter, Shown
    from veinledger.adapters.deciding import Consequences
    from veinledger.adapters.ledger import Ledger
    from veinledger.adapters.telling import Clock
    from veinledger.domain.codebook.statement import Edition
    from veinledger.projections.claims.shapes import ClaimSet

AS_OF: Final = date(2026, 11, 2)
"""The examples are looked at on one day, after the last fact of them all: the same every day."""


def demo(json: Json = False) -> None:
    """Run the worked examples end to end, each on a fresh SQLite ledger.

    They lie in a temporary folder with throw-away keys, and are gone afterwards.
    """
    from veinledger.adapters.cli.show import demonstration as show  # noqa: PLC0415

    with TemporaryDirectory(prefix="veinledger-demo-") as folder:
        shown = [_shown(Path(folder) / example.name, example) for example in examples()]
    if json:
        write(as_json({"as_of": AS_OF, "examples": shown}))
    else:
        say(*show.demonstration(shown, AS_OF))
    if not all(each.verification.consistent for each in shown):
        raise typer.Exit(Exit.DAMAGED)


def _shown(folder: Path, example: Example) -> Shown:
    """One example, told as its days went by, then looked at in both editions."""
    from veinledger.adapters.cli.show import demonstration as show  # noqa: PLC0415
    from veinledger.adapters.cli.show.outcomes import Numbered  # noqa: PLC0415
    from veinledger.adapters.telling import Clock, tell  # noqa: PLC0415

    folder.mkdir()
    clock = Clock()
    with _opened(folder, clock, "public") as ledger:
        told: list[Numbered] = []
        decided: list[Consequences] = []
        for line, outcome in tell(ledger, clock, *example.told):
            if line is None:
                decided.append(ledger.consequences(outcome, as_of=clock.now.date()))
            else:
                told.append(Numbered(line=line, outcome=outcome))
    with _opened(folder, clock, "page") as ledger:
        page = {name: ledger.claims(name, as_of=AS_OF) for name in ledger.encounters()}
    with _opened(folder, clock, "public") as ledger:
        return show.Shown(
            example=example,
            told=tuple(told),
            decided=tuple(decided),
            encounters=tuple(_encounter(ledger, name, claims) for name, claims in page.items()),
            verification=ledger.verify(),
        )


def _encounter(ledger: Ledger, name: str, page: ClaimSet) -> Encounter:
    from veinledger.adapters.cli.show import demonstration as show  # noqa: PLC0415

    return show.Encounter(
        seen=ledger.effective(name, as_of=AS_OF),
        claims={"page": page, "public": ledger.claims(name, as_of=AS_OF)},
        schedule=ledger.schedule(name, as_of=AS_OF),
        audit=ledger.audit(name),
    )


@contextmanager
def _opened(folder: Path, clock: Clock, edition: Edition) -> Generator[Ledger, None, None]:
    from veinledger.adapters.front_door import open_ledger  # noqa: PLC0415

    url = f"{SQLITE}{folder / 'demo.sqlite'}"
    with open_ledger(
        url, keys=folder / "keys", edition=edition, site=sample_site(), clock=clock
    ) as ledger:
        yield ledger
