"""Denial 7: an infusion given in a setting that the payer did not authorize."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.authorization import AuthorizationGranted, AuthorizedService
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.edits.payers.authorizations import in_force
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import named


@edit(
    "C",
    denial=7,
    editions=("public",),
    source="page: denial 7; what was given outpatient is never billed as inpatient, row R61",
)
def the_authorization_covers_the_setting_of_the_infusion(draft: Draft) -> Iterator[Finding]:
    """Asked before the service: afterwards no code and no form makes another setting of it."""
    for record, granted in _for_another_setting(draft):
        yield say(
            (draft.bill.anchor.key, record.key),
            f"the infusion was given {_setting(draft)} and authorization {granted.reference} is for"
            f" {granted.setting} care",
            "ask the payer to authorize the setting that was used, with the clinical reason, and "
            "record its answer; without an inpatient order signed at the time the infusion stays "
            f"an {_setting(draft)} claim, and the next one is authorized for its setting before "
            "the day",
            holds=True,
        )


@edit("C", denial=7, editions=("page",), source="page: denial 7, default to inpatient")
def an_outpatient_infusion_is_rare_to_this_payer(draft: Draft) -> Iterator[Finding]:
    """The page plans every infusion as inpatient; what it calls resubmitting it cannot mean."""
    if draft.bill.setting == "inpatient" or next(draft.bill.of(CellsInfused), None) is None:
        return
    against = tuple(_for_another_setting(draft))
    group = named(draft.bill.case, _group(draft), draft.bill.last_day)
    yield say(
        (draft.bill.anchor.key, *(record.key for record, _ in against)),
        f"the infusion was given {_setting(draft)}, and most payers do not expect that",
        f"plan the infusion as inpatient, MS-DRG {group}, unless the payer agreed to another "
        "setting; one that was given without an inpatient order is not rebilled as inpatient",
        holds=bool(against),
    )


def _for_another_setting(draft: Draft) -> tuple[tuple[Record, AuthorizationGranted], ...]:
    """The authorizations of the infusion, where none of them covers how it was given."""
    bill = draft.bill
    if bill.setting == "inpatient" or next(bill.of(CellsInfused), None) is None:
        return ()
    granted = _of(bill, "infusion") or _of(bill, "product")
    covered = any(fact.setting in ("any", bill.setting) for _, fact in granted)
    return () if covered else tuple(granted)


def _of(bill: Bill, service: AuthorizedService) -> list[tuple[Record, AuthorizationGranted]]:
    return [pair for pair in in_force(bill, bill.anchor.day) if service in pair[1].services]


def _group(draft: Draft) -> str:
    return draft.bill.case.product.codes.drg or "car_t_drg"


def _setting(draft: Draft) -> str:
    return "outpatient" if draft.bill.setting == "outpatient" else "office"
