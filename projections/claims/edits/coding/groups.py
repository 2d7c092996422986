"""The group of a stay: what the site's grouper said against what the procedure leads to."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.codebook.book import bare
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.edits.reading import discharge_of, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as, named

GROUPER = "MS-DRG Definitions Manual; any CAR-T procedure leads to the group; rows R28, R33, R51"


@edit("C", source=GROUPER)
def the_sites_grouper_has_the_products_group(draft: Draft) -> Iterator[Finding]:
    """Another group means that the site's coding has no valid CAR-T procedure in it."""
    found, case, on = discharge_of(draft.bill), draft.bill.case, draft.bill.last_day
    codes = case.product.codes
    entry = case.rules.find(codes.drg, on) if codes.drg else None
    if found is None or entry is None or found[1].drg in (None, entry.code):
        return
    if next(draft.bill.of(CellsInfused), None) is not None:
        yield say(
            (found[0].key,),
            f"the site's grouper says MS-DRG {found[1].drg}, the infusion leads to {entry.code}",
            f"code the infusion as {_procedures(draft)} and group the stay again with the grouper "
            f"version of its discharge ({found[1].grouper_version or 'none is reported'})",
            holds=True,
        )


@edit("D", editions=("public",), source=GROUPER)
def no_later_stay_is_grouped_as_an_infusion(draft: Draft) -> Iterator[Finding]:
    """The group of the product, on a stay in which no cells were given."""
    found, case, on = discharge_of(draft.bill), draft.bill.case, draft.bill.last_day
    codes = case.product.codes
    entry = case.rules.find(codes.drg, on) if codes.drg else None
    if found is not None and entry is not None and found[1].drg == entry.code:
        yield say(
            (found[0].key,),
            f"the site's grouper says MS-DRG {entry.code}, and no cells were infused in this stay",
            "take the procedure of the infusion off this stay's coding and group it again",
            holds=True,
        )


@edit(
    "C", editions=("public",),
    source="ICD-10-PCS; the product page's own procedures; rows R28 to R30",
)  # fmt: skip
def the_site_coded_the_products_own_procedure(draft: Draft) -> Iterator[Finding]:
    """The grouper sees the coding of the site: without the procedure it cannot know."""
    found = discharge_of(draft.bill)
    infused = next(draft.bill.of(CellsInfused), None)
    if found is None or infused is None or not found[1].procedures:
        return
    coded = {bare(each.code) for each in found[1].procedures}
    if not coded & _own(draft).keys():
        yield say(
            (found[0].key,),
            "the discharge lists procedures and the infusion of the product is none of them",
            f"have the coder add {_procedures(draft)} with the day of the infusion",
        )


@edit(
    "A", "B", "C", "D", editions=("public",),
    source="ICD-10-PCS, pheresis by what is taken: leukocytes, not platelets; row R31",
)  # fmt: skip
def a_collection_of_cells_is_no_collection_of_platelets(draft: Draft) -> Iterator[Finding]:
    """The last character says what was taken out of the blood."""
    found, case = discharge_of(draft.bill), draft.bill.case
    platelets = known_as(case, "platelet_pheresis_single", "platelet_pheresis_multiple")
    collected: list[Record] = [record for record, _ in draft.bill.of(ApheresisCompleted)]
    for each in found[1].procedures if found else ():
        if found is not None and collected and bare(each.code) in platelets:
            meaning = "single" if len(collected) == 1 else "multiple"
            right = named(case, f"apheresis_inpatient_{meaning}", draft.bill.last_day)
            yield say(
                (found[0].key, *(record.key for record in collected)),
                f"{each.code} of the discharge is a collection of platelets; white cells were "
                "collected",
                f"have the coder correct it to {right}",
                holds=True,
            )


def _own(draft: Draft) -> dict[str, object]:
    codes = draft.bill.case.product.codes
    veins = [m for m in (codes.infusion_peripheral, codes.infusion_central) if m]
    return {**known_as(draft.bill.case, *veins)}


def _procedures(draft: Draft) -> str:
    """The product's own procedure by the vein that was used."""
    infused = next(draft.bill.of(CellsInfused), None)
    meaning = draft.bill.case.product.infusion_code(infused[1].access) if infused else None
    return named(draft.bill.case, meaning, draft.bill.last_day) if meaning else "the product's own"
