"""Every question about one encounter, by its name; and the centres, days and moments to ask of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Final

from hypothesis import strategies as st

from tests.claims.golden import CENTRE
from tests.examples.stories import AS_OF
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.gates.gate import INTENTS
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History, KnownAt, effective
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.audit import audit_trail
from veinledger.projections.authorization.packet import Request, authorization
from veinledger.projections.claims.assemble import claims
from veinledger.projections.due.listing import due_list
from veinledger.projections.due.measures import Asked, measures
from veinledger.projections.due.shapes import Owing, Wanted
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.gates.check import Step, check
from veinledger.projections.schedule import schedule
from veinledger.projections.settling.found import every_finding
from veinledger.projections.settling.settlements import settlements_of
from veinledger.projections.support.support import support

Answers = dict[str, Callable[[], object]]

RULES: Final = {edition: shipped_rules(edition) for edition in EDITIONS}
CENTRES: Final = (
    CENTRE,
    Centre(),
    replace(CENTRE, payers=()),
    replace(CENTRE, facilities=()),
    replace(CENTRE, providers=(), contracts=(), charges=(), certifications=()),
)
"""The example's site, nothing at all, and sites of which a piece is missing."""
ALL_YEARS: Final = Asked(first=date(1900, 1, 1), last=date(2199, 12, 31))

_OFFSETS: Final = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
_NEAR: Final = st.dates(date(2025, 1, 1), date(2042, 1, 1))
_INSTANTS: Final = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=_OFFSETS)
DAYS: Final = st.one_of(_NEAR, st.dates(date(1900, 1, 1), date(2199, 12, 31)), _INSTANTS)
"""A day or an instant that is asked about; any that can be."""
MOMENTS: Final = st.one_of(st.none(), st.none(), st.integers(0, 30), _INSTANTS)
"""What was known: all, up to a position, by an instant."""
RULE_SETS: Final = st.sampled_from([RULES[edition] for edition in EDITIONS])


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Question:
    """Of which encounter, with what at hand, as of both times."""

    history: History
    rules: Rules
    centre: Centre = CENTRE
    as_of: AsOf = None
    known_at: KnownAt = None

    def __repr__(self) -> str:
        told = "; ".join(f"{each.occurred.text} {each.fact!r}" for each in self.history.records)
        times = f"as of {self.as_of}, known at {self.known_at}"
        return f"<{times}, {self.rules.edition}, {len(self.centre.payers)} payers: {told}>"

    @property
    def on(self) -> date:
        """The day that is asked about."""
        if isinstance(self.as_of, datetime):
            return self.as_of.date()
        return self.as_of or AS_OF

    def answers(self) -> Answers:
        """What can be answered, each worked out when it is called."""
        asked = (self.history, self.centre, self.rules, self.as_of, self.known_at)
        request = Request(as_of=self.as_of or self.on)
        steps = {f"check {intent}": Step(intent=intent, on=self.on) for intent in INTENTS}
        return {
            "claims": lambda: claims(*asked),
            "estimate": lambda: estimate(*asked),
            "schedule": lambda: schedule(*asked),
            "support": lambda: support(*asked),
            "appeals": lambda: appeals(*asked),
            "authorization": lambda: authorization(*asked[:3], request, self.known_at),
            **{name: self._check(step) for name, step in steps.items()},
            "due": lambda: due_list(self.on, self._owing(), self.rules, Wanted(within=None)),
            "measures": lambda: measures(ALL_YEARS, self.on, self._owing(), self.rules),
        }

    def slow_answers(self) -> Answers:
        """What folds the history many times."""
        asked = (self.history, self.centre, self.rules, self.as_of, self.known_at)
        return {
            "audit": lambda: audit_trail(*asked),
            "settlements": lambda: settlements_of(*asked),
            "findings": lambda: every_finding(*asked[:3], self.on),
        }

    def _check(self, step: Step) -> Callable[[], object]:
        return lambda: check(self.history, self.centre, self.rules, step, self.known_at)

    def _owing(self) -> list[Owing]:
        seen = effective(self.history, self.on, self.known_at)
        owed = schedule(self.history, self.centre, self.rules, self.on, self.known_at)
        return [Owing(centre=seen.state.centre, owed=owed)]
