"""What the rules said about one bill, in the order of the form: lines, then codes, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, get_args

from veinledger.domain.facts.billing import ChargePosted
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import places
from veinledger.projections.claims.registry import Said
from veinledger.projections.claims.shapes import Coded, Line, Role
from veinledger.projections.claims.told import told

_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_DIAGNOSES: Final = frozenset({"principal", "first-listed", "secondary"})


def lines_of(bill: Bill, said: Iterable[Said], there: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines by day and revenue code, each with what a payment window does to it elsewhere."""
    found = [each for each in said if isinstance(each, Line)]
    found.sort(key=lambda line: (line.day, line.revenue_code or "", line.code, line.basis.records))
    here = places((bill,))
    return tuple(
        _placed_elsewhere(bill, line, here, there) for line in _each_charge_once(bill, found)
    )


def _each_charge_once(bill: Bill, found: Iterable[Line]) -> Iterator[Line]:
    """A posted charge stands on the first line that it fits; the next line is without it."""
    amounts = {record.key: fact.amount for record, fact in bill.case.seen.of(ChargePosted)}
    used: set[str] = set()
    for line in found:
        mine = amounts.keys() & set(line.basis.records)
        again = sum((amounts[key] for key in mine & used), Decimal(0))
        used |= mine
        yield replace(line, charge=line.charge - again) if again and line.charge else line


def _placed_elsewhere(
    bill: Bill, line: Line, here: Mapping[str, str], there: Mapping[str, str]
) -> Line:
    away = [key for key in line.basis.records if key in here and here[key] != there.get(key)]
    facility = bill.facility
    if not away or facility is None:
        return line
    difference = bill.case.rules.differs("payment_window", bill.last_day, facility.payment_system)
    differs = told(difference, here[away[0]], there.get(away[0]))
    return replace(line, differs=(*line.differs, *differs))


def codes_of(said: Iterable[Said]) -> tuple[Coded, ...]:
    """The codes in the order of the form; a diagnosis stands once, where it stands first."""
    found = [each for each in said if isinstance(each, Coded)]
    found.sort(key=lambda code: (_ROLES.index(code.role), code.rank))
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
