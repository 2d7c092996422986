"""A claim as it was kept when it went out, against what today's rules make of the same facts.

Version 1 of a kept claim is an object with `diagnoses` (the codes in order), `lines` (of each its
day, code, units and charge, as text) and `payer`; beside it the submission names the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.statement import EDITIONS, Edition
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.json_text import object_in
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import Effective, History, told_in
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.sent.derived_at import derived_at
from veinledger.projections.claims.sent.rules_changed import made_by
from veinledger.projections.claims.shapes import Claim

VERSION: Final = 1
VOID: Final = "8"
Verdict = Literal[
    "equal", "rules changed", "directory changed", "cannot be reproduced", "not compared"
]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FieldDifference:
    """One field of a kept claim, and what it would be now."""

    field: str
    kept: str
    now: str

    def __repr__(self) -> str:
        return f"<difference in {self.field}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptClaim:
    """A claim that went out, and whether it comes out the same again."""

    record: str
    """Report key of the submission."""
    label: str
    verdict: Verdict
    reason: str
    edition: str
    rule_pack: str
    """Digest of the pages that it was made by."""
    directory: str | None
    """Digest of the site's directory that it was made by, where the submission tells it."""
    differences: tuple[FieldDifference, ...] = ()

    def __repr__(self) -> str:
        return f"<kept claim {self.label}: {self.verdict}>"


def kept_claims(
    history: History, seen: Effective, centre: Centre, rules: Rules
) -> Iterator[KeptClaim]:
    """Every submission of an encounter, whatever its standing, in the order of the ledger."""
    for record in seen.known:
        if isinstance(record.fact, ClaimSubmitted):
            standing = seen.standings.get(record.key)
            if standing is not None and standing.in_effect:
                yield stored_against_rules(history, centre, rules, record)
            else:
                yield _told(record, "not compared", f"the submission is {standing or 'not known'}")


def stored_against_rules(
    history: History, centre: Centre, rules: Rules, record: Record
) -> KeptClaim:
    """The claim that a submission keeps, against today's rules on the facts known to it.

    The rules are read in the edition of the submission, at the position that it names, as of its
    day. Other pages: the rules changed. The same pages and another directory of the site, where the
    submission tells it: the directory changed. Else it cannot be reproduced.
    """
    sent = cast("ClaimSubmitted", record.fact)
    why_not = _cannot_be_compared(sent)
    if why_not:
        return _told(record, "not compared", why_not)
    edition = _edition(sent)
    known = derived_at(record, sent)
    whose = told_in(history, record, known)
    then = claims(whose, centre, rules.under(edition), record.day, known)
    claim = next((each for each in then.claims if each.key == sent.claim_key), None)
    found = tuple(_differences(_as_kept(sent), {} if claim is None else _as_made(claim)))
    if not found:
        return _told(record, "equal", "")
    reason = made_by(sent, rules.digest, centre.digest)
    return replace(_told(record, _verdict(sent, centre, rules), reason), differences=found)


def _verdict(sent: ClaimSubmitted, centre: Centre, rules: Rules) -> Verdict:
    """Of a claim that does not come out again."""
    if sent.rule_pack != rules.digest:
        return "rules changed"
    return (
        "cannot be reproduced" if sent.directory in (None, centre.digest) else "directory changed"
    )


def _cannot_be_compared(sent: ClaimSubmitted) -> str:
    if sent.frequency == VOID:
        return "it voids a claim, and keeps none"
    if sent.claim_version != VERSION:
        return f"its form is version {sent.claim_version}, and this program reads version {VERSION}"
    if sent.edition not in EDITIONS:
        return f"its edition is {sent.edition}, which this program does not have"
    if not object_in(sent.claim).keys() & {"diagnoses", "lines"}:
        return "what is kept of it has neither lines nor diagnoses"
    return ""


def _edition(sent: ClaimSubmitted) -> Edition:
    """The edition of a submission that `_cannot_be_compared` let through."""
    return "page" if sent.edition == "page" else "public"


def _as_kept(sent: ClaimSubmitted) -> dict[str, str]:
    said = object_in(sent.claim)
    told = {
        "label": sent.label,
        "form": sent.form,
        "payer": sent.payer,
        "biller": sent.billing_provider,
        "anchor": sent.anchor,
        "total": f"{sent.total:.2f}",
    }
    if "diagnoses" in said:
        told |= _numbered("diagnosis", said["diagnoses"])
    if "lines" in said:
        told |= _numbered("line", said["lines"])
    return told


def _as_made(claim: Claim) -> dict[str, str]:
    lines = [[str(each.day), each.code, str(each.units), str(each.charge)] for each in claim.lines]
    return {
        "label": claim.label,
        "form": "837I" if claim.form == "UB-04" else "837P",
        "payer": claim.payer or "",
        "biller": claim.biller,
        "anchor": claim.anchor,
        "total": f"{claim.total:.2f}",
        **_numbered("diagnosis", list(claim.diagnoses)),
        **_numbered("line", lines),
    }


def _numbered(name: str, items: object) -> dict[str, str]:
    every = cast("list[object]", items) if isinstance(items, list) else [items]
    return {f"{name} {number}": _words(item) for number, item in enumerate(every, start=1)}


def _words(item: object) -> str:
    if isinstance(item, list):
        return ", ".join(str(part) for part in cast("list[object]", item))
    return str(item)


def _differences(kept: Mapping[str, str], now: Mapping[str, str]) -> Iterator[FieldDifference]:
    if not now:
        yield FieldDifference(field="claim", kept="there", now="no claim has its key")
        return
    told = {name.partition(" ")[0] for name in kept}
    names = dict.fromkeys((*kept, *(each for each in now if each.partition(" ")[0] in told)))
    for name in names:
        if kept.get(name) != now.get(name):
            there, here = kept.get(name, "not there"), now.get(name, "not there")
            yield FieldDifference(field=name, kept=there, now=here)


def _told(record: Record, verdict: Verdict, reason: str) -> KeptClaim:
    sent = cast("ClaimSubmitted", record.fact)
    return KeptClaim(
        record=record.key,
        label=sent.label,
        verdict=verdict,
        reason=reason,
        edition=sent.edition,
        rule_pack=sent.rule_pack,
        directory=sent.directory,
    )
