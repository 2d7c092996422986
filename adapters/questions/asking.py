"""What may be asked of a ledger about one encounter: views as of both times. It decides nothing.

A projection is imported when it is first asked for: with its rules each is a tenth of a second, and
a command asks for one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from veinledger.adapters.access.asked import asked
from veinledger.adapters.errors import NO_RECORD_OF_IT, NotFound, boundary
from veinledger.adapters.questions.over_all import OverAll
from veinledger.adapters.questions.times import refuse_no_day, refuse_out_of_order
from veinledger.adapters.store.sealing import utc_now
from veinledger.domain.findings import Finding
from veinledger.domain.gates.gate import Intent
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    History,
    KnownAt,
    effective,
    merged_with,
)

if TYPE_CHECKING:
    from veinledger.adapters.bundle.making import Bundled
    from veinledger.projections.appeals.letter import Letter
    from veinledger.projections.appeals.shapes import Appeals
    from veinledger.projections.audit import AuditTrail
    from veinledger.projections.authorization.shapes import Packet
    from veinledger.projections.changes import Changes
    from veinledger.projections.claims.shapes import ClaimSet
    from veinledger.projections.estimate.shapes import Estimate
    from veinledger.projections.gates.shapes import Check
    from veinledger.projections.schedule import Schedule
    from veinledger.projections.settling.settlements import Settlement
    from veinledger.projections.support.shapes import Support

T = TypeVar("T")


class Questions(OverAll):
    """The asking half of a ledger; `Ledger` is the other half."""

    @boundary
    @asked
    def bundle(
        self,
        encounter: str,
        file: Path | str,
        *,
        originals: bool = True,
        since: Path | str | None = None,
    ) -> Bundled:
        """Write one encounter and its proofs to a new file, for whoever checks it without us.

        `originals` are the bytes as received. `since` is a file of checkpoints kept elsewhere: the
        bundle then proves that the ledger extends the newest of its own. It names the patient.
        """
        from veinledger.adapters.bundle.making import Order, make_bundle

        store = self._reachable()
        order = Order(
            file=Path(file).absolute(),
            originals=originals,
            since=None if since is None else Path(since).absolute(),
            until=store.head(),
            at=utc_now(),
        )
        history = self._history(encounter, order.until)
        return make_bundle(store, self._keys, history, order)

    @boundary
    @asked
    def effective(
        self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None
    ) -> Effective:
        """What is in effect, as of both times."""
        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        if as_of is None and known_at is None:
            return self._histories.effective(history)
        return effective(history, as_of, known_at)

    @boundary
    @asked
    def claims(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> ClaimSet:
        """Claims A to E, as far as the facts go."""
        from veinledger.projections.claims.assemble import claims

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        return claims(history, self._centre_of(history), self._rules, as_of, known_at)

    @boundary
    @asked
    def estimate(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> Estimate:
        """What each claim is expected to be paid, with its arithmetic: no quote."""
        from veinledger.projections.estimate.estimate import estimate

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        found = estimate(history, self._centre_of(history), self._rules, as_of, known_at)
        return _of_a_known_product(found)

    @boundary
    @asked
    def schedule(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> Schedule:
        """Who owes the patient what, and by when."""
        from veinledger.projections.schedule import schedule

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        return schedule(history, self._centre_of(history), self._rules, as_of, known_at)

    @boundary
    @asked
    def support(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> Support:
        """Which support programmes the patient is sent to, and which are not for this patient."""
        from veinledger.projections.support.support import support

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        found = support(history, self._centre_of(history), self._rules, as_of, known_at)
        return _of_a_known_product(found)

    @boundary
    @asked
    def audit(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> AuditTrail:
        """Who said what happened, when, by which message, and what it counts for.

        And what named it and was refused, which counts for nothing on any day.
        """
        from veinledger.projections.audit import audit_trail

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        trail = audit_trail(history, self._centre_of(history), self._rules, as_of, known_at)
        together = (history, *merged_with(history, known_at))
        refused = self._refusals({each.encounter for each in together}, known_at)
        return replace(trail, refused=refused, refused_of=len(refused))

    @boundary
    @asked
    def changes(
        self, encounter: str, *, before: KnownAt, after: KnownAt = None, as_of: AsOf = None
    ) -> Changes:
        """What changed in an encounter from one moment of knowledge to another."""
        return self.diff(encounter, known_at=(before, after), as_of=(as_of, as_of))

    @boundary
    @asked
    def diff(
        self,
        encounter: str,
        *,
        known_at: tuple[KnownAt, KnownAt] = (None, None),
        as_of: tuple[AsOf, AsOf] = (None, None),
    ) -> Changes:
        """What was learned, or happened, between two moments, and what it did to everything."""
        from veinledger.projections.changes import Moment, changes_between

        before, after = (
            Moment(as_of=day, known_at=known) for day, known in zip(as_of, known_at, strict=True)
        )
        for each in (before, after):
            self._refuse_times(each.as_of, each.known_at)
        refuse_out_of_order(self._reachable(), *known_at)
        history = self._history(encounter)
        return changes_between(history, self._centre_of(history), self._rules, before, after)

    @boundary
    @asked
    def check(self, encounter: str, intent: Intent, *, on: date, known_at: KnownAt = None) -> Check:
        """Would a step be legal and paid on a day: every gate, those that are not met first."""
        from veinledger.projections.gates.check import Step, check

        refuse_no_day(on=on)
        self._refuse_times(None, known_at)
        history = self._history(encounter)
        step = Step(intent=intent, on=on)
        return check(history, self._centre_of(history), self._rules, step, known_at)

    @boundary
    @asked
    def authorization(
        self,
        encounter: str,
        *,
        as_of: date | datetime,
        known_at: KnownAt = None,
        payer: str | None = None,
    ) -> Packet:
        """The prior-authorization packet for the payer of the day, or for the one that is named.

        It is made for a payer and names the patient.
        """
        from veinledger.projections.authorization.addressee import UnknownPayer
        from veinledger.projections.authorization.packet import Request, authorization

        self._refuse_times(as_of, known_at)
        history, request = self._history(encounter), Request(as_of=as_of, payer=payer)
        centre = self._centre_of(history)
        try:
            made = authorization(history, centre, self._rules, request, known_at)
        except UnknownPayer as error:
            sentence = str(error)
        else:
            return _of_a_known_product(made)
        raise NotFound(sentence)

    @boundary
    @asked
    def appeals(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> Appeals:
        """What was denied, for which reason, what answers it, and by when."""
        from veinledger.projections.appeals.packet import appeals

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        found = appeals(history, self._centre_of(history), self._rules, as_of, known_at)
        return _of_a_known_product(found)

    @boundary
    @asked
    def letters(
        self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None
    ) -> tuple[Letter, ...]:
        """One letter for each denial, in the order of `appeals`; it names the patient."""
        from veinledger.projections.appeals.letter import letters

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        found = letters(history, self._centre_of(history), self._rules, as_of, known_at)
        return _of_a_known_product(found)

    @boundary
    @asked
    def settlements(
        self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None
    ) -> tuple[Settlement, ...]:
        """Who settled which finding, and whether that still counts."""
        from veinledger.projections.settling.settlements import settlements_of

        self._refuse_times(as_of, known_at)
        history = self._history(encounter)
        return settlements_of(history, self._centre_of(history), self._rules, as_of, known_at)

    @boundary
    @asked
    def findings(
        self, encounter: str, *, on: date, known_at: KnownAt = None
    ) -> tuple[Finding, ...]:
        """Every finding that a person can settle, those of gates as of a day."""
        from veinledger.projections.settling.found import every_finding

        refuse_no_day(on=on)
        self._refuse_times(None, known_at)
        history = self._history(encounter)
        centre = self._centre_of(history)
        return every_finding(history, centre, self._rules, on, known_at)

    @boundary
    @asked
    def followers(self, encounter: str, *, known_at: KnownAt = None) -> tuple[str, ...]:
        """The encounters in effect that follow this one: another product, another attempt.

        One may follow what nobody has reported yet; where none says so either, raises NotFound.
        """
        from veinledger.adapters.questions.whose import followers, told_of

        self._refuse_times(None, known_at)
        store, history = self._reachable(), self._history_if_any(encounter)
        if not history.records and not store.stream(self._naming.following_stream(encounter)):
            raise NotFound(NO_RECORD_OF_IT)
        said = told_of(store, self._codec, self._naming)
        return followers(history, said, self._history_if_any, known_at)

    def _compare(self, history: History, before: KnownAt, after: KnownAt, as_of: AsOf) -> Changes:
        from veinledger.projections.changes import changes

        centre = self._centre_of(history)
        return changes(history, centre, self._rules, before, after, as_of)


def _of_a_known_product(found: T | None) -> T:
    """Nothing is judged for a product that no complete page describes."""
    if found is None:
        raise NotFound(
            "no complete product page describes this encounter's product, or nobody has opened the"
            " encounter yet; `veinledger stage` shows which, `veinledger products` lists the pages"
        )
    return found
