"""Codes of the acts around the cells: on the wrong claim, of another act, or for the heart."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.findings import Finding
from veinledger.projections.claims.edits.reading import charged, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as, named, parts


@edit(
    "A", "B", "C", "D", editions=("public",),
    source="HCPCS short name, hospital files; AAP: the CAR-T family had four codes; row R02",
)  # fmt: skip
def no_imaging_of_the_heart_stands_for_the_product(draft: Draft) -> Iterator[Finding]:
    """0541T beside the CAR-T codes is a service that nobody gave."""
    heart = known_as(draft.bill.case, "magnetocardiography")
    receipt = named(draft.bill.case, "car_t_receipt_preparation", draft.bill.last_day)
    for each in charged(draft):
        if each.code in heart:
            yield say(
                each.records,
                f"{each} is an imaging of the heart by its magnetic field, never CAR-T",
                f"take the charge off; the preparation of the received product is {receipt}",
                holds=True,
            )


@edit(
    "A", editions=("public",),
    source="AMA CPT, own reading: administration and harvest are two acts; row R03",
)  # fmt: skip
def no_giving_of_cells_stands_on_a_collection(draft: Draft) -> Iterator[Finding]:
    """An infusion on the day of the collection, weeks before there is a product."""
    giving = known_as(draft.bill.case, "car_t_administration")
    harvest = named(draft.bill.case, "apheresis_collection", draft.bill.last_day)
    for each in charged(draft):
        if each.code in giving:
            yield say(
                each.records,
                f"{each} is the administration of the cells, and this claim is a collection",
                f"correct the charge: the collection is {harvest}",
                holds=True,
            )


@edit(
    "C", "D", editions=("public",),
    source="AMA CPT, own reading: the harvest is billed by the day it was done; row R04",
)  # fmt: skip
def no_collection_stands_on_an_infusion(draft: Draft) -> Iterator[Finding]:
    """The harvest belongs to its own day; on the infusion's account it would be billed again."""
    if next(draft.bill.of(ApheresisCompleted), None) is not None:
        return
    harvest = known_as(draft.bill.case, "apheresis_collection")
    for each in charged(draft):
        if each.code in harvest:
            yield say(
                each.records,
                f"{each} is the harvest of the cells, and none was done on this claim's days",
                "move the charge to the collection's account, or take it off where claim A has it",
                holds=True,
            )


@edit(
    "A", "C", editions=("public",),
    source="icd10monitor; Ohio HIMA 2025-09-29: once a day, whatever the bags; row R12",
)  # fmt: skip
def harvest_and_giving_are_billed_once_a_day(draft: Draft) -> Iterator[Finding]:
    """More than one unit on a day is more than the code can mean."""
    case, on = draft.bill.case, draft.bill.last_day
    once = known_as(case, *parts(case, "once_a_day", on))
    for where in ("on the claim", "posted to its account"):
        mine = [each for each in charged(draft) if each.code in once and each.where == where]
        for code, day in dict.fromkeys((each.code, each.day) for each in mine):
            same = [each for each in mine if (each.code, each.day) == (code, day)]
            total = sum(each.units for each in same)
            if total > 1:
                yield say(
                    (key for each in same for key in each.records),
                    f"{code} has {total} units on {day} {where}; it is billed once a day",
                    "bill one unit; bags and further collections of the day are inside it",
                    holds=True,
                )
