"""An appeal as a letter to the payer: what was denied, what answers it, what is enclosed.

Only what is on record and was verified stands in it; what is missing and what has to be looked up
first stands on the sender's sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from veinledger.adapters.printing.packet_story import filled
from veinledger.adapters.printing.page import (
    Block,
    Cell,
    Document,
    Grid,
    Pairs,
    Section,
    Words,
    sentence,
)
from veinledger.projections.appeals.letter import Letter
from veinledger.projections.appeals.shapes import (
    Appeal,
    Candidate,
    Cited,
    DeniedLine,
    Quotable,
    Shown,
)

DECISIONS: Final = {
    "denied": " to deny this claim",
    "lines denied": " to deny the lines below",
    "reversed": " to reverse the payment of this claim",
    "recouped": " to take back the payment of this claim",
    "authorization denied": " to deny this request",
}
"""What the payer decided, as a part of a sentence."""
QUESTION: Final = (
    "Your answer does not say what was not met. Which criterion of which policy, of which date, was"
    " it, and what would show that it is met?"
)


def document(letter: Letter) -> Document:
    """The letter laid out for print."""
    return Document(
        kind=_kind(letter.appeal),
        title=letter.product,
        lead=filled(*_lead(letter)),
        state=_asks(letter.appeal),
        sections=tuple(_sections(letter)),
        foot=_foot(letter),
    )


def answered(appeal: Appeal) -> tuple[Candidate, ...]:
    """The reasons that the payer named: a letter answers these alone, and guesses none."""
    return appeal.candidates if appeal.match in ("matched", "several") else ()


def dollars(amount: object) -> str:
    """An amount as people write it: `$664,166.75`."""
    return f"${amount:,.2f}"


def _kind(appeal: Appeal) -> str:
    about = "claim" if appeal.claim is not None else "request for authorization"
    if not answered(appeal):
        return f"Question about a denied {about}"
    level = f", level {appeal.deadline.level}"
    draft = ", draft" if any(one.missing for one in answered(appeal)) else ""
    name = f": {appeal.deadline.label}" if appeal.deadline.label else ""
    return f"Appeal of a denied {about}{level}{name}{draft}"


def _lead(letter: Letter) -> Iterator[tuple[str, str | None]]:
    """Everything by which the payer finds the claim."""
    appeal, person, coverage = letter.appeal, letter.form.patient, letter.form.coverage
    yield "To", coverage.label or coverage.payer or appeal.payer or "payer not on record"
    yield "From", _from(letter)
    born = f"born {person.birth_date}" if person.birth_date else None
    member = f"member {coverage.member_id}" if coverage.member_id else None
    group = f"group {coverage.group_number}" if coverage.group_number else None
    yield "Patient", _joined(person.name, person.sex, born, member, group)
    yield "Your number", appeal.control_number
    yield "Our number", letter.own_number
    yield "Service", _days(letter)
    yield "Unpaid", f"{dollars(appeal.amount)} charged" if appeal.amount is not None else None
    yield "Date", str(letter.as_of) if letter.as_of else None


def _from(letter: Letter) -> str | None:
    return _joined(letter.sender, f"NPI {letter.npi}" if letter.npi else None)


def _days(letter: Letter) -> str | None:
    if letter.first_day is None or letter.first_day == letter.last_day:
        return str(letter.first_day) if letter.first_day else None
    return f"{letter.first_day} to {letter.last_day}"


def _asks(appeal: Appeal) -> str:
    day = appeal.denial.day
    if not answered(appeal):
        return f"Please tell us the reason for your decision of {day}."
    return f"Please review and change your decision of {day}{DECISIONS.get(appeal.kind, '')}."


def _foot(letter: Letter) -> str:
    number = letter.appeal.control_number
    named = (letter.form.patient.name, f"your number {number}" if number else None)
    return ", ".join(part for part in (*named, f"encounter {letter.encounter}") if part)


def _sections(letter: Letter) -> Iterator[Section]:
    appeal = letter.appeal
    yield Section(title="What was denied, and why", blocks=tuple(_denied(appeal)))
    found = answered(appeal)
    for at, one in enumerate(found, 1):
        number = f"{at}. " if len(found) > 1 else ""
        yield Section(title=f"{number}Our answer to: {one.label}", blocks=tuple(_answer(one)))
    cited = [c for one in found for c in one.citations if c.confidence != "unverified"]
    if cited:
        yield Section(title="Sources that we rely on", blocks=(_points(map(_citation, cited)),))
    enclosed = tuple(_enclosed(found))
    if enclosed:
        yield Section(title="Enclosed", blocks=(_points(enclosed),))
    yield Section(title="Signed", blocks=(_signature(letter),))


def _denied(appeal: Appeal) -> Iterator[Block]:
    said = f"“{appeal.said}”" if appeal.said else None
    codes = ", ".join(appeal.codes) or None
    yield filled(("Your decision", f"{appeal.kind}, {appeal.denial.day}"), ("Your codes", codes))
    if said:
        yield Words(lines=(f"In your words: {said}",))
    if not answered(appeal):
        yield Words(lines=(QUESTION,))
    if appeal.lines:
        heads = ("Line", "Code", "Charged", "Your codes")
        rows = tuple(_line(each) for each in appeal.lines)
        yield Grid(heads=heads, rows=rows, widths=(8, 22, 20, 50))


def _line(each: DeniedLine) -> tuple[Cell, ...]:
    charged = dollars(each.charged) if each.charged is not None else ""
    texts = (str(each.line), each.code, charged, ", ".join(each.codes))
    return tuple(Cell(text=text) for text in texts)


def _answer(one: Candidate) -> Iterator[Block]:
    facts = [each for each in one.facts if each.state == "have" and not each.aside]
    if not facts:
        yield Words(lines=("Nothing is on record for this yet.",))
        return
    if one.letter:
        yield Words(lines=(one.letter,))
    rows = tuple(_fact(each) for each in facts)
    yield Grid(heads=("Fact", "Record"), rows=rows, widths=(78, 22))


def _fact(each: Shown) -> tuple[Cell, ...]:
    return Cell(text=sentence(each.text)), Cell(text=told_by(each.records))


def told_by(records: Sequence[Cited]) -> str:
    """Records by their numbers in their streams."""
    own = [r.number for r in records if r.stream == "encounter" and r.sequence is not None]
    held = [str(r.sequence) for r in records if r.stream == "centre" and r.sequence is not None]
    told = (_numbered("record", own), _numbered("centre's record", held))
    return ", ".join(part for part in told if part)


def _numbered(what: str, numbers: Iterable[str]) -> str:
    found = list(dict.fromkeys(numbers))
    return f"{what}{'s' * (len(found) > 1)} {', '.join(found)}" if found else ""


def _citation(one: Quotable) -> str:
    day = f", {one.published}" if one.published else ""
    return f"{one.label}{f', {one.identifier}' if one.identifier else ''}{day}"


def _enclosed(found: Iterable[Candidate]) -> Iterator[str]:
    for one in found:
        for paper in one.attachments:
            if paper.state == "have":
                yield f"{paper.label}: {', '.join(paper.references)}"


def _points(lines: Iterable[str]) -> Words:
    return Words(lines=tuple(dict.fromkeys(lines)), kind="points")


def _signature(letter: Letter) -> Pairs:
    provider = letter.form.provider
    npi = f"NPI {provider.npi}" if provider and provider.npi else None
    named = _joined(provider.label or provider.name, provider.speciality, npi) if provider else None
    return filled(("Physician", named), ("Signature, date", "_" * 34))


def _joined(*parts: str | None) -> str | None:
    return ", ".join(part for part in parts if part) or None
