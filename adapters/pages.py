"""The only file that reads shipped pages and site folders; what they mean is the domain's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.pages import centre_of
from veinledger.domain.codebook.evidence import Evidence, evidence_of
from veinledger.domain.codebook.page import PageError, parsed
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.rules import FOLDERS, Rules, digest_of, rules_of

EVIDENCE: Final = "evidence.toml"
"""The page that argues the others, and holds no entry."""


@cache
def shipped_rules(edition: Edition = "public") -> Rules:
    """The rule pack as installed, in one edition; read once in a process, for both of them."""
    return _as_shipped().under(_known(edition))


@cache
def _as_shipped() -> Rules:
    return read_rules()


def _known(edition: Edition) -> Edition:
    if edition not in EDITIONS:
        raise PageError(f"no edition is called {edition!r}; there are {' and '.join(EDITIONS)}")
    return edition


def rules_at(site: Path | None, edition: Edition = "public") -> Rules:
    """The rule pack of a site: as shipped, with the site's own codebook/ and products/ over it."""
    if site is None or not _pages_of(site):
        return shipped_rules(edition)
    return read_rules(edition, [site])


def read_rules(edition: Edition = "public", overlays: Iterable[Path] = ()) -> Rules:
    """The shipped pages with site folders laid over them, the later over the earlier.

    A folder holds codebook/, products/, gates/ and the like. Each entry takes the place of a
    shipped one of its meaning or name, for the days, editions and keys that it claims. Raises
    PageError naming file, table and field.
    """
    return rules_of(
        shipped_pages(),
        edition=_known(edition),
        version=program_version(),
        overlays=[_overlay(folder) for folder in overlays],
    )


def shipped_pages() -> dict[str, bytes]:
    """Every page of entries that is installed with the program, under its name."""
    return {
        f"{folder}/{page.name}": page.read_bytes()
        for folder in FOLDERS
        for page in files(f"veinledger.domain.{folder}").iterdir()
        if page.name.endswith(".toml") and page.name != EVIDENCE
    }


@cache
def shipped_evidence() -> Evidence:
    """What the book's rows and sources are argued with; read once in a process."""
    page = files("veinledger.domain.codebook").joinpath(EVIDENCE)
    return evidence_of(f"codebook/{EVIDENCE}", page.read_bytes())


def read_centre(folder: Path) -> Centre:
    """The centre that the pages of a site folder describe; raises PageError."""
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise PageError(f"{folder} holds no site pages; expected facilities.toml and so on")
    return _described(tuple((page.name, page.read_bytes()) for page in found))


@lru_cache(maxsize=8)
def _described(pages: tuple[tuple[str, bytes], ...]) -> Centre:
    """Worked out once for the same bytes: a host may open one ledger after the other."""
    centre = centre_of({name: parsed(name, content) for name, content in pages})
    _refuse_unknown_zones(centre)
    return replace(with_clocks(centre), digest=digest_of(dict(pages)))


def with_clocks(centre: Centre) -> Centre:
    """The same centre, which can tell the local day of an instant at each of its facilities."""
    zones = dict.fromkeys(place.zone for place in centre.facilities)
    return replace(centre, clocks={zone: ZoneInfo(zone) for zone in zones})


def program_version() -> str:
    """The installed version, or a word that says that the program runs from its sources."""
    try:
        return version("veinledger")
    except PackageNotFoundError:
        return "unbuilt"


def _overlay(folder: Path) -> dict[str, bytes]:
    pages = {name: path.read_bytes() for name, path in _pages_of(folder).items()}
    if not pages:
        listed = ", ".join(f"{name}/*.toml" for name in FOLDERS)
        raise PageError(f"{folder} has none of {listed}; an overlay has one of them")
    return pages


def _pages_of(folder: Path) -> dict[str, Path]:
    """The overlay pages of a site folder, by folder and name."""
    return {
        f"{name}/{page.name}": page
        for name in FOLDERS
        for page in sorted((folder / name).glob("*.toml"))
    }


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
