"""What went out, what became of it, and what must go out again with which differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.diff.lines import code_row, differences, line_row
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import STATES, money
from veinledger.adapters.cli.show.notes import Numbering
from veinledger.adapters.cli.show.records import numbering
from veinledger.adapters.cli.show.tables import Cell, inset, joined, listing, table, title
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.sent.shapes import Outcome, Proposal, Sent
from veinledger.projections.claims.shapes import ClaimSet

FREQUENCIES: Final = {"7": "replace (frequency 7)", "8": "void (frequency 8)"}
AS: Final = {"1": "original", "7": "replacement", "8": "void"}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    "out": "with the payer",
    "replaced": "replaced since",
    "voided": "voided since",
    "rejected": "never arrived",
    "void": "took back what was sent",
}
CAN_GO: Final = frozenset({"ready", "partial"})
"""States of a draft that say nothing against sending it."""


def gone_out(found: ClaimSet, seen: Effective) -> Iterator[RenderableType]:
    """Every sending, and every claim that is to be sent again."""
    if found.sent:
        yield title("what went out")
        yield inset(_sendings(found.sent))
        yield ""
    if found.proposals:
        numbered = numbering(seen.known, seen.encounter)
        yield title("sent, and to be sent again")
        for each in found.proposals:
            yield from proposal(each, numbered)
        yield ""


def _sendings(sent: Iterable[Sent]) -> RenderableType:
    heads = ("=claim", "=on", "=as", ">=total", "number", "the payer says", "now")
    return table(heads, [_sending(each) for each in sent])


def _sending(each: Sent) -> tuple[Cell, ...]:
    paid = "" if each.paid is None else f" {money(each.paid)}"
    answer = f"{each.answer}{paid}, {each.answered}" if each.answer else "nothing yet"
    number = f"\npayer's {each.payer_control_number}" if each.payer_control_number else ""
    return (
        styled(each.label, "bold"),
        str(each.day),
        AS[each.frequency],
        money(each.total),
        f"{each.patient_control_number}{number}",
        answer,
        OUTCOMES[each.outcome],
    )


def proposal(each: Proposal, numbered: Numbering) -> Iterator[RenderableType]:
    """What is proposed and why; each difference with the records that made it."""
    number = f", payer's number {each.payer_control_number}" if each.payer_control_number else ""
    told = joined(
        styled(f"{each.label}: {FREQUENCIES[each.frequency]}{number}", "bold"),
        f": {each.reason} ",
        styled(f"[{each.source}]", "dim"),
    )
    yield inset(told)
    because = numbered.told(each.records)
    if because:
        yield inset(f"because of {because}", 4)
    if each.differences:
        yield inset(differences(each.differences), 4)
    rows: Sequence[tuple[Cell, ...]] = (
        *(line_row(line, numbered) for line in each.lines),
        *(code_row(code, numbered) for code in each.codes),
    )
    if rows:
        yield inset(listing(rows, widths=(8, 13)), 4)
    if each.change_reason is not None:
        reason = each.change_reason
        yield inset(f"condition code {reason.code} ({reason.label}) [{reason.source}]", 4)
    if each.draft is not None and each.draft not in CAN_GO:
        state = styled(each.draft, STATES[each.draft])
        yield inset(joined("what would go out is ", state, f": {each.draft_reason}"), 4)
