"""What is otherwise on a claim than when it went out, by today's rules both times.

In words nothing is charged that went out: today's prices would make another amount of it. A charge
is told of a line of now, and only where nothing else of the line is another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.parts import codes_of, lines_of
from veinledger.projections.claims.registry import what_the_rules_say
from veinledger.projections.claims.sent.differences import Head, dates_at_the_head
from veinledger.projections.claims.shapes import Coded, Line
from veinledger.projections.claims.told import plain
from veinledger.projections.claims.words import Role

_CODED: Final[tuple[Role, ...]] = ("principal", "first-listed", "secondary", "procedure")
"""What is coded of the patient; a number that came later changes no payment."""


Part = Line | Coded
Tell = Callable[[Part], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a claim no longer says, what it says instead, and the records of both."""

    gone: tuple[str, ...]
    new: tuple[str, ...]
    records: tuple[str, ...]

    def __str__(self) -> str:
        gone = f"no longer {', '.join(self.gone)}" if self.gone else ""
        new = f"now {', '.join(self.new)}" if self.new else ""
        return "; ".join(part for part in (gone, new) if part)


def changed(was: Bill, now: Bill) -> Changed | None:
    """None where lines, codes and the dates of the claim are what they were, to the last field."""
    return (
        _compared(was, now, _with_its_charge, _in_words)
        or _compared(was, now, _all_of_it, _in_full)
        or _dated(was, now)
    )


def dates_of(bill: Bill) -> Head:
    """The dates that stand at the head of the form, each by its name there."""
    admitted = bill.stay.admitted.day if bill.stay else None
    return dates_at_the_head(bill.first_day, bill.last_day, admitted)


def _dated(was: Bill, now: Bill) -> Changed | None:
    """The same services, and a stay or a statement of other days."""
    before, after = dates_of(was), dates_of(now)
    if before == after:
        return None
    ends = _ends_of_one_alone(was, now)
    return Changed(
        gone=tuple(f"{name} {on}" for name, on in before.items() if after.get(name) != on),
        new=tuple(f"{name} {on}" for name, on in after.items() if before.get(name) != on),
        records=tuple(dict.fromkeys(ends or (record.key for record in now.records))),
    )


def _ends_of_one_alone(was: Bill, now: Bill) -> list[str]:
    """The ends of both stays; one that both have did not change the dates, unless nothing did."""
    sides = [[record.key for record in bill.stay.records] for bill in (was, now) if bill.stay]
    ends = [key for side in sides for key in side]
    return [key for key in ends if ends.count(key) == 1] or ends


def _compared(was: Bill, now: Bill, whole: Tell, in_short: Tell) -> Changed | None:
    """Compared by the whole of what each line and code says, and told in short."""
    before, after = _said(was, whole), _said(now, whole)
    gone = [part for words, part in before.items() if words not in after]
    new = [part for words, part in after.items() if words not in before]
    if not gone and not new:
        return None
    # A record on which both rest did not change the claim, unless nothing else did.
    resting = [{key for part in side.values() for key in part.basis.records}
               for side in (before, after)]  # fmt: skip
    named = dict.fromkeys(key for part in (*gone, *new) for key in part.basis.records)
    own = [key for key in named if not all(key in side for side in resting)]
    same = {in_short(part) for part in gone}
    return Changed(
        gone=tuple(_left_over(map(in_short, gone), map(in_short, new))),
        new=tuple(whole(part) if in_short(part) in same else in_short(part) for part in new),
        records=tuple(own or named),
    )


def _left_over(gone: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    """What is gone and did not come back with another charge; each as often as it was there."""
    back = Counter(new)
    for words in gone:
        if back[words]:
            back[words] -= 1
        else:
            yield words


@once
def by_the_rules(bill: Bill) -> tuple[tuple[Line, ...], tuple[Coded, ...]]:
    """The lines and the codes that today's rules put on a bill."""
    said = tuple(what_the_rules_say(bill))
    return lines_of(bill, said, {}), codes_of(said)


def _said(bill: Bill, tell: Tell) -> dict[str, Part]:
    """Every line and code by its words."""
    found: dict[str, Part] = {}
    for each in _parts(*by_the_rules(bill)):
        words = tell(each)
        number = sum(known.partition(" (")[0] == words for known in found)
        found[f"{words} ({number + 1})" if number else words] = each
    return found


def _parts(lines: Iterable[Line], codes: Iterable[Coded]) -> Iterable[Part]:
    return (*lines, *(code for code in codes if code.role in _CODED))


def _in_words(part: Part) -> str:
    if isinstance(part, Coded):
        day = f" of {part.day}" if part.day else ""
        return f"{part.role} {part.code}{day}"
    code = " ".join((part.code or f"revenue {part.revenue_code}", *part.modifiers))
    units = f"{plain(part.units)} unit{'' if part.units == 1 else 's'}"
    return f"{code} of {part.day}: {units}"


def _with_its_charge(part: Part) -> str:
    return f"{_in_words(part)}{_charge(part)}"


def _charge(part: Part) -> str:
    if isinstance(part, Coded):
        return ""
    return ", without a charge" if part.charge is None else f", ${part.charge:,.2f}"


def _in_full(part: Part) -> str:
    """With what is told only where it is all that changed."""
    return f"{_in_words(part)}{_rest(part)}"


def _all_of_it(part: Part) -> str:
    return f"{_with_its_charge(part)}{_rest(part)}"


def _rest(part: Part) -> str:
    if isinstance(part, Coded):
        return f", present on admission: {part.present_on_admission or 'not told'}"
    through = f", through {part.through}" if part.through else ""
    ndc = f", NDC {part.ndc}" if part.ndc else ""
    covered = "" if part.covered else ", not covered"
    return f", revenue {part.revenue_code or 'none'}{through}{ndc}{covered}"
