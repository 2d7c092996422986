"""An estimate as a revenue analyst reads it: every sum with its numbers, every number's source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.prices import answers
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claim_set import pack
from veinledger.adapters.cli.show.claims import KINDS, STATES, money
from veinledger.adapters.cli.show.notes import Notes, numbers
from veinledger.adapters.cli.show.tables import (
    Cell,
    heading,
    inset,
    joined,
    listing,
    table,
    title,
    whole,
)
from veinledger.domain.standing.history import AsOf, KnownAt
from veinledger.projections.estimate.shapes import (
    Agreed,
    AtRisk,
    ClaimEstimate,
    Estimate,
    Gap,
    Payment,
    Step,
)

NOT_ESTIMATED: Final = "not estimated"
UNSURE: Final = {"medium": "medium", "low": "low confidence", "unverified": "unverified"}


@dataclass(slots=True)
class _Footnotes:
    sources: Notes[tuple[str, str]] = field(default_factory=Notes[tuple[str, str]])
    said: set[str] = field(default_factory=set[str])
    """What a claim before it has said in its notes already."""


def shown(found: Estimate, as_of: AsOf, known_at: KnownAt) -> Iterator[RenderableType]:
    """Everything about the expected payment of an encounter."""
    yield heading(f"{found.encounter}: estimate{asked(found.edition, as_of, known_at)}")
    yield styled(found.says, "bold yellow")
    yield ""
    yield table(
        ("=", "=kind", "=state", "=payer", "paid by", ">=expected", ">=patient"),
        [_row(each) for each in found.claims] + [_rate_row(each) for each in found.agreed],
    )
    yield ""
    yield from _totals(found)
    yield from answers.shown(found)
    notes = _Footnotes()
    for each in found.claims:
        yield from _claim(each, notes)
    yield from _agreed(found)
    yield from _at_risk(found)
    yield from _sources(notes)
    yield ""
    yield styled(f"rule pack {pack(found.rule_pack)}", "dim")


def _row(each: ClaimEstimate) -> tuple[Cell, ...]:
    amount = NOT_ESTIMATED if each.expected is None else money(each.expected)
    part = " +" if each.payment.gaps and each.expected is not None else ""
    counted = part if each.counted else f"{part} *"
    owed = each.payment.patient_total
    return (
        styled(each.label, "bold"),
        KINDS[each.kind].partition(" ")[0],
        styled(each.state, STATES[each.state]),
        each.payer or "",
        each.mechanism,
        f"{amount}{counted}",
        money(owed) if owed else "",
    )


def _rate_row(each: Agreed) -> tuple[Cell, ...]:
    amount = NOT_ESTIMATED if each.amount is None else money(each.amount)
    return ("", "case rate", "", each.payer, ", ".join(each.claims), amount, "")


def _totals(found: Estimate) -> Iterator[RenderableType]:
    owed = found.patients_so_far
    rows: list[tuple[Cell, Cell]] = [
        ("payers, so far", styled(money(found.expected_so_far), "bold")),
        ("patient, so far", money(owed) if owed else NOT_ESTIMATED),
    ]
    if any(not each.counted for each in found.claims):
        left = money(found.not_counted) if found.not_counted else NOT_ESTIMATED
        rows.append(("* not counted", f"{left}: claims that cannot go out, or were denied"))
    missing = list(dict.fromkeys(label for label, _ in found.not_estimated()))
    if missing:
        rows.append((NOT_ESTIMATED, f"all or, with +, a part of {', '.join(missing)}: in no sum"))
    yield inset(listing(rows, widths=(16,)))
    yield ""


def _claim(each: ClaimEstimate, notes: _Footnotes) -> Iterator[RenderableType]:
    days = str(each.first_day)
    if each.last_day != each.first_day:
        days += f" to {each.last_day}"
    yield title(f"{each.label}  {KINDS[each.kind]}, {each.setting}, {days}")
    yield inset(f"{each.payer or 'no payer'}, {each.mechanism}; {each.standing}")
    payment = each.payment
    rows = list(_arithmetic(payment, notes))
    if rows:
        yield ""
        yield inset(table(("what", "arithmetic", ">=dollars", ""), rows))
    for gap in payment.gaps:
        yield inset(_gap(gap))
    for note in payment.notes:
        if note not in notes.said:
            yield inset(styled(note, "dim"))
            notes.said.add(note)
    yield ""


def _arithmetic(payment: Payment, notes: _Footnotes) -> Iterator[tuple[Cell, ...]]:
    paid = [step for step in payment.allowed if step.amount]
    for step in paid or payment.allowed[:1]:
        yield _step(step, notes)
    nothing = [step for step in payment.allowed if not step.amount] if paid else (
        payment.allowed[1:]
    )  # fmt: skip
    yield from (_step(step, notes) for step in nothing)
    total = payment.allowed_total
    if total is None:
        return
    if payment.patient or payment.sequestration:
        yield styled("allowed", "bold"), "", styled(money(total), "bold"), ""
    for step in payment.patient:
        yield _step(step, notes, sign="-")
    if payment.sequestration:
        yield _step(payment.sequestration, notes, sign="-")
    expected = payment.expected
    told = NOT_ESTIMATED if expected is None else money(expected)
    yield styled("the payer pays", "bold"), _left(payment), styled(told, "bold"), ""


def _left(payment: Payment) -> str:
    """The subtraction by which the payer's part is found."""
    cut = [payment.sequestration.amount] if payment.sequestration else []
    taken = [each for each in (payment.patient_total, *cut) if each]
    parts = [payment.allowed_total or Decimal(0), *taken]
    return " - ".join(money(each) for each in parts) if taken else ""


