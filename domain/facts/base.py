"""What every fact is: immutable, strict, complete, and silent about its values in any text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import ClassVar, Final, TypeVar, cast, dataclass_transform

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

STRICT: Final = ConfigDict(
    extra="forbid",
    strict=True,
    hide_input_in_errors=True,
    validate_by_name=True,
    regex_engine="python-re",
)
"""No coercion, no unknown field, no value in an error; patterns mean what they mean to msgspec."""


class Fact:
    """Something that happened in the world, past tense. Its text shows its type, never a value."""

    __slots__ = ()
    type: ClassVar[str]

    def __repr__(self) -> str:
        return f"<{self.type}>"


class Group:
    """Fields that come back in many facts and are written once. Its text shows its name only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()}>"


F = TypeVar("F", bound=Fact)
G = TypeVar("G", bound=Group)

FACTS: Final[dict[str, type[Fact]]] = {}
"""Every fact class under its dotted name, filled as the catalogue is imported."""


_frozen = dataclass(frozen=True, slots=True, kw_only=True, repr=False, config=STRICT)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def fact(name: str) -> Callable[[type[F]], type[F]]:
    """Declare a fact class under the dotted name that the ledger stores it by, for ever."""

    def declare(cls: type[F]) -> type[F]:
        cls.type = name
        made = cast("type[F]", _frozen(cls))
        if name in FACTS:
            raise TypeError(f"two classes are called {name}: a fact's name is its identity")
        FACTS[name] = made
        return made

    return declare


@dataclass_transform(kw_only_default=True, frozen_default=True)
def group(cls: type[G]) -> type[G]:
    """Declare a group of fields that several facts share."""
    return cast("type[G]", _frozen(cls))


def the_days_are_in_order(
    first: date | None, last: date | None, names: tuple[str, str] = ("since", "until")
) -> None:
    """The last day is not before the first."""
    if first is not None and last is not None and last < first:
        raise ValueError(f"`{names[1]}` is not before `{names[0]}`")


def a_code_or_a_text(code: str | None, text: str | None) -> None:
    """Something is named by a code, by a text, or by both."""
    if code is None and text is None:
        raise ValueError("it is named by a code or by a text")
