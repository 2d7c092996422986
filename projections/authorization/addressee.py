"""To whom the request goes: a payer of the directory, or a policy by its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from veinledger.domain.centre.directory import Payer
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.policies.policy import Ask, Item, Policy
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.policies import asks_for, policy_for


class UnknownPayer(LookupError):
    """Neither the directory nor any page of policies has a payer of this name on the day."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Addressee:
    """The payer that is asked, its policy, and the patient's coverage with it."""

    name: str | None
    """By directory name, else by the policy's; None where no coverage is on record."""
    payer: Payer | None
    policy: Policy | None
    coverage: tuple[Record, CoverageRecorded] | None
    on_record: bool
    """Whether the patient is covered by it on the day."""

    def __repr__(self) -> str:
        return f"<addressee {self.name}>"

    def asks(self, case: Case, on: date) -> dict[Item, Ask]:
        """What it asks for on a day, by item."""
        return asks_for(case, self.policy, self.payer, on) if self.policy else {}


def addressee(case: Case, on: date, name: str | None) -> Addressee:
    """The payer that comes first on the day, or the one that is named; raises UnknownPayer."""
    if name is None:
        covered = case.coverage(on)
        kind = covered[1].kind if covered else None
        payer = case.payer(on)
        return Addressee(
            name=covered[1].payer if covered else None,
            payer=payer,
            policy=policy_for(case, on, payer, kind),
            coverage=covered,
            on_record=covered is not None,
        )
    return _named(case, on, name)


def _named(case: Case, on: date, name: str) -> Addressee:
    payer = next((p for p in case.centre.payers if p.name == name and p.holds(on)), None)
    covered = _coverage_with(case, on, name)
    kind = covered[1].kind if covered else payer.kind if payer else None
    known = payer is not None or covered is not None
    policy = policy_for(case, on, payer, kind) if known else _policy_called(case, on, name)
    if not known and policy is None:
        raise UnknownPayer(_known(case, on))
    return Addressee(
        name=name, payer=payer, policy=policy, coverage=covered, on_record=covered is not None
    )


def _coverage_with(case: Case, on: date, name: str) -> tuple[Record, CoverageRecorded] | None:
    found = [
        (record, fact)
        for record, fact in case.seen.of(CoverageRecorded)
        if fact.payer == name and fact.since <= on and (fact.until is None or on <= fact.until)
    ]
    return max(found, key=lambda pair: pair[1].since, default=None)


def _policy_called(case: Case, on: date, name: str) -> Policy | None:
    return next((each for each in case.rules.listed(Policy, on) if each.name == name), None)


def _known(case: Case, on: date) -> str:
    payers = ", ".join(each.name for each in case.centre.payers if each.holds(on)) or "none"
    policies = ", ".join(each.name for each in case.rules.listed(Policy, on)) or "none"
    return (
        f"no payer and no policy has this name on {on}; the directory has the payers {payers}, and"
        f" the pages the policies {policies}"
    )
