"""Prices on the command line: what the dated tables hold, and taking in CMS's pricing file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.opening import rules_of_site, site_folder
from veinledger.adapters.cli.options import EditionName, Json, SiteFolder, on_of, today
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.domain.prices.quarter import Quarter

app = typer.Typer(
    name="prices",
    help="What Medicare pays by: the dated tables, and CMS's pricing file taken in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The payment limit file of CMS: its zip, or the CSV."),
    ],
    quarter: Annotated[
        str | None,
        typer.Option(
            "--quarter",
            metavar="2026Q2",
            help="The quarter that it is of. Needed where the file does not say; held against it"
            " where it does.",
        ),
    ] = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Take the payment limits of a quarter from CMS's ASP pricing file into the site's folder.

    Writes prices/asp_2026q2.toml there, which goes before the limits that came with the program.
    The same file again changes nothing; a revised one takes the place of the first, and what
    changed is shown.
    """
    from veinledger.adapters.cli.prices import shown  # noqa: PLC0415
    from veinledger.adapters.price_files import import_pricing_file  # noqa: PLC0415

    if site is None:
        raise BadInput(
            "import writes into the site's own folder: name it with --site or VEINLEDGER_SITE"
        )
    found = import_pricing_file(file, site_folder(site), today(), _quarter(quarter))
    if json:
        write(as_json(found))
    else:
        say(*shown.imported(found))


@app.command()
def show(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="One code, such as Q2056.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The day, YYYY-MM-DD. Today, unless given."),
    ] = None,
    edition: EditionName = "public",
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Show the amounts in force on a day, and of which quarters there are payment limits.

    With a code, its limit in every quarter that the tables have.
    """
    from veinledger.adapters.cli.prices import shown  # noqa: PLC0415

    rules, day = rules_of_site(site, edition), on_of(on)
    told = shown.tables(rules, day) if code is None else shown.limits_of(rules, code.upper())
    if json:
        write(as_json(told.rows))
    else:
        say(*told.shown)


def _quarter(text: str | None) -> Quarter | None:
    from veinledger.domain.prices.quarter import quarter_named  # noqa: PLC0415

    if text is None:
        return None
    found = quarter_named(text.upper())
    if found is None:
        raise BadInput(f"--quarter {text!r} is no quarter: write it as 2026Q2")
    return found
