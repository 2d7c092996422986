"""The golden claims: what each small encounter and worked example is billed, in both editions.

`make golden` writes them again; read the difference before it is committed. Each encounter has a
text as the command line shows it, and a short JSON in which one line is one line of a claim.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest.mock import patch

from tests.claims import encounters
from tests.claims.encounters.registry import ENCOUNTERS, Encounter
from tests.examples.stories import AS_OF, told
from tests.given import certified, history
from tests.given_ledger import EXAMPLES, ROOT, SITE
from veinledger.adapters.cli.screen import say
from veinledger.adapters.cli.show.claim_set import claim_set
from veinledger.adapters.pages import read_centre, shipped_rules
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.standing.history import Effective, effective
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import Claim, ClaimSet, Coded, Line
from veinledger.projections.claims.told import plain
from veinledger.projections.discovery import every_module_of

every_module_of(encounters)

FOLDER: Final = ROOT / "tests" / "golden" / "claims"
CERTIFIED: Final = ("main", "oncology_office")
"""Where the small encounters are told to infuse; the annex is certified for nothing."""
PRODUCTS: Final = ("abecma", "breyanzi", "carvykti", "kymriah", "tecartus", "yescarta")
CENTRE: Final = read_centre(SITE).certifying(
    each for place in CERTIFIED for product in PRODUCTS for each in certified(place, product)
)
_PACK: Final = re.compile(r"^rule pack .*$", re.MULTILINE)

Made = tuple[ClaimSet, Effective, date | None]


def made_of(encounter: Encounter, edition: Edition) -> Made:
    """The claims of a small encounter, and the history that they come from."""
    told_so_far, centre = history(encounter.story()), encounter.centre(CENTRE)
    made = claims(told_so_far, centre, shipped_rules(edition), encounter.as_of)
    return made, effective(told_so_far, encounter.as_of), encounter.as_of


def made_of_examples(edition: Edition) -> Iterator[tuple[str, Made]]:
    """The claims of the worked examples, one for each of their encounters."""
    for example in EXAMPLES:
        with TemporaryDirectory() as folder, told(example, Path(folder), edition=edition) as opened:
            for name in opened.encounters():
                made = opened.claims(name, as_of=AS_OF)
                yield f"example_{example}_{name}", (made, opened.effective(name), AS_OF)


def everything(edition: Edition) -> Iterator[tuple[str, str, Made]]:
    """Every encounter by name, what it shows, and what is billed for it."""
    for name, encounter in ENCOUNTERS.items():
        yield name, encounter.about, made_of(encounter, edition)
    for name, made in made_of_examples(edition):
        yield name, f"The worked example {name.removeprefix('example_')}.", made


def documents(editions: Iterable[Edition] = EDITIONS) -> Iterator[tuple[Path, str]]:
    """Every golden file and what it says now."""
    for edition in editions:
        for name, about, made in everything(edition):
            yield FOLDER / edition / f"{name}.txt", as_text(about, made)
            yield FOLDER / edition / f"{name}.json", as_short_json(about, made)


def as_text(about: str, made: Made) -> str:
    """What the command line shows, without the digest of the pages and the like of one fraction."""
    found, seen, as_of = made
    found = replace(found, claims=tuple(each for each in found.claims if _is_worth_reading(each)))
    with patch.dict(os.environ), redirect_stdout(StringIO()) as shown:
        os.environ.pop("COLUMNS", None)
        say(*claim_set(found, seen, as_of, None))
    return f"{about}\n\n{_PACK.sub('rule pack ...', shown.getvalue())}"


def _is_worth_reading(claim: Claim) -> bool:
    """Of a dose in fractions the first two claims and the last; others are like the second."""
    return claim.fraction is None or claim.fraction[0] in (1, 2, claim.fraction[1])


def as_short_json(about: str, made: Made) -> str:
    """The claims without sources and keys: one line of text for each line, code and finding."""
    found, seen, _ = made
    messages = {record.key: record.source.message for record in seen.known}
    parts = [f'"about": {_json(about)}', f'"edition": "{found.edition}"']
    parts.append(f'"claims": {_rows([_claim(claim, messages) for claim in found.claims])}')
    proposed = [_json([each.label, each.frequency, each.reason]) for each in found.proposals]
    parts.append(f'"proposals": {_rows(proposed)}')
    parts.append(f'"unbilled": {_rows([_json(each) for each in _unbilled(found, messages)])}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _claim(claim: Claim, messages: dict[str, str]) -> str:
    head = {
        "claim": claim.label,
        "form": claim.form,
        "setting": "inpatient" if claim.inpatient else claim.part,
        "days": [str(claim.first_day), str(claim.last_day)],
        "payer": claim.payer,
        "biller": claim.biller,
        "state": claim.state,
        "because": claim.state_reason,
        "paid": claim.payment_mechanism,
        "total": str(claim.total),
    }
    lines = [_json(_line(each, messages)) for each in claim.lines]
    codes = [_json(_coded(each)) for each in claim.codes]
    findings = [_json([f.rule, "holds" if f.holds else f.severity]) for f in claim.findings]
    differs = [_json([each.row, each.here, each.there]) for each in claim.differences()]
    parts = [_json(head)[1:-1]]
    named = {"lines": lines, "codes": codes, "findings": findings, "differs": differs}
    parts += [f'"{name}": {_rows(rows)}' for name, rows in named.items() if rows]
    return "{" + ",\n ".join(parts) + "}"


def _line(line: Line, messages: dict[str, str]) -> list[object]:
    """Day, revenue code, code with modifiers, units, charge, payment, NDC, rule, records."""
    return [
        str(line.day) if line.through is None else f"{line.day}/{line.through}",
        line.revenue_code,
        " ".join((line.code, *line.modifiers)),
        plain(line.units),
        None if line.charge is None else str(line.charge),
        line.payment,
        line.ndc,
        line.basis.rule,
        [messages.get(key, key) for key in line.basis.records],
    ]


def _coded(code: Coded) -> list[object]:
    """Role, code, presence on admission or amount, rule."""
    more = code.present_on_admission or (str(code.amount) if code.amount is not None else None)
    return [code.role, code.code, more, code.basis.rule]


def _unbilled(found: ClaimSet, messages: dict[str, str]) -> Iterator[list[str]]:
    for key, reason in found.unbilled.items():
        yield [messages.get(key, key), reason]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(rows: list[str]) -> str:
    return "[\n " + ",\n ".join(rows) + "\n]" if rows else "[]"


def written_so(edition: Edition) -> dict[str, bool]:
    """Every golden file of an edition, and whether it says what this process would write."""
    return {
        path.relative_to(FOLDER).as_posix(): path.is_file()
        and path.read_text(encoding="utf-8") == text
        for path, text in documents((edition,))
    }


def refresh() -> None:
    """Write every golden file, and take away those that no encounter makes any more."""
    wanted = dict(documents())
    for path in FOLDER.rglob("*.*"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(wanted)} golden files\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        for one in EDITIONS:
            if one in sys.argv[2:]:
                sys.stdout.write(json.dumps(written_so(one)))
    else:
        refresh()
