"""Which ledger and which site a command works on."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from veinledger.adapters.cli.screen import note
from veinledger.adapters.errors import BadInput, NotFound

if TYPE_CHECKING:
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.codebook.statement import Edition
    from veinledger.domain.ledger.access import Reader
    from veinledger.domain.rules import Rules

SQLITE: Final = "sqlite:///"
MEMORY: Final = "memory:"
EXAMPLES: Final = "veinledger.examples"


_ASKS: dict[str, str | None] = {}


def asks(reader: str | None, role: str | None, purpose: str | None) -> None:
    """Who asks in this process, as the options before the command say."""
    _ASKS.update(reader=reader, role=role, purpose=purpose)


def _reader() -> Reader | None:
    """None where nothing is said: the user of the computer, in no role and for no purpose."""
    if not any(_ASKS.values()):
        return None
    from veinledger.adapters.access.noting import whoever_is_logged_in  # noqa: PLC0415
    from veinledger.domain.ledger.access import NOT_STATED, Reader  # noqa: PLC0415
    from veinledger.domain.reports import Actor  # noqa: PLC0415

    name = _ASKS["reader"] or whoever_is_logged_in().by.id
    by = Actor(id=name, role=_ASKS["role"] or NOT_STATED)
    return Reader(by=by, why=_ASKS["purpose"] or NOT_STATED)


@contextmanager
def opened(
    url: str | None,
    *,
    site: str | None = None,
    edition: Edition = "public",
    keys: str | None = None,
    writing: bool = False,
    must_exist: bool = False,
    uses_the_site: bool = False,
) -> Generator[Ledger, None, None]:
    """The ledger of a command.

    Only `writing` makes one where there is none, unless it must exist, and waits for its turn;
    reading goes on beside it.
    """
    from veinledger.adapters.front_door import open_ledger  # noqa: PLC0415  # keeps --help quick

    url = url or default_url()
    if writing and not must_exist:
        make_the_folder_of(url)
    else:
        refuse_a_missing_file(url)
    folder = site_folder(site, say_so=uses_the_site)
    read_only = not writing and url != MEMORY
    with open_ledger(
        url, keys=keys, edition=edition, site=folder, read_only=read_only, reader=_reader()
    ) as ledger:
        if writing:
            tell_of_a_later_key(ledger)
        try:
            yield ledger
        finally:
            if ledger.not_noted:  # what ended with an error was asked for all the same
                note(f"{ledger.not_noted}: keep a note of who asked what, and why, yourself")


def tell_of_a_later_key(ledger: Ledger) -> None:
    """Say on stderr that there is a root key that no record of the ledger names."""
    if ledger.later_key:
        note(ledger.later_key)


def default_url() -> str:
    """A file in the user's data folder."""
    import platformdirs  # noqa: PLC0415

    return f"{SQLITE}{Path(platformdirs.user_data_dir('veinledger')) / 'ledger.sqlite'}"


def sample_site() -> Path:
    """The made-up site that comes with the program."""
    return Path(str(files(EXAMPLES))) / "site"


def site_folder(site: str | None, *, say_so: bool = False) -> Path:
    """The folder of the site's pages: the one named, else the made-up one that comes along."""
    if site is None:
        if say_so:
            note("no --site given: using the made-up site that comes with veinledger")
        return sample_site()
    if not Path(site).is_dir():
        raise BadInput(
            f"--site {site!r} is not a folder: name one that holds facilities.toml, payers.toml"
            f" and so on, as {sample_site()} does"
        )
    return Path(site)


def rules_of_site(site: str | None, edition: Edition = "public") -> Rules:
    """The code book and the products with a site's own pages over them, without a ledger."""
    from veinledger.adapters.pages import rules_at  # noqa: PLC0415
    from veinledger.domain.codebook.page import PageError  # noqa: PLC0415

    folder = site_folder(site)
    try:
        return rules_at(folder, edition)
    except PageError as error:
        sentence = str(error)
    raise BadInput(sentence)


def make_the_folder_of(url: str) -> None:
    """Make the user's data folder where the ledger is to lie there; other folders are named."""
    if url == default_url():
        Path(url.removeprefix(SQLITE)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def refuse_a_missing_file(url: str) -> None:
    """Raise NotFound where a command that makes no ledger is told of one that is not there."""
    path = Path(url.removeprefix(SQLITE))
    if url.startswith(SQLITE) and len(url) > len(SQLITE) and not path.exists():
        raise NotFound(
            f"there is no ledger at {path.absolute()}: name another with --ledger or"
            " VEINLEDGER_LEDGER, or make one there with `veinledger init`"
        )
