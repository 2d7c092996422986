"""What the search would find: a leak planted in every kind of sink, and every guard taken away."""

from __future__ import annotations

import logging
import sqlite3
import sys
import tempfile
import threading
import warnings
from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.adapters.leaks.canaries import DAY, NDC, hits, mark, planted
from tests.adapters.leaks.doors import PLANTED
from tests.adapters.leaks.drives import STRANGE, asked, record_all
from tests.adapters.leaks.raising import loaded, raiser
from tests.adapters.leaks.sinks import Sinks
from tests.adapters.leaks.told import told_by_error
from veinledger.adapters.errors import Defect
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.logs import logger

Listen = Callable[[], AbstractContextManager[Sinks]]
Open = Callable[[str], AbstractContextManager[Ledger]]


def in_a_file(folder: Path) -> None:
    (folder / "notes.txt").write_text(STRANGE)


def in_a_file_name(folder: Path) -> None:
    (folder / f"{STRANGE}.lock").touch()


def in_a_temporary_file(_: Path) -> None:
    with tempfile.NamedTemporaryFile(delete=False, prefix=STRANGE):
        pass


def in_a_column(folder: Path) -> None:
    database = sqlite3.connect(folder / "x.sqlite")
    database.execute("CREATE TABLE records (body, stream)")
    database.execute("INSERT INTO records VALUES ('', ?)", (STRANGE,))
    database.commit()
    database.close()


def in_our_log(_: Path) -> None:
    logger("veinledger.test").debug("event", value=STRANGE)


def in_anybodys_log(_: Path) -> None:
    logging.getLogger("elsewhere").debug("of %s", STRANGE)


def in_structlog(_: Path) -> None:
    structlog.get_logger().debug("event", value=STRANGE)


def in_a_warning(_: Path) -> None:
    warnings.warn(STRANGE, stacklevel=1)


def on_stdout(_: Path) -> None:
    sys.stdout.write(STRANGE)


def on_stderr(_: Path) -> None:
    sys.stderr.write(STRANGE)


def in_a_thread_that_dies(_: Path) -> None:
    thread = threading.Thread(target=raiser(ValueError))
    thread.start()
    thread.join()


def in_what_cannot_be_raised(_: Path) -> None:
    class Odd:
        def __del__(self) -> None:
            raise ValueError(STRANGE)

    Odd()


SINKS = (
    in_a_file, in_a_file_name, in_a_temporary_file, in_a_column, in_our_log, in_anybodys_log,
    in_structlog, in_a_warning, on_stdout, on_stderr, in_a_thread_that_dies,
    in_what_cannot_be_raised,
)  # fmt: skip


@pytest.mark.parametrize("leak", SINKS, ids=lambda one: str(one.__name__))
def test_control_a_leak_in_every_kind_of_sink_is_found(
    leak: Callable[[Path], None], listen: Listen, tmp_path: Path
) -> None:
    with listen() as sinks:
        leak(tmp_path)
    assert sinks.hits() != []


def clean() -> Exception:
    return Defect("nothing is told here")


def in_text() -> Exception:
    return Defect(STRANGE)


def in_an_attribute() -> Exception:
    error: Any = clean()
    error.position = [{"deep": (STRANGE,)}]
    return clean() if error is None else error


def in_a_note() -> Exception:
    error = clean()
    error.add_note(STRANGE)
    return error


def in_the_cause() -> Exception:
    error = clean()
    error.__cause__ = UnicodeDecodeError("utf-8", STRANGE.encode(), 0, 1, "it is odd")
    return error


def in_the_context() -> Exception:
    error = clean()
    error.__context__ = KeyError(STRANGE)
    return error


def in_a_group() -> Exception:
    return ExceptionGroup("several", [ValueError(STRANGE)])


@pytest.mark.parametrize(
    "make", [in_text, in_an_attribute, in_a_note, in_the_cause, in_the_context, in_a_group]
)
def test_control_a_leak_anywhere_on_an_error_is_found(make: Callable[[], Exception]) -> None:
    assert hits(told_by_error(make())) != []
    assert hits(told_by_error(clean())) == []


def test_control_a_local_of_a_frame_is_found_by_each_way_of_rendering() -> None:
    from tests.adapters.leaks import told

    scope: dict[str, Any] = {"__name__": "veinledger.made_up", "Defect": Defect}
    exec("def door(line):\n    raise Defect('nothing is told here')", scope)
    with pytest.raises(Defect) as raised:
        scope["door"](STRANGE)
    for render in (told.by_python, told.by_structlog, told.by_rich):
        assert hits(render(raised.value)) != []
    assert told.frames_of(raised.value) == ["veinledger.made_up.door"]


def test_control_marks_are_found_however_they_are_written() -> None:
    for text in (mark(7), mark(7).lower(), f"x{mark(7)}y", repr(mark(7).encode()), DAY, NDC):
        assert hits(text) != []
    for shift in range(3):
        assert hits(b64encode(b"a" * shift + mark(7).encode() + b"bc")) != []
    assert hits(mark(7).encode().hex()) != []
    assert hits("an ordinary line of 2026-05-01, 57894-111-01 and deadbeef") == []


def test_control_without_the_boundary_an_error_leaks(
    listen: Listen, open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare: Any = Ledger.record.__wrapped__  # type: ignore[attr-defined]
    place = "veinledger.adapters.codec.arrivals.read_report"
    monkeypatch.setattr(place, raiser(lambda: loaded(KeyError(STRANGE))))
    with listen() as sinks, open_here("memory") as kept:
        asked(sinks, "with the boundary", lambda: kept.record(PLANTED.bytes()))
        assert sinks.hits() == []
        asked(sinks, "without", lambda: bare(kept, PLANTED.bytes()))
    assert sinks.hits() != []


def test_control_a_refusal_that_repeats_a_value_is_found(
    listen: Listen, open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veinledger.adapters.codec.objections.kind_of", repr)
    line: dict[str, object] = {**planted("crs.graded").line, "grade": STRANGE}
    with listen() as sinks, open_here("memory") as kept:
        assert record_all(sinks, kept, "refused", line) == ["refused"]
    assert sinks.hits() != []


def test_control_a_view_that_shows_its_fields_is_found(
    listen: Listen, open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from veinledger.domain.standing.history import History

    def loud(history: History) -> str:
        return f"<history of {history.encounter}>"

    monkeypatch.setattr(History, "__repr__", loud)
    with listen() as sinks, open_here("memory") as kept:
        kept.record(PLANTED.bytes())
        asked(sinks, "history", lambda: kept.history(str(PLANTED.line["encounter"])))
    assert sinks.hits() != []


def test_control_a_stream_named_in_clear_is_found(
    listen: Listen, open_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from veinledger.domain.ledger.naming import Naming

    def in_clear(_: Naming, __: str, name: str) -> str:
        return name

    monkeypatch.setattr(Naming, "_alias", in_clear)
    with listen() as sinks, open_here("sqlite") as kept:
        kept.record(PLANTED.bytes())
    assert any(found.startswith("columns of records") for found in sinks.hits())
