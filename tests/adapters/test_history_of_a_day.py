"""Stage and history as of a day tell what had happened by then, and name the day."""

from __future__ import annotations

from tests.adapters.test_cli import OPENED, Cli, cli, waiting_infusion
from tests.given_ledger import lines_of

__all__ = ["cli"]

WAITING = waiting_infusion().replace(b'"E8"', b'"E1"')
DAY = ("--as-of", "2026-06-01")
MOMENT = ("--known-at", "2030-01-01T00:00:00Z")
ASKED = "as of 2026-06-01, known at 2030-01-01 00:00:00+00:00"


def test_a_history_names_the_moments_that_were_asked_about(cli: Cli) -> None:
    cli("record", "-", stdin=b"\n".join(lines_of("page_patient_2l")))
    said = cli("history", "E1", *DAY, *MOMENT)
    assert said.out.splitlines()[0].endswith(f", {ASKED}")
    answer = cli("history", "E1", *DAY, *MOMENT, "--json").answer
    assert (answer["as_of"], answer["known_at"]) == ("2026-06-01", "2030-01-01T00:00:00+00:00")
    assert cli("history", "E1", "--known-at", "0").out.splitlines()[0].endswith(", known at 0")
    plain = cli("history", "E1", "--json").answer
    assert (plain["as_of"], plain["known_at"]) == (None, None)
    assert ", as of" not in cli("history", "E1").out


def test_what_had_not_happened_by_the_day_is_neither_counted_nor_listed(cli: Cli) -> None:
    """An infusion of May waits for its receipt: in April nobody could have known of it."""
    cli("record", "-", stdin=OPENED + b"\n" + WAITING)
    before, after = ("--as-of", "2026-05-24"), ("--as-of", "2026-05-25")
    assert cli("stage", "E1", *before, "--json").answer["not_in_effect"] == 0
    assert cli("stage", "E1", *after, "--json").answer["not_in_effect"] == 1
    assert "waiting (" not in cli("history", "E1", *before).out
    assert "waiting (1)" in cli("history", "E1", *after).out
    assert cli("history", "E1", *before, "--json").answer["not_in_effect"] == []
    assert len(cli("history", "E1", *after, "--json").answer["not_in_effect"]) == 1
