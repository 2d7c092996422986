"""Claims as somebody reads them who has to defend each line: what, how much, why, what else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.notes import Notes, places
from veinledger.adapters.cli.show.records import findings
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
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.shapes import Claim, Coded, Differs, Line
from veinledger.projections.claims.told import plain

KINDS: Final = {
    "A": "collection",
    "B": "lymphodepletion",
    "C": "infusion",
    "D": "acute care after the infusion",
    "E": "surveillance visit",
    "E0": "baseline visit",
}
STATES: Final = {
    "ready": "bold green",
    "held": "bold red",
    "partial": "bold yellow",
    "waiting": "bold yellow",
    "bundled": "bold cyan",
    "not_ours": "bold dim",
    "not_billable": "bold dim",
}
SHOWN_ABOVE: Final = frozenset({"type of bill", "place of service"})
"""Roles whose code stands in the claim's first lines already."""


@dataclass(slots=True)
class _Footnotes:
    """What the lines and codes of one claim refer to."""

    rules: Notes[tuple[str, str]] = field(default_factory=lambda: Notes(numbered=True))
    differs: Notes[Differs] = field(default_factory=Notes[Differs])
    payments: Notes[tuple[str, str]] = field(default_factory=Notes[tuple[str, str]])


def one_claim(claim: Claim, seen: Effective) -> Iterator[RenderableType]:
    """A claim: header, lines, codes, what the other edition says, how it is paid, findings."""
    notes = _Footnotes()
    yield title(f"{claim.label}  {KINDS[claim.kind]}")
    yield _header(claim)
    if claim.lines:
        yield ""
        yield inset(_lines(claim, notes))
    codes = [code for code in claim.codes if not (code.role in SHOWN_ABOVE and not code.differs)]
    if codes:
        yield ""
        yield inset(_codes(codes, notes))
    for each in claim.differs:
        notes.differs.mark(each, "this claim")
    yield from _footnotes(notes)
    for found in findings(claim.findings, seen):
        yield inset(found)
    yield ""


def _header(claim: Claim) -> RenderableType:
    places_of_bill = [f"{c.role} {c.code}" for c in claim.codes if c.role in SHOWN_ABOVE]
    setting = "inpatient" if claim.inpatient else "office" if claim.form == "CMS-1500" else (
        "outpatient"
    )  # fmt: skip
    days = f"statement {claim.first_day}"
    if claim.last_day != claim.first_day:
        days += f" to {claim.last_day}"
    admitted = f", admitted {claim.admitted}" if claim.admitted else ""
    account = f", account {claim.account}" if claim.account else ""
    rows: tuple[tuple[Cell, Cell], ...] = (
        ("state", joined(styled(claim.state, STATES[claim.state]), f": {claim.state_reason}")),
        ("form", ", ".join([claim.form, setting, *places_of_bill])),
        ("dates", f"{days}{admitted}{account}"),
        ("billed", f"by {claim.biller} to {claim.payer or 'nobody: no coverage on its day'}"),
        ("paid", f"{claim.payment_mechanism}: {claim.payment_reason}"),
    )
    return inset(listing(rows, widths=(8,)))


def _lines(claim: Claim, notes: _Footnotes) -> RenderableType:
    heads = (">#", "=date", "=rev", "=code", "what", ">=units", ">=charge", "=payment", "why", "≠")
    rows = [_line(number, line, notes) for number, line in enumerate(claim.lines, 1)]
    unpriced = sum(line.charge is None for line in claim.lines)
    told = f"total of {plural(len(rows), 'line')}"
    if unpriced:
        told += f", {unpriced} without a charge"
    total = ("", "", "", "", styled(told, "bold"), "", styled(money(claim.total), "bold"))
    return table(heads, [*rows, (*total, "", "", "")])


def _line(number: int, line: Line, notes: _Footnotes) -> tuple[Cell, ...]:
    place = str(number)
    return (
        place,
        str(line.day) if line.through is None else f"{line.day}\n{line.through}",
        line.revenue_code or "",
        joined(styled(line.code, "bold"), *(f" {each}" for each in line.modifiers)),
        _what(line),
        plain(line.units),
        "" if line.charge is None else money(line.charge),
        joined(line.payment, f" {_payment(line, place, notes)}"),
        notes.rules.mark((line.basis.rule, line.basis.source), place),
        styled(notes.differs.marks(line.differs, place), "magenta"),
    )


def _payment(line: Line, place: str, notes: _Footnotes) -> str:
    """The mark of the reason, where the payment is not simply that of the line."""
    if line.payment_reason == "paid by the line":
        return ""
    return notes.payments.mark((line.payment, line.payment_reason), place)


def _what(line: Line) -> Text:
    more = [
        line.quantity,
        f"NDC {line.ndc}" if line.ndc else "",
        f"moved from {line.moved_from}" if line.moved_from else "",
        sure(line.confidence) if not line.differs else "",
    ]
    told = "; ".join(filter(None, more))
    return joined(line.label, styled(f"\n{told}" if told else "", "dim"))


def sure(confidence: str) -> str:
    """A word where the evidence is weak: what could not be verified says so wherever it shows."""
    return {"low": "low confidence", "unverified": "unverified"}.get(confidence, "")


def _codes(codes: Sequence[Coded], notes: _Footnotes) -> RenderableType:
    heads = ("=role", "=code", "what", "=day", "=POA", "why", "≠")
    rows = [
        (
            code.role,
            styled(code.code, "bold"),
            joined(code.label, styled(f"\n{sure(code.confidence)}".rstrip(), "dim")),
            str(code.day or ""),
            code.present_on_admission or "",
            notes.rules.mark((code.basis.rule, code.basis.source), _place(code)),
            styled(notes.differs.marks(code.differs, _place(code)), "magenta"),
        )
        for code in codes
    ]
    return table(heads, rows)


def _place(code: Coded) -> str:
    """What a footnote calls a code; one of digits alone would read as the number of a line."""
    return f"{code.role} {code.code}" if code.code.isdecimal() else code.code


def _footnotes(notes: _Footnotes) -> Iterator[RenderableType]:
    if notes.payments.met:
        yield ""
        yield inset(heading("how it is paid"))
        for mark, (payment, reason), where in notes.payments.all():
            yield _footnote(mark, f"{places(where)}: {payment}; {reason}")
    if notes.rules.met:
        yield ""
        yield inset(heading("why: the rules, and their sources"))
        for mark, (rule, source), _ in notes.rules.all():
            yield _footnote(mark, joined(rule, styled(f"  {source}", "dim")))
    if notes.differs.met:
        yield ""
        other = next(iter(notes.differs.met)).other_edition
        yield inset(heading(f"≠ what edition {other} says instead"))
        for mark, differs, where in notes.differs.all():
            yield _footnote(mark, difference(differs, places(where)), "magenta")


def difference(differs: Differs, where: str) -> Text:
    """What the other edition says, and what that would do."""
    return joined(
        f"{where}: ",
        styled(differs.there, "magenta"),
        f", here {differs.here}. {differs.consequence} ",
        styled(f"[{', '.join((differs.row, *differs.evidence))}]", "dim"),
    )


def _footnote(mark: str, text: Cell, style: str = "") -> RenderableType:
    return inset(listing([(styled(mark, style), text)], widths=(3,)), 3)


def money(amount: Decimal) -> str:
    """Dollars and cents with commas."""
    return f"{amount:,.2f}"
