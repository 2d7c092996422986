"""What stands in clear by design, and is no leak: the whole list, each with its reason."""

from __future__ import annotations

from typing import Final

IN_CLEAR: Final = {
    "records.body": "the record itself, unless the ledger encrypts; the file is 0600",
    "originals.content": "the bytes as received, unless the ledger encrypts; the file is 0600",
    "the write-ahead log": "pages of the same two columns on their way into the file",
    "fields of answers": "what a caller asked for: Outcome.encounter, Record.fact, Entry.actor",
    "connections of the directory": "the site's own word, also in the name of an intake stream",
    "paths and URLs that the caller gave": "where a ledger lies is told by its errors, no password",
    "the caller's own frames": "a host's traceback holds what the host holds",
    "a fact class called by hand": "pydantic's own error to whoever calls it, not through a door",
    "the first instruction of a door": "a signal exactly there finds the arguments as given",
    "core dumps": "the memory of the host's process, which the host allows or forbids",
}

CLEAR_IN_ENCRYPTED: Final = (
    "ledger.created", "ledger.key_rotated", "application/json", "application/octet-stream",
)  # fmt: skip
"""What lies in clear in a ledger that encrypts, beside the types of facts and the connections of
the directory: the ledger's own records, and media types.
"""

_ENCOUNTER: Final = ("encounter",)
_TELLING: Final = (
    *_ENCOUNTER, "agent", "chain_of_identity", "cpt", "donation_number", "drug", "drug.lot", "form",
    "hcpcs", "indication", "kind", "label", "lot", "payer", "product", "programme", "regimen",
    "registry",
)  # fmt: skip
"""Fields that tell records of one type apart and name no person."""
_SETTLED: Final = ("actor.id", "actor.role", "finding")
"""Of a settlement: who decided about which finding."""
_SAID_BY: Final = ("actor.id", "actor.role")
"""Of what was refused: who said it."""
SHOWS: Final[dict[str, tuple[str, ...]]] = {
    "encounters": (*_ENCOUNTER, "product"),
    "stage": (*_ENCOUNTER, "product", "indication", "chain_of_identity", "lot"),
    "claims": (*_ENCOUNTER, *_SETTLED),
    "diff": (*_ENCOUNTER, *_SETTLED),
    "settlements": (*_ENCOUNTER, *_SETTLED, "code", "credential", "reason"),
    "appeal": _ENCOUNTER,
    "replay": (*_ENCOUNTER, "label", "edition"),
    "schedule": (*_ENCOUNTER, "chain_of_identity", "lot", "payer", "a day"),
    "support": _ENCOUNTER,
    "reads": _ENCOUNTER,
    "estimate": _ENCOUNTER,
    "check": (*_ENCOUNTER, "product"),
    "due": (*_ENCOUNTER, "chain_of_identity", "centre", "payer", "reference", "a day"),
    "measures": ("centre",),
    "history": _TELLING,
    "parked": _TELLING,
    "audit": (
        *_ENCOUNTER,
        *_SETTLED,
        "source.message",
        "code",
        "credential",
        "reason",
        "a day",
        "adjustments.carc",
        "rarc",
        "lines.adjustments.carc",
        "lines.rarc",
        "continues",
        "survivor",
        "label",
        "form",
        "payer",
        "edition",
        "sent.control_number",
        "sent.media_type",
    ),
    "refused": (*_ENCOUNTER, *_SAID_BY, "source.message"),
    "retry": (*_ENCOUNTER, *_SAID_BY, "source.message"),
}
"""The commands whose purpose is to show a record to its reader, and the fields that each shows in
words. `--json` shows the same answers whole: `history --json` every field of every fact, `claims
--json` and `explain` what a claim and its explanation are made of. `record` shows the encounter of
a line that is kept, and of a refused one its number and type alone.
"""

SILENT: Final[dict[str, list[str]]] = {
    "ready": [],
    "verify": [],
    "checkpoint": [],
    "facts": [],
    "lifecycle": [],
    "init": [],
    "backup": ["copy.sqlite"],
    "rotate-key": ["--by", "it-1", "--role", "security officer", "--reason", "once a year"],
    "products": [],
    "gates": [],
    "policies": [],
    "site": ["check"],
    "prices show": [],
    "codes show": ["J9185"],
    "codes diff": [],
    "codes stale": [],
}
"""The commands that show nothing of any message, and what they are asked with."""

TELLS_A_PERSON: Final = {
    "demo": "made-up patients alone",
    "record": "tried by itself: of a kept line its encounter, of a refused one nothing",
    "prices import": "a public file of prices, which holds no person",
    "explain": "what a claim is made of, as `claims --json` does",
    "authorization": "the patient, the coverage and the history of one encounter, for its payer",
    "bundle": "a file with one encounter, for its auditor; tried by itself: on the screen nothing",
    "assign": "the report that a named person says whose it is, and what that changed",
    "confirm": "the record that a named person decides about, and what that changed",
    "discard": "the same",
    "correct": "the same",
    "settle": "the finding that a named person settles, and what that changed",
}
"""The other commands, and what each shows to the person who gives it."""
