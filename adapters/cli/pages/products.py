"""The products: what each page says, on whose word, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.opening import rules_of_site
from veinledger.adapters.cli.options import (
    AsOfText,
    EditionName,
    Json,
    SiteFolder,
    as_of_of,
    today,
)
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import NotFound

if TYPE_CHECKING:
    from datetime import date

    from veinledger.domain.products.profile import Product
    from veinledger.domain.rules import Rules


def products(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A product, such as carvykti.")
    ] = None,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """List the products, or show the page of one.

    Codes are those in force today unless asked otherwise; what was verified and what was not is
    said of each statement.
    """
    from veinledger.adapters.cli.pages import shown  # noqa: PLC0415

    rules, on = rules_of_site(site, edition), _day(as_of)
    if name is None:
        known = rules.products.products
        answer: object = [shown.row_in_full(each, rules, on) for each in known]
        parts = shown.list_of_products(known, rules, on)
    else:
        product = _named(name, rules)
        answer = shown.in_full(product, rules, on)
        parts = shown.one_product(product, rules, on)
    if json:
        write(as_json(answer))
    else:
        say(*parts)


def _named(name: str, rules: Rules) -> Product:
    """The product of this name; its brand, in any case, will do."""
    found = rules.products.find(name.lower())
    if found is None:
        known = ", ".join(each.name for each in rules.products.products)
        raise NotFound(f"no product page is named {name!r}; there are {known}")
    return found


def _day(as_of: str | None) -> date:
    from datetime import datetime  # noqa: PLC0415

    then = as_of_of(as_of) or today()
    return then.date() if isinstance(then, datetime) else then
