"""What may be asked of a ledger's projections as a whole: worked out anew, from the bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from veinledger.adapters.access.asked import asked
from veinledger.adapters.errors import boundary
from veinledger.adapters.questions.at_hand import AtHand
from veinledger.adapters.questions.times import refuse_positions_beyond

if TYPE_CHECKING:
    from veinledger.adapters.replaying.against import ReplayAgainst
    from veinledger.adapters.replaying.replayer import Replayer
    from veinledger.adapters.replaying.totals import Replay
    from veinledger.domain.codebook.statement import Edition


class Replays(AtHand):
    """The replaying part of a ledger."""

    @boundary
    @asked
    def replayer(self, until: int | None = None) -> Replayer:
        """What replays encounters one by one from the stored rows, up to a position or all."""
        from veinledger.adapters.replaying.replayer import Replayer  # noqa: PLC0415

        store = self._reachable()
        if until is not None:
            refuse_positions_beyond(store.head(), until, "until")
        return Replayer(store, self._codec, self._rules, self._centre, until)

    @boundary
    @asked
    def replay(self, encounter: str | None = None) -> Replay:
        """Work every projection out anew, compare kept claims, and prove each record legal."""
        from veinledger.adapters.replaying.totals import replay_of  # noqa: PLC0415

        replayer = self.replayer()
        names = replayer.encounters() if encounter is None else (encounter,)
        return replay_of(map(replayer.one, names), self._rules, replayer.head)

    @boundary
    @asked
    def replay_against(self, edition: Edition, encounter: str | None = None) -> ReplayAgainst:
        """What another edition changes in claims, visits, findings and dollars."""
        from veinledger.adapters.replaying.against import added_up  # noqa: PLC0415

        replayer = self.replayer()
        names = replayer.encounters() if encounter is None else (encounter,)
        found = (replayer.against(name, edition) for name in names)
        return added_up(found, self._rules.edition, edition, self._rules.pack)
