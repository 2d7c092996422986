"""Which obligations came, went, moved to another day, or changed their status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from veinledger.projections.case.replacements import Replacements
from veinledger.projections.schedule import Obligation, Status

ObligationChanged = Literal["appeared", "went", "moved", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ObligationChange:
    """An obligation that came, went, moved to another day, or changed its status."""

    key: str
    what: str
    changed: ObligationChanged
    due_before: date | None
    due: date | None
    status_before: Status | None
    status: Status | None
    provisional_before: bool
    provisional: bool
    reason: str
    """Why it is as it is now."""

    def __repr__(self) -> str:
        return f"<obligation {self.changed}>"


def obligation_changes(
    before: Iterable[Obligation], after: Iterable[Obligation], chains: Replacements
) -> Iterator[ObligationChange]:
    """Obligations that came, went or changed, in the order of the calendar.

    One that is met by what stands in place of the record that met it has not changed.
    """
    were, are = _by_key(before), _by_key(after)
    for key in dict.fromkeys((*were, *are)):
        was, now = were.get(key), are.get(key)
        one = now or was
        if one is None or _same(was, now, chains):
            continue
        yield ObligationChange(
            key=key,
            what=one.what,
            changed=_how(was, now),
            due_before=was.due if was else None,
            due=now.due if now else None,
            status_before=was.status if was else None,
            status=now.status if now else None,
            provisional_before=was is not None and was.provisional is not None,
            provisional=now is not None and now.provisional is not None,
            reason=_reason(now),
        )


def _by_key(found: Iterable[Obligation]) -> Mapping[str, Obligation]:
    return {each.key: each for each in found}


def _same(was: Obligation | None, now: Obligation | None, chains: Replacements) -> bool:
    if was is None or now is None:
        return False

    def met_by(each: Obligation) -> str | None:
        return each.met_by and chains.first(each.met_by)

    told = [
        (each.due, each.status, each.reason, each.provisional, met_by(each), each.caution)
        for each in (was, now)
    ]
    return told[0] == told[1]


def _how(was: Obligation | None, now: Obligation | None) -> ObligationChanged:
    if was is None:
        return "appeared"
    if now is None:
        return "went"
    return "changed" if was.due == now.due else "moved"


def _reason(now: Obligation | None) -> str:
    if now is None:
        return "nothing asks for it any more"
    earlier = now.was_due[-1].reason if now.was_due else ""
    return "; ".join(filter(None, (now.provisional, earlier, now.reason, *now.caution)))
