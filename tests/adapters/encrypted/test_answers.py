"""A ledger that encrypts its bodies answers as one that keeps them in clear, and keeps it up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import veinledger
from tests.adapters.given_files import opened, url
from tests.adapters.test_assigning import assign, nobodys
from tests.adapters.test_continuing import continuing
from tests.adapters.test_corrections import infused, to_the_bedside
from tests.adapters.test_ledger import one, opening
from tests.bundle.given_bundles import bundle_of, code_of
from tests.given_ledger import EXAMPLES, SHUFFLED, SITE, centre_in_utc, ledger, lines_of
from tests.law.given_records import edit
from tests.tiers import size
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.plain import plain
from veinledger.adapters.errors import FormatTooNew, LedgerDamaged, Refused, VeinledgerError
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store import verify as verifying
from veinledger.adapters.store.created import encrypts_bodies, refuse_another_key
from veinledger.adapters.store.keys import derived_keys
from veinledger.adapters.store.opening import create_store, open_store
from veinledger.adapters.store.rotating import rotate_key
from veinledger.domain.ledger.port import Row
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Actor
from veinledger.projections.replay.every import every_projection

OFFICER = Actor(id="it-1", role="security officer")
MANY = EXAMPLES[: size(7, len(EXAMPLES), len(EXAMPLES))]
HASH = re.compile("[0-9a-f]{64}")


def answers(found: Ledger) -> list[object]:
    """Every answer about every encounter, each leaf named by its position."""
    places = {row.leaf.hex(): f"the leaf of record {row.position}" for row in found.rows()}
    replayer = found.replayer()
    told: list[object] = [found.encounters(), found.unassigned(), found.refused()]
    told += [view for name in found.encounters() for view in every_projection(replayer.read(name))]
    told += [found.followers(name) for name in found.encounters()]
    told.append([found.original(item.original) for item in found.refused()])
    text = canonical(plain(told)).decode()
    return [HASH.sub(lambda hit: places.get(hit[0], hit[0]), text)]


@pytest.mark.parametrize(("store", "examples"), [("memory", SHUFFLED[:1]), ("sqlite", MANY)])
def test_every_answer_about_the_examples_is_that_of_a_ledger_in_clear(
    store: str, examples: tuple[str, ...], tmp_path: Path
) -> None:
    found: list[list[object]] = []
    for encrypted in (False, True):
        folder = tmp_path / str(encrypted)
        folder.mkdir()
        with ledger(folder, store=store, encrypted=encrypted) as made:
            for example in examples:
                made.record(*lines_of(example))
            found.append(answers(made))
            nonces = {len(row.nonce or b"") for row in made.rows() if row.stream != "ledger"}
            assert nonces == ({48} if encrypted else {0})
            assert made.verify().consistent
    assert found[0] == found[1]


def test_what_names_nobody_is_read_and_assigned_and_what_follows_is_found(tmp_path: Path) -> None:
    """Rows of the intake, and of who follows whom, are read by ways of their own."""
    with ledger(
        tmp_path, store="sqlite", encrypted=True, centre=centre_in_utc("adt", "lab")
    ) as made:
        made.record(*to_the_bedside())
        report = one(made.record(nobodys(infused("2026-04-12"))))
        assert [each.record for each in made.unassigned() if each.waits] == [report.record]
        assert assign(made, report.record).stage is Stage.INFUSED
        made.record(opening("E2"), continuing())
        assert made.followers("E1") == ("E2",)
        assert made.verify().consistent


def test_a_rotated_key_opens_what_was_encrypted_before_it_and_after(tmp_path: Path) -> None:
    lines = lines_of("withdrawn")
    for part in (lines[:8], lines[8:16], lines[16:]):
        with opened(tmp_path, encrypted=True) as made:
            made.record(*part)
        rotate_key(url(tmp_path), by=OFFICER, reason="once a year", keys=tmp_path / "keys")
    with opened(tmp_path, read_only=True) as found:
        assert found.verify().consistent
        records = found.history("E4").records
        assert [found.original(r.original.digest) for r in records if r.original] == [
            line for line in lines if json.loads(line).get("encounter") == "E4"
        ]
        assert len({row.key_id for row in found.rows()}) == 3
        plainly = [row.type for row in found.rows() if not row.nonce]
        assert plainly == ["ledger.created", *["ledger.key_rotated"] * 3]
        bundle = bundle_of(found, tmp_path / "e4.json", "E4")
        assert code_of(bundle, found.verification_key) == 0
    with opened(tmp_path) as again:
        assert {each.answer for each in again.record(*lines)} == {"duplicate"}


def test_an_encrypted_ledger_is_verified_in_bulk_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row by row is the slow way, for a ledger in which something is in doubt."""
    with opened(tmp_path, encrypted=True) as made:
        made.record(*lines_of("withdrawn"))
        monkeypatch.setattr(verifying, "row_by_row", None)
        assert made.verify().consistent
        assert made.verify(quick=True).consistent


