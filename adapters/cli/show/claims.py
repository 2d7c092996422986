"""Claims as somebody reads them who has to defend each line: what, how much, why, what else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.notes import Notes, ToldBefore, places
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
    "sent": "bold blue",
    "paid": "green",
    "denied": "bold red",
    "taken_back": "bold red",
}
SHOWN_ABOVE: Final = frozenset({"type of bill", "place of service"})
"""Roles whose code stands in the claim's first lines already."""
SHORT: Final = 3
"""So many words behind the first are a name yet, and no sentence."""


@dataclass(slots=True)
class _Footnotes:
    """What the lines and codes of one claim refer to."""

    rules: Notes[tuple[str, str]] = field(default_factory=lambda: Notes(numbered=True))
    differs: Notes[Differs] = field(default_factory=Notes[Differs])
    payments: Notes[tuple[str, str]] = field(default_factory=Notes[tuple[str, str]])


def one_claim(
    claim: Claim, seen: Effective, before: ToldBefore | None = None
) -> Iterator[RenderableType]:
    """A claim: header, lines, codes, what the other edition says, how it is paid, findings.

    What a claim before it on the page has told in full is named here, with the place.
    """
    notes, before = _Footnotes(), before or ToldBefore()
    yield title(f"{claim.label}  {KINDS[claim.kind]}")
    yield _header(claim)
    if claim.lines:
        yield ""
        yield inset(_lines(claim, notes))
    codes = [code for code in claim.codes if not (code.role in SHOWN_ABOVE and not code.differs)]
    if codes:
        yield ""
        yield inset(_codes(codes, notes))
    for each in _alike(claim.differs):
        notes.differs.mark(each, "this claim")
    yield from _footnotes(notes, claim.label, before)
    for found in findings(claim.findings, seen, before, claim.label):
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
    measured = f", {line.ndc_measure} {plain(line.ndc_quantity)}" if line.ndc_quantity else ""
    more = [
        line.quantity,
        f"NDC {line.ndc}{measured}" if line.ndc else "",
        "" if line.covered else "not covered",
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


def _alike(differs: Sequence[Differs]) -> list[Differs]:
    """Codes that only the other edition has, and for one reason, as one difference."""
    same: dict[Differs, list[str]] = {}
    for each in differs:
        same.setdefault(replace(each, there=""), []).append(each.there)
    return [replace(each, there=", ".join(there)) for each, there in same.items()]


def _footnotes(notes: _Footnotes, label: str, before: ToldBefore) -> Iterator[RenderableType]:
    if notes.payments.met:
        yield ""
        yield inset(heading("how it is paid"))
        for mark, (payment, reason), where in notes.payments.all():
            yield _footnote(mark, f"{places(where)}: {payment}; {reason}")
    if notes.rules.met:
        yield ""
        yield inset(heading("why: the rules, and their sources"))
        for mark, (rule, source), _ in notes.rules.all():
            told = before.where("rule", rule, source)
            known = f"as on {told}" if told else source
            yield _footnote(mark, joined(rule, styled(f"  {known}", "dim")))
            before.tell(label, "rule", rule, source)
    if notes.differs.met:
        yield ""
        other = next(iter(notes.differs.met)).other_edition
        yield inset(heading(f"≠ what edition {other} says instead"))
        for mark, differs, where in notes.differs.all():
            told = before.where("because", differs.row, differs.consequence)
            at = told.removeprefix(f"{label} ") if told else None
            yield _footnote(mark, difference(differs, places(where), at), "magenta")
            before.tell(f"{label} {mark}", "because", differs.row, differs.consequence)


def difference(differs: Differs, where: str, told_at: str | None = None) -> Text:
    """What the other edition says, and what that would do, unless it is told elsewhere."""
    because = f"; see {told_at} " if told_at else f". {differs.consequence} "
    evidence = (differs.row,) if told_at else (differs.row, *differs.evidence)
    return joined(
        f"{where}: ",
        styled(_running(differs.there), "magenta"),
        f", here {_running(differs.here)}{because}",
        styled(f"[{', '.join(evidence)}]", "dim"),
    )


def _running(text: str) -> str:
    """A sentence of the code book within a sentence; codes and names keep their capitals."""
    first, *rest = text.split(" ")
    a_sentence = len(rest) > SHORT and first.isalpha() and first.istitle()
    return f"{text[0].lower()}{text[1:]}" if a_sentence else text


def _footnote(mark: str, text: Cell, style: str = "") -> RenderableType:
    return inset(listing([(styled(mark, style), text)], widths=(3,)), 3)


def money(amount: Decimal) -> str:
    """Dollars and cents with commas."""
    return f"{amount:,.2f}"
