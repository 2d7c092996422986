"""Small encounters that golden claims are made of: each a function that tells its records.

A function in one of the modules beside this one, decorated with `@encounter`, is one encounter. Its
name is the name of the golden files, its docstring says what it shows. Where the example's site
cannot show it, `centre` is a function that changes the site's directory for this encounter alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.centre.centre import Centre
from veinledger.domain.reports import Record

Story = Callable[[], list[Record]]
Change = Callable[[Centre], Centre]


def as_it_is(centre: Centre) -> Centre:
    """The example's centre, nothing changed."""
    return centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """One small encounter: what it is called, what it shows, and what happened."""

    name: str
    about: str
    story: Story
    as_of: date | None
    centre: Change = as_it_is
    """What this encounter's centre has otherwise than the example's."""


ENCOUNTERS: Final[dict[str, Encounter]] = {}
"""Every encounter by name, filled as the modules are imported."""


def encounter(as_of: date | None = None, centre: Change = as_it_is) -> Callable[[Story], Story]:
    """Declare an encounter whose claims are kept as golden files."""

    def declare(story: Story) -> Story:
        name = story.__name__
        if name in ENCOUNTERS:
            raise TypeError(f"two encounters are called {name}: one would overwrite the other")
        about = (story.__doc__ or "").strip()
        ENCOUNTERS[name] = Encounter(
            name=name, about=about, story=story, as_of=as_of, centre=centre
        )
        return story

    return declare
