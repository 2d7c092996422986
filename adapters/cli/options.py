"""The options that come back in many commands, each written once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.domain.standing.history import AsOf, KnownAt

T = TypeVar("T", bound=date)

Edition = Literal["public", "page"]

EncounterName = Annotated[
    str, typer.Argument(metavar="ENCOUNTER", help="The encounter's name, such as E1.")
]
LedgerUrl = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="URL",
        envvar="VEINLEDGER_LEDGER",
        help="sqlite:///PATH, or memory:. Without it, a file in your data folder.",
    ),
]
SiteFolder = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="FOLDER",
        envvar="VEINLEDGER_SITE",
        help="The site's directory pages. Without it, the made-up site that comes along.",
    ),
]
EditionName = Annotated[
    Edition,
    typer.Option(
        "--edition",
        help="public: what independent sources support. page: the source page as printed.",
    ),
]
AsOfText = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="TIME", help="What had occurred by then: YYYY-MM-DD, or RFC 3339."
    ),
]
KnownAtText = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="WHEN",
        help="What the ledger held by then: a position, such as 57, or RFC 3339.",
    ),
]
OnText = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="The day, YYYY-MM-DD. Today, unless given."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def as_of_of(text: str | None) -> AsOf:
    """The day or instant that --as-of names; raises BadInput."""
    from veinledger.domain import values  # noqa: PLC0415  # --help needs none of the domain

    if text is None:
        return None
    a_day = len(text) <= values.DAY_LENGTH
    try:
        return values.day_of(text) if a_day else values.instant_of(text)
    except ValueError as error:
        reason = str(error)
    other = values.AN_INSTANT if a_day else values.A_DAY
    raise BadInput(f"--as-of {text!r} is no date: give {reason}, or {other}")


def day_named(option: str, text: str) -> date:
    """The day that an option names; raises BadInput."""
    from veinledger.domain import values  # noqa: PLC0415

    try:
        return values.day_of(text)
    except ValueError as error:
        reason = str(error)
    raise BadInput(f"{option} {text!r} is no day: give {reason}")


def instant_named(option: str, text: str) -> datetime:
    """The instant that an option names; raises BadInput."""
    from veinledger.domain import values  # noqa: PLC0415

    try:
        return values.instant_of(text)
    except ValueError as error:
        reason = str(error)
    raise BadInput(f"{option} {text!r} is no instant: give {reason}")


def span_named(
    named: Callable[[str, str], T], since: tuple[str, str | None], until: tuple[str, str | None]
) -> tuple[T | None, T | None]:
    """Both ends of a span, each an option and what it was given; raises BadInput.

    Nothing lies in a span that ends before it begins, and nothing found would be an answer.
    """
    (begin, first), (end, last) = since, until
    found = named(begin, first) if first else None, named(end, last) if last else None
    if found[0] is not None and found[1] is not None and found[0] > found[1]:
        raise BadInput(f"{begin} is later than {end}: give the earlier one first")
    return found


def on_of(text: str | None) -> date:
    """The day that --on names, else today; raises BadInput."""
    return today() if text is None else day_named("--on", text)


def known_at_of(text: str | None) -> KnownAt:
    """The position or instant that --known-at names; raises BadInput."""
    from veinledger.domain import values  # noqa: PLC0415

    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    try:
        return values.instant_of(text)
    except ValueError as error:
        reason = str(error)
    raise BadInput(
        f"--known-at {text!r} is no moment of the ledger: give a position, such as 57 (`veinledger"
        f" history --json` shows them), or {reason}"
    )


def today() -> date:
    """Today, by the clock and zone of this computer."""
    return datetime.now().astimezone().date()


def asked(edition: str, as_of: AsOf, known_at: KnownAt) -> str:
    """The question's own dates, in words."""
    return f", edition {edition}{moments(as_of, known_at)}"


def moments(as_of: AsOf, known_at: KnownAt) -> str:
    """The moments that were asked about, in words; a ledger was empty at its position 0."""
    day = "" if as_of is None else f", as of {as_of}"
    return day if known_at is None else f"{day}, known at {known_at}"
