"""What a decision changed, or would change: stage, records, findings, claims, schedule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.diff.lines import TO, code_row, head_row, line_row
from veinledger.adapters.cli.diff.sums import money_blocks
from veinledger.adapters.cli.payers.sendings import FREQUENCIES, proposal
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import KINDS, STATES, money
from veinledger.adapters.cli.show.notes import Numbering
from veinledger.adapters.cli.show.outcomes import refusal
from veinledger.adapters.cli.show.records import SEVERITIES, against, cell_of_number
from veinledger.adapters.cli.show.records import STYLES as STANDINGS
from veinledger.adapters.cli.show.schedules import STYLES as STATUSES
from veinledger.adapters.cli.show.tables import (
    Cell,
    heading,
    inset,
    joined,
    listing,
    plural,
    table,
    title,
)
from veinledger.adapters.deciding import Consequences
from veinledger.domain.findings import Finding
from veinledger.domain.standing.standing import Standing
from veinledger.projections.changed_claims import ClaimChange
from veinledger.projections.changed_obligations import ObligationChange
from veinledger.projections.changed_records import RecordChange
from veinledger.projections.changes import Changes

SHOWN: Final = 12
"""So many obligations are shown of those that changed; an infusion that moves moves sixty."""


def consequences(told: Consequences) -> Iterator[RenderableType]:
    """What was answered, and then what changed, encounter by encounter."""
    yield _answer(told)
    outcome = told.outcome
    if outcome.refusal is not None:
        yield from refusal(outcome.refusal, 2)
        return
    if outcome.standing is not None and not outcome.standing.in_effect:
        yield from (inset(against(each)) for each in outcome.standing.objections)
    for each in told.changes:
        yield ""
        yield from changes(each, would=not told.recorded)


def _answer(told: Consequences) -> Text:
    outcome = told.outcome
    if outcome.answer == "refused":
        kept = " and kept among the refused" if told.recorded else "; nothing was recorded"
        return joined(styled("refused", "bold red"), f": {outcome.type}{kept}, because")
    number = f" as record {outcome.sequence}" if outcome.sequence is not None else ""
    if not told.recorded:
        return joined(
            styled("dry run", "bold yellow"),
            f": {outcome.type} would be {outcome.answer}{number}; nothing was recorded",
        )
    styles = {"recorded": "bold green", "duplicate": "dim", "parked": "yellow"}
    again = "; it was there before, and this is what it changed then"
    return joined(
        styled(outcome.answer, styles[outcome.answer]),
        f": {outcome.type}{number} of {outcome.encounter or 'a report that names no encounter'}",
        again if outcome.answer == "duplicate" else "",
    )


def changes(found: Changes, *, would: bool = False) -> Iterator[RenderableType]:
    """What one encounter was before, and what it is after; only what differs."""
    told = {each.record: (each.encounter, each.sequence) for each in found.records}
    numbered = Numbering(encounter=found.encounter, of={**told, **found.causes})
    as_of = f", as of {found.as_of}" if found.as_of else ""
    yield title(f"{found.encounter}: what {'would change' if would else 'changed'}{as_of}")
    if found.nothing:
        yield "Nothing: every record counts for what it did before, and nothing follows."
        return
    records = [_records(found.records, found.encounter)] if found.records else []
    yield from consequences_of(found, ("records", records), numbered)


def consequences_of(
    found: Changes,
    records: tuple[str, Sequence[RenderableType]],
    numbered: Numbering,
) -> Iterator[RenderableType]:
    """Stage, records under their heading, and all that follows from them, each part that is so."""
    yield joined(styled("stage  ", "bold"), _stages(found))
    parts: tuple[tuple[str, Sequence[RenderableType]], ...] = (
        records,
        ("claims", list(_claims(found.claims, numbered))),
        ("to be sent again", list(_proposals(found, numbered))),
        ("money", list(money_blocks(found.money))),
        ("schedule", list(_schedule(found.obligations))),
        ("findings that came", list(_findings(found.findings_came))),
        ("findings that went", list(_findings(found.findings_went))),
        ("findings settled", list(_settled(found))),
    )
    for name, blocks in parts:
        if blocks:
            yield ""
            yield heading(name)
            yield from map(inset, blocks)


def _stages(found: Changes) -> Text:
    if found.stage is found.stage_before:
        return joined(str(found.stage), ", as before")
    return joined(str(found.stage_before), TO, styled(found.stage, "bold green"))


def _proposals(found: Changes, numbered: Numbering) -> Iterator[RenderableType]:
    for each in found.proposals_came:
        yield from proposal(each, numbered)
    came = {each.key for each in found.proposals_came}
    for each in found.proposals_went:
        if each.key not in came:
            how = FREQUENCIES[each.frequency]
            yield inset(joined(styled(each.label, "bold"), f": no longer proposed to {how}"))


def _records(found: Iterable[RecordChange], encounter: str) -> RenderableType:
    heads = (">seq", "=what", "=day", "counts as", "because")
    return table(heads, [_record(each, encounter) for each in found])


def _record(each: RecordChange, encounter: str) -> tuple[Cell, ...]:
    before = [_standing(each.before), TO] if each.before is not None else ["new, "]
    return (
        cell_of_number(encounter, each.encounter, each.sequence),
        each.type,
        str(each.day),
        joined(*before, _standing(each.after)),
        "" if each.because == "new" else each.because,
    )


def _standing(standing: Standing | None) -> Text:
    if standing is None:
        return styled("no longer here", "dim")
    return styled(standing, STANDINGS.get(standing.status, "green"))


def _claims(found: Iterable[ClaimChange], numbered: Numbering) -> Iterator[RenderableType]:
    for each in found:
        yield _claim(each, numbered)
        head = [head_row(each.differences)] if each.differences else []
        lines = [line_row(line, numbered) for line in each.lines]
        codes = [code_row(code, numbered) for code in each.codes]
        if (head or lines or codes) and each.changed != "went":
            yield inset(listing([*head, *lines, *codes], widths=(8, 13)), 2)


def _claim(each: ClaimChange, numbered: Numbering) -> Text:
    label = each.label
    if each.label_before not in (None, each.label):
        label = f"{each.label_before}{TO}{each.label}"
    how = {"appeared": "appears", "went": "goes", "changed": ""}[each.changed]
    states = [state for state in (each.state_before, each.state) if state is not None]
    told = joined(
        styled(f"{label}  ", "bold"),
        f"{KINDS[each.kind]}  ",
        styled(f"{how}, " if how else "", "bold"),
        *_arrows([styled(state, STATES[state]) for state in dict.fromkeys(states)]),
    )
    totals = [money(t) for t in (each.total_before, each.total) if t is not None]
    reason = f": {_reason(each)}" if each.state and _reason(each) else ""
    lines = f", {plural(len(each.lines), 'line')}" if each.changed == "went" else ""
    because = numbered.told(each.records)
    total = TO.join(dict.fromkeys(totals))
    return joined(told, reason, f"; {total}{lines}", f"  ({because})" if because else "")


def _reason(each: ClaimChange) -> str:
    """Why it is in its state, where that is new; what no longer stands against it, where less."""
    if each.state_reason == each.state_reason_before:
        return ""
    before = (each.state_reason_before or "").split("; ")
    gone = [part for part in before if part and part not in each.state_reason.split("; ")]
    no_more = f"; no longer: {'; '.join(gone)}" if gone and each.state == each.state_before else ""
    return f"{each.state_reason}{no_more}"


def _arrows(parts: Sequence[Text]) -> Iterator[Cell]:
    for number, part in enumerate(parts):
        if number:
            yield TO
        yield part


def _schedule(found: Sequence[ObligationChange]) -> Iterator[RenderableType]:
    """The first of them, the neurological visits before all; how many more there are."""
    if found:
        heads = ("what", "due", "status", "because")
        yield table(heads, [_obligation(each) for each in found[:SHOWN]])
    if len(found) > SHOWN:
        more = plural(len(found) - SHOWN, "more obligation")
        yield f"and {more}; --json lists them, `veinledger schedule` shows how all stand"


def _obligation(each: ObligationChange) -> tuple[Cell, ...]:
    due = dict.fromkeys(str(day) for day in (each.due_before, each.due) if day is not None)
    was, now = (
        _status(each.status_before, each.provisional_before),
        _status(each.status, each.provisional),
    )
    parts = [part for part in (was, now) if part is not None]
    same = len(parts) == 2 and parts[0].plain == parts[1].plain
    how = {"appeared": "new, ", "went": "gone, was "}.get(each.changed, "")
    return (
        each.what,
        TO.join(due),
        joined(how, *_arrows(parts[:1] if same else parts)),
        each.reason,
    )


def _status(status: str | None, provisional: bool) -> Text | None:
    if status is None:
        return None
    return styled(f"{status}{', provisional' * provisional}", STATUSES[status])


def _findings(found: Iterable[Finding]) -> Iterator[RenderableType]:
    """Findings by key; those of one rule that say the same are said once."""
    same: dict[tuple[str, str, bool], list[Finding]] = {}
    for each in found:
        same.setdefault((each.rule, each.reason, each.holds), []).append(each)
    for (rule, reason, holds), group in same.items():
        digests = ", ".join(each.key.removeprefix(f"{rule}/") for each in group)
        yield joined(
            styled(group[0].severity, SEVERITIES[group[0].severity]),
            f"  {rule}",
            styled(f"/{digests}", "dim"),
            f": {reason}",
            "; it holds its claims until it is settled" if holds else "",
        )


def _settled(found: Changes) -> Iterator[RenderableType]:
    for each in found.settled:
        yield joined(styled(each.settled, "green"), f"  {each.finding}")
