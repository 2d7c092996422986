"""Where encounters stand: the list of all, and one in detail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.records import findings
from veinledger.adapters.cli.show.schedules import unconfirmed
from veinledger.adapters.cli.show.tables import heading, inset, joined, listing, plural, table
from veinledger.domain.facts.decisions import DAY_PLAYS_NO_PART
from veinledger.domain.facts.encounter import EncounterContinued
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Batch, Stay
from veinledger.domain.standing.history import AsOf, Effective, KnownAt
from veinledger.projections.case.unconfirmed import Unconfirmed, reported_not_confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """Where one encounter stood, as of both times."""

    encounter: str
    as_of: AsOf
    known_at: KnownAt
    stage: Stage
    product: str | None
    indication: str | None
    infusion_day: date | None
    stay: Stay | None
    chains_of_identity: dict[str, Batch]
    records: int
    not_in_effect: int
    reported_not_confirmed: tuple[Unconfirmed, ...]
    findings: tuple[Finding, ...]
    merged_into: str | None
    """The encounter in which all of this one counts."""
    merged: tuple[str, ...]
    """The encounters that count in this one."""
    continues: tuple[str, ...]
    """The encounters that this one follows."""
    continued_by: tuple[str, ...]
    """The encounters that follow this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One encounter in the list of all."""

    encounter: str
    stage: Stage
    product: str | None
    infusion_day: date | None
    last_day: date
    records: int
    parked: int
    findings: int
    merged_into: str | None
    reported_not_confirmed: tuple[Unconfirmed, ...]


def stage_view(
    seen: Effective, as_of: AsOf, known_at: KnownAt, continued_by: tuple[str, ...] = ()
) -> StageView:
    """The stage with what is true at the same time."""
    state = seen.state
    return StageView(
        encounter=seen.encounter,
        as_of=as_of,
        known_at=known_at,
        stage=seen.stage,
        product=state.product,
        indication=state.indication,
        infusion_day=state.infusion_day,
        stay=state.stay,
        chains_of_identity=dict(state.batches),
        records=len(seen.records),
        not_in_effect=len(seen.not_in_effect(as_of)),
        reported_not_confirmed=reported_not_confirmed(seen, as_of),
        findings=seen.findings,
        merged_into=seen.merged_into,
        merged=_merged(seen),
        continues=continues(seen),
        continued_by=continued_by,
    )


def continues(seen: Effective) -> tuple[str, ...]:
    """The encounters that one follows, as its records in effect say."""
    return tuple(dict.fromkeys(fact.continues for _, fact in seen.of(EncounterContinued)))


def _merged(seen: Effective) -> tuple[str, ...]:
    names = dict.fromkeys(record.name for record in seen.known)
    return tuple(name for name in names if name != seen.encounter)


def parked(seen: Effective) -> tuple[Record, ...]:
    """The records that wait or that a person has to decide."""
    return tuple(r for r in seen.not_in_effect() if seen.standings[r.key].status != "superseded")


def summary(seen: Effective) -> Summary:
    """One encounter in a line."""
    return Summary(
        encounter=seen.encounter,
        stage=seen.stage,
        product=seen.state.product,
        infusion_day=seen.state.infusion_day,
        last_day=_last_day(seen),
        records=len(seen.known),
        parked=len(parked(seen)),
        findings=len(seen.findings),
        merged_into=seen.merged_into,
        reported_not_confirmed=reported_not_confirmed(seen),
    )


def _last_day(seen: Effective) -> date:
    """Of what happened to the patient, where anything did; a decision has no day of its own."""
    happened = [r.day for r in seen.known if not isinstance(r.fact, DAY_PLAYS_NO_PART)]
    return max(happened or [record.day for record in seen.known])


def list_of_encounters(found: Sequence[Summary]) -> Iterator[RenderableType]:
    """Every encounter of the ledger in a line."""
    heads = ("encounter", "stage", "product", "=infused", "=last fact", ">records", ">parked", ">!")
    yield table(
        heads,
        (
            (
                each.encounter,
                styled(f"into {each.merged_into}", "dim")
                if each.merged_into
                else styled(each.stage, "bold"),
                each.product or "",
                str(each.infusion_day or ""),
                str(each.last_day),
                str(each.records),
                styled(each.parked or "", "yellow"),
                styled(each.findings or "", "yellow"),
            )
            for each in found
        ),
    )
    yield ""
    for each in found:
        for told in each.reported_not_confirmed:
            yield joined(styled(f"{each.encounter}  ", "bold"), styled(told.reason, "yellow"))
    if any(each.reported_not_confirmed for each in found):
        yield ""
    yield f"{plural(len(found), 'encounter')}; ! counts findings."


def stage(view: StageView, seen: Effective) -> Iterator[RenderableType]:
    """One encounter's stage in detail."""
    where = f"merged into {view.merged_into}" if view.merged_into else view.stage
    yield joined(styled(view.encounter, "bold"), "  ", styled(where, "bold green"))
    yield inset(listing(_lines(view), widths=(20,)))
    if view.reported_not_confirmed:
        yield ""
        yield from unconfirmed(view.reported_not_confirmed, seen.known, seen.encounter)
    if view.findings:
        yield ""
        yield heading("findings")
        for found in findings(view.findings, seen):
            yield inset(found)


def _lines(view: StageView) -> Iterator[tuple[str, str]]:
    if view.as_of is not None:
        yield "as of", str(view.as_of)
    if view.known_at is not None:
        yield "known at", str(view.known_at)
    if view.merged:
        yield "with all of", ", ".join(view.merged)
    if view.continues:
        yield "continues", ", ".join(view.continues)
    if view.continued_by:
        yield "continued by", ", ".join(view.continued_by)
    yield "product", ", ".join(filter(None, (view.product, view.indication))) or "not reported"
    yield "infusion day", str(view.infusion_day or "none in effect")
    if view.stay is not None:
        account = f", account {view.stay.account}" if view.stay.account else ""
        yield "in a bed since", f"{view.stay.since}{account}"
    for chain, batch in view.chains_of_identity.items():
        yield f"chain {chain}", f"{batch.stage}{_marks(batch)}"
    out = f", {view.not_in_effect} not in effect" if view.not_in_effect else ""
    yield "records", f"{view.records} in effect{out}"


def _marks(batch: Batch) -> str:
    accepted = ", deviation accepted" if batch.deviation_accepted else ", no deviation accepted"
    return f", out of specification{accepted}" if batch.out_of_specification else ""
