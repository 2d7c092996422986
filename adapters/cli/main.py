"""The command line: one app, its commands from the modules beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.main import get_command

from veinledger.adapters.cli import (
    catalogue,
    encounters,
    following,
    money,
    recording,
    safekeeping,
)
from veinledger.adapters.cli.audited import command as auditing
from veinledger.adapters.cli.audited.reads import reads
from veinledger.adapters.cli.authorizing import command as authorizing
from veinledger.adapters.cli.checking.command import check
from veinledger.adapters.cli.codes import commands as codes
from veinledger.adapters.cli.decisions import assigning, correcting, deciding, keeping, settled
from veinledger.adapters.cli.demo import demo
from veinledger.adapters.cli.diff.command import diff
from veinledger.adapters.cli.due import commands as worklists
from veinledger.adapters.cli.exits import IN_WORDS, guarded
from veinledger.adapters.cli.opening import asks
from veinledger.adapters.cli.pages import asked
from veinledger.adapters.cli.pages.products import products
from veinledger.adapters.cli.pages.site import site
from veinledger.adapters.cli.payers import appealing
from veinledger.adapters.cli.prices import commands as prices
from veinledger.adapters.cli.proof.bundle import bundle
from veinledger.adapters.cli.proof.rotating import rotate_key
from veinledger.adapters.cli.replaying.command import replay
from veinledger.adapters.cli.screen import write
from veinledger.adapters.cli.support.command import support
from veinledger.adapters.logs import Level, configure_for_cli

EPILOG = "Answers go to stdout, notes and errors to stderr; --json is on every command. " + IN_WORDS

app = typer.Typer(
    name="veinledger",
    help="An event-sourced ledger of CAR-T encounters, from vein to vein and on to the claim.",
    epilog=EPILOG,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    if asked:
        from veinledger.adapters.pages import program_version  # noqa: PLC0415

        write(f"veinledger {program_version()}")
        raise typer.Exit


@app.callback()
def _everywhere(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say the version.", callback=_version, is_eager=True),
    ] = False,
    log: Annotated[
        Level,
        typer.Option("--log", envvar="VEINLEDGER_LOG", help="How much to log, to stderr."),
    ] = "warning",
    log_json: Annotated[bool, typer.Option("--log-json", help="Log in JSON.")] = False,
    reader: Annotated[
        str | None,
        typer.Option(
            "--reader",
            metavar="ID",
            envvar="VEINLEDGER_READER",
            help="Who asks, as every question is noted. Without it, the user of the computer.",
        ),
    ] = None,
    reader_role: Annotated[
        str | None,
        typer.Option(
            "--reader-role", metavar="TEXT", envvar="VEINLEDGER_READER_ROLE", help="In which role."
        ),
    ] = None,
    purpose: Annotated[
        str | None,
        typer.Option(
            "--purpose",
            metavar="TEXT",
            envvar="VEINLEDGER_PURPOSE",
            help="What for, such as treatment, payment, or the number of a request.",
        ),
    ] = None,
) -> None:
    del version
    asks(reader, reader_role, purpose)
    if log != "warning" or log_json:
        configure_for_cli(log, json=log_json)


app.command()(demo)
app.command()(recording.record)
app.command()(catalogue.facts)
app.command()(encounters.encounters)
app.command()(encounters.stage)
app.command()(encounters.history)
app.command()(check)
app.command()(money.claims)
app.command()(money.explain)
app.command()(authorizing.authorization)
app.command()(money.estimate)
app.add_typer(prices.app)
app.command()(appealing.appeal)
app.command()(following.schedule)
app.command()(support)
app.command()(worklists.due)
app.command()(worklists.measures)
app.command()(worklists.ready)
app.command()(diff)
app.command()(auditing.audit)
app.command()(reads)
app.command()(catalogue.lifecycle)
app.command()(products)
app.command()(asked.gates)
app.command()(asked.policies)
app.command()(site)
app.add_typer(codes.app)
app.command()(keeping.parked)
app.command()(keeping.refused)
app.command()(assigning.assign)
app.command()(deciding.confirm)
app.command()(deciding.discard)
app.command()(correcting.correct)
app.command()(deciding.settle)
app.command()(settled.settlements)
app.command()(deciding.retry)
app.command()(safekeeping.verify)
app.command()(safekeeping.checkpoint)
app.command()(bundle)
app.command()(replay)
app.command()(safekeeping.init)
app.command()(safekeeping.backup)
app.command()(rotate_key)


def run(args: Sequence[str] | None = None) -> None:
    """The entry point of `veinledger` and of `python -m veinledger`; ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no box still gets words
    guarded(lambda: _whole()(args=None if args is None else list(args), prog_name="veinledger"))


@cache
def _whole() -> Callable[..., object]:
    """Every command with its options; to work them out of the signatures takes a while."""
    return get_command(app)
