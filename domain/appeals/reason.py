"""Why payers deny, and what answers each reason: the source page's ten and the further ones.

What a denial looks like is said by signs: a code of the remittance, or words of the payer's answer.
Nothing here decides; `projections/appeals` reads signs and history and puts the answer together.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from veinledger.domain.centre.directory import ClaimKind
from veinledger.domain.codebook.page import PAGE, Line, Name
from veinledger.domain.listed import Listed

Wanted = Literal[
    "indication",
    "disease",
    "refractoriness",
    "prior_lines",
    "programme_certificates",
    "accreditation",
    "identity",
    "baseline",
    "surveillance_plan",
    "setting",
    "regimen",
    "failure",
    "rendered",
    "visit",
    "contract",
    "authorization",
    "request",
    "submission",
]
"""What may be looked up in an encounter to answer a denial: one function each."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,5}$")]


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Reason(Listed):
    """One reason for a denial on the days of service on which it is answered so."""

    number: Annotated[int, Field(ge=1, le=99)] | None = None
    """The source page's number; the further reasons have none."""
    label: Line
    claims: tuple[ClaimKind, ...] = ()
    """The kinds of claim that are denied for it."""
    requests: bool = False
    """Whether a request for authorization is denied for it too."""
    way: Literal["appeal", "correct", "contract"]
    """`appeal`: the claim is right, say so. `correct`: send it again corrected. `contract`: the
    contract says whether it is owed."""
    answer: Line
    """What answers it: to the one who writes the appeal."""
    letter: Line | None = None
    """What the appeal itself says before its facts: to the payer."""
    otherwise: Line | None = None
    """What the source page says instead, and why it is not done."""
    judges: Literal["refractory", "exposed"] | None = None
    """The indications that it is about: those that ask for refractoriness to a drug, or those that
    do not, where there are some; none said: all that the encounter is judged by."""
    wants: tuple[Wanted, ...]
    """The facts that answer it."""
    papers: tuple[Name, ...] = ()
    """The documents that go along."""
    citations: tuple[Name, ...] = ()
    edits: tuple[Name, ...] = ()
    """Edits that look for it beside those that carry its number."""


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class Sign(Listed):
    """What speaks for a reason in a payer's answer: codes, words, or another product's name."""

    reason: Name
    weight: Literal["names", "fits"]
    """`names`: it says this reason and no other. `fits`: several reasons look so."""
    carc: tuple[Code, ...] = ()
    """Claim adjustment reason codes, any of them."""
    rarc: tuple[Code, ...] = ()
    """Remittance advice remark codes, any of them."""
    words: tuple[Line, ...] = ()
    """Whole words, any of them; a star at the end stands for any ending."""
    beside: tuple[Line, ...] = ()
    """Where there are some, one of them stands in the answer as well."""
    another: Literal["name", "code of the same target", "code of another target"] | None = None
    """The answer has the name of another product, or the dose code of one against the same target
    or against another."""
    indications: tuple[Name, ...] = ()
    """The indications of the encounter for which it is one; none named: any."""

    @model_validator(mode="after")
    def _is_one_kind_of_sign(self) -> Self:
        kinds = [bool(self.carc), bool(self.rarc), bool(self.words), bool(self.another)]
        if sum(kinds) != 1:
            raise ValueError("a sign is carc, rarc, words or another: exactly one of them")
        if self.beside and not self.words:
            raise ValueError("beside stands with words; drop it")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class NoDenial(Listed):
    """Adjustment reasons that take something off without denying: cost shares, agreed rates."""

    label: Line
    carc: Annotated[tuple[Code, ...], Field(min_length=1)]
