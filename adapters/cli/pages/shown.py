"""A product page as a person reads it: codes, then each kind of statement with its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from rich.console import RenderableType

from veinledger.adapters.cli.pages.words import words
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import Cell, heading, table
from veinledger.domain.codebook.book import Difference, other_edition
from veinledger.domain.codebook.entry import Entry
from veinledger.domain.codebook.statement import Statement, in_force
from veinledger.domain.products.profile import Product
from veinledger.domain.rules import Rules

SECTIONS: Final = (
    ("approvals", "Approvals"),
    ("indications", "Indications"),
    ("doses", "Cells"),
    ("regimens", "Lymphodepletion"),
    ("regimes", "Monitoring after the infusion"),
    ("calendars", "Surveillance visits"),
    ("programmes", "Restricted programmes"),
    ("boxed_warnings", "Boxed warning"),
    ("choices", "Choice within the class"),
    ("references", "Registered as"),
)
"""The tables of a page in the order in which a person asks for them."""


def list_of_products(known: Iterable[Product], rules: Rules, on: date) -> Iterator[RenderableType]:
    """The class as a table: one line a product."""
    heads = ("=product", "=HCPCS", "=class", "built of", "given for")
    yield table(heads, (_row(each, rules, on) for each in known))
    yield ""
    yield "`veinledger products NAME` shows the page of one, --json all of it."


def row_in_full(product: Product, rules: Rules, on: date) -> dict[str, object]:
    """One line of the table, for programs."""
    row = _description(product, rules, on)
    dose = rules.find(product.codes.dose, on)
    return {
        "name": product.name,
        "brand": product.brand,
        "generic": product.generic,
        "manufacturer": product.manufacturer,
        "hcpcs": dose.code if dose else None,
        "kind": product.kind,
        "target": product.target,
        "construct": row[0],
        "primary_indication": row[1],
        "complete": product.complete,
    }


def one_product(product: Product, rules: Rules, on: date) -> Iterator[RenderableType]:
    """A page: who makes it, its codes, and every statement of this edition with its days."""
    yield heading(f"{product.brand} ({product.generic}), {product.manufacturer}")
    construct, given_for = _description(product, rules, on)
    yield f"{product.kind} against {product.target}: {construct}"
    yield f"for: {given_for}"
    yield f"edition {rules.edition}, codes of {on}; the page as a whole: {product.confidence}"
    if product.belongs is not None:
        yield from ("", styled(product.belongs, "bold yellow"))
    yield from (
        "",
        table(("what", "=code", "=sure", "the other edition"), _codes(product, rules, on)),
    )
    if product.ndcs:
        yield from ("", f"on a true label: NDC {', '.join(product.ndcs)}")
    for name, title in SECTIONS:
        said = [each for each in getattr(product, name) if rules.edition in each.editions]
        if said:
            yield from ("", heading(title), *_section(said, on))
    yield from ("", f"source: {product.source} [{product.row}]")


def in_full(product: Product, rules: Rules, on: date) -> dict[str, object]:
    """A page with its codes looked up, for programs."""
    return {
        "edition": rules.edition,
        "on": on,
        "codes_in_force": {meaning: rules.find(meaning, on) for meaning in product.codes.named()},
        "page": product,
    }


def _row(product: Product, rules: Rules, on: date) -> tuple[Cell, ...]:
    dose = rules.find(product.codes.dose, on)
    kind = f"{product.target} {product.kind}"
    code = dose.code if dose else "-"
    return (styled(product.name, "bold"), code, kind, *_description(product, rules, on))


def _description(product: Product, rules: Rules, on: date) -> tuple[str, str]:
    said = next(iter(in_force(product.descriptions, on, rules.edition)), None)
    return (said.construct, said.primary_indication) if said else ("not said", "not said")


def _codes(product: Product, rules: Rules, on: date) -> Iterator[tuple[Cell, ...]]:
    for meaning in product.codes.named():
        entry, difference = rules.find(meaning, on), rules.differs(meaning, on)
        there = _there(difference) if difference else ""
        what = entry.label if entry else meaning.replace("_", " ")
        yield what, _code(entry), entry.confidence if entry else "", there


def _there(difference: Difference) -> str:
    """What the other edition has: another code, or other words for the same."""
    this, other = _code(difference.this), _code(difference.other)
    return f"{other_edition(difference.edition)}: {'other words' if this == other else other}"


def _code(entry: Entry | None) -> str:
    return f"{entry.system} {entry.code}" if entry else "none"


def _section(said: Iterable[Statement], on: date) -> Iterator[RenderableType]:
    heads = ("what", "=days", "=sure", "source")
    yield table(heads, (_statement(each, on) for each in said))


def _statement(each: Statement, on: date) -> tuple[Cell, ...]:
    style = "dim" if each.ended(on) else ""
    note = f" ({each.note})" if each.note else ""
    cells = (f"{words(each)}{note}", each.span, each.confidence, f"{each.source} [{each.row}]")
    return tuple(styled(cell, style) for cell in cells)
