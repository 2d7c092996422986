"""Why something is on a claim, down to the messages; and what rests on one record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.text import Text
from rich.tree import Tree

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.records import LEAF
from veinledger.adapters.cli.show.tables import plural
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.why.explain import Explanation

STYLES: Final = {
    "claim": "bold",
    "line": "bold",
    "code": "bold",
    "finding": "yellow",
    "difference": "magenta",
    "rule": "italic",
    "message": "dim",
    "obligation": "bold",
    "unbilled": "yellow",
    "proposal": "yellow",
    "denial": "bold red",
}
SHOWN: Final = 10
"""So many obligations that rest on one record are shown; an infusion carries sixty."""
CARRIES: Final = "what rests on it"


Named = Mapping[str, tuple[str, str]]
"""Number and leaf of records, by report key."""


def tree(told: Explanation, seen: Effective) -> Tree:
    """The explanation with each record's number and leaf."""
    named = {
        record.key: (record.number_in(seen.encounter), record.seal.leaf) for record in seen.known
    }
    root = Tree(_words(told, named), guide_style="dim")
    _grow(root, told, named)
    return root


def _grow(branch: Tree, told: Explanation, named: Named) -> None:
    for each in told.because:
        _grow(branch.add(_words(each, named)), each, named)
    if told.of == "record" and told.carries:
        beneath = branch.add(styled(CARRIES, "bold"))
        owed = [each for each in told.carries if each.of == "obligation"]
        for each in told.carries:
            if each not in owed[SHOWN:]:
                _grow(beneath.add(_words(each, named)), each, named)
        if len(owed) > SHOWN:
            more = plural(len(owed) - SHOWN, "more obligation")
            beneath.add(styled(f"and {more}; --json lists them", "dim"))


def _words(told: Explanation, named: Named) -> Text:
    words = styled(told.text, STYLES.get(told.of, ""))
    if told.of != "record" or told.key not in named:
        return words
    number, leaf = named[told.key]
    return styled(f"record {number}: ").append(words).append(
        styled(f"  leaf {leaf[:LEAF]}", "dim")
    )  # fmt: skip
