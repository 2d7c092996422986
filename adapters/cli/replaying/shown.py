"""What a replay found, in words and tables: what two auditors compare stands by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from rich.console import RenderableType

from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.tables import heading, inset, listing, plural, table, title, whole
from veinledger.adapters.replaying.against import ReplayAgainst
from veinledger.adapters.replaying.totals import KeptOf, Replay
from veinledger.projections.changed_claims import ClaimChange
from veinledger.projections.changed_obligations import ObligationChange
from veinledger.projections.replay.editions import EditionChanges, RuledChange


def replayed(told: Replay) -> Iterator[RenderableType]:
    """The verdict, the counts, what does not come out again, and the digests."""
    yield _verdict(told)
    yield (
        f"{plural(told.encounters, 'encounter')}, {plural(told.records, 'record')} and"
        f" {plural(told.findings, 'finding')}, edition {told.edition}, read up to position"
        f" {told.head:,}."
    )
    yield (
        f"Claims kept when they went out: {told.claims_kept:,}. Compared {told.claims_compared:,}:"
        f" {told.claims_equal:,} equal, {told.claims_different:,} different."
    )
    yield (
        f"Legality proved by lifecycle table {told.table}:"
        f" {plural(len(told.illegal), 'fault')}."
        f" Waiting or disputed, and counted nowhere: {told.without_a_place:,}."
    )
    yield from _kept(told)
    yield from _illegal(told)
    yield heading("Digests")
    yield listing([(f"  {name}", digest) for name, digest in told.digests.items()])
    yield whole(f"rule pack   {told.rule_pack}")
    yield whole(f"everything  {told.digest}")


def _verdict(told: Replay) -> RenderableType:
    if not told.clean:
        return styled("not everything comes out as it was", "bold red")
    if not told.claims_compared:
        return styled("replayed; no claim was kept that could be compared", "bold green")
    return styled("every claim that was kept comes out again", "bold green")


def _kept(told: Replay) -> Iterator[RenderableType]:
    for each in told.different:
        yield _kept_heading(each)
        rows = ((d.field, d.kept, d.now) for d in each.claim.differences)
        yield inset(table(("field", "as kept", "by today's rules"), rows))
    if told.not_compared:
        yield heading("Not compared")
        rows = ((e.encounter, e.claim.label, e.claim.reason) for e in told.not_compared)
        yield inset(table(("encounter", "claim", "why"), rows))


def _kept_heading(each: KeptOf) -> RenderableType:
    claim = each.claim
    return styled(
        f"{each.encounter} {claim.label}: {claim.verdict}: {claim.reason}"
        f" (edition {claim.edition})",
        "bold",
    )


def _illegal(told: Replay) -> Iterator[RenderableType]:
    if told.illegal:
        yield heading("Counted, and not legal by the table")
        rows = (
            (e.encounter, e.found.fact, e.found.stage, e.found.reason, e.found.record[:12])
            for e in told.illegal
        )
        yield inset(table(("encounter", "fact", "stage", "why", "record"), rows))


def against(told: ReplayAgainst) -> Iterator[RenderableType]:
    """What differs over the whole ledger, then encounter by encounter."""
    yield styled(
        f"edition {told.edition} against {told.against}: of"
        f" {plural(told.encounters, 'encounter')}, {told.differ:,} come out otherwise",
        "bold",
    )
    rows = [
        ("claims", _counts(told.claims)),
        ("lines", _counts(told.lines)),
        ("codes", _counts(told.codes)),
        ("visits and other obligations", _counts(told.visits)),
        ("findings", f"{told.findings_came} only in {told.against}, "
         f"{told.findings_went} only in {told.edition}"),
    ]  # fmt: skip
    yield listing([(f"  {name}", words) for name, words in rows])
    yield _amounts(told)
    if told.not_estimated:
        yield f"Not estimated, and in neither sum: {plural(told.not_estimated, 'encounter')}."
    for each in told.each:
        yield from _encounter(each)
    yield whole(f"rule pack   {told.rule_pack}")


def _counts(counted: Mapping[str, int]) -> str:
    words = {"state": "change their state"}
    return ", ".join(f"{number:,} {words.get(name, name)}" for name, number in counted.items())


def _amounts(told: ReplayAgainst | EditionChanges) -> RenderableType:
    amounts = told if isinstance(told, ReplayAgainst) else told.dollars
    rows = (
        ("charges", amounts.charges, amounts.charges_against),
        ("expected from payers", amounts.expected, amounts.expected_against),
    )
    heads = ("dollars", f">{told.edition}", f">{told.against}", ">change")
    return inset(table(heads, ((n, _money(a), _money(b), _change(a, b)) for n, a, b in rows)))


def _money(amount: Decimal | None) -> str:
    return "not estimated" if amount is None else f"{amount:,.2f}"


def _change(here: Decimal | None, there: Decimal | None) -> str:
    return "" if here is None or there is None else f"{there - here:+,.2f}"


def _encounter(each: EditionChanges) -> Iterator[RenderableType]:
    yield title(each.encounter)
    yield _amounts(each)
    heads = ("claim", "what", "code", each.edition, each.against, "rows")
    rows = [row for ruled in each.claims for row in _claim(ruled)]
    if rows:
        yield inset(table(heads, rows))
    if each.visits:
        visits = (_visit(visit) for visit in each.visits)
        yield inset(table(("obligation", "", each.edition, each.against), visits))
    for edition, found in ((each.against, each.findings_came), (each.edition, each.findings_went)):
        for finding in found:
            yield inset(f"finding only in {edition}: {finding.rule}: {finding.reason}")


def _claim(ruled: RuledChange) -> Iterator[tuple[str, ...]]:
    claim, rows = ruled.claim, ", ".join(ruled.rows)
    here, there = _in_words(claim, before=True), _in_words(claim, before=False)
    yield claim.label, claim.changed, "", here, there, rows
    for line in claim.lines:
        if line.differences:
            for each in line.differences:
                yield "", f"line: {each.name}", line.code, each.before, each.after, ""
        else:
            yield "", f"line {line.changed}", line.code, *_sides(line.changed, str(line.units)), ""
    for code in claim.codes:
        yield "", f"{code.role} {code.changed}", code.code, *_sides(code.changed, code.label), ""


def _in_words(claim: ClaimChange, *, before: bool) -> str:
    state = claim.state_before if before else claim.state
    total = claim.total_before if before else claim.total
    return "" if state is None else f"{state}, {total:,.2f}"


def _sides(changed: str, words: str) -> tuple[str, str]:
    return (words, "") if changed == "removed" else ("", words)


def _visit(visit: ObligationChange) -> tuple[str, str, str, str]:
    before = f"{visit.due_before} {visit.status_before}" if visit.due_before else ""
    after = f"{visit.due} {visit.status}" if visit.due else ""
    return visit.what, visit.changed, before, after
