"""A standard encounter of each CAR-T product, told by what its own page says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from tests.given import (
    DAY_0,
    INSIDE,
    Payer,
    admitted,
    at,
    collected,
    discharged,
    drug,
    infused,
    made,
    opened,
    record,
    room_charged,
    service,
    treated_before,
    vials,
)
from veinledger.adapters.pages import shipped_rules
from veinledger.domain.facts.groups import Service
from veinledger.domain.facts.treatment import Agent, LymphodepletionDoseGiven
from veinledger.domain.products.treatment import Regimen
from veinledger.domain.reports import Record

RULES: Final = shipped_rules()
AREA: Final = Decimal("1.85")
"""m2, as the builders weigh and measure."""
AGENTS: Final[dict[str, tuple[Agent, str, str, str, str]]] = {
    "fludarabine": ("fludarabine", "00703-5854-01", "50", "09:00", "09:30"),
    "cyclophosphamide": ("cyclophosphamide", "10019-0955-01", "1000", "09:45", "10:45"),
}
"""By agent: an NDC of it, mg in a single-dose vial, and from when until when it ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One product with a fitting indication, and what its label says."""

    product: str
    indication: str
    code: str
    ndc: str
    hcpcs: str
    peripheral: str
    central: str
    daily: tuple[str, str]
    """mg/m2 of fludarabine and of cyclophosphamide, as the sources have them."""
    cap: int
    """The most cells in all, millions."""


CASES: Final = (
    Case(
        product="abecma", indication="3L+", code="C90.02", ndc="59572-515-01", hcpcs="Q2055",
        peripheral="XW033K7", central="XW043K7", daily=("30", "300"), cap=510,
    ),
    Case(
        product="breyanzi", indication="CLL", code="C91.10", ndc="73153-900-01", hcpcs="Q2054",
        peripheral="XW033N7", central="XW043N7", daily=("30", "300"), cap=110,
    ),
    Case(
        product="carvykti", indication="2L+", code="C90.00", ndc="57894-111-01", hcpcs="Q2056",
        peripheral="XW033A7", central="XW043A7", daily=("30", "300"), cap=100,
    ),
    Case(
        product="kymriah", indication="DLBCL", code="C83.35", ndc="0078-0846-19", hcpcs="Q2042",
        peripheral="XW033J7", central="XW043J7", daily=("25", "250"), cap=600,
    ),
    Case(
        product="tecartus", indication="mantle cell lymphoma", code="C83.18", ndc="71287-220-01",
        hcpcs="Q2053", peripheral="XW033M7", central="XW043M7", daily=("30", "500"), cap=200,
    ),
    Case(
        product="yescarta", indication="follicular_third_line", code="C82.31",
        ndc="71287-119-01", hcpcs="Q2041", peripheral="XW033H7", central="XW043H7",
        daily=("30", "500"), cap=200,
    ),
)  # fmt: skip
"""Every CAR-T product."""


def to_the_bag(case: Case, payer: Payer = "medicare") -> list[Record]:
    """Referred, collected, the product made and received under its own label."""
    return [
        *opened(payer, case.product, case.indication, case.code),
        *treated_before(),
        *collected(),
        *made(ndc=case.ndc, hcpcs=case.hcpcs),
    ]


def bag(case: Case, where: Service = INSIDE, **otherwise: Any) -> Record:
    """Its bag goes in."""
    return changed(infused(where, ndc=case.ndc, hcpcs=case.hcpcs), **otherwise)


def changed(told: Record, **fields: Any) -> Record:
    """The same record with another value in some fields of its fact."""
    fact: Any = told.fact
    return replace(told, fact=replace(fact, **fields))


def inpatient(case: Case, payer: Payer = "medicare") -> list[Record]:
    """From the referral to the discharge of an inpatient infusion."""
    stay = [admitted(), bag(case), room_charged(), discharged()]
    return [*to_the_bag(case, payer), *depleted(case), *stay]


def outpatient(case: Case, payer: Payer = "medicare") -> list[Record]:
    """From the referral to an outpatient infusion."""
    where = service(account="A-3")
    return [*to_the_bag(case, payer), *depleted(case), bag(case, where)]


def depleted(case: Case) -> list[Record]:
    """The lymphodepletion that the page has for the case's indication, days -5, -4 and -3."""
    product = RULES.products.named(case.product)
    (asked, *_) = product.indications_called(case.indication, DAY_0, "public")
    regimen = product.regimen(DAY_0, "public", asked.name)
    assert regimen is not None
    return [each for number in (-5, -4, -3) for each in _of_day(regimen, number)]


def _of_day(regimen: Regimen, number: int) -> list[Record]:
    given: list[Record] = []
    for each in regimen.drugs:
        agent, ndc, size, start, end = AGENTS[each.agent]
        dose = each.mg_per_m2 * AREA
        count = int((dose / Decimal(size)).to_integral_value(ROUND_CEILING))
        fact = LymphodepletionDoseGiven(
            agent=agent,
            bsa=AREA,
            drug=drug(f"{dose:f}", ndc, opened=[vials(size, count)]),
            service=service(account="A-2", start=at(number, start), end=at(number, end)),
        )
        given.append(record(fact, number, f"{agent}@{number}"))
    return given
