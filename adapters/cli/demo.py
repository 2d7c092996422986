"""The worked examples, end to end: recorded, derived, verified, on a ledger made for them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.examples import Example, examples
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import SQLITE, sample_site
from veinledger.adapters.cli.options import Json
from veinledger.adapters.cli.recording import numbered, record_lines
from veinledger.adapters.cli.screen import say, write

if TYPE_CHECKING:
    from veinledger.adapters.cli.show.demonstration import Shown
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.codebook.statement import Edition
    from veinledger.projections.claims.shapes import ClaimSet

NOW: Final = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
"""The demo's clock stands still, after the last fact of the examples: the same run every day."""
AS_OF: Final = date(2026, 11, 2)
EDITIONS: Final[tuple[Edition, ...]] = ("page", "public")


def demo(json: Json = False) -> None:
    """Run the worked examples end to end on a fresh SQLite ledger.

    It lies in a temporary folder with throw-away keys, and is gone afterwards.
    """
    from veinledger.adapters.cli.show import demonstration as show  # noqa: PLC0415

    with TemporaryDirectory(prefix="veinledger-demo-") as folder:
        shown = [_shown(Path(folder), example) for example in examples()]
        with _opened(Path(folder), "public") as ledger:
            verified = ledger.verify()
    if json:
        write(as_json({"as_of": AS_OF, "examples": shown, "verification": verified}))
    else:
        say(*show.demonstration(shown, verified, AS_OF))
    if not verified.consistent:
        raise typer.Exit(Exit.DAMAGED)


def _shown(folder: Path, example: Example) -> Shown:
    from veinledger.adapters.cli.show import demonstration as show  # noqa: PLC0415

    with _opened(folder, "public") as ledger:
        lines = numbered(example.content)
        told = tuple(record_lines(ledger, example.file, lines, quiet=True))
        name = next(each.outcome.encounter for each in told if each.outcome.encounter)
        seen = ledger.effective(name, as_of=AS_OF)
        schedule = ledger.schedule(name, as_of=AS_OF)
        audit = ledger.audit(name)
    claims: dict[Edition, ClaimSet] = {}
    for edition in EDITIONS:
        with _opened(folder, edition) as ledger:
            claims[edition] = ledger.claims(name, as_of=AS_OF)
    return show.Shown(
        example=example, told=told, seen=seen, claims=claims, schedule=schedule, audit=audit
    )


@contextmanager
def _opened(folder: Path, edition: Edition) -> Generator[Ledger, None, None]:
    from veinledger.adapters.front_door import open_ledger  # noqa: PLC0415

    url = f"{SQLITE}{folder / 'demo.sqlite'}"
    with open_ledger(
        url, keys=folder / "keys", edition=edition, site=sample_site(), clock=lambda: NOW
    ) as ledger:
        yield ledger
