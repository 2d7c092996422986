"""National Drug Codes: ten printed digits in three shapes, eleven on a claim, one product."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_PRINTED: Final = re.compile(r"^(\d{4,5})-(\d{3,4})(?:-(\d{1,2}))?$")
_ELEVEN: Final = re.compile(r"^(\d{5})(\d{4})(\d{2})$")
_LABELER: Final = re.compile(r"^\d{5}$")


def product_of(ndc: str) -> str:
    """Labeler and product as 5-4 digits: ``57894-111-01`` and ``57894011101`` give 57894-0111.

    Raises ValueError for a text that is no NDC. The package segment never names a lot
    (evidence R66).
    """
    labeler, product, _ = _segments(ndc)
    return f"{labeler}-{product}"


def eleven(ndc: str) -> str:
    """The eleven digits that a claim carries after N4; raises ValueError without a package."""
    labeler, product, package = _segments(ndc)
    if package is None:
        raise ValueError(f"{ndc} names a product, not a package; a claim needs all three segments")
    return f"{labeler}{product}{package}"


@lru_cache(maxsize=4096)
def _segments(ndc: str) -> tuple[str, str, str | None]:
    shape = _PRINTED.match(ndc) or _ELEVEN.match(ndc)
    if shape is None:
        raise ValueError(f"{ndc!r} is not an NDC; write 57894-111-01, or eleven digits")
    labeler, product, package = shape.groups()
    return labeler.zfill(5), product.zfill(4), package.zfill(2) if package else None


def agrees(one: str, other: str) -> bool:
    """Whether two texts name the same product as far as both go: labeler, product, package."""
    first, second = _as_far_as_told(one), _as_far_as_told(other)
    return bool(first and second) and all(a == b for a, b in zip(first, second, strict=False))


def _as_far_as_told(text: str) -> tuple[str, ...]:
    if _LABELER.match(text):
        return (text,)
    try:
        labeler, product, package = _segments(text)
    except ValueError:
        return ()
    return (labeler, product, package) if package else (labeler, product)
