"""What makes the watch closer: signs that neurology found, toxicities, and how often it looks then.

No source gives an interval: what is shipped is a house default and says so. A site sets its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Final

from pydantic import Field
from pydantic.dataclasses import dataclass

from veinledger.domain.codebook.page import PAGE, Line, Name
from veinledger.domain.facts.toxicity import ToxicityKind
from veinledger.domain.listed import Listed

Days = Annotated[int, Field(ge=1, le=730)]
Within = Annotated[int, Field(ge=0, le=90)]

_CLAUSES: Final = re.compile(r"[,;.:/()]|\bbut\b|\band\b")
_WORDS: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True, config=PAGE)
class CloserWatch(Listed):
    """After what neurology looks more closely, how soon and how often, until nothing is found."""

    label: Line
    products: tuple[Name, ...] = ()
    """Product pages that it is for; none named means all."""
    signs: tuple[Line, ...]
    """Words that a finding of a neurological visit has in it."""
    denied_before: tuple[Line, ...] = ()
    """Words before a sign that deny it: no, without."""
    denied_after: tuple[Line, ...] = ()
    """Words behind a sign that deny it: absent, resolved."""
    toxicities: tuple[ToxicityKind, ...] = ()
    """Kinds of toxicity that count as found, unless they are told as resolved."""
    first_within: Days
    """The first visit is owed within so many days of the finding."""
    every: Days
    """And then after every so many days, counted from that day."""
    early: Within
    late: Within
    """How many days before and after each of these is on time."""
    ahead: Annotated[int, Field(ge=1, le=24)]
    """How many visits that have not opened yet are planned."""
    for_days: Days
    """Days after the finding within which visits are owed; then a person decides anew."""
    window_source: Line

    @property
    def identity(self) -> tuple[str, ...]:
        """What it looks for, and in whom."""
        return (self.name, *self.products)

    def signs_in(self, findings: Iterable[str]) -> tuple[str, ...]:
        """The signs that the findings of a visit name and do not deny, in the page's words."""
        named = {sign for text in findings for sign in self._named(text)}
        return tuple(sign for sign in self.signs if sign in named)

    def _named(self, text: str) -> Iterator[str]:
        for clause in _CLAUSES.split(text.casefold()):
            words = _WORDS.findall(clause)
            for sign in self.signs:
                at = _place(words, sign)
                if at is not None and not self._denied(words, at):
                    yield sign

    def _denied(self, words: Sequence[str], at: int) -> bool:
        before, after = words[:at], words[at:]
        denied = (_place(before, word) is not None for word in self.denied_before)
        gone = (_place(after, word) is not None for word in self.denied_after)
        return any(denied) or any(gone)


@lru_cache(maxsize=1024)
def _words_of(phrase: str) -> list[str]:
    """Of a phrase of the page, of which there are few; what a visit found is not kept."""
    return _WORDS.findall(phrase.casefold())


def _place(words: Sequence[str], phrase: str) -> int | None:
    """Where a phrase stands among words; None where it does not."""
    sought = _words_of(phrase)
    if sought and sought[0] not in words:
        return None
    places = range(len(words) - len(sought) + 1)
    return next((at for at in places if list(words[at : at + len(sought)]) == sought), None)
