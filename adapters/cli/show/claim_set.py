"""All claims of an encounter: an overview, each claim, the doses, what is on no claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.payers.sendings import gone_out
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import KINDS, STATES, difference, money, one_claim
from veinledger.adapters.cli.show.notes import ToldBefore
from veinledger.adapters.cli.show.records import findings, when, which
from veinledger.adapters.cli.show.tables import Cell, heading, inset, joined, plural, table, title
from veinledger.domain.reports import Record, number_in
from veinledger.domain.standing.history import AsOf, Effective, KnownAt
from veinledger.projections.claims.shapes import Claim, ClaimSet, Dosing
from veinledger.projections.claims.told import plain

if TYPE_CHECKING:
    from veinledger.projections.settling.settlements import Settlement

PACK_DIGITS = 12


def claim_set(
    found: ClaimSet,
    seen: Effective,
    as_of: AsOf,
    known_at: KnownAt,
    settled: Sequence[Settlement] = (),
) -> Iterator[RenderableType]:
    """Everything about the claims of an encounter."""
    ordered = in_order(found)
    yield heading(f"{found.encounter}: claims{asked(found.edition, as_of, known_at)}")
    yield ""
    if ordered:
        yield from overview(ordered)
        yield inset(units_of(found))
        yield ""
    before = ToldBefore()
    for claim in ordered:
        yield from one_claim(claim, seen, before)
    yield from _lapsed(settled, found.encounter)
    yield from _without_a_claim(found, seen)


def in_order(found: ClaimSet) -> list[Claim]:
    """By kind, then by date: A1, B1, C1, D1, E0, E1, E2; the fractions of a dose by number."""
    return sorted(
        found.claims,
        key=lambda claim: (
            claim.kind[0],
            claim.first_day,
            claim.label.partition(".")[0],
            claim.fraction or (0, 0),
            claim.label,
        ),
    )


def pack(name: str) -> str:
    """A rule pack with its digest cut short."""
    version, plus, digest = name.rpartition("+")
    return f"{version}{plus}{digest[:PACK_DIGITS]}"


def overview(claims: Sequence[Claim]) -> Iterator[RenderableType]:
    """One line a claim."""
    heads = ("=", "claim", "=from", "=state", "=payer", "paid by", ">=charges", ">=≠")
    yield table(heads, [_row(claim) for claim in claims])


def units_of(found: ClaimSet) -> Text:
    """The units in one line."""
    told = ", ".join(f"{code} x {number}" for code, number in units(found).items())
    return joined(styled("units: ", "bold"), told or "none")


def units(found: ClaimSet) -> dict[str, str]:
    """How many units of each code stand on all claims together."""
    summed: dict[str, Decimal] = {}
    for line in found.lines():
        summed[line.code] = summed.get(line.code, Decimal(0)) + line.units
    return {code: plain(number) for code, number in sorted(summed.items()) if code}


def _row(claim: Claim) -> tuple[Cell, ...]:
    return (
        styled(claim.label, "bold"),
        KINDS[claim.kind],
        str(claim.first_day),
        styled(claim.state, STATES[claim.state]),
        claim.payer or "",
        claim.payment_mechanism,
        money(claim.total) if claim.total else "",
        styled(sum(1 for _ in claim.differences()) or "", "magenta"),
    )


def _lapsed(settled: Sequence[Settlement], here: str) -> Iterator[RenderableType]:
    """Settlements that settle nothing any more; one that was made again is no news."""
    gone = [each for each in settled if not each.counts and each.state != "settled again"]
    if not gone:
        return
    yield title("settled once, and open again")
    for each in gone:
        number = number_in(here, each.encounter, each.sequence)
        told = f"settled by record {number} ({each.actor.id}, {each.actor.role}): "
        yield inset(
            joined(
                styled(each.finding, "bold"),
                f", {told}",
                styled(each.state, "bold red"),
                f": {each.why}",
            )
        )
    yield ""


def _without_a_claim(found: ClaimSet, seen: Effective) -> Iterator[RenderableType]:
    yield from gone_out(found, seen)
    if found.dosing:
        yield title("doses")
        for dose in found.dosing:
            yield from _dose(dose)
        yield ""
    if found.unbilled:
        yield title("on no claim, and why")
        yield from _unbilled(found.unbilled, seen)
        yield ""
    claimed = {each.key for claim in found.claims for each in claim.findings}
    others = [each for each in found.findings if each.key not in claimed]
    if others:
        yield title("findings besides those of the claims")
        yield from map(inset, findings(others, seen))
        yield ""
    yield f"{plural(len(found.claims), 'claim')}. `veinledger explain` shows what a line rests on."
    yield styled(f"rule pack {pack(found.rule_pack)}", "dim")


def _dose(dose: Dosing) -> Iterator[RenderableType]:
    worked_out = ", printed as " if " = " in dose.arithmetic else " = "
    result = "" if dose.result in dose.arithmetic else f"{worked_out}{dose.result}"
    yield inset(joined(styled(f"{dose.what}: ", "bold"), dose.arithmetic, result))
    yield inset(styled(dose.source, "dim"), 4)
    for differs in dose.differs:
        yield inset(difference(differs, f"≠ edition {differs.other_edition}"), 4)


def _unbilled(why: Mapping[str, str], seen: Effective) -> Iterator[RenderableType]:
    """What is on no claim; records of one type and one reason together."""
    named = {record.key: record for record in seen.known}
    same: dict[tuple[str, str], list[Record]] = {}
    for key, reason in why.items():
        if key in named:
            same.setdefault((named[key].fact.type, reason), []).append(named[key])
    for (kind, reason), found in same.items():
        told = which(found, seen.encounter)
        days = dict.fromkeys((when(found[0].occurred), when(found[-1].occurred)))
        yield inset(joined(f"{told}, {' to '.join(days)}, ", styled(kind, "bold"), f": {reason}"))
