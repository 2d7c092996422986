"""The other way round: everything that rests on one record, and what the record rests on.

Who corrects a record asks this first: which claims, codes, visits and findings would move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.claims.why.denied import what_it_denied
from veinledger.projections.claims.why.teller import Explanation, Teller
from veinledger.projections.schedule import Obligation, Schedule


class NoSuchRecord(LookupError):
    """The history has no record of this number; the text says which there are."""


def explain_record(
    claim_set: ClaimSet, owed: Schedule, seen: Effective, number: int, whose: str | None = None
) -> Explanation:
    """A record by its number in the encounter's history, with its message and all that it carries.

    `whose`: an encounter that was merged into it; without one, the number is the encounter's own.
    Claims, each with the lines and codes that rest on it and why; obligations of the schedule;
    findings; dose arithmetic; what is not billed because of it; what is to be sent again.
    """
    record = _numbered(seen, number, whose or seen.encounter)
    records = {each.key: each for each in seen.known}
    teller = Teller(edition=claim_set.edition, records=records)
    standing = seen.standings[record.key]
    told = teller.record(record.key)
    return replace(
        told,
        text=f"{told.text}, {standing}",
        carries=(
            *_claims(claim_set, record.key, teller),
            *_obligations(owed, record.key),
            *_findings(claim_set, owed, record.key, teller),
            *_of_the_rest(claim_set, record.key),
            *what_it_denied(claim_set, record, seen, teller),
        ),
    )


def resting_on(claim_set: ClaimSet, record: str) -> tuple[str, ...]:
    """The lines that rest on a record, as C1:2."""
    return tuple(
        f"{claim.label}:{number}"
        for claim in claim_set.claims
        for number, line in enumerate(claim.lines, start=1)
        if record in line.basis.records
    )


def _numbered(seen: Effective, number: int, whose: str) -> Record:
    last = dict.fromkeys((seen.encounter, *(record.name for record in seen.known)), 0)
    for record in seen.known:
        if (record.name, record.seal.sequence) == (whose, number):
            return record
        last[record.name] = max(last[record.name], record.seal.sequence)
    if whose not in last:
        raise NoSuchRecord(f"this history holds no record of {whose}, but those of {_and(last)}")
    others = [name for name in last if name != seen.encounter]
    of_others = f"; those of {_and(others)} are named with it, as {others[0]} 1" if others else ""
    raise NoSuchRecord(
        f"{'the encounter' if whose == seen.encounter else whose} has no record {number}; they are"
        f" numbered up to {last[whose]}, as `veinledger history` shows them{of_others}"
    )


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)


def _claims(claim_set: ClaimSet, key: str, teller: Teller) -> Iterator[Explanation]:
    """Each claim that rests on it, with only those of its parts that do."""
    for claim in claim_set.claims:
        if key in claim.records:
            own = teller.claim(replace(claim, lines=(), codes=(), findings=(), differs=()))
            yield replace(own, because=tuple(_parts(claim, key, teller)))


def _parts(claim: Claim, key: str, teller: Teller) -> Iterator[Explanation]:
    for number, line in enumerate(claim.lines, start=1):
        if key in line.basis.records:
            told = teller.line(line)
            yield replace(told, key=f"{claim.label}:{number}", text=_at(claim, number, told.text))
    for code in claim.codes:
        if key in code.basis.records:
            yield teller.code(code)
    for each in claim.findings:
        if key in each.records:
            yield teller.finding(each)


def _at(claim: Claim, number: int, text: str) -> str:
    return f"{claim.label}:{number} {text}"


def _obligations(owed: Schedule, key: str) -> Iterator[Explanation]:
    for each in owed.obligations:
        how = _hangs(each, key)
        if how:
            yield Explanation(
                of="obligation",
                key=each.key,
                text=f"{each.what}, due {each.due}, {each.status}: {how} [{each.source}]",
            )


def _hangs(owed: Obligation, key: str) -> str:
    """How an obligation rests on a record; empty where it does not."""
    corrected = any(each.correction == key for each in owed.was_due)
    ways = {
        "counts from it": owed.anchor == key,
        "met by it": owed.met_by == key,
        "moved by it": corrected,
    }
    return " and ".join(way for way, it_does in ways.items() if it_does)


def _findings(
    claim_set: ClaimSet, owed: Schedule, key: str, teller: Teller
) -> Iterator[Explanation]:
    """The findings about it that stand on no claim that rests on it."""
    told = {f.key for c in claim_set.claims if key in c.records for f in c.findings}
    every: dict[str, Finding] = {
        each.key: each for each in (*claim_set.findings, *owed.findings) if key in each.records
    }
    return (teller.finding(each) for name, each in every.items() if name not in told)


def _of_the_rest(claim_set: ClaimSet, key: str) -> Iterator[Explanation]:
    for dosing in claim_set.dosing:
        if key in dosing.records:
            text = f"{dosing.what}: {dosing.arithmetic}; {dosing.result} [{dosing.source}]"
            yield Explanation(of="arithmetic", text=text)
    if key in claim_set.unbilled:
        yield Explanation(of="unbilled", key=key, text=claim_set.unbilled[key])
    for each in claim_set.proposals:
        if key in (each.sent, *each.records):
            text = f"{each.label}, frequency {each.frequency}: {each.reason}"
            yield Explanation(of="proposal", key=each.key, text=text)
