"""What was handed out, and what whoever gets it needs besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType

from veinledger.adapters.bundle.making import Bundled
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import plural, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A bundle, the program that verifies it, or both."""

    bundle: Bundled | None
    verifier: str | None
    """Where the program was written."""


def handed(made: Handed) -> Iterator[RenderableType]:
    """What lies where, and what to do with it."""
    if made.bundle is not None:
        yield from _bundle(made.bundle)
    if made.verifier is not None:
        yield styled("the program that verifies a bundle is written", "bold green")
        yield whole(f"  lies at    {made.verifier}")
        yield (
            "It needs Python 3.9 or later and the package cryptography, and nothing of veinledger:"
            " `python verify_bundle.py BUNDLE --key KEY`."
        )


def _bundle(told: Bundled) -> Iterator[RenderableType]:
    yield styled(
        f"bundle made and verified: complete up to record {told.records:,}, as signed at size"
        f" {told.size:,}",
        "bold green",
    )
    yield whole(f"  lies at    {told.file}")
    yield f"  holds      {_held(told)}"
    if told.merged:
        yield f"  without    {_merged(told.merged)}"
    yield f"  extends    {_extended(told.since)}"
    yield whole(f"  key        {told.key}")
    yield (
        "It names the patient: hand it over by a way that is safe. Tell the key by another way,"
        " and whoever gets it verifies with `python verify_bundle.py BUNDLE --key KEY`; `veinledger"
        " bundle --verifier FILE` writes that program."
    )


def _held(told: Bundled) -> str:
    records = plural(told.records, "record")
    chains = plural(told.chains, "chain") + " of identity"
    if told.originals is None:
        return f"{records}, {chains}; messages as received are left out"
    return f"{records}, {chains}, {plural(told.originals, 'message')} as received"


def _merged(count: int) -> str:
    return (
        f"the records of {plural(count, 'encounter')} merged into it, which the bundle names:"
        " make a bundle of each"
    )


def _extended(since: int | None) -> str:
    if since is None:
        return "no earlier checkpoint: --since FILE ties it to one that was kept elsewhere"
    return f"the checkpoint of size {since:,} that was kept elsewhere"
