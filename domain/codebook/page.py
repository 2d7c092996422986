"""Reads the text of a TOML page, and says in one sentence what is wrong with a bad one."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic import ValidationError as Invalid
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

PAGE: Final = ConfigDict(extra="forbid", strict=True, validate_by_name=True)
"""No coercion and no unknown field: a misspelt field must not become a default."""

SITE: Final = "site"
"""What the names of a site's own pages begin with."""

T = TypeVar("T")
Table = Mapping[str, object]


class PageError(ValueError):
    """A page of data that cannot be used: file, table, field, and what would have been right."""


Exact = Annotated[Decimal, Field(max_digits=15, decimal_places=4)]
"""A number as the page prints it, 50 or 0.5; never a float."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
"""A name that rules and other pages use: small letters, digits and underscores."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
"""A label, a source, a reason: one line of text."""


def parsed(file: str, content: bytes) -> Table:
    """The tables of a page, decimals exact; raises PageError where the file is not TOML."""
    try:
        return tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise PageError(f"{file} is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise PageError(f"{file} is not TOML: {problem}; see https://toml.io") from None


def rows(file: str, page: Table, table: str) -> tuple[Table, ...]:
    """The rows of one array of tables, in order; none where the page has no such table."""
    found = page.get(table, ())
    if not isinstance(found, list | tuple):
        raise PageError(f"{file}, {table}: one table; write [[{table}]], with two brackets")
    made = cast("list[object]", found)
    for number, row in enumerate(made, start=1):
        if not isinstance(row, dict):
            raise PageError(f"{file}, {table} {number}: {row!r} is no table; write [[{table}]]")
    return tuple(cast("list[Table]", made))


def only(file: str, page: Table, known: tuple[str, ...]) -> None:
    """Refuses a page with a table or field that nothing would ever read."""
    for name in page:
        if name not in known:
            raise PageError(f"{file}: {name!r} is not read; a page has {', '.join(known)}")


def of_a_site(file: str, order: int = 1) -> str:
    """What a site's own page is called wherever it shows; `order` counts overlay folders."""
    return f"{SITE}: {file}" if order == 1 else f"{SITE} {order}: {file}"


def signed(file: str, row: Table) -> Table:
    """A row whose source says first which page of a site it is from; a shipped row as it is."""
    if not file.startswith(SITE) or not isinstance(row.get("source"), str):
        return row
    return {**row, "source": f"{file}: {row['source']}"}


def read(kind: type[T], file: str, where: str, row: Table) -> T:
    """One row as a checked, frozen value; raises PageError that names file, row and field.

    The row goes through JSON because strictness there is about the text (a day is YYYY-MM-DD, a
    list is a list) and not about Python classes that TOML does not know.
    """
    try:
        return cast("T", _adapter(kind).validate_json(json.dumps(row, default=str)))
    except Invalid as problem:
        complaints = "; ".join(_complaint(kind, detail) for detail in problem.errors())
        raise PageError(f"{file}, {where}: {complaints}") from None


def fields(kind: type[object]) -> tuple[str, ...]:
    """The field names that a row of this kind may have, as a page spells them."""
    declared = cast("Mapping[str, FieldInfo]", getattr(kind, "__pydantic_fields__", {}))
    return tuple(each.alias or name for name, each in declared.items())


_ADAPTERS: Final[dict[type, TypeAdapter[Any]]] = {}
"""Built once for each kind of row: pages have a thousand rows of thirty kinds."""


def _adapter(kind: type[object]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _complaint(kind: type[object], detail: ErrorDetails) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    match detail["type"]:
        case "missing":
            return f"field {field!r} is missing; add it"
        case "unexpected_keyword_argument":
            return f"{field!r} is not a field here; the fields are {', '.join(fields(kind))}"
        case _:
            said = detail["msg"].removeprefix("Value error, ")
            return f"field {field!r} is {detail['input']!r}: {said}" if field else said
