"""What a site's own directory changes: charges folded, a price missing, a payer's wish."""

from __future__ import annotations

from dataclasses import replace

from tests.claims.cells import CLINIC, to_the_bag
from tests.claims.encounters.collection import collection_of_a_batch_that_failed
from tests.claims.encounters.registry import encounter
from tests.given import collected, infused, opened
from veinledger.domain.centre.centre import Centre
from veinledger.domain.reports import Record


def folding(centre: Centre) -> Centre:
    """Every facility folds the charges of the collection into the product's line."""
    places = (replace(each, collection_charges="folded") for each in centre.facilities)
    return replace(centre, facilities=tuple(places))


def folding_without_a_price(centre: Centre) -> Centre:
    """The same, and the site has no price for a collection."""
    priced = tuple(each for each in centre.charges if each.revenue != "0871")
    return replace(folding(centre), charges=priced)


def wanting_an_apheresis(centre: Centre) -> Centre:
    """Somebody wrote a code of its own for the collection into Medicare's entry."""
    own = "therapeutic_apheresis_white_cells"
    payers = (
        replace(each, collection_meaning=own) if each.name == "medicare" else each
        for each in centre.payers
    )
    return replace(centre, payers=tuple(payers))


@encounter(centre=wanting_an_apheresis)
def directory_wants_a_paid_collection_of_medicare() -> list[Record]:
    """The claim does not follow an entry under which Medicare would pay for the cells twice."""
    return [*opened("medicare"), *collected()]


@encounter(centre=folding_without_a_price)
def directory_folds_a_charge_that_it_does_not_know() -> list[Record]:
    """Nobody posted the collection's charge and the site has no price: the product's line waits."""
    return [*opened("medicare"), *to_the_bag(), infused(CLINIC)]


@encounter(centre=folding)
def directory_folds_beside_a_collection_of_nothing() -> list[Record]:
    """The second collection is folded, and the first, whose batch failed, has lines of its own."""
    return collection_of_a_batch_that_failed()
