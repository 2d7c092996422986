"""What happens to an encounter while it is asked about: it is told, and people and payers act.

Each deed is made of what the ledger holds when its turn comes. Not each is taken: a correction that
leaves a record without its place is refused, and that too is a thing that happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from hypothesis import strategies as st

from tests.appeals.stories import taken_off
from tests.claims.generated import encounters
from tests.claims.given_claims import posted, submitted
from tests.claims.test_sent_over_time import as_kept
from tests.given import day, opened, record
from tests.projections.any.histories import stories
from tests.strategies import as_reported
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.facts.appeal import AppealFiled
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ChargePosted, ClaimAnswered, ClaimSubmitted
from veinledger.domain.facts.decisions import (
    Change,
    FindingSettled,
    RecordsCorrected,
    Replacement,
    ReportConfirmed,
    ReportDiscarded,
)
from veinledger.domain.facts.encounter import EncounterContinued, EncounterLinked
from veinledger.domain.facts.manufacturing import ManufacturingReleased
from veinledger.domain.reports import Record

OTHER: Final = "OTHER"
"""A second encounter of the same patient, which somebody opened by mistake."""
ACTED_ON: Final = 100
"""Day of what people do, counted from the infusion."""

Deed = tuple[str, int]
"""What is done, and to which of those to which it could be done."""
Step = Record | Deed
Told = Sequence[Fact | Record]


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    """An encounter as it was told, perhaps without one message, and up to six deeds.

    The deeds come after half of it was told.
    """
    told = draw(st.one_of(encounters(), encounters(), stories()))
    steps: list[Step] = [replace(each, name=told[0].name) for each in told if is_told(each)]
    if draw(st.booleans()) and len(steps) > 1:
        steps.pop(draw(st.integers(1, len(steps) - 1)))
    rng = Random(draw(st.integers(0, 2**32)))
    for _ in range(rng.choice((0, 2, 4, 6))):
        steps.insert(rng.randint(len(steps) // 2, len(steps)), a_deed(rng))
    return steps


def a_deed(rng: Random) -> Deed:
    """Each as often as another: drawn one by one, some would not come for a hundred lives."""
    return rng.choice(sorted(DEEDS)), rng.randrange(100)


def is_told(each: Record) -> bool:
    """An attested step is told by nobody."""
    return each.kind != "attested"


def line(told: Record) -> bytes:
    """A record as it would be reported."""
    return canonical(
        {
            told.subject: told.name,
            "type": told.fact.type,
            "occurred_at": told.occurred.text,
            "source": {
                "connection": told.source.connection,
                "message": told.source.message,
                "item": told.source.item,
            },
            "actor": {"id": "rn-204", "role": "nurse"},
            **as_reported(told.fact),
        }
    )


def done(asked: Ledger, name: str, deed: Deed, number: int) -> list[Record]:
    """The messages of a deed, in order; none where there is nothing to do it to."""
    what, which = deed
    made = DEEDS[what](asked, name, which)
    return [
        replace(each, source=replace(each.source, message=f"deed {number}", item=item))
        for item, each in enumerate(_as_records(made, name), start=1)
    ]


def _as_records(made: Told, name: str) -> list[Record]:
    return [
        each if isinstance(each, Record) else replace(record(each, ACTED_ON), name=name)
        for each in made
    ]


def _reports(asked: Ledger, name: str) -> list[Record]:
    return [each for each in asked.history(name).records if each.kind == "report"]


def _sent(asked: Ledger, name: str) -> list[ClaimSubmitted]:
    facts = (each.fact for each in _reports(asked, name))
    return [each for each in facts if isinstance(each, ClaimSubmitted)]


def sends(asked: Ledger, name: str, which: int) -> Told:
    """A claim goes out; one that is out already goes as its replacement."""
    known = asked.claims(name).claims
    if not known:
        return []
    claim = known[which % len(known)]
    again = any(each.claim_key == claim.key for each in _sent(asked, name))
    position = asked.history(name).records[-1].seal.position
    made = submitted(claim, position, ACTED_ON, "7" if again else "1").fact
    assert isinstance(made, ClaimSubmitted)
    return [replace(made, claim=as_kept(claim), patient_control_number=f"P-{claim.label}")]


def answers(asked: Ledger, name: str, which: int) -> Told:
    """The payer pays a claim, denies it or rejects it."""
    known = _sent(asked, name)
    if not known:
        return sends(asked, name, which)
    out = known[which % len(known)]
    denied = ClaimAnswered(
        claim_key=out.claim_key,
        patient_control_number=out.patient_control_number,
        kind="denied",
        adjustments=(taken_off("50"),),
    )
    paid, rejected = replace(denied, kind="paid"), replace(denied, kind="rejected", adjustments=())
    return [(denied, paid, rejected)[which % 3]]


def appeals(asked: Ledger, name: str, which: int) -> Told:
    """Somebody appeals a claim, denied or not."""
    known = _sent(asked, name)
    if not known:
        return sends(asked, name, which)
    out = known[which % len(known)]
    return [
        AppealFiled(
            claim_key=out.claim_key,
            patient_control_number=out.patient_control_number,
            payer=out.payer,
            level=1,
            reason="the criteria are met",
        )
    ]


def settles(asked: Ledger, name: str, which: int) -> Told:
    """Somebody accepts a finding."""
    known = asked.findings(name, on=day(ACTED_ON))
    if not known:
        return []
    key = known[which % len(known)].key
    return [FindingSettled(finding=key, decision="accepted", credential="CCS", reason="looked at")]


def voids(asked: Ledger, name: str, which: int) -> Told:
    """A record was an error."""
    return _corrects(_of(_reports(asked, name), which), None)


def redates(asked: Ledger, name: str, which: int) -> Told:
    """A record is of another day."""
    target = _of(_reports(asked, name), which)
    if isinstance(target.fact, RecordsCorrected):
        return []
    moved = record(target.fact, which % 9 - 4).occurred.text
    said = canonical(as_reported(target.fact)).decode()
    return _corrects(target, Replacement(type=target.fact.type, occurred_at=moved, fact=said))


def _of(known: Sequence[Record], which: int) -> Record:
    return known[-1 - which % len(known)]


def _corrects(target: Record, instead: Replacement | None) -> Told:
    change = Change(
        kind="replace" if instead else "void",
        sequence=target.seal.sequence,
        hash=target.seal.leaf,
        replacement=instead,
    )
    act = RecordsCorrected(changes=(change,), reason="an error")
    return [replace(record(act, ACTED_ON), name=target.name)]


def confirms(asked: Ledger, name: str, which: int) -> Told:
    """What waits or is disputed is put in effect."""
    known = asked.effective(name).not_in_effect()
    if not known:
        return comes_too_early()
    return [ReportConfirmed(target=_of(known, which).key, reason="seen")]


def discards(asked: Ledger, name: str, which: int) -> Told:
    """What waits or is disputed is put out of effect."""
    known = asked.effective(name).not_in_effect()
    if not known:
        return comes_too_early()
    return [ReportDiscarded(target=_of(known, which).key, reason="not so")]


def comes_too_early() -> Told:
    """A lot was released of which nobody has told anything: it waits."""
    return [ManufacturingReleased(chain_of_identity="COI-9", lot="L9", specification="in")]


def is_told_late(asked: Ledger, name: str, which: int) -> Told:
    """A charge comes long after its day."""
    del asked, name
    return [posted(which % 40 - 10, "0300", account="A-3").fact]


def merges(asked: Ledger, name: str, which: int) -> Told:
    """The second encounter is merged into this one; where it was, they are taken apart again."""
    try:
        link = [r for r in _reports(asked, OTHER) if isinstance(r.fact, EncounterLinked)]
    except NotFound:
        told = [replace(each, name=OTHER) for each in opened()]
        link = [replace(record(EncounterLinked(survivor=name), ACTED_ON), name=OTHER)]
        return [*told, *link]
    return _corrects(_of(link, which), None) if link else []


def follows(asked: Ledger, name: str, which: int) -> Told:
    """This encounter is said to follow the second one."""
    del asked, name, which
    return [EncounterContinued(continues=OTHER)]


DEEDS: Final[dict[str, Callable[[Ledger, str, int], Told]]] = {
    "send": sends,
    "answer": answers,
    "appeal": appeals,
    "settle": settles,
    "void": voids,
    "redate": redates,
    "confirm": confirms,
    "discard": discards,
    "come late": is_told_late,
    "merge": merges,
    "follow": follows,
}
MADE: Final = (
    ClaimSubmitted,
    ClaimAnswered,
    AppealFiled,
    FindingSettled,
    RecordsCorrected,
    ReportConfirmed,
    ReportDiscarded,
    ChargePosted,
    EncounterLinked,
    EncounterContinued,
)
"""The facts that deeds are told by."""
