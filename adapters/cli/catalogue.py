"""What the ledger knows before anything is recorded: the facts, and which may follow which."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.options import Json
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import BadInput, NotFound


def facts(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A fact's dotted name.")
    ] = None,
    schema: Annotated[
        bool,
        typer.Option("--schema", help="The JSON Schema of an NDJSON line, of one fact or of all."),
    ] = False,
    json: Json = False,
) -> None:
    """List the facts that can be recorded, or the fields of one."""
    from veinledger.adapters.cli.show import facts as show  # noqa: PLC0415

    if name is not None:
        _refuse_an_unknown_fact(name)
    if schema:
        write(as_json(_schema(name)))
    elif json:
        write(as_json(show.catalogue() if name is None else show.fields_of(name)))
    else:
        say(*(show.list_of_facts() if name is None else show.one_fact(name)))


def lifecycle(
    mermaid: Annotated[bool, typer.Option("--mermaid", help="The moves, as a diagram.")] = False,
    table: Annotated[
        bool, typer.Option("--table", help="Every fact in every stage, as a Markdown table.")
    ] = False,
    json: Json = False,
) -> None:
    """Show which fact may follow which."""
    from veinledger.adapters.cli.show import lifecycle as show  # noqa: PLC0415

    if mermaid + table + json > 1:
        raise BadInput("--mermaid, --table and --json are three forms: give one of them")
    if json:
        write(as_json(show.in_full()))
    elif mermaid:
        write(show.diagram())
    elif table:
        write(show.markdown())
    else:
        say(*show.by_stage())


def _schema(name: str | None) -> dict[str, Any]:
    from veinledger.adapters.codec.schema import line_schema  # noqa: PLC0415

    return line_schema(name)


def _refuse_an_unknown_fact(name: str) -> None:
    from veinledger.domain.facts.catalogue import FACTS  # noqa: PLC0415

    if name in FACTS:
        return
    near = get_close_matches(name, FACTS, n=3)
    said = f"did you mean {' or '.join(near)}?" if near else "`veinledger facts` lists all"
    raise NotFound(f"no fact is called {name!r}; {said}")
