"""docs/standing.md, section 6: whether a correction, a confirmation or a discard is refused.

The answer is the paragraphs that stand against it: "6.1" to "6.7" for a correction; "6.target" and
"6.attested" for a confirmation or a discard.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.naive.model import Verdict, judge
from tests.naive.page.facts import CONFIRMATION, CORRECTION, DECISIONS, Fact
from tests.naive.page.set_aside import ATTESTABLE, holders_among, superseded_among

Encounters = dict[str, list[Fact]]
Bring = Callable[[Fact, str], list[tuple[str, Fact]]]
"""What a correction of an encounter brings in."""

FACTS_OF_A_CENTRE = ("certification.recorded",)


def judged(encounters: Encounters, name: str) -> Verdict:
    """What the records of one encounter count for, with all encounters told."""
    return judge(encounters.get(name, []), holders_among(encounters), name)


def brought_in(correction: Fact, me: str, encounters: Encounters) -> list[tuple[str, Fact]]:
    """1, what a correction brings in: each with its encounter, in the order of the changes."""
    by_key = {fact["key"]: (number, fact) for number, fact in enumerate(encounters[me], start=1)}
    brought: list[tuple[str, Fact]] = []
    for nth, change in enumerate(correction["changes"]):
        sequence, target = by_key[change["target"]]
        own = {
            "key": f"{correction['key']}/brought {nth}",
            "stands_for": sequence,
            "for": change["target"],
            "stood_in": me,
            "brought": change["kind"],
            "correction": correction["key"],
        }
        if change["kind"] == "replace":
            source = {part: correction[part] for part in ("connection", "message", "item")}
            brought.append((me, {**change["replacement"], **source, **own, "conflict": False}))
        if change["kind"] == "move":
            brought.append((change["encounter"], {**target, **own, "conflict": False}))
    return brought


def against_a_correction(
    correction: Fact, me: str, encounters: Encounters, bring: Bring, now: datetime
) -> list[str]:
    """Every paragraph that stands against it; 6 and 7 only where it could be carried out."""
    against = against_its_changes(correction, me, encounters, now)
    if against:
        return against
    brought = bring(correction, me)
    after = with_all(encounters, [(me, correction), *brought])
    named = {change["target"] for change in correction["changes"]}
    if any(loses_its_place(name, named, encounters, after) for name in encounters):
        against.append("6.6")
    for name, fact in brought:
        if judged(after, name).standing[fact["key"]][0] == "disputed" and "6.7" not in against:
            against.append("6.7")
    return against


def with_all(encounters: Encounters, more: list[tuple[str, Fact]]) -> Encounters:
    after = {name: list(facts) for name, facts in encounters.items()}
    for name, fact in more:
        after.setdefault(name, []).append(fact)
    return after


def loses_its_place(name: str, named: set[str], before: Encounters, after: Encounters) -> bool:
    """6.6. A record that was in effect, and is not named, would wait or be disputed."""
    now = judged(after, name).standing
    return any(
        was == "in effect" and key not in named and now[key][0] in ("waiting", "disputed")
        for key, (was, _) in judged(before, name).standing.items()
    )


def against_its_changes(
    correction: Fact, me: str, encounters: Encounters, now: datetime
) -> list[str]:
    """6.1 to 6.5, of all changes together."""
    facts = encounters.get(me, [])
    there = {fact["key"]: fact for fact in facts}
    changes = [c for c in correction["changes"] if c["target"] in there]
    against: list[str] = []
    if len(changes) < len(correction["changes"]):
        against.append("6.1")
    if any(there[c["target"]]["type"] in DECISIONS for c in changes):
        against.append("6.2")
    if any(is_gone(c, facts) for c in changes):
        against.append("6.3")
    replacements = [c["replacement"] for c in correction["changes"] if c["kind"] == "replace"]
    if any(cannot_replace(replacement, now) for replacement in replacements):
        against.append("6.4")
    moves = [c for c in changes if c["kind"] == "move"]
    opened = {c["encounter"] for c in moves if there[c["target"]]["type"] == "encounter.opened"}
    for move in moves:
        there_is_one = bool(encounters.get(move["encounter"])) or move["encounter"] in opened
        if (move["encounter"] == me or not there_is_one) and "6.5" not in against:
            against.append("6.5")
    return against


def is_gone(change: Fact, facts: list[Fact]) -> bool:
    """6.3. Another record stands in place of it, or it is to be voided and is superseded."""
    corrections = [f for f in facts if f["type"] == CORRECTION and not f["conflict"]]
    stood_in_for = {
        c["target"] for act in corrections for c in act["changes"] if c["kind"] != "void"
    }
    if change["target"] in stood_in_for:
        return True
    return change["kind"] == "void" and change["target"] in superseded_among(facts)


def cannot_replace(replacement: Fact, now: datetime) -> bool:
    """6.4. A bare date is ahead where its day has not begun 24 hours from now (here, in UTC)."""
    if replacement["type"] in (*DECISIONS, *FACTS_OF_A_CENTRE):
        return True
    tomorrow = now + timedelta(hours=24)
    if replacement["instant"] is not None:
        return bool(replacement["instant"] > tomorrow)
    return bool(replacement["day"] > tomorrow.date())


def against_a_decision(act: Fact, me: str, encounters: Encounters) -> list[str]:
    """6, last paragraph: a confirmation or a discard."""
    there = {fact["key"]: fact for fact in encounters.get(me, [])}
    target = there.get(act["target"])
    against: list[str] = []
    if target is None or judged(encounters, me).standing[target["key"]][0] not in (
        "waiting",
        "disputed",
    ):
        against.append("6.target")
    steps: list[tuple[str, Any]] = act.get("attested") or []
    if act["type"] == CONFIRMATION and steps:
        names_a_chain = target is not None and target.get("chain") is not None
        if (
            not names_a_chain
            or any(kind not in ATTESTABLE for kind, _ in steps)
            or (not against and not gives_a_place(act, me, encounters))
        ):
            against.append("6.attested")
    return against


def gives_a_place(act: Fact, me: str, encounters: Encounters) -> bool:
    """All its steps find a legal place, and the record it confirms has one with them."""
    after = judged(with_all(encounters, [(me, act)]), me)
    taken = [fact for fact in after.taken if fact["key"] not in after.forced]
    steps = [fact for fact in taken if fact.get("attested_by") == act["key"]]
    placed = any(fact["key"] == act["target"] for fact in taken)
    return placed and len(steps) == len(act["attested"])
