"""Opens a case: the history as of both times, judged by the page of its product."""

from __future__ import annotations

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import as_of_both_times
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective, History, KnownAt, effective
from veinledger.projections.case.case import Case


def case_of(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Case | None:
    """The encounter as of both times; None where no complete page describes its product."""
    seen = effective(history, as_of, known_at)
    return case_seen(seen, as_of_both_times(centre, as_of, known_at), rules)


def case_seen(seen: Effective, centre: Centre, rules: Rules) -> Case | None:
    """The case of a history that was folded already, before a centre as of both times."""
    product = rules.products.find(seen.state.product)
    if product is None or not product.complete:
        return None
    return Case(seen=seen, centre=centre, rules=rules, product=product)
