"""Why something is on a claim, down to the messages; and what rests on one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.text import Text
from rich.tree import Tree

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.records import LEAF
from veinledger.adapters.cli.show.tables import plural
from veinledger.domain.reports import Record
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


def tree(told: Explanation, records: Iterable[Record]) -> Tree:
    """The explanation with each record's number and leaf."""
    named = {record.key: record for record in records}
    root = Tree(_words(told, named), guide_style="dim")
    _grow(root, told, named)
    return root


def _grow(branch: Tree, told: Explanation, named: Mapping[str, Record]) -> None:
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


def _words(told: Explanation, named: Mapping[str, Record]) -> Text:
    words = styled(told.text, STYLES.get(told.of, ""))
    record = named.get(told.key) if told.of == "record" else None
    if record is None:
        return words
    seal = record.seal
    return styled(f"record {seal.sequence}: ").append(words).append(
        styled(f"  leaf {seal.leaf[:LEAF]}", "dim")
    )  # fmt: skip
