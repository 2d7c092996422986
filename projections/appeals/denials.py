"""What was denied: answers to claims, in whole or by the line, and requests for authorization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from veinledger.domain.appeals.reason import NoDenial
from veinledger.domain.facts.authorization import AuthorizationDenied
from veinledger.domain.facts.billing import Adjustment, ClaimAnswered, LineAnswer
from veinledger.domain.reports import Record
from veinledger.projections.appeals.shapes import DeniedLine
from veinledger.projections.case.appealed import sendings
from veinledger.projections.case.case import Case
from veinledger.projections.claims.shapes import Claim, ClaimSet


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Denial:
    """One denial as the payer told it, and the claim that it is about where one is known."""

    record: Record
    fact: ClaimAnswered | AuthorizationDenied
    kind: str
    """denied, reversed, recouped, lines denied, authorization denied."""
    key: str | None
    """The key of the claim."""
    claim: Claim | None
    payer: str | None
    lines: tuple[DeniedLine, ...] = ()

    @property
    def text(self) -> str:
        """The payer's own words."""
        return (
            self.fact.reason if isinstance(self.fact, AuthorizationDenied) else self.fact.text or ""
        )

    @property
    def carc(self) -> dict[str, str]:
        """Adjustment reasons, each with where it stands: on the claim, on line 2."""
        if isinstance(self.fact, AuthorizationDenied):
            return {}
        own = dict.fromkeys((each.carc for each in self.fact.adjustments), "on the claim")
        for line in self._answered():
            for each in line.adjustments:
                own.setdefault(each.carc, f"on line {line.line}")
        return own

    @property
    def rarc(self) -> dict[str, str]:
        """Remark codes, each with where it stands."""
        if isinstance(self.fact, AuthorizationDenied):
            return {}
        own = dict.fromkeys(self.fact.rarc, "on the claim")
        for line in self._answered():
            for code in line.rarc:
                own.setdefault(code, f"on line {line.line}")
        return own

    @property
    def codes(self) -> tuple[str, ...]:
        """Everything that the payer gave as a code."""
        return (*(f"CARC {each}" for each in self.carc), *(f"RARC {each}" for each in self.rarc))

    def _answered(self) -> tuple[LineAnswer, ...]:
        """The lines that count: where the claim was paid, those alone that were not."""
        if isinstance(self.fact, AuthorizationDenied):
            return ()
        denied = {line.line for line in self.lines}
        whole = self.kind != "lines denied"
        return tuple(line for line in self.fact.lines if whole or line.line in denied)


def denials(case: Case, claims: ClaimSet) -> Iterator[Denial]:
    """Every denial in effect, in the order in which they came."""
    for record in case.seen.records:
        match record.fact:
            case AuthorizationDenied():
                yield Denial(
                    record=record,
                    fact=record.fact,
                    kind="authorization denied",
                    key=None,
                    claim=None,
                    payer=record.fact.payer,
                )
            case ClaimAnswered():
                found = _of_a_claim(case, claims, record, record.fact)
                if found is not None:
                    yield found
            case _:
                pass


def _of_a_claim(case: Case, claims: ClaimSet, record: Record, fact: ClaimAnswered) -> Denial | None:
    key = fact.claim_key or _key_of(case, fact.patient_control_number)
    claim = next((each for each in claims.claims if each.key == key), None)
    lines = tuple(_lines(case, record, fact, claim))
    kind = _kind(case, record, fact, lines)
    if kind is None:
        return None
    return Denial(
        record=record,
        fact=fact,
        kind=kind,
        key=key,
        claim=claim,
        payer=_payer(case, key, claim),
        lines=lines,
    )


def _key_of(case: Case, number: str) -> str | None:
    from_sendings = (
        record.fact for record in case.seen.records if record.fact.type == "claim.submitted"
    )
    for fact in from_sendings:
        if getattr(fact, "patient_control_number", None) == number:
            return str(getattr(fact, "claim_key", ""))
    return None


def _payer(case: Case, key: str | None, claim: Claim | None) -> str | None:
    """Whom the claim was sent to; else the payer of its day."""
    sent = sendings(case.seen, key) if key is not None else ()
    if sent:
        return sent[-1][1].payer
    return claim.payer if claim is not None else None


def _kind(
    case: Case, record: Record, fact: ClaimAnswered, lines: tuple[DeniedLine, ...]
) -> str | None:
    if fact.kind in ("denied", "reversed", "recouped"):
        return fact.kind
    if fact.kind != "paid":
        return None
    if _is_unpaid(case, record, fact.paid, fact.adjustments):
        return "denied"
    return "lines denied" if lines else None


def _is_unpaid(
    case: Case, record: Record, paid: Decimal | None, adjustments: Iterable[Adjustment]
) -> bool:
    """Nothing was paid, and not because the patient owes it or the rate is so."""
    harmless = {code for each in case.rules.listed(NoDenial, record.day) for code in each.carc}
    reasons = {each.carc for each in adjustments}
    return paid is not None and paid <= 0 and bool(reasons - harmless)


def _lines(
    case: Case, record: Record, fact: ClaimAnswered, claim: Claim | None
) -> Iterator[DeniedLine]:
    """The lines that were not paid; one that the DRG or a case rate pays is no denial."""
    for answer in fact.lines:
        if not _is_unpaid(case, record, answer.paid, answer.adjustments):
            continue
        at = answer.line - 1
        own = claim.lines[at] if claim is not None and at < len(claim.lines) else None
        if own is not None and fact.kind == "paid" and own.payment != "billed":
            continue
        yield DeniedLine(
            line=answer.line,
            code=answer.hcpcs or (own.code if own else ""),
            charged=answer.charged,
            codes=(
                *(f"{each.group}-{each.carc}" for each in answer.adjustments),
                *answer.rarc,
            ),
            rule=own.basis.rule if own else "",
            records=own.basis.records if own else (),
        )
