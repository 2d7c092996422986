"""A named, dated statement that stands as a row of a table of pages."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Name
from veinledger.domain.codebook.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Listed(Statement):
    """A statement with a name, which says what it is about."""

    name: Name
    file: str
    """The page that says so."""

    @property
    def identity(self) -> tuple[str, ...]:
        """What it is about; two rows of one identity are rivals for the days that both claim."""
        return (self.name,)

    @property
    def said_by(self) -> str:
        """Its source with its row, and that it could not be verified where it could not."""
        doubt = "; unverified" if self.confidence == "unverified" else ""
        return f"{self.source} [{self.row}]{doubt}"
