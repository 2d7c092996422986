"""Opens a case: the history as of both times, judged by the page of its product."""

from __future__ import annotations

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import centre_then
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    FoldedHistory,
    History,
    KnownAt,
    effective_by,
    folded_history,
)
from veinledger.projections.case.again.kept import remembering
from veinledger.projections.case.case import Case


def case_of(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Case | None:
    """The encounter as of both times; None where no complete page describes its product."""
    folded = folded_history(history, known_at)
    then = centre_then(centre, folded, as_of, known_at)
    return case_by(folded, effective_by(folded, as_of), then, rules)


def case_by(folded: FoldedHistory, seen: Effective, centre: Centre, rules: Rules) -> Case | None:
    """The case of a folded history, of which so much is seen."""
    made = case_seen(seen, centre, rules)
    return None if made is None else known_already(folded, made)


def case_seen(seen: Effective, centre: Centre, rules: Rules) -> Case | None:
    """The case of a history that was folded already, before a centre as of both times."""
    product = rules.products.find(seen.state.product)
    if product is None or not product.complete:
        return None
    return Case(seen=seen, centre=centre, rules=rules, product=product)


def known_already(folded: FoldedHistory, made: Case) -> Case:
    """The case that was opened last of a history, where this one is the same.

    On most days nothing happens, and several questions are asked about one day: whatever was
    worked out of that case holds for all of them.
    """
    last: Case | None = folded.memo.get(Case)
    if last is not None and last == made:
        return last
    folded.memo[Case] = remembering(made, folded)
    return made
