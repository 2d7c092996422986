"""What is asked before a step: the rows of gates and of payers' policies that hold on a day."""

from __future__ import annotations

from typing import Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.checking.command import Step
from veinledger.adapters.cli.opening import rules_of_site
from veinledger.adapters.cli.options import EditionName, Json, OnText, SiteFolder, on_of
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import NotFound

BeforeStep = Annotated[
    Step | None,
    typer.Argument(
        metavar="STEP", help="Only those before collect, receive, lymphodeplete or infuse."
    ),
]


def gates(
    step: BeforeStep = None,
    on: OnText = None,
    edition: EditionName = "public",
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """List the gates in force on a day: what each asks, its limits, and which page says so.

    A site's page may say otherwise of each, by its name; `veinledger check` looks at them all.
    """
    from veinledger.adapters.cli.pages import rows  # noqa: PLC0415

    day, rules = on_of(on), rules_of_site(site, edition)
    found = rows.gates_before(rules, step, day)
    if json:
        write(as_json(found))
    else:
        say(*rows.gates(found, day, edition))


def policies(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A policy, such as aetna.")
    ] = None,
    on: OnText = None,
    edition: EditionName = "public",
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """List the payers' policies in force on a day, or all that one asks for.

    What a policy takes from the one that it builds on is told with it.
    """
    from veinledger.adapters.cli.pages import rows  # noqa: PLC0415

    day, rules = on_of(on), rules_of_site(site, edition)
    found = rows.policies_of(rules, name, day)
    if name is not None and not found:
        known = ", ".join(each.policy.name for each in rows.policies_of(rules, None, day))
        raise NotFound(
            f"no policy named {name!r} is in force on {day}; there are {known or 'none'}"
        )
    if json:
        write(as_json(found))
    elif name is None:
        say(*rows.policies(found, day, edition))
    else:
        say(*rows.one_policy(found[0], day, edition))
