"""Lists over all encounters that outlast a process: sealed, beside the ledger, never believed."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

import json
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

import veinledger
from tests.given_command_line import Cli, command_line
from tests.given_ledger import EXAMPLES, SITE, lines_of
from tests.tiers import SEED, size, tell
from veinledger.adapters.cli import recording
from veinledger.adapters.codec.plain import plain
from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.errors import LedgerDamaged, StoreFailed
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.owing import beside, bound
from veinledger.adapters.owing.reading_all import Reading
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.ledger.port import Store
from veinledger.projections.due.shapes import DueList, Wanted

ON = date(2026, 11, 23)
EVERYTHING = Wanted(within=None)


def opened(
    folder: Path, *, cache: Path | str = "", edition: Edition = "public", read_only: bool = False
) -> Ledger:
    """As a new process opens it; `cache` an empty text: as if nothing had ever been kept."""
    return veinledger.open(
        f"sqlite:///{folder / 'ledger.sqlite'}",
        keys=folder / "keys",
        site=SITE,
        edition=edition,
        cache=cache,
        read_only=read_only,
    )


def asked(folder: Path, *, cache: Path | str = "", on: date = ON) -> DueList:
    with opened(folder, cache=cache, read_only=True) as ledger:
        return ledger.due(on, wanted=EVERYTHING)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of every example, whose list was kept."""
    folder = tmp_path_factory.mktemp("kept")
    with opened(folder, cache=folder / "cache") as ledger:
        ledger.record(*(line for example in EXAMPLES for line in lines_of(example)))
        ledger.due(ON, wanted=EVERYTHING)
    return folder


def encounters() -> set[str]:
    lines = (json.loads(line) for example in EXAMPLES for line in lines_of(example))
    return {line["encounter"] for line in lines if "encounter" in line}


def the_file(folder: Path) -> Path:
    (file,) = (folder / "cache").iterdir()
    return file


@pytest.fixture
def cache(made: Path, tmp_path: Path) -> Path:
    """A copy of the folder with what was kept, to be harmed."""
    copy = tmp_path / "cache"
    copy.mkdir()
    (copy / the_file(made).name).write_bytes(the_file(made).read_bytes())
    return copy


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


class Worked(Exception):
    """An encounter was worked out from its records."""


def refuse(*_: object) -> object:
    raise Worked


@pytest.fixture
def no_record_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RowCodec, "record", refuse)


# ---- It is used, and says the same ------------------------------------------------------------


def test_a_new_process_answers_without_reading_a_record(
    made: Path, cache: Path, no_record_is_read: None
) -> None:
    assert no_record_is_read is None
    assert asked(made, cache=cache).encounters == len(encounters())


# ---- It is there for the days ahead -----------------------------------------------------------

WATCHED = "readmission_and_parkinsonism"
"""What neurology found in it is watched closer, and its next visits hang on the day."""


