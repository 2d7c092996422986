"""What a named person decides: confirm, discard, settle; and judging again what was refused."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

import typer

from veinledger.adapters.cli.as_json import as_json
from veinledger.adapters.cli.checking.command import OnText
from veinledger.adapters.cli.decisions.choosing import (
    NOBODYS,
    decision,
    finding_named,
    record_named,
    report_named,
)
from veinledger.adapters.cli.decisions.options import (
    Attested,
    By,
    ChosenCode,
    ConnectionName,
    Credential,
    CredentialNeeded,
    DryRun,
    FindingName,
    MessageId,
    Reason,
    RecordName,
    Role,
    SettledAs,
)
from veinledger.adapters.cli.exits import Exit
from veinledger.adapters.cli.opening import opened
from veinledger.adapters.cli.options import (
    AsOfText,
    EditionName,
    EncounterName,
    Json,
    LedgerUrl,
    SiteFolder,
    as_of_of,
    on_of,
    today,
)
from veinledger.adapters.cli.screen import say, write
from veinledger.adapters.errors import BadInput

if TYPE_CHECKING:
    from veinledger.adapters.deciding import Consequences
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.codebook.statement import Edition

Item = dict[str, object]
ENDS_WITH: Final = {"refused": Exit.REFUSED, "parked": Exit.FINDINGS}


def confirm(
    encounter: EncounterName,
    record: RecordName,
    by: By,
    role: Role,
    reason: Reason,
    attest: Attested = None,
    credential: Credential = None,
    message: MessageId = None,
    dry_run: DryRun = False,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Put a waiting or disputed record in effect, and say what that changed.

    A step that is attested gives the record its place and is never billed. Exits 3 where it is
    refused.
    """
    steps = [_attested(text) for text in attest or ()]
    with deciding_in(ledger, site, edition, dry_run=dry_run) as found:
        item = {
            **_about(found, encounter, record, "report.confirmed", credential),
            **decision(found, encounter, by, role, message),
            "reason": reason,
            **({"attested": steps} if steps else {}),
        }
        told = decided(found, item, as_of, dry_run=dry_run)
    conclude(told, json=json)


def discard(
    encounter: EncounterName,
    record: RecordName,
    by: By,
    role: Role,
    reason: Reason,
    credential: Credential = None,
    message: MessageId = None,
    dry_run: DryRun = False,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Put a waiting or disputed record out of effect for good, and say what that changed.

    It stays in the ledger. A record that is in effect is corrected instead. A report that names no
    encounter is discarded under `-` in place of one. Exits 3 where it is refused.
    """
    with deciding_in(ledger, site, edition, dry_run=dry_run) as found:
        item = {
            **_about(found, encounter, record, "report.discarded", credential),
            **decision(found, encounter, by, role, message),
            "reason": reason,
        }
        told = decided(found, item, as_of, dry_run=dry_run)
    conclude(told, json=json)


def settle(
    encounter: EncounterName,
    finding: FindingName,
    settled_as: SettledAs,
    credential: CredentialNeeded,
    by: By,
    role: Role,
    reason: Reason,
    code: ChosenCode = None,
    on: OnText = None,
    message: MessageId = None,
    dry_run: DryRun = False,
    edition: EditionName = "public",
    as_of: AsOfText = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Settle a finding, so that it no longer holds a claim, and say what that changed.

    A finding of the history, of a claim, of the schedule, or of a gate that `check` found; --on is
    the day that was asked about. It lapses when a record that the finding rests on changes;
    `veinledger settlements` lists what still counts. Exits 4 where the encounter has no such
    finding.
    """
    if not credential.strip():
        raise BadInput("--credential is empty: a settlement names what entitles the person")
    if (settled_as == "code chosen") != (code is not None):
        raise BadInput("--code is given exactly where the decision is `code chosen`")
    with deciding_in(ledger, site, edition, dry_run=dry_run) as found:
        item = {
            **decision(found, encounter, by, role, message),
            **_settlement(found, encounter, finding, code, on_of(on)),
            "decision": settled_as,
            "credential": credential,
            "reason": reason,
        }
        told = decided(found, item, as_of, dry_run=dry_run)
    conclude(told, json=json)


def retry(
    connection: ConnectionName = None,
    ledger: LedgerUrl = None,
    site: SiteFolder = None,
    json: Json = False,
) -> None:
    """Judge refused reports again from the bytes as received, and say what each became.

    For when the site's pages were mended, or the program is newer. What was taken since is left,
    and so are decisions, which their persons make again. Exits 3 where something is still refused,
    1 where something is parked.
    """
    from veinledger.adapters.cli.show import outcomes as show  # noqa: PLC0415

    with deciding_in(ledger, site, "public", dry_run=False) as found:
        told = found.retry(connection)
    if json:
        write(as_json({"retried": told}))
    else:
        say(*show.list_of_retried(told))
    _end(each.outcome.answer for each in told if each.outcome is not None)


@contextmanager
def deciding_in(
    url: str | None, site: str | None, edition: Edition, *, dry_run: bool
) -> Generator[Ledger, None, None]:
    """The ledger of a decision: there already, and open for writing unless it is only asked."""
    with opened(
        url, site=site, edition=edition, writing=not dry_run, must_exist=True, uses_the_site=True
    ) as ledger:
        yield ledger


def decided(ledger: Ledger, item: Item, as_of: str | None, *, dry_run: bool) -> Consequences:
    """Record a decision and what it changed, or only say what it would."""
    then = as_of_of(as_of) or today()
    if dry_run:
        return ledger.foresee(item, as_of=then)
    (outcome,) = ledger.record(item)
    return ledger.consequences(outcome, as_of=then)


def conclude(told: Consequences, *, json: bool) -> None:
    """Say what a decision changed, and end with its exit code."""
    from veinledger.adapters.cli.decisions import changing as show  # noqa: PLC0415

    if json:
        write(as_json(told))
    else:
        say(*show.consequences(told))
    _end([told.outcome.answer])


def _end(answers: Iterable[str]) -> None:
    found = set(answers)
    for answer, code in ENDS_WITH.items():
        if answer in found:
            raise typer.Exit(code)


def _about(ledger: Ledger, encounter: str, record: str, kind: str, credential: str | None) -> Item:
    if encounter == NOBODYS:
        waiting = report_named(ledger, record)
        return {"type": kind, "target": waiting.record} | _credited(credential)
    target = record_named(ledger.history(encounter).records, record)
    told: Item = {"type": kind, "target": target.key, "sequence": target.seal.sequence}
    return told | _credited(credential)


def _credited(credential: str | None) -> Item:
    return {"credential": credential} if credential else {}


def _settlement(ledger: Ledger, encounter: str, finding: str, code: str | None, on: date) -> Item:
    known = ledger.findings(encounter, on=on)
    told: Item = {"type": "finding.settled", "finding": finding_named(known, finding)}
    return told | ({"code": code} if code else {})


def _attested(text: str) -> dict[str, str]:
    step, equals, day = text.partition("=")
    if not (step and equals and day):
        raise BadInput(f"--attest {text!r} is no step with a day; give TYPE=YYYY-MM-DD")
    return {"type": step, "day": day}
