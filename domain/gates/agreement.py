"""A site's row about a gate changes one that is there; what names none of them is refused."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from veinledger.domain.codebook.page import PageError
from veinledger.domain.gates.gate import GateRule
from veinledger.domain.listing import Listing

NEAR: Final = 3


def refuse_unknown_gates(shipped: Listing, site: Listing) -> None:
    """Refuses a site's row about no gate of the program, or without a limit that its gate needs.

    A gate is a function of the program and a row of the shipped pages: a row alone asks nothing.
    """
    known: dict[str, GateRule] = {each.name: each for each in shipped.all(GateRule)}
    for row in site.all(GateRule):
        for wrong in _wrong(row, known):
            raise PageError(f"{row.file}, gate {row.name!r}: {wrong}")


def _wrong(row: GateRule, known: dict[str, GateRule]) -> Iterator[str]:
    if row.name not in known:
        near = get_close_matches(row.name, known, n=NEAR, cutoff=0.5)
        like = f"; there is {' and '.join(near)}" if near else ""
        yield (
            f"field 'name': no gate has this name{like}; `veinledger gates` lists them, with "
            "their limits"
        )
    else:
        said = {each.name for each in row.limits}
        for limit in known[row.name].limits:
            if limit.name not in said:
                yield f"field 'limits': it lacks {limit.name!r}; the shipped row has {limit}"
