"""Who settled which finding, and whether that still counts; what lapsed says why.

A settlement is of a finding by its key, which is a rule and the records that it rests on. When one
of these changes, the key is another, and what was settled is open again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.local_day import local_day
from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.reports import Actor, Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    History,
    KnownAt,
    effective,
    folded_history,
    told_in,
)
from veinledger.projections.case.decided import Decided, decided, settlements
from veinledger.projections.settling.found import (
    Made,
    Place,
    day_of_the_gate,
    findings,
    findings_of_gates,
    in_either_edition,
    is_of_a_gate,
)

State = Literal[
    "settles", "asked again", "lapsed", "no longer found", "never found", "settled again",
    "taken out",
]  # fmt: skip
"""`asked again`: the code that was chosen cannot take its place. `lapsed`: a record that the
finding rests on changed. `no longer found`: none did, and nothing finds it any more. `never found`:
no finding had this key when it was settled. `settled again`: a later settlement of the same finding
counts. `taken out`: the settlement itself was corrected."""


STEPS: Final = frozenset(
    {"apheresis.completed", "product.received", "lymphodepletion.dose_given", "cells.infused"}
)
"""The facts that a check is asked before."""
AHEAD: Final = 31
"""So many days after a settlement are looked at for the gate that was settled."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settlement:
    """A decision about a finding, and what has become of it."""

    record: str
    """Report key of the settlement."""
    encounter: str
    """In which it was decided, where that was merged into the one that is asked about."""
    sequence: int
    recorded_at: datetime
    actor: Actor
    credential: str
    decision: str
    code: str | None
    reason: str
    finding: str
    """The finding's key."""
    place: Place | None
    """Which question made the finding; None where none did."""
    rests_on: tuple[str, ...]
    """Report keys of the records that the finding rests on."""
    state: State
    why: str
    """Why it no longer counts; empty where it does."""

    @property
    def counts(self) -> bool:
        """Whether it settles a finding that is made now."""
        return self.state == "settles"

    def __repr__(self) -> str:
        return f"<settlement: {self.state}>"


@dataclass(slots=True, kw_only=True)
class _Asked:
    """A history at a moment, and what was found then, worked out where it is needed."""

    history: History
    centre: Centre
    rules: Rules
    as_of: AsOf
    today: date | None
    """The day of `as_of`."""
    known_at: KnownAt
    found: dict[str, Mapping[str, Made]] = field(default_factory=dict[str, Mapping[str, Made]])

    def finding(self, key: str, day: date) -> Made | None:
        """The finding of a key, in either edition; of a gate as of the day asked or of a day."""
        for rules in in_either_edition(self.rules):
            for made in self._places(key, day, rules):
                if key in made:
                    return made[key]
        return None

    def again(self, act: Record, key: str) -> str | None:
        """The finding that is made because what was chosen does not settle the one of the key."""
        rule = key.partition("/")[0]
        for made in self._all(self.rules, self.as_of).values():
            if made.finding.rule == rule and act.key in made.finding.records:
                return made.finding.key
        return None

    def _places(self, key: str, day: date, rules: Rules) -> Iterator[Mapping[str, Made]]:
        if is_of_a_gate(key):
            named = day_of_the_gate(key)
            looked_at = (*_days(self.today, day), *self._steps(), *_soon(day))
            for on in (named,) if named else dict.fromkeys(looked_at):
                yield self._gates(rules, on)
        for then in dict.fromkeys((self.as_of, None)):
            yield self._all(rules, then)

    def _steps(self) -> Iterator[date]:
        """The days on which the steps were taken that gates stand before."""
        for record in folded_history(self.history, self.known_at).known:
            if record.fact.type in STEPS:
                yield record.day

    def _all(self, rules: Rules, as_of: AsOf) -> Mapping[str, Made]:
        name = f"{rules.edition} {as_of}"
        if name not in self.found:
            self.found[name] = findings(self.history, self.centre, rules, as_of, self.known_at)
        return self.found[name]

    def _gates(self, rules: Rules, on: date) -> Mapping[str, Made]:
        name = f"gates {rules.edition} {on}"
        if name not in self.found:
            self.found[name] = findings_of_gates(
                self.history, self.centre, rules, on, self.known_at
            )
        return self.found[name]