def kept_once(folder: Path, *examples: str) -> Path:
    """A ledger of some examples, and the file of a list that was asked for once."""
    with opened(folder, cache=folder / "cache") as ledger:
        ledger.record(*(line for example in examples for line in lines_of(example)))
        ledger.due(ON, wanted=EVERYTHING)
    return folder


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody lies in a bed any more, and nothing is watched."""
    examples = (example for example in EXAMPLES if example != WATCHED)
    return kept_once(tmp_path_factory.mktemp("calm"), *examples)


@pytest.mark.parametrize("days", [1, 9, 40, 100, 366])
def test_a_list_that_was_asked_for_once_is_there_for_a_year(
    calm: Path, no_record_is_read: None, days: int
) -> None:
    assert no_record_is_read is None
    found = asked(calm, cache=calm / "cache", on=ON + timedelta(days=days))
    assert found.encounters == len(encounters()) - 1


def test_where_a_finding_is_watched_it_is_there_for_a_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_once(tmp_path, WATCHED)
    monkeypatch.setattr(RowCodec, "record", refuse)
    for days in range(31):
        on = ON + timedelta(days=days)
        assert asked(tmp_path, cache=tmp_path / "cache", on=on).encounters == 1
    with pytest.raises(veinledger.VeinledgerError):
        asked(tmp_path, cache=tmp_path / "cache", on=ON + timedelta(days=366))


@pytest.mark.parametrize("days", range(0, 400, 33))
def test_of_every_day_of_that_year_it_says_what_the_records_say(
    made: Path, cache: Path, days: int
) -> None:
    on = ON + timedelta(days=days)
    kept, anew = asked(made, cache=cache, on=on), asked(made, on=on)
    assert repr(plain(kept)) == repr(plain(anew))


def test_a_process_that_goes_on_finds_the_other_days_in_the_file(
    calm: Path, no_record_is_read: None
) -> None:
    assert no_record_is_read is None
    with opened(calm, cache=calm / "cache", read_only=True) as ledger:
        for days in (0, 40, 1, 100, 0):
            found = ledger.due(ON + timedelta(days=days), wanted=EVERYTHING)
            assert found.encounters == len(encounters()) - 1


def test_without_the_file_the_records_are_read(made: Path, no_record_is_read: None) -> None:
    assert no_record_is_read is None
    with pytest.raises(veinledger.VeinledgerError):
        asked(made)


def test_it_says_the_same_to_the_last_field(made: Path, cache: Path) -> None:
    kept, anew = asked(made, cache=cache), asked(made)
    assert kept == anew
    assert repr(plain(kept)) == repr(plain(anew))


@pytest.mark.stochastic
def test_whatever_is_recorded_between_processes_it_says_what_the_records_say(
    tmp_path: Path,
) -> None:
    """Each step is a new process, by turns one that writes and one that asks, on any day."""
    random = Random(SEED)
    lines = [line for example in EXAMPLES for line in lines_of(example)]
    random.shuffle(lines)
    steps = size(8, 12, 300)
    each = len(lines) // steps + 1
    for start in range(0, len(lines), each):
        with opened(tmp_path, cache=tmp_path / "cache") as ledger:
            ledger.record(*lines[start : start + each])
        for on in random.sample([ON, ON + timedelta(days=1), date(2026, 6, 1)], 2):
            assert asked(tmp_path, cache=tmp_path / "cache", on=on) == asked(tmp_path, on=on)
    tell(f"lists kept between processes: seed {SEED}, {steps} steps")


# ---- Ready before anybody asks ----------------------------------------------------------------

AHEAD = ON + timedelta(days=31)


@pytest.fixture(scope="module")
def readied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of every example, whose lists of a month were worked out where it was recorded."""
    folder = tmp_path_factory.mktemp("readied")
    with opened(folder, cache=folder / "cache") as ledger:
        ledger.record(*(line for example in EXAMPLES for line in lines_of(example)))
        assert ledger.ready_lists(ON, AHEAD) == len(encounters())
    return folder


@pytest.mark.parametrize("days", [0, 1, 8, 9, 30, 31])
def test_a_list_of_any_day_that_was_readied_reads_no_record(
    readied: Path, no_record_is_read: None, days: int
) -> None:
    assert no_record_is_read is None
    on = ON + timedelta(days=days)
    assert asked(readied, cache=readied / "cache", on=on).encounters == len(encounters())


@pytest.mark.parametrize("days", range(0, 33, 4))
def test_what_was_readied_says_the_same_to_the_last_field(readied: Path, days: int) -> None:
    on = ON + timedelta(days=days)
    kept, anew = asked(readied, cache=readied / "cache", on=on), asked(readied, on=on)
    assert repr(plain(kept)) == repr(plain(anew))


def test_lists_are_readied_once_and_anew_only_where_something_was_recorded(tmp_path: Path) -> None:
    with opened(tmp_path, cache=tmp_path / "cache") as ledger:
        ledger.record(*lines_of("page_patient_2l")[:-3], *lines_of("withdrawn"))
        first, again = ledger.ready_lists(ON, AHEAD), ledger.ready_lists(ON, AHEAD)
        ledger.record(*lines_of("page_patient_2l")[-3:])
        later = ledger.ready_lists(ON, AHEAD)
    assert (first, again, later) == (2, 0, 1)


