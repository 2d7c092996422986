"""One entry of the code book, and the reading of a page of them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import (
    PAGE,
    SITE,
    Exact,
    Line,
    Name,
    PageError,
    Table,
    only,
    parsed,
    read,
    rows,
    signed,
)
from veinledger.domain.codebook.review import FIELDS as REVIEW
from veinledger.domain.codebook.statement import Statement

System = Literal[
    "APC",
    "CARC",
    "COND",
    "CPT",
    "DRG",
    "HCPCS",
    "ICD-10-CM",
    "ICD-10-PCS",
    "MOD",
    "NDC",
    "POS",
    "RARC",
    "REV",
    "RULE",
    "TOB",
    "VAL",
]
"""The code system of a page; RULE holds dated rules whose value is one word. CARC and RARC are
what a payer answers with."""


@dataclass(frozen=True, slots=True, config=PAGE)
class Unit:
    """What one billing unit holds, or the size of a rule: 50 mg, 3 calendar days."""

    amount: Exact
    of: Line

    def __str__(self) -> str:
        return f"{self.amount} {self.of}"


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Entry(Statement):
    """What a meaning is called in a code system, from one day until another."""

    meaning: Name
    system: System
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    label: Line
    """Our own short words."""
    title: str = ""
    """The official text, where it is public and its wording matters."""
    unit: Unit | None = None
    parts: tuple[Name, ...] = ()
    """The meanings that a rule lists, in order."""
    only_for: tuple[Line, ...] = ()
    """Chosen when the question has one of these keys: an NDC product as 57894-0111, a payment
    system, a kind of coverage. An entry without them answers every other question."""
    file: str
    """The page that says so."""

    @model_validator(mode="after")
    def _ships_no_cpt_text(self) -> Self:
        if self.system == "CPT" and self.title:
            raise ValueError("CPT text is the AMA's; keep the label in your own words, no title")
        return self

    @property
    def value(self) -> tuple[object, ...]:
        """What a rival is compared by: system, code, unit, parts and official title."""
        return (self.system, self.code, self.unit, self.parts, self.title)

    @property
    def of_a_site(self) -> bool:
        """Whether a site says so, and not a page that came with the program."""
        return self.file.startswith(SITE)

    def covers(self, code: str) -> bool:
        """Whether a code is this one, or one of its family: 012x is 0120 to 0129, and so on."""
        return len(code) == len(self.code) and code.startswith(self.code.rstrip("x"))

    def __str__(self) -> str:
        size = "" if self.unit is None else f", {self.unit}"
        worded = f', worded "{self.title}"' if self.title else ""
        return f"{self.system} {self.code} ({self.label}{size}{worded})"


def entries(file: str, content: bytes) -> tuple[Entry, ...]:
    """The entries of one page, in its order; raises PageError naming file, entry and field."""
    return entries_of(file, parsed(file, content))


def entries_of(file: str, page: Table) -> tuple[Entry, ...]:
    """The entries of a page that was parsed already."""
    only(file, page, ("system", "about", *REVIEW, "entry"))
    if "system" not in page:
        raise PageError(f"{file}: field 'system' is missing; begin with system = \"HCPCS\" or so")
    return tuple(
        _entry(file, page["system"], number, row)
        for number, row in enumerate(rows(file, page, "entry"), start=1)
    )


def _entry(file: str, system: object, number: int, row: Table) -> Entry:
    where = f"entry {number} ({row.get('meaning', 'no meaning')})"
    for ours in ("system", "file"):
        if ours in row:
            raise PageError(f"{file}, {where}: {ours!r} is said once, at the top of the page")
    return read(Entry, file, where, {**signed(file, row), "system": system, "file": file})
