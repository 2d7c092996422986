"""Entries, rows and statements in the few words that tables have room for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import joined
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.evidence import Argued, Hurt

VERDICTS: Final = {
    "AGREE": "green",
    "OUTDATED": "bold yellow",
    "WRONG": "bold red",
    "CONFLICT": "bold red",
    "PARTLY": "bold yellow",
    "UNSUPPORTED": "bold magenta",
    "NV": "dim",
    "SILENT": "cyan",
}
VERDICT_IN_WORDS: Final = {
    "AGREE": "the page agrees with the sources",
    "OUTDATED": "the page was right once",
    "WRONG": "the page is wrong",
    "CONFLICT": "the page contradicts itself",
    "PARTLY": "the page is right in part",
    "UNSUPPORTED": "no source says what the page says",
    "NV": "not verified",
    "SILENT": "the page is silent",
}
HURTS: Final[dict[Hurt, str]] = {
    "claim": "a claim",
    "money": "money",
    "record": "the patient's record",
}
FADED: Final = ("low", "unverified")


def code(entry: Entry) -> str:
    """A code with its system and unit; a rule by its words."""
    if entry.system == "RULE":
        return entry.label + (f" ({entry.unit})" if entry.unit else "")
    return f"{entry.system} {entry.code}" + (f" by {entry.unit}" if entry.unit else "")


def beside(entry: Entry | None, other: Entry | None) -> str:
    """An entry as it stands beside its rival: by its official text where nothing else differs."""
    if entry is None:
        return "nothing"
    alike = other is not None and code(entry) == code(other)
    if alike and entry.title:
        return f'{code(entry)}, worded "{entry.title}"'
    return entry.code.replace("_", " ") if alike else code(entry)


def verdicts(row: Argued) -> Text:
    """What was found about the page, in capitals and colours."""
    parts = [styled(each, VERDICTS[each]) for each in row.verdicts]
    return joined(*(part for each in parts for part in (each, " "))) if parts else styled("")


def hurts(row: Argued) -> str:
    """Whom the page's version would hurt."""
    told = [HURTS[each] for each in row.hurts]
    return listed(told) if told else "nothing but the wording"


def listed(parts: Iterable[str]) -> str:
    """a claim, money and the patient's record."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
