"""The code book on the command line: what it says of a code, where its editions differ, its age."""

from __future__ import annotations

from typing import Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import rules_of_site
from veinledger.adapters.cli.options import Edition, Json, OnText, SiteFolder, on_of
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import NotFound

EitherEdition = Annotated[
    Edition | None,
    typer.Option("--edition", help="The entries of one edition only. Both, unless given."),
]

app = typer.Typer(
    name="codes",
    help="The code book: what it says of a code, and where its editions differ.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def show(
    asked: Annotated[
        str,
        typer.Argument(
            metavar="MEANING|CODE|ROW",
            help="cyclophosphamide_injection, J9075, D89.833, an NDC, or a row such as R28.",
        ),
    ],
    on: OnText = None,
    edition: EitherEdition = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Show what the code book says of a meaning or a code, or what a row of the evidence argues.

    Every entry, with its days, unit, source and confidence, whether it is in force on the day,
    and what the other edition says.
    """
    from veinledger.adapters.cli.codes import answers  # noqa: PLC0415

    day, rules = on_of(on), rules_of_site(site)
    told = answers.looked_up(rules, asked, day, edition)
    if told is None:
        raise NotFound(answers.unknown(rules, asked, edition))
    if json:
        write(as_json(told.in_full()))
    else:
        say(*told.shown())


@app.command()
def diff(on: OnText = None, site: SiteFolder = None, json: Json = False) -> None:
    """Show every difference between the editions.

    Both values, the evidence, what would follow, and whether a claim, money or a patient's record
    would be hurt. Ends with exit code 1 where there are differences.
    """
    from veinledger.adapters.cli.codes import differences  # noqa: PLC0415
    from veinledger.adapters.pages import shipped_evidence  # noqa: PLC0415
    from veinledger.domain.comparison import compare  # noqa: PLC0415

    found = compare(rules_of_site(site), shipped_evidence(), on_of(on))
    if json:
        write(as_json(found))
    else:
        say(*differences.shown(found, shipped_evidence()))
    if found.any:
        raise typer.Exit(Exit.FINDINGS)


@app.command()
def stale(on: OnText = None, site: SiteFolder = None, json: Json = False) -> None:
    """Show when each page was last held against its source, and which are due again.

    Ends with exit code 1 where a page is due.
    """
    from veinledger.adapters.cli.codes import reviews  # noqa: PLC0415

    day, rules = on_of(on), rules_of_site(site)
    if json:
        write(as_json(reviews.in_full(rules, day)))
    else:
        say(*reviews.shown(rules, day))
    if rules.stale(day):
        raise typer.Exit(Exit.FINDINGS)
