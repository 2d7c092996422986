"""What the rules said about one bill, in the order of the form: lines, then codes, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, get_args

from veinledger.domain.facts.billing import ChargePosted
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once_by_its_answer
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import Where, places
from veinledger.projections.claims.lines import PROFESSIONAL_IN_THE_WINDOW
from veinledger.projections.claims.registry import Said
from veinledger.projections.claims.shapes import Coded, Line
from veinledger.projections.claims.told import told
from veinledger.projections.claims.words import Role

_PLACES: Final[dict[Role, int]] = {role: at for at, role in enumerate(get_args(Role))}
"""Where each role stands in the order of the form."""
_DIAGNOSES: Final = frozenset({"principal", "first-listed", "secondary"})


def lines_of(bill: Bill, said: Iterable[Said], there: Mapping[Where, str]) -> tuple[Line, ...]:
    """The lines by day and revenue code, each with what a payment window does to it elsewhere."""
    found = [each for each in said if isinstance(each, Line)]
    found.sort(key=_on_the_form)
    here = places((bill,))
    once = sorted(_each_charge_once(bill, found), key=_on_the_form)
    return tuple(_placed_elsewhere(bill, line, here, there) for line in once)


def _on_the_form(line: Line) -> tuple[object, ...]:
    return line.day, line.revenue_code or "", line.code, line.basis.records


def _each_charge_once(bill: Bill, found: list[Line]) -> Iterator[Line]:
    """A posted charge stands on the first line that it fits; the next line is without it.

    What a rule bills goes first: a line that is nothing but a charge as posted stands where no
    other line has the charge.
    """
    named = frozenset(key for line in found for key in line.basis.records)
    amounts = _amounts(bill.case, named)
    used: set[str] = set()
    for line in sorted(found, key=lambda line: amounts.keys() >= set(line.basis.records)):
        mine = amounts.keys() & set(line.basis.records)
        again = sum((amounts[key] for key in mine & used), Decimal(0))
        if mine <= used and mine == set(line.basis.records):
            continue
        used |= mine
        yield replace(line, charge=line.charge - again) if again and line.charge else line


@once_by_its_answer
def _amounts(case: Case, named: frozenset[str]) -> Mapping[str, Decimal]:
    """In dollars what was posted, of the charges among some records."""
    posted = case.seen.of(ChargePosted)
    return {record.key: fact.amount for record, fact in posted if record.key in named}


def _placed_elsewhere(
    bill: Bill, line: Line, here: Mapping[Where, str], there: Mapping[Where, str]
) -> Line:
    """What the other edition does with the services of a line: on another claim, or unmarked."""
    services: list[Where] = [
        (key, bill.part) for key in line.basis.records if (key, bill.part) in here
    ]
    away = [each for each in services if there.get(each, here[each]) != here[each]]
    if not away:
        return line
    place, other, rules = here[away[0]], there.get(away[0]), bill.case.rules
    if bill.form == "CMS-1500":
        difference = rules.differs(PROFESSIONAL_IN_THE_WINDOW, line.day)
    elif bill.facility is not None:
        difference = rules.differs("payment_window", bill.last_day, bill.facility.payment_system)
    else:
        return line
    return replace(line, differs=(*line.differs, *told(difference, place, other)))


def codes_of(said: Iterable[Said]) -> tuple[Coded, ...]:
    """The codes in the order of the form; a diagnosis stands once, where it stands first."""
    found = [each for each in said if isinstance(each, Coded)]
    found.sort(key=lambda code: (_PLACES[code.role], code.rank))
    once: dict[tuple[str, str], Coded] = {}
    for code in found:
        key = ("diagnosis" if code.role in _DIAGNOSES else code.role, code.code)
        once[key] = _with_its_presence(once[key], code) if key in once else code
    return tuple(once.values())


def _with_its_presence(first: Coded, again: Coded) -> Coded:
    """The one that stands takes over what was reported of its presence on admission."""
    if again.present_on_admission is None:
        return first
    records = tuple(dict.fromkeys((*first.basis.records, *again.basis.records)))
    return replace(
        first,
        present_on_admission=again.present_on_admission,
        basis=replace(first.basis, records=records),
    )
