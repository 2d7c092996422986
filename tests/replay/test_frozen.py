"""Row G3: what any version wrote is read for ever, and no file of it is ever edited."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.given_frozen import GOLDEN
from tests.replay import frozen
from veinledger.adapters.codec.canonical import canonical, said
from veinledger.adapters.ledger import Ledger

NEVER_EDITED = {
    "bodies-1-corrections.ndjson": (
        "53fe3fa42a4514853008cb0c3923d46ddbf4a6a7cd138cc63d558079386928bc"
    ),
    "bodies-1-received.ndjson": "71c1bfbc420080a796a95db1e9d66e160eb16d8f414bbf5bf7d8fc3580736e7e",
    "bodies-1-whose.ndjson": "76339936c443ca6462c383ac9473c6c799787cfb166d255b1ab4cb105b398d6d",
    "bodies-1.ndjson": "c36b16c7ba0482978a9b6480649cdd752444ec1442bc8e84065b7d5aa361cc2a",
    "ledger-1/bundle.json": "47a2696bbbe7adad499997b0944ef0898798c758cdc070536477ebe63068fcb0",
    "ledger-1/checkpoints": "ebcb1ec43eedaee0a236e2b87ac02326f425e3747cd58edf61883795d49738a1",
    "ledger-1/originals.ndjson": "7821f314308d3e939835b9c0b4de588677364bdb657efe11328ff7773b276c1d",
    "ledger-1/outcomes.json": "7d3037e5329e3a363331b364701179a0216a9ccc7ad281525dc8247ab32bc340",
    "ledger-1/reads": "6a5992d9c9bd1c5dfa0516ece9419a8faaf05c8bc3e807af83709eb9b90764b6",
    "ledger-1/rows.ndjson": "19547f85f9a9d5e2b95e086c7b8d32b03ca0c6ae81a7e441ddbf770c4c7df5f2",
    "ledger-1-encrypted/bundle.json": (
        "063a3813859f01f065e63d852e0f6b1293a1878213b8114dbb8cb79250bd134d"
    ),
    "ledger-1-encrypted/checkpoints": (
        "209d87506a161a04c1e1a3b7e2845a3bdee9d99ad3854facc9af3f6ea0c53483"
    ),
    "ledger-1-encrypted/originals.ndjson": (
        "fa7aed7d66997b46d17859afa910132d165c828a55a721a0a4a9a5130269d27b"
    ),
    "ledger-1-encrypted/outcomes.json": (
        "48155260f1f01871188e213e83411bc6ee5ab6b921ff765a4533d3c483e278c0"
    ),
    "ledger-1-encrypted/reads": "bcae8cf896030f439c93c659012ee4a12dc23422b4fdae1950cc723c51351a47",
    "ledger-1-encrypted/rows.ndjson": (
        "79bce19131c17c7e82e6acd54251902a4e2aa62a4fe17236a0b2d04d9609bfec"
    ),
    "replay-1.ndjson": "8031e67fbc40e44c6da68abebb796fadacac90c29adad5d3791cc4b0a4acb0e0",
    "tables-1.sql": "ec0a98360c29366e7c29e2777e36f2c0b4cb3bc24396cd029bb251664f62ebb6",
    "v1.ndjson": "c756907c2e1effb27a7e04cc53b99724d8cada16dd3b763f6d91de477e0a6b8a",
}
"""A file is added to this list when a version is released, and never changed."""
HISTORY = "9198f2d1a1adefab26d6e2907b57bc66f29428e2f0a019e69359538e719ea6a8"
"""Of every record: key, type, when, the fact, its standing; and of each encounter its stage."""


def edited(folder: Path) -> list[str]:
    """The bills under claims/ are no part of it: what a rule changes, changes them."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    names = {name for name in there if not name.startswith("claims/")} | NEVER_EDITED.keys()
    return sorted(name for name in names if digest_of(folder / name) != NEVER_EDITED.get(name))


def digest_of(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest() if file.exists() else "not there"


def test_no_frozen_file_was_edited_and_none_is_unlisted() -> None:
    assert edited(GOLDEN) == []


def test_the_control_an_edited_a_missing_and_an_unlisted_file_are_told(tmp_path: Path) -> None:
    for name in NEVER_EDITED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((GOLDEN / name).read_bytes())
    (tmp_path / "v1.ndjson").write_bytes((GOLDEN / "v1.ndjson").read_bytes() + b"\n")
    (tmp_path / "bodies-1.ndjson").unlink()
    (tmp_path / "bodies-9").mkdir()
    (tmp_path / "bodies-9" / "rows").write_bytes(b"")
    assert edited(tmp_path) == ["bodies-1.ndjson", "bodies-9/rows", "v1.ndjson"]


def told(ledger: Ledger) -> str:
    """Everything that no rule and no page can change."""
    digest = sha256()
    for name in ledger.encounters():
        seen = ledger.effective(name)
        digest.update(canonical([name, seen.stage.value, len(seen.taken)]))
        for record in ledger.history(name).records:
            standing = seen.standings[record.key].status
            when = record.occurred.text
            parts = [record.key, record.fact.type, when, said(record.fact), standing]
            digest.update(canonical(parts))
    return digest.hexdigest()


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_frozen_ledger_verifies_and_is_read_as_it_was(store: str) -> None:
    with frozen.opened(store) as ledger:
        assert ledger.verify().consistent
        assert told(ledger) == HISTORY
        assert len(ledger.refused()) == 1


def test_today_seals_the_frozen_rows_byte_for_byte() -> None:
    _, rows = frozen.frozen()
    with frozen.opened("memory") as ledger:
        assert [row.leaf.hex() for row in ledger.rows()] == [row["leaf"] for row in rows]


@pytest.mark.parametrize("edition", ["public", "page"])
def test_a_kept_claim_comes_out_again_or_the_rules_changed(edition: str) -> None:
    with frozen.opened(edition="page" if edition == "page" else "public") as ledger:
        found = ledger.replay("E11")
    assert found.claims_kept == found.claims_compared == 11
    assert {each.claim.verdict for each in found.different} <= {"rules changed"}
