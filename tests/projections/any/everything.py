"""Every answer about the worked examples, as one number: for tests of what must not change it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from decimal import getcontext
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.examples.stories import AS_OF, told
from tests.given_ledger import EXAMPLES
from tests.tiers import size
from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.codebook.statement import EDITIONS
from veinledger.domain.gates.gate import INTENTS
from veinledger.projections.due.measures import Asked

OF_ONE_LEDGER = re.compile(r'"(leaf|hash|digest)": "[0-9a-f]{64}"')
"""No two ledgers have one leaf in common: each has an id of its own. Corrections name leaves."""
FIRST = ("readmission_and_parkinsonism", "infusion_date_corrected", "asked_beforehand")
"""Enough of the examples for every run."""
YEARS = Asked(first=date(2020, 1, 1), last=date(2050, 1, 1))


def answers(opened: Ledger) -> Iterator[str]:
    """Everything that can be asked of a ledger, as JSON."""
    yield as_json(opened.due(AS_OF))
    yield as_json(opened.measures(YEARS, as_of=AS_OF))
    for name in opened.encounters():
        yield as_json(opened.claims(name, as_of=AS_OF))
        yield as_json(opened.schedule(name, as_of=AS_OF))
        yield as_json(opened.audit(name, as_of=AS_OF))
        yield as_json(opened.settlements(name, as_of=AS_OF))
        yield as_json(opened.findings(name, on=AS_OF))
        for intent in INTENTS:
            yield as_json(opened.check(name, intent, on=AS_OF))
        yield from _of_a_known_product(opened, name)


def _of_a_known_product(opened: Ledger, name: str) -> Iterator[str]:
    try:
        yield as_json(opened.authorization(name, as_of=AS_OF))
        yield as_json(opened.estimate(name, as_of=AS_OF))
        yield as_json(opened.support(name, as_of=AS_OF))
        yield as_json(opened.appeals(name, as_of=AS_OF))
    except NotFound as error:
        yield str(error)


def digest() -> str:
    """One number for all answers about all examples in an edition or both."""
    whole = sha256()
    for edition in EDITIONS[: size(1, 2)]:
        for example in (FIRST, EXAMPLES)[size(0, 1)]:
            with (
                TemporaryDirectory() as folder,
                told(example, Path(folder), edition=edition) as opened,
            ):
                for answer in answers(opened):
                    whole.update(OF_ONE_LEDGER.sub("", answer).encode())
    return whole.hexdigest()


if __name__ == "__main__":
    getcontext().prec = int(sys.argv[1])
    sys.stdout.write(digest())