def test_a_backup_of_it_opens_with_its_keys_and_answers_the_same(tmp_path: Path) -> None:
    with opened(tmp_path, encrypted=True) as made:
        made.record(*lines_of("withdrawn"))
        assert made.backup(tmp_path / "copy.sqlite").verification.consistent
        before = answers(made)
    copy = f"sqlite:///{tmp_path / 'copy.sqlite'}"
    with veinledger.open(copy, keys=tmp_path / "keys", site=SITE, read_only=True) as found:
        assert answers(found) == before


# How it is made, and that it stays so


def test_a_ledger_that_was_made_to_encrypt_goes_on_without_being_asked(tmp_path: Path) -> None:
    with opened(tmp_path, encrypted=True) as made:
        made.record(*lines_of("withdrawn")[:4])
    with opened(tmp_path) as again:
        again.record(*lines_of("withdrawn")[4:])
        assert all(row.nonce for row in again.rows() if row.stream != "ledger")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_ledger_in_clear_is_not_opened_as_one_that_encrypts(
    read_only: bool, tmp_path: Path
) -> None:
    opened(tmp_path).close()
    with pytest.raises(Refused, match="was made to keep bodies and originals in clear"):
        opened(tmp_path, encrypted=True, read_only=read_only)
    opened(tmp_path).close()


def test_the_first_record_says_so_in_clear_and_proves_it_by_its_check_value(tmp_path: Path) -> None:
    store, keys = create_store(url(tmp_path), keys=tmp_path / "keys", encrypted=True)
    (first,) = store.rows()
    store.close()
    said = json.loads(first.body)
    assert (said["bodies"], said["format"], first.nonce) == ("aes-256-gcm", "veinledger/1", None)
    root = next((tmp_path / "keys").iterdir()).read_bytes()
    assert said["check"] == keys.check != derived_keys(root, store.ledger_id).check


CHANGED: dict[str, tuple[Callable[[dict[str, Any]], object], type[VeinledgerError]]] = {
    "no longer encrypted": (lambda said: said.pop("bodies"), LedgerDamaged),
    "null": (lambda said: said.update(bodies=None), LedgerDamaged),
    "another cipher": (lambda said: said.update(bodies="rot13"), FormatTooNew),
    "a list": (lambda said: said.update(bodies=[]), FormatTooNew),
}


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize("read_only", [False, True])
def test_nobody_can_turn_a_ledger_into_one_that_goes_on_in_clear(
    change: str, read_only: bool, tmp_path: Path
) -> None:
    with opened(tmp_path, encrypted=True) as made:
        made.record(*lines_of("withdrawn")[:2])
    work, error = CHANGED[change]
    with_another_first_record(tmp_path / "ledger.sqlite", work)
    with pytest.raises(error):
        opened(tmp_path, read_only=read_only)


def test_nobody_can_turn_a_ledger_in_clear_into_one_that_encrypts(tmp_path: Path) -> None:
    opened(tmp_path).close()
    file = tmp_path / "ledger.sqlite"
    with_another_first_record(file, lambda said: said.update(bodies="aes-256-gcm"))
    with pytest.raises(LedgerDamaged, match="record 1"):
        opened(tmp_path)


def test_a_program_that_knows_no_encrypted_bodies_does_not_open_one() -> None:
    """It would derive the check value of a ledger in clear, and find another."""
    root, ledger_id = bytes(32), bytes(16)
    theirs, ours = derived_keys(root, ledger_id), derived_keys(root, ledger_id, encrypted=True)
    assert theirs.check != ours.check
    assert theirs.key_id == ours.key_id


def with_another_first_record(file: Path, work: Callable[[dict[str, Any]], object]) -> None:
    store, _ = open_store(f"sqlite:///{file}", keys=file.parent / "keys", read_only=True)
    first: Row = next(iter(store.rows()))
    store.close()
    said = json.loads(first.body)
    work(said)
    body = json.dumps(said, separators=(",", ":")).encode().hex()
    edit(file, f"UPDATE records SET body = x'{body}' WHERE position = 1")


def test_verify_says_so_where_the_first_record_was_changed_while_it_is_open(tmp_path: Path) -> None:
    with opened(tmp_path, encrypted=True) as made:
        first = made.rows()[0]
        refuse_another_key(first, made._keys)  # pyright: ignore[reportPrivateUsage]
        assert encrypts_bodies(first)
        with_another_first_record(tmp_path / "ledger.sqlite", lambda said: said.pop("bodies"))
        assert not made.verify().consistent
