"""What an appeal leans on: publications and rules, and documents."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from veinledger.domain.centre.directory import Coverage
from veinledger.domain.codebook.page import PAGE, Line, Name
from veinledger.domain.listed import Listed


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Citation(Listed):
    """Something published that an appeal may cite, from the day on which it could be."""

    label: Line
    identifier: Line | None = None
    """A DOI, a section of a code."""
    published: date | None = None
    """The day of the decision or notice, where it is known to the day."""
    products: tuple[Name, ...] = ()
    """The products that it is about; none named: every one."""
    indications: tuple[Name, ...] = ()
    """The indications that it is about; none named: any."""
    only_for: tuple[Coverage, ...] = ()
    """The kinds of coverage that it binds; none named: any."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Paper(Listed):
    """A document that goes along, and how one recognises that it is there."""

    label: Line
    kinds: Annotated[tuple[Name, ...], Field(min_length=1)]
    """What `document.filed` calls it, small letters and underscores."""
    shown_by: Literal["accreditation", "rems", "plan", "refractoriness", "failure"] | None = None
    """A record that names its reference: then it is known where it lies, filed or not."""
    only_after_a_stay: bool = False
    """Whether it is wanted only where an inpatient stay took place."""
    only_where_authorized: bool = False
    """Whether it is wanted only of a payer that authorizes beforehand, or did."""
    only_without_the_product: bool = False
    """Whether it is wanted only where no product came, or a manufacture failed before one did."""
    remedy: Line
    """How to get it."""
