"""What a product page tells people beside what it tells rules: class, choice, warnings, approvals.

No claim is made from these; `veinledger products` shows them, each with its source and how sure it
is.
"""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Line, Name
from veinledger.domain.codebook.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Description(Statement):
    """The product's row in the table of its class: what it is built of, and for whom."""

    construct: Line
    """What binds the target, and the costimulatory domain."""
    primary_indication: Line


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Choice(Statement):
    """When this product is chosen before another of its class, or after it."""

    name: Name
    beside: tuple[Name, ...]
    """The product pages that it is weighed against."""
    text: Line


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class BoxedWarning(Statement):
    """One item of the boxed warning, from the day on which the label carries it."""

    name: Name
    label: Line


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Approval(Statement):
    """An approval; its first day in force is the day of the decision."""

    name: Name
    label: Line
    trial: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Reference(Statement):
    """Where the product is registered: an application, a label's set id."""

    name: Name
    kind: Line
    identifier: Line
