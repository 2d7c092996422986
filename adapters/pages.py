"""The only file that reads shipped pages and site folders; what they mean is the domain's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Final
from zoneinfo import available_timezones

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.pages import centre_of
from veinledger.domain.codebook.page import PageError, parsed
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.rules import Rules, rules_of

FOLDERS: Final = ("codebook", "products")


@cache
def shipped_rules(edition: Edition = "public") -> Rules:
    """The rule pack as installed, in one edition; read once in a process."""
    return read_rules(edition)


def read_rules(edition: Edition = "public", overlays: Iterable[Path] = ()) -> Rules:
    """The shipped pages with site folders laid over them.

    A folder holds codebook/ or products/ or both; a page of the same name takes the place of the
    shipped one. Raises PageError naming file, table and field.
    """
    if edition not in EDITIONS:
        raise PageError(f"no edition is called {edition!r}; there are {' and '.join(EDITIONS)}")
    pages = shipped_pages()
    for overlay in overlays:
        pages |= _overlay(overlay)
    return rules_of(pages, edition=edition, version=program_version())


def shipped_pages() -> dict[str, bytes]:
    """Every page that is installed with the program, under its name."""
    return {
        f"{folder}/{page.name}": page.read_bytes()
        for folder in FOLDERS
        for page in files(f"veinledger.domain.{folder}").iterdir()
        if page.name.endswith(".toml")
    }


def read_centre(folder: Path) -> Centre:
    """The centre that the pages of a site folder describe; raises PageError."""
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise PageError(f"{folder} holds no site pages; expected facilities.toml and so on")
    centre = centre_of({page.name: parsed(page.name, page.read_bytes()) for page in found})
    _refuse_unknown_zones(centre)
    return centre


def program_version() -> str:
    """The installed version, or a word that says that the program runs from its sources."""
    try:
        return version("veinledger")
    except PackageNotFoundError:
        return "unbuilt"


def _overlay(folder: Path) -> dict[str, bytes]:
    pages = {
        f"{name}/{page.name}": page.read_bytes()
        for name in FOLDERS
        for page in sorted((folder / name).glob("*.toml"))
    }
    if not pages:
        raise PageError(f"{folder} has no codebook/*.toml or products/*.toml; an overlay has one")
    return pages


def _refuse_unknown_zones(centre: Centre) -> None:
    known = available_timezones()
    zones = {place.name: place.zone for place in centre.facilities}
    zones |= {connection.name: connection.zone for connection in centre.connections}
    for name, zone in zones.items():
        if zone not in known:
            raise PageError(
                f"{name!r} is in zone {zone!r}, which the IANA database does not have; "
                "write one like America/Chicago"
            )