def _soon(day: date) -> Iterator[date]:
    """The days for which somebody plans: a gate is asked about, and settled, ahead of its day."""
    return (day + timedelta(days=ahead) for ahead in range(1, AHEAD + 1))


def _days(today: date | None, day: date) -> Iterator[date]:
    if today is not None:
        yield today
    yield day


def settlements_of(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> tuple[Settlement, ...]:
    """Every settlement that is known, in the order in which they were recorded."""
    seen = effective(history, as_of, known_at)
    acts = [record for record in seen.known if isinstance(record.fact, FindingSettled)]
    if not acts:
        return ()
    asked = _Asked(
        history=history,
        centre=centre,
        rules=rules,
        as_of=as_of,
        today=local_day(as_of, centre, seen),
        known_at=known_at,
    )
    known = _Known(asked=asked, seen=seen, deeds=decided(seen), counting=settlements(seen))
    return tuple(_settlement(act, known) for act in acts)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Known:
    """What settlements are judged by, worked out once."""

    asked: _Asked
    seen: Effective
    deeds: Decided
    counting: Mapping[str, Record]
    """The settlement that counts, by the finding's key."""


def _settlement(act: Record, known: _Known) -> Settlement:
    fact = act.fact
    if not isinstance(fact, FindingSettled):
        raise TypeError("no settlement")
    now = known.asked.finding(fact.finding, act.day)
    made = now or _as_it_was(known.asked, act).finding(fact.finding, act.day)
    state, why = _judged(act, fact.finding, known, now, made)
    return Settlement(
        record=act.key,
        encounter=act.name,
        sequence=act.seal.sequence,
        recorded_at=act.seal.recorded_at,
        actor=act.actor,
        credential=fact.credential,
        decision=fact.decision,
        code=fact.code,
        reason=fact.reason,
        finding=fact.finding,
        place=made.place if made is not None else None,
        rests_on=made.finding.records if made is not None else (),
        state=state,
        why=why,
    )


def _as_it_was(now: _Asked, act: Record) -> _Asked:
    """The history as the ledger knew it when the settlement was recorded."""
    return _Asked(
        history=told_in(now.history, act, act.seal.position),
        centre=now.centre,
        rules=now.rules,
        as_of=None,
        today=None,
        known_at=act.seal.position,
    )


def _judged(
    act: Record, finding: str, known: _Known, now: Made | None, made: Made | None
) -> tuple[State, str]:
    standing, last = known.seen.standings[act.key], known.counting.get(finding)
    if not standing.in_effect:
        return "taken out", f"the settlement itself is {standing}"
    if last is not None and last.key != act.key:
        number = last.number_in(known.seen.encounter)
        return "settled again", f"record {number} settled the same finding later"
    again = known.asked.again(act, finding) if _chose(act) else None
    if again is not None:
        return "asked again", f"the code that was chosen cannot take its place; look at {again}"
    return ("settles", "") if now is not None else _gone(act, known, made)


def _chose(act: Record) -> bool:
    return isinstance(act.fact, FindingSettled) and act.fact.code is not None


def _gone(act: Record, known: _Known, made: Made | None) -> tuple[State, str]:
    """Why a finding that was settled is not made any more."""
    if made is None:
        return "never found", "no finding had this key when it was settled, in either edition"
    changed = "; ".join(_changed(made.finding.records, act, known))
    if changed:
        return "lapsed", f"{changed}; look at what is found now"
    return "no longer found", "none of its records changed, and nothing finds it any more"


def _changed(records: tuple[str, ...], act: Record, known: _Known) -> Iterator[str]:
    """Each record that counts for something else than when it was settled, and by what."""
    then = told_in(known.asked.history, act, act.seal.position)
    before = effective(then, None, act.seal.position).standings
    by_key, here = {record.key: record for record in known.seen.known}, known.seen.encounter
    for key in records:
        record, now = by_key.get(key), known.seen.standings.get(key)
        if record is None or now is None or str(before.get(key)) == str(now):
            continue
        deeds = known.deeds.to.get(key, ())
        done = [deed for deed in deeds if by_key[deed.by].seal.position > act.seal.position]
        how = f"was {done[-1].told_in(here)}" if done else f"was {before.get(key)} and is {now}"
        yield f"record {record.number_in(here)} ({record.fact.type}) {how}"