def _step(step: Step, notes: _Footnotes, sign: str = "") -> tuple[Cell, ...]:
    mark = notes.sources.mark((step.source, step.confidence), "") if step.source else ""
    where = f"{step.line}: " if step.line is not None else ""
    unsure = UNSURE.get(step.confidence, "")
    what = joined(f"{where}{step.what}", styled(f"\n{unsure}" if unsure else "", "dim"))
    return what, step.arithmetic, _signed(step.amount, sign), mark


def _signed(amount: Decimal, sign: str) -> str:
    return f"{sign if amount else ''}{money(amount)}"


def _gap(gap: Gap) -> RenderableType:
    where = f" ({numbers('line', gap.lines)})" if gap.lines else ""
    return joined(
        styled(f"not estimated: {gap.what}{where}", "yellow"), f": {gap.why}; {gap.remedy}"
    )


def _agreed(found: Estimate) -> Iterator[RenderableType]:
    if not found.agreed:
        return
    yield title("case rates: one amount for several claims")
    for each in found.agreed:
        amount = NOT_ESTIMATED if each.amount is None else money(each.amount)
        yield inset(joined(styled(amount, "bold"), f" for {', '.join(each.claims)}: {each.clause}"))
        if each.gap is not None:
            yield inset(_gap(each.gap))
    yield ""


def _at_risk(found: Estimate) -> Iterator[RenderableType]:
    if not found.at_risk:
        return
    yield title("money at risk, by open finding")
    for each in found.at_risk:
        yield from _risk(each, found.encounter)
    if len(found.at_risk) > 1:
        together = found.at_risk_together
        told = NOT_ESTIMATED if together is None else money(together)
        yield inset(joined(styled(f"{told}  ", "bold"), "together, each claim once"))
    yield ""


def _risk(each: AtRisk, encounter: str) -> Iterator[RenderableType]:
    amount = NOT_ESTIMATED if each.amount is None else money(each.amount)
    yield inset(joined(styled(f"{amount}  ", "bold"), f"{', '.join(each.claims)}: {each.reason}"))
    for why in each.not_estimated:
        yield inset(styled(f"not in it: {why}", "dim"), 4)
    yield inset(whole(f"veinledger settle {encounter} {each.what}"), 4)


def _sources(notes: _Footnotes) -> Iterator[RenderableType]:
    if not notes.sources.met:
        return
    yield title("where the numbers come from")
    for mark, (source, confidence), _ in notes.sources.all():
        doubt = f" ({UNSURE[confidence]})" if confidence in UNSURE else ""
        yield inset(listing([(mark, f"{source}{doubt}")], widths=(3,)))
