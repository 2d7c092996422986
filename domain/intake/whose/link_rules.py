"""Rules for a merge as it is asked, and for what a correction may do to one.

docs/standing.md, section 9. Each names what would make the request acceptable.
"""

from __future__ import annotations

from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.findings import Objection
from veinledger.domain.intake.request import Request

SOURCE = "docs/standing.md, section 9"


def an_encounter_is_merged_into_another_that_is_there(asked: Request) -> Objection | None:
    """A mistyped survivor would take a patient out of every list."""
    fact = asked.fact
    if not isinstance(fact, EncounterLinked):
        return None
    if fact.survivor != asked.known.encounter and asked.is_known(fact.survivor):
        return None
    return Objection(
        rule="an_encounter_is_merged_into_another_that_is_there",
        reason="the survivor is this very encounter, or one of which the ledger holds no record",
        remedy="check the survivor's name; open it first where it is a new one",
        source=SOURCE,
        field="survivor",
    )


def an_encounter_is_merged_once(asked: Request) -> Objection | None:
    """It counts in one place."""
    if not isinstance(asked.fact, EncounterLinked) or asked.known.merged_into is None:
        return None
    return Objection(
        rule="an_encounter_is_merged_once",
        reason="it was merged into another encounter before",
        remedy="void that link where it is wrong, then link it anew",
        source=SOURCE,
        field="survivor",
    )


def a_survivor_stands_by_itself(asked: Request) -> Objection | None:
    """Nothing is merged into an encounter that counts elsewhere; so no merge runs in circles."""
    fact = asked.fact
    if not isinstance(fact, EncounterLinked) or asked.seen(fact.survivor).merged_into is None:
        return None
    return Objection(
        rule="a_survivor_stands_by_itself",
        reason="the survivor was itself merged into another encounter",
        remedy="name the encounter that it was merged into, which `veinledger stage` shows",
        source=SOURCE,
        field="survivor",
    )


def merged_encounters_are_about_one_product(asked: Request) -> Objection | None:
    """Another product is another encounter, which continues the first."""
    fact = asked.fact
    if not isinstance(fact, EncounterLinked):
        return None
    products = {asked.known.state.product, asked.seen(fact.survivor).state.product} - {None}
    if len(products) < 2:
        return None
    return Objection(
        rule="merged_encounters_are_about_one_product",
        reason="the two encounters were opened for different products",
        remedy="report encounter.continued where one follows the other, or correct the product of"
        " the opening that is wrong",
        source=SOURCE,
        field="survivor",
    )


def a_merge_is_undone_by_a_void_of_its_link_alone(asked: Request) -> Objection | None:
    """So that both encounters come back as they were."""
    links = [target for target in asked.corrected if isinstance(target.fact, EncounterLinked)]
    told = any(isinstance(each.fact, EncounterLinked) for each in asked.replacements)
    alone = len(asked.changes) == 1 and asked.changes[0].kind == "void"
    if not told and (not links or (alone and links[0].merges is None)):
        return None
    return Objection(
        rule="a_merge_is_undone_by_a_void_of_its_link_alone",
        reason="a change replaces or moves a merge, or voids it together with others or in the"
        " survivor",
        remedy="void the link by itself in the encounter that was merged; report another link anew",
        source=SOURCE,
        field="changes",
    )
