"""The sender's sheet of an appeal: by when, what is missing, what to do. No part of the letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.adapters.printing.appeal_letter import answered, told_by
from veinledger.adapters.printing.packet_story import filled
from veinledger.adapters.printing.page import (
    Block,
    Cell,
    Document,
    Grid,
    Section,
    Words,
    sentence,
)
from veinledger.projections.appeals.letter import Letter
from veinledger.projections.appeals.shapes import Appeal, Candidate, Quotable

MATCHES = {
    "matched": "The payer's answer names this reason",
    "several": "The payer's answer names several reasons; the letter answers each",
    "unclear": "The payer's answer names no reason; these would fit, and the letter asks which",
    "unmatched": "No reason is known for the payer's answer; the letter asks for it",
}


def sheet(letter: Letter) -> Document:
    """What the one who sends the letter has to know."""
    appeal = letter.appeal
    return Document(
        kind="For the sender: take off before the letter goes out",
        title=f"Appeal of {appeal.about}",
        lead=filled(*_lead(letter)),
        state=_state(appeal, letter.as_of),
        sections=tuple(_sections(letter)),
        foot=f"Encounter {letter.encounter}, {appeal.about}",
    )


def _lead(letter: Letter) -> Iterator[tuple[str, str | None]]:
    appeal, due = letter.appeal, letter.appeal.deadline
    yield "Payer", letter.form.coverage.label or appeal.payer
    yield "Stands", appeal.state
    name = f", {due.label}" if due.label else ""
    yield "Level", f"{due.level}{name}"
    doubt = "; not verified" if due.confidence in ("unverified", "low") and due.day else ""
    yield "Last day", sentence(f"{due.how}{doubt}")
    yield "Next", sentence(appeal.next)


def _state(appeal: Appeal, today: date | None) -> str:
    missing = sum(each.missing for each in answered(appeal))
    things = f"{missing} thing{'s' * (missing != 1)} missing" if missing else "nothing is missing"
    day = appeal.deadline.day
    if day is None:
        return f"The last day is not known; {things}."
    if today is None:
        return f"Send by {day}; {things}."
    left = (day - today).days
    count = f"{abs(left)} day{'s' * (abs(left) != 1)}"
    when = f"Send by {day}, {count} left" if left >= 0 else f"The last day was {day}, {count} ago"
    return f"{when}; {things}."


def _sections(letter: Letter) -> Iterator[Section]:
    appeal = letter.appeal
    lacking = tuple(row for one in answered(appeal) for row in _missing(one))
    if lacking:
        heads = ("Missing", "What to do")
        blocks: tuple[Block, ...] = (Grid(heads=heads, rows=lacking, widths=(50, 50)),)
        yield Section(title="Missing before the letter goes out", blocks=blocks, framed=True)
    yield Section(title=MATCHES[appeal.match], blocks=tuple(_reasons(appeal)))
    cited = [each for one in answered(appeal) for each in one.citations]
    doubtful = [each for each in cited if each.confidence == "unverified"]
    yield from _asides(answered(appeal))
    if doubtful:
        lines = tuple(dict.fromkeys(_to_look_up(each) for each in doubtful))
        words = Words(lines=lines, kind="points")
        yield Section(title="Not in the letter: look it up before it is cited", blocks=(words,))
    yield Section(title="Course", blocks=(_course(appeal),))
    yield Section(title="Sources", blocks=(_sources(letter),))


def _asides(found: tuple[Candidate, ...]) -> Iterator[Section]:
    """What is on record and no argument for the payer."""
    told = [each for one in found for each in one.facts if each.aside]
    if told:
        rows = tuple(
            (Cell(text=sentence(each.text)), Cell(text=told_by(each.records))) for each in told
        )
        grid = Grid(heads=("Fact", "Record"), rows=rows, widths=(78, 22))
        yield Section(title="Not in the letter: for you to know", blocks=(grid,))


def _missing(one: Candidate) -> Iterator[tuple[Cell, ...]]:
    for fact in one.facts:
        if fact.state == "missing":
            under = (told_by(fact.records),) if fact.records else ()
            yield _lacks(fact.text, fact.remedy, under)
    for paper in one.attachments:
        if paper.state == "missing":
            yield _lacks(paper.label, paper.remedy, ())


def _lacks(what: str, remedy: str, under: tuple[str, ...]) -> tuple[Cell, ...]:
    return Cell(text=sentence(what), under=under, strong=True), Cell(text=sentence(remedy))


def _reasons(appeal: Appeal) -> Iterator[Block]:
    if appeal.ask:
        yield Words(lines=(sentence(appeal.ask),))
    for one in appeal.candidates:
        number = f"Denial {one.number} of the source page: " if one.number else ""
        because = "; ".join(each.text for each in one.evidence)
        yield filled(
            ("Reason", f"{number}{one.label}"),
            ("Because", because or None),
            ("What answers it", sentence(one.answer)),
            ("Against the page", sentence(one.otherwise) if one.otherwise else None),
            wide=True,
        )


def _to_look_up(one: Quotable) -> str:
    return f"{one.label}: {one.source}"


def _course(appeal: Appeal) -> Grid:
    rows = tuple(
        (Cell(text=str(each.day)), Cell(text=sentence(each.what))) for each in appeal.course
    )
    return Grid(heads=("Day", "What happened"), rows=rows, widths=(14, 86))


def _sources(letter: Letter) -> Words:
    appeal = letter.appeal
    told = dict.fromkeys(one.source for one in appeal.candidates)
    due = f"Last day: {appeal.deadline.source}." if appeal.deadline.source else ""
    version, _, pages = letter.rule_pack.partition("+")
    made = f"Made by veinledger {version}, edition {letter.edition}, rules {pages[:12]}."
    reasons = f"Reasons: {'; '.join(told)}." if told else ""
    line = " ".join(part for part in (reasons, due, made) if part)
    return Words(lines=(line,), kind="small")
