"""What the demo shows of each worked example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.decisions import changing
from veinledger.adapters.cli.examples import Example
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show import (
    claim_set,
    outcomes,
    schedules,
    stages,
    trails,
    verdicts,
)
from veinledger.adapters.cli.show.notes import numbers
from veinledger.adapters.cli.show.tables import heading, inset, joined, plural, title
from veinledger.adapters.deciding import Consequences
from veinledger.adapters.store.verify import Verification
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.findings import Finding
from veinledger.domain.standing.history import Effective
from veinledger.projections.audit import AuditTrail, Entry
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.schedule import Obligation, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """One encounter of an example, derived."""

    seen: Effective
    claims: Mapping[Edition, ClaimSet]
    schedule: Schedule
    audit: AuditTrail


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One example, told, decided and derived."""

    example: Example
    told: tuple[outcomes.Numbered, ...]
    decided: tuple[Consequences, ...]
    """What named persons decided, and what that changed."""
    encounters: tuple[Encounter, ...]
    verification: Verification


def demonstration(shown: Sequence[Shown], as_of: date) -> Iterator[RenderableType]:
    """All examples, and the verdict on the ledgers that they made."""
    yield (
        f"{len(shown)} worked examples, each on a fresh SQLite ledger with throw-away keys, as of"
        f" {as_of}. The first is shown in full, in both editions; the others in short."
    )
    for number, each in enumerate(shown, 1):
        yield ""
        yield title(f"{number}. {each.example.name}")
        yield f"{each.example.says}."
        yield from outcomes.summary(each.told)
        yield ""
        yield from _in_full(each, as_of) if each.example.in_full else _in_short(each)
    yield ""
    yield title("verify")
    yield from _verified(shown)


def _in_full(shown: Shown, as_of: date) -> Iterator[RenderableType]:
    for each in shown.encounters:
        seen = each.seen
        yield from stages.stage(stages.stage_view(seen, as_of, None), seen)
        yield ""
        for edition in ("page", "public"):
            yield from claim_set.claim_set(each.claims[edition], seen, as_of, None)
            yield ""
        yield from schedules.schedule(each.schedule, seen.known, as_of, None)
        yield ""
        yield from trails.audit(each.audit)


def _in_short(shown: Shown) -> Iterator[RenderableType]:
    for each in shown.encounters:
        yield _heading(each)
        yield from claim_set.overview(claim_set.in_order(each.claims["public"]))
        yield inset(claim_set.units_of(each.claims["public"]))
        yield from map(inset, _notes(each))
        yield ""
    yield from _found_when_told(shown.told)
    for decided in shown.decided:
        yield _who_decided(decided, shown.encounters)
        yield from changing.consequences(decided)
        yield ""


def _heading(each: Encounter) -> RenderableType:
    day, product = each.seen.state.infusion_day, each.seen.state.product
    infused = f", infused on {day}" if day else ""
    return joined(
        styled(each.seen.encounter, "bold"),
        "  ",
        styled(each.seen.stage, "bold green"),
        f"  {product}{infused}",
    )


def _notes(each: Encounter) -> Iterator[RenderableType]:
    """What is found on claims, what is on none, what the page says, the visits, what waited."""
    public, page = each.claims["public"], each.claims["page"]
    for claim in claim_set.in_order(public):
        for name, told in dict.fromkeys(_on_a_claim(claim, found) for found in claim.findings):
            yield _note(name, told)
    for reason in dict.fromkeys(public.unbilled.values()):
        yield _note("on no claim", reason)
    states = ", ".join(f"{claim.label} {claim.state}" for claim in claim_set.in_order(page))
    yield _note("edition page", f"{states}; {claim_set.units_of(page)}")
    visits = ", ".join(_visit(obligation) for obligation in each.schedule.of("neurology"))
    if visits:
        yield _note("visits", visits)
    for entry in each.audit.entries:
        if entry.waited is not None:
            yield _note("waited", _waited(entry))


def _on_a_claim(claim: Claim, found: Finding) -> tuple[str, str]:
    how = f"{found.severity}, holds the claim" if found.holds else found.severity
    return f"{claim.label}, {how}", f"{found.reason}; {found.remedy}"


def _found_when_told(told: Sequence[outcomes.Numbered]) -> Iterator[RenderableType]:
    """What was found as lines came in, whether or not it has been answered since."""
    same: dict[tuple[str | None, str, str], list[int]] = {}
    for each in told:
        for found in each.outcome.findings:
            what = each.outcome.type, found.severity, found.reason
            same.setdefault(what, []).append(each.line)
    for (kind, severity, reason), lines in same.items():
        yield _note(f"as {numbers('line', lines)} came, {kind}, {severity}", reason)
    if same:
        yield ""


def _who_decided(decided: Consequences, encounters: Sequence[Encounter]) -> RenderableType:
    key = decided.outcome.record
    entry = next(e for each in encounters for e in each.audit.entries if e.record == key)
    return _note(f"{entry.actor.id}, {entry.actor.role}", entry.reason or "")


def _note(name: str, told: str) -> Text:
    return joined(styled(f"{name}: ", "bold"), told)


def _visit(owed: Obligation) -> str:
    name = owed.what.removeprefix("neurological visit, ")
    day = f"on {owed.met_on}" if owed.met_on else f"for {owed.due}"
    return f"{name} {owed.status} {day}"


def _waited(entry: Entry) -> str:
    until = entry.waited.until if entry.waited else None
    ended = f"in effect {until:%Y-%m-%d %H:%M} UTC" if until else f"then {entry.standing}"
    came = f"came {entry.recorded_at:%Y-%m-%d %H:%M}"
    return f"{entry.type} of {entry.day}, {entry.first_standing}; {came}, {ended}"


def _verified(shown: Sequence[Shown]) -> Iterator[RenderableType]:
    """The first verdict in full; the others in a line each."""
    first, *others = shown
    yield heading(first.example.name)
    yield from verdicts.verdict(first.verification)
    for each in others:
        told = each.verification
        yield f"{each.example.name}: {told.verdict}, {plural(told.records, 'record')}"
