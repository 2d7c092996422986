"""Where the pages of policies name each other: every policy that is named must be there."""

from __future__ import annotations

from veinledger.domain.codebook.page import PageError
from veinledger.domain.listing import Listing
from veinledger.domain.policies.policy import Ask, Policy


def refuse_unknown_policies(listing: Listing) -> None:
    """Refuses an ask of a policy that no page has, and a policy that builds on none."""
    known = {each.name for each in listing.all(Policy)}
    named = [
        *((ask.file, f"ask {ask.name!r}", "policy", ask.policy) for ask in listing.all(Ask)),
        *(
            (policy.file, f"policy {policy.name!r}", "builds_on", policy.builds_on)
            for policy in listing.all(Policy)
            if policy.builds_on is not None
        ),
    ]
    for file, where, field, name in named:
        if name not in known:
            raise PageError(
                f"{file}, {where}: field {field!r}: no policy is named {name!r}; there are "
                f"{', '.join(sorted(known))}"
            )
