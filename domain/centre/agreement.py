"""Where a site's directory and the rules meet: what one names, the other must have."""

from __future__ import annotations

from veinledger.domain.centre.centre import Centre
from veinledger.domain.codebook.page import PageError
from veinledger.domain.policies.policy import Policy
from veinledger.domain.rules import Rules


def refuse_what_the_rules_lack(centre: Centre, rules: Rules) -> None:
    """Refuses a contract about an unknown product, a payer with an unknown meaning or policy."""
    products = [product.name for product in rules.products.products]
    for contract in centre.contracts:
        if contract.product is not None and contract.product not in products:
            raise PageError(
                f"contract {contract.name!r}: field 'product': no product page is named "
                f"{contract.product!r}; there are {', '.join(products)}"
            )
    policies = sorted({each.name for each in rules.listing.all(Policy)})
    for payer in centre.payers:
        if payer.policy is not None and payer.policy not in policies:
            raise PageError(
                f"payer {payer.name!r}: field 'policy': no page of policies has {payer.policy!r}; "
                f"there are {', '.join(policies)}"
            )
        if payer.collection_meaning is not None:
            _refuse_an_unknown_meaning(payer.name, payer.collection_meaning, rules)


def _refuse_an_unknown_meaning(payer: str, meaning: str, rules: Rules) -> None:
    """A collection is billed under a CPT code, so that its meaning is one of those."""
    known = rules.book.shelf.get(meaning, ())
    if any(entry.system in ("CPT", "HCPCS") for entry in known):
        return
    harvests = [
        name
        for name, entries in rules.book.shelf.items()
        if entries[0].system == "CPT" and ("harvest" in name or "apheresis" in name)
    ]
    raise PageError(
        f"payer {payer!r}: field 'collection_meaning': no service of the code book means "
        f"{meaning!r}; for a collection it has {', '.join(sorted(harvests))}"
    )
