"""Findings about two records that cannot both be right: docs/standing.md, section 7.

Each names both, and holds the claims of both until a person settles it or takes one of them out.
They follow from the facts alone, whichever of the two was told first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.attested import stands_in_the_ledger_as
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.fold import Folded, Taken
from veinledger.domain.standing.found.contested_ends import NOTHING_FOLLOWS_THE_END
from veinledger.domain.standing.identity import IdentityClaim, contested_chains, first_claims
from veinledger.domain.standing.legality import is_legal
from veinledger.domain.standing.order import by_day, dated
from veinledger.domain.standing.set_aside import ONE_HOLDER, ONE_MESSAGE, OPENED_ONCE

PUT_OUT: Final = "one_record_puts_another_out_of_effect"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Known:
    """What findings about two records are made of."""

    encounter: str
    records: Sequence[Record]
    claims: Sequence[IdentityClaim]
    folded: Folded


def findings_about_two_records(known: Known) -> Iterator[Finding]:
    """Every pair of records that cannot both be right, in the order in which they happened."""
    standings = known.folded.standings
    parked = [r for r in known.records if standings[r.key].status in ("waiting", "disputed")]
    without_a_place = {record.key for record in known.folded.left}
    for record in (record for _, day in by_day(parked, dated) for record in day):
        if record.key in without_a_place:
            other = _what_took_its_place(record, known.folded.taken)
        else:
            other = _what_set_it_aside(record, standings[record.key].objections[0].rule, known)
        if other is not None:
            yield _put_out(record, other)
    yield from contested_chains(known.claims, known.encounter, _infusions(known.folded.taken))


def _infusions(taken: Sequence[Taken]) -> Mapping[str, tuple[str, ...]]:
    """The report keys of what went in, by chain of identity."""
    found: dict[str, tuple[str, ...]] = {}
    for each in taken:
        if isinstance(each.record.fact, CellsInfused):
            chain = each.record.fact.chain_of_identity
            found[chain] = (*found.get(chain, ()), each.record.key)
    return found


def _put_out(record: Record, other: str) -> Finding:
    return Finding(
        rule=PUT_OUT,
        severity="warning",
        reason=f"{record.fact.type} has no effect while the other stands; one of them is wrong",
        remedy="find out which is right; discard or correct the other, or have this settled",
        source="docs/standing.md, section 7",
        records=(record.key, other),
        holds=True,
    )


def _what_took_its_place(record: Record, taken: Sequence[Taken]) -> str | None:
    """The last record up to its day before which it was legal and after which it was not."""
    for each in reversed(taken):
        if each.before is each.after or _taken_on(each) > record.day:
            continue
        if is_legal(each.before, record) and not is_legal(each.after, record):
            return stands_in_the_ledger_as(each.record)
    return None


def _taken_on(taken: Taken) -> date:
    return taken.record.day + timedelta(days=1 if taken.a_day_late else 0)


def _what_set_it_aside(record: Record, rule: str, known: Known) -> str | None:
    """The record that a rule goes by; a rule that is not in the table ends in KeyError."""
    return _SET_ASIDE_BY[rule](record, known)


def _first_of_its_message(record: Record, known: Known) -> str | None:
    """None where the message named another encounter, or where a person took it out."""
    for other in known.records:
        if other.source == record.source and other.kind == "report":
            taken_out = known.folded.standings[other.key].status == "superseded"
            return None if taken_out else other.key
    return None


def _what_opened_it(_: Record, known: Known) -> str:
    return known.folded.taken[0].record.key


def _what_ended_it(record: Record, known: Known) -> str | None:
    return stands_in_the_ledger_as(known.folded.contested[record.key])


def _who_holds_its_chain(record: Record, known: Known) -> str:
    return first_claims(known.claims)[chain_of(record.fact) or ""].record


_SET_ASIDE_BY: Final[Mapping[str, Callable[[Record, Known], str | None]]] = {
    ONE_MESSAGE: _first_of_its_message,
    OPENED_ONCE: _what_opened_it,
    NOTHING_FOLLOWS_THE_END: _what_ended_it,
    ONE_HOLDER: _who_holds_its_chain,
}
"""By the rule that put a record aside, which other record it is that has its place."""