def test_without_a_file_the_first_day_alone_is_worked_out(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record(*lines_of("page_patient_2l"))
        assert ledger.ready_lists(ON, AHEAD) == 1
        assert ledger.due(ON, wanted=EVERYTHING) == asked(tmp_path)


def test_a_ledger_asked_for_three_years_keeps_a_file_that_does_not_grow_for_ever(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, cache=tmp_path / "cache") as ledger:
        ledger.record(*lines_of("page_patient_2l"))
        sizes: list[int] = []
        for days in range(0, 1_080, 18):
            ledger.due(ON + timedelta(days=days))
            sizes.append(the_file(tmp_path).stat().st_size)
    assert sizes[0] < max(sizes[:30])
    assert max(sizes[30:]) < 1.1 * max(sizes[:30])


@pytest.mark.parametrize("a_lot", [2, 9])
def test_who_records_a_lot_by_command_readies_the_lists_and_who_records_little_does_not(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, a_lot: int
) -> None:
    monkeypatch.setenv("VEINLEDGER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(recording, "A_LOT", a_lot)
    file = tmp_path / "two.ndjson"
    file.write_bytes(b"\n".join((*lines_of("page_patient_2l"), *lines_of("withdrawn"))))
    cli("record", str(file))
    assert (tmp_path / "cache").exists() is (a_lot == 2)
    cli("record", str(file))  # duplicates all
    assert (tmp_path / "cache").exists() is (a_lot == 2)


def test_where_lists_cannot_be_readied_what_was_recorded_is_told_all_the_same(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise StoreFailed("the disk is gone")

    monkeypatch.setattr(recording, "A_LOT", 1)
    monkeypatch.setattr(Ledger, "ready_lists", fail)
    file = tmp_path / "one.ndjson"
    file.write_bytes(b"\n".join(lines_of("withdrawn")))
    found = cli("record", str(file))
    assert (found.code, "recorded" in found.out) == (0, True)
    assert "the due lists could not be readied: the disk is gone" in found.err


def test_what_is_recorded_later_is_seen(tmp_path: Path) -> None:
    with opened(tmp_path, cache=tmp_path / "cache") as ledger:
        ledger.record(*lines_of("page_patient_2l")[:-3])
        before = ledger.due(ON, wanted=EVERYTHING)
    with opened(tmp_path) as ledger:
        ledger.record(*lines_of("page_patient_2l")[-3:], *lines_of("withdrawn"))
    after = asked(tmp_path, cache=tmp_path / "cache")
    assert (before.encounters, after.encounters) == (1, 2)
    assert after == asked(tmp_path)
    assert after != before


def test_what_was_known_before_is_asked_of_the_records(made: Path, cache: Path) -> None:
    with opened(made, cache=cache, read_only=True) as kept, opened(made, read_only=True) as anew:
        for known in (1, 40, 200):
            assert kept.due(ON, known_at=known) == anew.due(ON, known_at=known)


def test_a_certificate_that_comes_later_is_seen(tmp_path: Path) -> None:
    """It lies in the stream of the centre: the encounter's own ends as it did."""
    lines = lines_of("withdrawn")
    of_the_centre = [line for line in lines if "encounter" not in json.loads(line)]
    on = date(2026, 1, 31)
    with opened(tmp_path, cache=tmp_path / "cache") as ledger:
        ledger.record(*(line for line in lines if line not in of_the_centre))
        before = ledger.due(on, wanted=EVERYTHING)
        ledger.record(*of_the_centre)
    after = asked(tmp_path, cache=tmp_path / "cache", on=on)
    assert after == asked(tmp_path, on=on)
    groups = [{row.obligation.group for row in told.owed} for told in (before, after)]
    assert groups[1] - groups[0] == {"certification"}


# ---- It is never believed ---------------------------------------------------------------------


def places(length: int) -> Iterator[int]:
    random = Random(SEED)
    yield from (0, 11, 12, length - 1)
    yield from (random.randrange(length) for _ in range(size(12, 30, 2_000)))


@pytest.mark.stochastic
def test_wherever_a_bit_of_it_is_changed_the_records_are_read(made: Path, cache: Path) -> None:
    (file,) = cache.iterdir()
    content = file.read_bytes()
    flips = list(places(len(content)))
    with opened(made, read_only=True) as ledger:
        anew = ledger.due(ON, wanted=EVERYTHING)
        for at in flips:
            file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            assert _is_empty(ledger, cache)
    assert asked(made, cache=cache) == anew
    tell(f"bits flipped in what is kept of lists: seed {SEED}, {len(flips)} flips")


def _is_empty(ledger: Ledger, cache: Path) -> bool:
    """Whether nothing is found in the file by who opens it now."""
    keys, rules, centre = ledger._keys, ledger._rules, ledger._centre
    found = beside.file_beside(cache, ledger.ledger_id, keys.kept_key, rules, centre)
    assert found is not None
    return not found._all()


def test_the_file_as_it_was_written_is_found(made: Path, cache: Path) -> None:
    with opened(made, read_only=True) as ledger:
        assert not _is_empty(ledger, cache)


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 12, b"x" * 28, b"x" * 4_000])
def test_a_file_that_is_none_of_ours_is_written_anew(
    made: Path, cache: Path, content: bytes
) -> None:
    (file,) = cache.iterdir()
    file.write_bytes(content)
    assert asked(made, cache=cache) == asked(made)
    assert len(file.read_bytes()) > 4_000


def test_the_file_of_an_earlier_day_is_used_only_where_nothing_was_recorded_since(
    tmp_path: Path,
) -> None:
    """Whoever puts an older file back gets what the records say."""
    lines = lines_of("page_patient_2l")
    with opened(tmp_path, cache=tmp_path / "cache") as ledger:
        ledger.record(*lines[:-4])
        ledger.due(ON)
        older = the_file(tmp_path).read_bytes()
        ledger.record(*lines[-4:])
        ledger.due(ON)
    the_file(tmp_path).write_bytes(older)
    assert asked(tmp_path, cache=tmp_path / "cache") == asked(tmp_path)


def test_each_edition_has_a_file_of_its_own(made: Path, cache: Path) -> None:
    with opened(made, cache=cache, edition="page", read_only=True) as kept:
        found = kept.due(ON, wanted=EVERYTHING)
    with opened(made, edition="page", read_only=True) as anew:
        assert found == anew.due(ON, wanted=EVERYTHING)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("part", ["program", "rules", "site", "ledger"])
def test_what_another_program_another_rule_pack_or_site_wrote_is_not_used(
    made: Path, cache: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(made, read_only=True) as ledger:
        rules, centre, name = ledger._rules, ledger._centre, ledger.ledger_id
        before = bound.bound_to(name, rules, centre)
        if part == "program":
            monkeypatch.setattr(bound, "_digest_of_the_program", lambda: b"another")
        if part == "rules":
            rules = replace(rules, digest="another")
        if part == "site":
            centre = replace(centre, facilities=centre.facilities[:1])
        if part == "ledger":
            name = bytes(16)
        after = bound.bound_to(name, rules, centre)
        assert before != after
        (file,) = cache.iterdir()
        assert beside.Beside(file, ledger._keys.kept_key, lambda: before)._all()
        assert not beside.Beside(file, ledger._keys.kept_key, lambda: after)._all()


def test_a_digest_of_the_program_changes_with_any_source_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bound, "files", lambda package: tmp_path / package)  # pyright: ignore
    (tmp_path / "veinledger.domain" / "gates").mkdir(parents=True)
    source = tmp_path / "veinledger.domain" / "gates" / "dose.py"
    digests = set[bytes]()
    for content in ("at_most = 100", "at_most = 101"):
        source.write_text(content)
        digests.add(bound._digest_of_the_program.__wrapped__())
    assert len(digests) == 2
    source.unlink()
    with pytest.raises(FileNotFoundError):
        bound._digest_of_the_program.__wrapped__()


# ---- Whatever becomes of it, the question is answered -----------------------------------------


def test_where_it_cannot_be_written_the_list_is_answered(made: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("no folder")
    assert asked(made, cache=tmp_path / "a file" / "cache") == asked(made)


def test_what_a_crash_left_is_written_over_when_a_minute_has_gone(
    made: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = cache.iterdir()
    file.unlink()
    left = file.with_name(f"{file.name}.new")
    left.write_bytes(b"half")
    asked(made, cache=cache)
    assert (file.exists(), left.read_bytes()) == (False, b"half")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    asked(made, cache=cache)
    assert (file.exists(), left.exists()) == (True, False)


def test_it_is_its_owners_alone_and_tells_no_name(made: Path) -> None:
    file = the_file(made)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with opened(made, read_only=True) as ledger:
        names = ledger.encounters()
    assert set(names) == encounters()
    content = file.read_bytes()
    long = [name.encode() for name in names if len(name) > 4]
    assert len(long) >= 2
    assert not [
        mark for mark in (*long, b"encounter/") if mark in content or mark in file.name.encode()
    ]


def test_a_ledger_in_memory_and_one_that_is_told_so_keep_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEINLEDGER_CACHE", str(tmp_path / "cache"))
    with veinledger.open("memory:", site=SITE) as ledger:
        ledger.record(*lines_of("withdrawn"))
        ledger.due(ON)
    monkeypatch.setenv("VEINLEDGER_CACHE", "")
    with veinledger.open(f"sqlite:///{tmp_path / 'l'}", keys=tmp_path, site=SITE) as ledger:
        ledger.record(*lines_of("withdrawn"))
        ledger.due(ON)
    assert not (tmp_path / "cache").exists()


# ---- A stream that is not found by its name ---------------------------------------------------


def test_where_any_stream_is_missing_from_the_ends_no_list_is_made(made: Path) -> None:
    """That of the last record, too."""

    class WithoutOne:
        def __init__(self, store: Store, stream: str) -> None:
            self._store = store
            self._stream = stream
            self.head = store.head

        def ends(self) -> object:
            return tuple(end for end in self._store.ends() if end.stream != self._stream)

    with opened(made, read_only=True) as ledger:
        assert Reading(ledger._store).encounters
        for end in ledger._store.ends():
            harmed: object = WithoutOne(ledger._store, end.stream)
            with pytest.raises(LedgerDamaged, match="would leave some out"):
                Reading(harmed)  # type: ignore[arg-type]  # pyright: ignore


def test_the_error_of_a_store_that_fails_is_told(
    made: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> object:
        raise StoreFailed("no disk")

    with opened(made, cache=cache, read_only=True) as ledger:
        monkeypatch.setattr(type(ledger._store), "ends", fail)
        with pytest.raises(StoreFailed):
            ledger.due(ON)
