"""Which reason a denial has: the signs in the payer's answer, and what our own edits found.

Nothing is guessed. A reason that the answer names goes first, then those that it fits; where it
names several, or none, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from veinledger.domain.appeals.reason import Reason, Sign
from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.products.profile import Product
from veinledger.projections.appeals.denials import Denial
from veinledger.projections.appeals.registry import meant
from veinledger.projections.appeals.shapes import Evidence, Match
from veinledger.projections.case.case import Case
from veinledger.projections.claims.edits.registry import EDITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A reason with everything that speaks for it."""

    reason: Reason
    evidence: tuple[Evidence, ...]

    @property
    def strength(self) -> tuple[int, int, int]:
        """How often it is named, found by our edits, and fitted: in this order."""
        return (
            sum(each.names for each in self.evidence),
            sum(each.kind == "finding" for each in self.evidence),
            sum(not each.names and each.kind != "finding" for each in self.evidence),
        )


def reasons_of(case: Case, denial: Denial, on: date) -> tuple[Matched, ...]:
    """The reasons that come into question, the best supported first, then by the page's number."""
    signs = tuple(case.rules.listed(Sign, denial.record.day))
    found = (
        Matched(reason=reason, evidence=tuple(_evidence(case, denial, reason, signs, on)))
        for reason in case.rules.listed(Reason, on)
        if _may_be(case, denial, reason)
    )
    there = _best_supported([each for each in found if each.evidence])
    return tuple(sorted(there, key=lambda m: (*(-n for n in m.strength), m.reason.number or 99)))


def _best_supported(found: list[Matched]) -> list[Matched]:
    """Those that the answer names; else those that it fits; else what our own edits found.

    What our edits hold against a claim is no reason of the payer's where it gives another.
    """
    named = [each for each in found if each.strength[0]]
    fitting = [each for each in found if each.strength[2]]
    return named or fitting or found


def how_sure(found: tuple[Matched, ...]) -> Match:
    """Whether one reason is named, several, none although some fit, or nothing is known."""
    if not found:
        return "unmatched"
    named = sum(each.strength[0] > 0 for each in found)
    if named == 0:
        return "unclear"
    return "matched" if named == 1 else "several"


def _may_be(case: Case, denial: Denial, reason: Reason) -> bool:
    """Whether claims of this kind, or requests, are denied for it at all."""
    if reason.judges == "refractory" and not _asks(case):
        return False
    if not isinstance(denial.fact, ClaimAnswered):
        return reason.requests
    kind = denial.claim.kind if denial.claim is not None else _kind_of(denial.key)
    return kind is None or kind in reason.claims


def _asks(case: Case) -> bool:
    """Whether any indication of the product asks for refractoriness to a drug."""
    return any(each.refractory_to for each in case.product.indications)


def _kind_of(key: str | None) -> str | None:
    kind = (key or "").partition("/")[0]
    return kind if kind in ("A", "B", "C", "D", "E", "E0") else None


def _evidence(
    case: Case, denial: Denial, reason: Reason, signs: Iterable[Sign], on: date
) -> Iterator[Evidence]:
    indications = {each.name for each in meant(case, on)}
    for sign in signs:
        fits = not sign.indications or indications & set(sign.indications)
        text = _seen(case, denial, sign) if sign.reason == reason.name and fits else None
        if text is not None:
            yield Evidence(
                kind="code" if sign.carc or sign.rarc else "words",
                names=sign.weight == "names",
                text=text,
                source=sign.said_by,
                confidence=sign.confidence,
                records=(denial.record.key,),
            )
    yield from _found_by_our_edits(denial, reason)


def _seen(case: Case, denial: Denial, sign: Sign) -> str | None:
    """The sign as it stands in the answer; None where it does not."""
    called = sign.name.replace("_", " ")
    for code in sign.carc:
        if code in denial.carc:
            return f"CARC {code} {denial.carc[code]}: {called}"
    for code in sign.rarc:
        if code in denial.rarc:
            return f"RARC {code} {denial.rarc[code]}: {called}"
    if sign.another is not None:
        return _another(case, denial, sign.another)
    word = _first_in(denial.text, sign.words)
    if word is None:
        return None
    if not sign.beside:
        return f"the answer says {_quoted(word)}"
    other = _first_in(denial.text, sign.beside)
    return f"the answer says {_quoted(word)} and {_quoted(other)}" if other else None


def _another(case: Case, denial: Denial, what: str) -> str | None:
    for product in case.rules.products.products:
        if product.name == case.product.name:
            continue
        if what == "name":
            word = _first_in(denial.text, (product.brand, product.generic))
            if word is not None:
                return f"the answer names {product.brand}"
        elif product.kind == case.product.kind and _is_of_the_target(case, product, what):
            code = _dose_code_in(case, denial, product)
            if code is not None:
                return f"the answer has {code}, the code of {product.brand} ({product.target})"
    return None


def _is_of_the_target(case: Case, product: Product, what: str) -> bool:
    return (product.target == case.product.target) == (what == "code of the same target")


def _dose_code_in(case: Case, denial: Denial, product: Product) -> str | None:
    entries = case.rules.book.shelf.get(product.codes.dose, ())
    lines = {line.code for line in denial.lines}
    if isinstance(denial.fact, ClaimAnswered):
        lines |= {line.hcpcs for line in denial.fact.lines if line.hcpcs}
    for entry in entries:
        if entry.code in lines or _first_in(denial.text, (entry.code,)) is not None:
            return entry.code
    return None


def _first_in(text: str, words: Iterable[str]) -> str | None:
    """The first of some words that stands in a text by itself, whatever its case."""
    flat = " ".join(text.split())
    for word in words:
        stem = word.removesuffix("*")
        ends = "" if word.endswith("*") else r"(?!\w)"
        if re.search(rf"(?<!\w){re.escape(stem)}{ends}", flat, re.IGNORECASE):
            return word
    return None


def _quoted(word: str) -> str:
    return f"'{word.removesuffix('*')}...'" if word.endswith("*") else f"'{word}'"


def _found_by_our_edits(denial: Denial, reason: Reason) -> Iterator[Evidence]:
    """What the edits that look for this reason found on the claim itself."""
    if denial.claim is None:
        return
    edits = {each.name for each in EDITS if reason.number and each.denial == reason.number}
    for each in denial.claim.findings:
        if each.rule in edits | set(reason.edits) and denial.record.key not in each.records:
            yield Evidence(
                kind="finding",
                names=False,
                text=f"our own edit {each.rule} found: {each.reason}",
                source=each.source,
                confidence="high",
                records=each.records,
            )
