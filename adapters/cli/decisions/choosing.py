"""Which record and which finding somebody means, and who it is that decides.

Nobody copies 64 digits: a record is named by its sequence, or by any beginning of its report key
that only it has; a finding by any beginning of its key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from shlex import quote
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from veinledger.adapters.errors import BadInput, NotFound

if TYPE_CHECKING:
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.findings import Finding
    from veinledger.domain.intake.whose.unassigned import Unassigned
    from veinledger.domain.reports import Record
    from veinledger.domain.standing.history import Effective

CONNECTION: Final = "command-line"
"""The connection that decisions made here come by."""
NOBODYS: Final = "-"
"""What stands in place of an encounter where a report names none."""
KEY_AT_LEAST: Final = 4
"""Digits of a report key; fewer would often be a sequence mistyped."""
_DIGITS_AT_MOST: Final = 18


def numbered(text: str) -> tuple[str | None, int] | None:
    """7, or "E2 7" and "7 of E2" where it is said whose: the encounter, and the number."""
    number, _, name = text.partition(" of ")
    whose, _, last = text.rpartition(" ")
    for encounter, digits in ((name, number), (whose, last)):
        if digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS_AT_MOST:
            return encounter or None, int(digits)
    return None


def record_named(records: Iterable[Record], text: str) -> Record:
    """The record of a sequence or of the beginning of a report key; raises NotFound, BadInput."""
    known = tuple(records)
    named = [each for each in known if str(each.seal.sequence) == text]
    if not named and len(text) >= KEY_AT_LEAST:
        named = [each for each in known if each.key.startswith(text)]
    if len(named) > 1:
        raise BadInput(
            f"{text!r} is the beginning of {len(named)} report keys; give more digits, or the"
            " sequence of the record"
        )
    if not named:
        raise NotFound(
            f"no record of this encounter has the sequence, or a report key that begins with,"
            f" {text!r}; `veinledger history` shows its records, and `veinledger parked` those that"
            " wait or are disputed"
        )
    return named[0]


def own_record_named(seen: Effective, text: str) -> Record:
    """A record that the encounter itself was told of, named as above; raises the same.

    Those of encounters that were merged into it have numbers of their own.
    """
    whose, number = numbered(text) or (None, 0)
    own = [each for each in seen.known if each.name == seen.encounter]
    wanted = str(number) if whose == seen.encounter else text
    others = [each for each in seen.known if each.name != seen.encounter]
    elsewhere = [each for each in others if (each.name, each.seal.sequence) == (whose, number)]
    if len(text) >= KEY_AT_LEAST and not any(str(each.seal.sequence) == text for each in own):
        elsewhere += [each for each in others if each.key.startswith(text)]
    if elsewhere:
        raise BadInput(
            f"record {elsewhere[0].number_in(seen.encounter)} is corrected where it was told:"
            f" `veinledger correct {quote(elsewhere[0].name)}`, by its number there"
        )
    return record_named(own, wanted)


def report_named(ledger: Ledger, text: str) -> Unassigned:
    """The report whose key begins so; raises NotFound, BadInput."""
    known = ledger.unassigned()
    named = [e for e in known if len(text) >= KEY_AT_LEAST and e.record.startswith(text)]
    if len(named) > 1:
        raise BadInput(f"{text!r} is the beginning of {len(named)} reports' keys; give more digits")
    if not named:
        raise NotFound(
            f"no report that names neither encounter nor centre has a key that begins with"
            f" {text!r}; `veinledger parked` shows those that wait to be assigned"
        )
    return named[0]


def finding_named(found: Iterable[Finding], text: str) -> str:
    """The key of the finding that a key, its beginning or its digits name; raises the same.

    Where none does, those whose keys look most like it are named first.
    """
    keys = tuple(dict.fromkeys(each.key for each in found))
    named = [key for key in keys if key == text]
    named = named or [
        key for key in keys if key.startswith(text) or key.partition("/")[2].startswith(text)
    ]
    if not named or not text:
        near = _nearest(text, keys)
        raise NotFound(f"no finding of this encounter has a key that begins with {text!r}; {near}")
    if len(named) > 1:
        raise BadInput(
            f"{text!r} is the beginning of more than one finding: {', '.join(named)}; give more"
        )
    return named[0]


def _nearest(text: str, keys: tuple[str, ...]) -> str:
    """The keys that look like a text, or all where none does."""
    near = get_close_matches(text, keys, n=3, cutoff=0.5)
    rule = text.partition("/")[0]
    near += [key for key in keys if rule and rule in key and key not in near]
    others = f", and {len(keys) - len(near)} others" if len(keys) > len(near) else ""
    if near:
        return f"near it are {', '.join(near)}{others}"
    return f"it has {', '.join(keys)}" if keys else "it has none"


def decision(
    ledger: Ledger, encounter: str, by: str, role: str, message: str | None
) -> dict[str, object]:
    """What every decision says around its fact: of which encounter, when, by what, by whom.

    Under a message id that was used here before it has that one's time, so that the same decision
    is the same bytes.
    """
    for option, said in (("--by", by), ("--role", role)):
        if not said.strip():
            raise BadInput(f"{option} is empty: a decision names the person who makes it")
    return {
        **({} if encounter == NOBODYS else {"encounter": encounter}),
        "occurred_at": _decided_at(ledger, encounter, message),
        "source": {"connection": CONNECTION, "message": message or _fresh()},
        "actor": {"id": by, "role": role},
    }


def _fresh() -> str:
    """A message id that no other decision has, and that people can read."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid4().hex[:8]}"


def _decided_at(ledger: Ledger, encounter: str, message: str | None) -> str:
    records = () if encounter == NOBODYS else ledger.history(encounter).records
    named = (each for each in records if each.kind == "report")
    same = [e for e in named if (e.source.connection, e.source.message) == (CONNECTION, message)]
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return same[0].occurred.text if same else now
