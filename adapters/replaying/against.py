"""What another edition changes over a whole ledger: what differs, counted and added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from veinledger.domain.codebook.statement import Edition
from veinledger.domain.dollars import added
from veinledger.projections.changed_claims import ClaimChange
from veinledger.projections.replay.editions import EditionChanges


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReplayAgainst:
    """A ledger in two editions; amounts in dollars and cents."""

    edition: Edition
    against: Edition
    rule_pack: str
    encounters: int
    differ: int
    claims: Mapping[str, int]
    """How many claims appeared, went, changed, and changed their state."""
    lines: Mapping[str, int]
    codes: Mapping[str, int]
    visits: Mapping[str, int]
    findings_came: int
    findings_went: int
    charges: Decimal
    charges_against: Decimal
    expected: Decimal
    expected_against: Decimal
    not_estimated: int
    """Encounters whose payment cannot be estimated; they are in neither sum."""
    each: tuple[EditionChanges, ...]
    """The encounters that differ."""

    def __repr__(self) -> str:
        return f"<{self.differ} of {self.encounters} encounters differ>"


def added_up(
    found: Iterable[EditionChanges], edition: Edition, against: Edition, pack: str
) -> ReplayAgainst:
    """The sum over encounters, with those that differ in full."""
    number, unknown, differ = 0, 0, list[EditionChanges]()
    amounts: dict[str, Decimal] = dict.fromkeys(_AMOUNTS, Decimal("0.00"))
    for each in found:
        number += 1
        unknown += None in (each.dollars.expected, each.dollars.expected_against)
        for name in _AMOUNTS:
            amounts[name] = added((amounts[name], getattr(each.dollars, name) or Decimal(0)))
        if not each.nothing:
            differ.append(each)
    changes = [ruled.claim for each in differ for ruled in each.claims]
    return ReplayAgainst(
        edition=edition,
        against=against,
        rule_pack=pack,
        encounters=number,
        differ=len(differ),
        claims=_claims(changes),
        lines=_counted(line.changed for change in changes for line in change.lines),
        codes=_counted(code.changed for change in changes for code in change.codes),
        visits=_visits(differ),
        findings_came=sum(len(each.findings_came) for each in differ),
        findings_went=sum(len(each.findings_went) for each in differ),
        not_estimated=unknown,
        each=tuple(differ),
        **amounts,
    )


_AMOUNTS = ("charges", "charges_against", "expected", "expected_against")


def _claims(changes: Sequence[ClaimChange]) -> Mapping[str, int]:
    claims = Counter[str](change.changed for change in changes)
    claims["state"] = sum(
        change.changed == "changed" and change.state != change.state_before for change in changes
    )
    return _in_order(claims, "appeared", "went", "changed", "state")


def _visits(differ: Sequence[EditionChanges]) -> Mapping[str, int]:
    visits = Counter[str](visit.changed for each in differ for visit in each.visits)
    return _in_order(visits, "appeared", "went", "moved", "changed")


def _counted(changed: Iterable[str]) -> Mapping[str, int]:
    return _in_order(Counter[str](changed), "added", "removed", "changed")


def _in_order(counted: Counter[str], *names: str) -> Mapping[str, int]:
    return {name: counted[name] for name in names}
