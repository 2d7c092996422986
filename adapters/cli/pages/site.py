"""The site's directory: whether its pages can be used, and what they leave open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import site_folder
from veinledger.adapters.cli.options import Json, SiteFolder
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.domain.centre.centre import Centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A directory that can be used: how many rows it has, and what it leaves open."""

    rows: dict[str, int]
    gaps: tuple[str, ...]


def site(
    what: Annotated[
        Literal["check"], typer.Argument(metavar="check", help="What to do with the directory.")
    ] = "check",
    folder: SiteFolder = None,
    json: Json = False,
) -> None:
    """Check the site's directory pages, and its own pages over the code book and the products.

    A page that cannot be used is named with its table and field. What nothing refuses, and claims
    will miss, is listed; then the exit code is 1.
    """
    del what
    found = _checked(_read(site_folder(folder, say_so=True)))
    if json:
        write(as_json(found))
    else:
        counted = ", ".join(f"{count} {table}" for table, count in found.rows.items())
        open_ends = found.gaps or ("nothing is left open",)
        say(f"the directory can be used: {counted}", "", *open_ends)
    if found.gaps:
        raise typer.Exit(Exit.FINDINGS)


def _read(folder: Path) -> Centre:
    from veinledger.adapters.pages import read_centre, rules_at  # noqa: PLC0415
    from veinledger.domain.centre.agreement import refuse_what_the_rules_lack  # noqa: PLC0415
    from veinledger.domain.codebook.page import PageError  # noqa: PLC0415

    try:
        centre = read_centre(folder)
        refuse_what_the_rules_lack(centre, rules_at(folder))
    except PageError as error:
        sentence = str(error)
    else:
        return centre
    raise BadInput(sentence)


def _checked(centre: Centre) -> Checked:
    from veinledger.domain.centre.advice import advice  # noqa: PLC0415

    rows = {
        "facilities": len(centre.facilities),
        "providers": len(centre.providers),
        "payers": len(centre.payers),
        "contracts": len(centre.contracts),
        "charges": len(centre.charges),
        "connections": len(centre.connections),
    }
    return Checked(rows=rows, gaps=advice(centre))
