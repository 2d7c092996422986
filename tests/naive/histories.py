"""Random histories for the naive model and the program: plain facts, driven by one seed.

`journey` tells a plausible patient and then spoils the telling; `soup` throws facts into a few
days. Instants are UTC and the local day is their UTC date, so that any zone may stand for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from .model import Fact, holders_among
from .table import LEGAL_EVERYWHERE, ROWS

ME = "E1"
STRANGER = "E2"
START = date(2026, 2, 20)
CONNECTIONS = ["adt", "lab", "portal"]
CHAINS = ["COI-1", "COI-2", "COI-3"]
FOREIGN_CHAIN = "COI-9"
ACCOUNTS = ["A-1", "A-2"]
REASONS = ["infusion", "lymphodepletion", "CRS/ICANS", "infection", "unknown"]
CLASSES = ["inpatient", "outpatient", "office", "observation", "emergency", None]

LIFECYCLE_TYPES = [trigger for trigger, _, _ in ROWS if not trigger.endswith("+")]
BACKGROUND_TYPES = sorted(
    kind
    for kind in LEGAL_EVERYWHERE
    if not kind.startswith(("report.", "records.", "finding.", "certification."))
)
ENDINGS = {"patient.died", "encounter.withdrawn", "encounter.completed"}
# These say which cells they are about. An apheresis alone may leave it open in these histories.
NAMES_A_CHAIN = {
    "product.ordered",
    "apheresis.failed",
    "apheresis.completed",
    "cells.prepared",
    "cells.shipped",
    "manufacturing.started",
    "manufacturing.failed",
    "manufacturing.released",
    "product.deviation_accepted",
    "product.received",
    "product.rejected",
    "product.thawed",
    "infusion.cancelled",
    "cells.infused",
}


@dataclass
class History:
    """The facts of the encounter `me` in their order of arrival, and what others claim."""

    facts: list[Fact]
    others: dict[str, list[Fact]]
    me: str = ME

    @property
    def holders(self) -> dict[str, str]:
        return holders_among({self.me: self.facts, **self.others})


class Teller:
    """Writes facts down, one message each unless told otherwise."""

    def __init__(self, rng: Random, prefix: str = "M") -> None:
        self.rng, self.prefix = rng, prefix
        self.facts: list[Fact] = []

    def tell(self, kind: str, at: datetime, bare: bool = False, **fields: Any) -> Fact:
        number = len(self.facts)
        fact: Fact = {
            "key": f"{self.prefix}{number:03d}",
            "type": kind,
            "day": at.date(),
            "instant": None if bare else at,
            "connection": self.rng.choice(CONNECTIONS),
            "message": f"{self.prefix}{self.rng.randrange(1000):03d}-{number:03d}",
            "item": self.rng.randint(1, 3),
            "conflict": False,
            **fields,
        }
        self.facts.append(fact)
        return fact


def history(seed: int) -> History:
    """Half of the seeds tell a patient, the other half stir a soup."""
    rng = Random(seed)
    return journey(rng) if seed % 2 else soup(rng)


# ---- (a) A plausible patient ---------------------------------------------------------------


class Patient(Teller):
    """The true story, with perfect clocks. `now` only ever goes forward."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self.now = datetime(START.year, START.month, START.day, 8, tzinfo=UTC)
        self.chain = CHAINS[0]
        self.batches = 0
        self.infused = False

    def chance(self, likelihood: float) -> bool:
        return self.rng.random() < likelihood

    def wait(self, least: float, most: float) -> None:
        """Hours; the story goes on in the daytime or at night, as it comes."""
        self.now += timedelta(minutes=round(self.rng.uniform(least, most) * 60))

    def says(self, kind: str, hours: float = 3, **fields: Any) -> None:
        self.tell(kind, self.now, **fields)
        self.wait(0.05, hours)

    def about_cells(self, kind: str, hours: float = 3, **fields: Any) -> None:
        self.says(kind, hours, chain=self.chain, **fields)

    def referral(self) -> None:
        self.says("encounter.opened")
        for _ in range(self.rng.randint(0, 2)):
            self.says(self.rng.choice(BACKGROUND_TYPES), 30)
        if self.chance(0.1):
            self.visit("office")

    def collection(self, ordered: bool) -> list[str]:
        """One donation number per day. Sometimes the chain is named only at manufacturing."""
        nameless = self.chance(0.1 if ordered else 0.4)
        if self.chance(0.1):
            self.about_cells("apheresis.failed", 30)
        donations: list[str] = []
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            donations.append(f"D-{len(self.facts)}")
            chain = None if nameless else self.chain
            self.says("apheresis.completed", 26, chain=chain, donation=donations[-1])
        return donations

    def batch(self, donations: list[str]) -> bool:
        """From collected cells to a bag in the freezer; False when the batch failed."""
        self.batches += 1
        if self.chance(0.3):
            self.about_cells("cells.prepared")
        if self.chance(0.5):
            self.about_cells("cells.shipped", 40)
        if self.chance(0.05):
            self.about_cells("manufacturing.failed", 60)
            return False
        self.about_cells("manufacturing.started", 200, collections=donations)
        if self.chance(0.4):
            self.says("bridging.given", 200)
        if self.chance(0.15):
            self.about_cells("manufacturing.failed", 60)
            return False
        self.about_cells("manufacturing.released", 60)
        if self.chance(0.1):
            self.about_cells("product.deviation_accepted")
        if self.chance(0.9):
            self.about_cells("product.received", 60)
        if self.chance(0.06):
            self.about_cells("product.rejected", 60)
            return False
        return True

    def product(self) -> bool:
        ordered = self.chance(0.5)
        if ordered:
            self.about_cells("product.ordered", 60)
        donations = self.collection(ordered)
        while not self.batch(donations):
            if self.batches == len(CHAINS) or self.chance(0.15):
                return False
            again = self.rng.choice(["same cells", "same chain", "new chain"])
            if again == "new chain":
                self.chain = CHAINS[self.batches]
                if self.chance(0.3):
                    self.about_cells("product.ordered", 60)
                    ordered = True
                if self.chance(0.6):
                    donations = self.collection(ordered)
            elif again == "same chain":
                donations = [f"D-{len(self.facts)}"]
                self.about_cells("apheresis.completed", 60, donation=donations[0])
        return True

    def visit(self, patient_class: str | None = None) -> None:
        chosen = patient_class or self.rng.choice(["outpatient", "office", "inpatient"])
        self.says("neurology.visit_completed", 30, patient_class=chosen)

    def infusion(self) -> str | None:
        """Lymphodepletion to the cells; returns the account of a stay that is open."""
        stay = None
        admitted_for = self.rng.choice(["lymphodepletion", "infusion", None])
        if admitted_for == "lymphodepletion":
            stay = ACCOUNTS[0]
            self.says("patient.admitted", reason=admitted_for, account=stay)
        for _ in range(self.rng.randint(0, 3)):
            self.says("lymphodepletion.dose_given", 24)
        if self.chance(0.1):
            self.says("lymphodepletion.held", 30)
        if self.chance(0.1):
            self.about_cells("infusion.cancelled", 60)
        if admitted_for == "infusion":
            stay = ACCOUNTS[0]
            self.says("patient.admitted", reason=admitted_for, account=stay)
        if self.chance(0.4):
            self.about_cells("product.thawed", 1)
        lot = self.rng.choice(["L-1", None])
        if self.chance(0.1):
            self.about_cells("cells.infused", 4, extent="partial", lot=lot)
        self.about_cells("cells.infused", 20, extent="complete", lot=lot)
        self.infused = True
        return stay

    def acute_phase(self, stay: str | None) -> None:
        if stay is None and self.chance(0.3):
            stay = ACCOUNTS[1]
            reason = self.rng.choice(REASONS[2:])
            self.says("patient.admitted", reason=reason, account=self.rng.choice([stay, None]))
        for _ in range(self.rng.randint(0, 3)):
            kind = self.rng.choice(
                ["crs.graded", "icans.graded", "tocilizumab.given", "monitoring.day_completed"]
            )
            self.says(kind, 20)
        if stay is not None and self.chance(0.85):
            self.says("patient.discharged", 60, account=self.rng.choice([stay, stay, None]))
        if self.chance(0.6):
            self.says("acute_monitoring.ended", 100)

    def surveillance(self) -> None:
        for _ in range(self.rng.randint(0, 4)):
            what = self.rng.randrange(8)
            self.wait(1, 700)
            if what < 3:
                self.visit()
            elif what == 3:
                self.says("neurology.visit_missed", 24)
            elif what == 4:
                account = self.rng.choice([*ACCOUNTS, None])
                self.says("patient.admitted", 50, reason=self.rng.choice(REASONS), account=account)
                self.says("patient.discharged", account=account)
            elif what == 5:
                self.says("patient.lost_to_follow_up", 400)
                if self.chance(0.6):
                    self.visit()
            elif what == 6:
                self.says(self.rng.choice(["toxicity.observed", "registry.form_filed"]))
            else:
                self.says("appointment.booked")

    def end(self) -> None:
        kind = self.rng.choice(["patient.died", "encounter.completed", None, None])
        if not self.infused:
            kind = self.rng.choice(["patient.died", "encounter.withdrawn", None])
        if kind is not None:
            self.says(kind, 30)
        for _ in range(self.rng.randint(0, 1)):
            self.says(self.rng.choice(["claim.submitted", "charge.posted", "patient.discharged"]))

    def lives(self) -> None:
        self.referral()
        if self.chance(0.95) and self.product() and self.chance(0.92):
            self.acute_phase(self.infusion())
            self.surveillance()
        self.end()


def journey(rng: Random) -> History:
    """One patient, told as hospitals tell it."""
    patient = Patient(rng)
    patient.lives()
    facts = patient.facts
    for spoil, likelihood in SPOILERS:
        if rng.random() < likelihood:
            facts = spoil(rng, facts)
    return arrive(rng, facts)


# ---- Noise ---------------------------------------------------------------------------------


def shifted(fact: Fact, by: timedelta) -> Fact:
    if fact["instant"] is None:
        return {**fact, "day": fact["day"] + timedelta(days=by.days)}
    instant = fact["instant"] + by
    return {**fact, "instant": instant, "day": instant.date()}


def clocks_differ(rng: Random, facts: list[Fact]) -> list[Fact]:
    """Each sender's clock is wrong by as much as an hour; now and then one fact by a day."""
    errors = {connection: timedelta(minutes=rng.randint(-60, 60)) for connection in CONNECTIONS}
    told = [shifted(f, errors[f["connection"]]) for f in facts]
    return [shifted(f, timedelta(hours=rng.randint(-26, 26))) if rng.random() < 0.05 else f
            for f in told]  # fmt: skip


def dates_only(rng: Random, facts: list[Fact]) -> list[Fact]:
    share = rng.choice([0.2, 0.5, 1.0])
    return [{**f, "instant": None} if rng.random() < share else f for f in facts]


def messages_missing(rng: Random, facts: list[Fact]) -> list[Fact]:
    share = rng.choice([0.05, 0.2])
    return [f for f in facts if rng.random() > share]


def told_twice(rng: Random, facts: list[Fact]) -> list[Fact]:
    """The same event by another message, at about the same time or as a bare date."""
    again: list[Fact] = []
    for fact in facts:
        if rng.random() < 0.15:
            key = fact["key"] + "b"
            twin = {**fact, "key": key, "message": key, "connection": rng.choice(CONNECTIONS)}
            kind = rng.choice(["same", "bare", "later"])
            if kind == "bare":
                twin["instant"] = None
            if kind == "later":
                twin = shifted(twin, timedelta(hours=rng.choice([1, 30])))
            again.append(twin)
    return facts + again


def other_bytes(rng: Random, facts: list[Fact]) -> list[Fact]:
    """The same message id and item with other bytes: kept, in conflict."""
    if not facts:
        return facts
    first = rng.choice(facts)
    other = {**first, "key": first["key"] + "c", "conflict": True}
    other = shifted(other, timedelta(days=rng.choice([0, 0, 1, -1])))
    if rng.random() < 0.3:
        other["instant"] = None
    return [*facts, other]


def wrong_facts(rng: Random, facts: list[Fact]) -> list[Fact]:
    """Somebody else's facts, and facts that no life allows, on days of this one."""
    days = [f["day"] for f in facts] or [START]
    teller = Teller(rng, "X")
    for _ in range(rng.randint(1, 4)):
        day = rng.choice(days) + timedelta(days=rng.randint(-1, 1))
        any_fact(rng, teller, day, [*CHAINS, FOREIGN_CHAIN, "COI-7"])
    return facts + teller.facts


def a_day_misread(rng: Random, facts: list[Fact]) -> list[Fact]:
    """One or two facts on quite another day."""
    if not facts:
        return facts
    wrong = {rng.randrange(len(facts)) for _ in range(rng.randint(1, 2))}
    by = timedelta(days=rng.choice([-30, -7, -2, 2, 7, 30]))
    return [shifted(f, by) if at in wrong else f for at, f in enumerate(facts)]


def people_decide(rng: Random, facts: list[Fact]) -> list[Fact]:
    """Confirmations, discards and voids, each of earlier records chosen at random."""
    if not facts:
        return facts
    teller = Teller(rng, "P")
    last = max(f["day"] for f in facts)
    for _ in range(rng.randint(1, 4)):
        kind = rng.choice(
            ["report.confirmed", "report.confirmed", "report.discarded", "records.corrected"]
        )
        count = rng.choice([1, 2]) if kind == "records.corrected" else 1
        chosen = [rng.choice(facts)["key"] for _ in range(count)]
        day = datetime.combine(last, datetime.min.time(), UTC)
        at = day + timedelta(hours=rng.randint(0, 48))
        teller.tell(kind, at, targets=sorted(set(chosen)))
    return facts + teller.facts


Spoiler = Callable[[Random, list[Fact]], list[Fact]]
SPOILERS: list[tuple[Spoiler, float]] = [
    (clocks_differ, 0.5),
    (dates_only, 0.5),
    (messages_missing, 0.4),
    (told_twice, 0.4),
    (a_day_misread, 0.2),
    (wrong_facts, 0.4),
    (other_bytes, 0.2),
    (people_decide, 0.4),
]


def arrive(rng: Random, facts: list[Fact]) -> History:
    """In any order, but a conflict after its first and a person's act after its targets.

    Some histories repeat a report byte for byte. A stranger holds one chain in any case, and
    sometimes claims one of ours, sooner or later than we do.
    """
    facts = list(facts)
    if rng.random() < 0.7:
        rng.shuffle(facts)
    facts.sort(key=lambda f: (bool(f.get("targets")), f["conflict"]))
    if facts and rng.random() < 0.2:
        facts.append(dict(rng.choice(facts)))
    stranger = Teller(rng, "S")
    midnight = datetime(START.year, START.month, START.day, tzinfo=UTC)
    stranger.tell("product.ordered", midnight - timedelta(days=9), chain=FOREIGN_CHAIN)
    if rng.random() < 0.2:
        at = midnight + timedelta(days=rng.randint(-9, 20), hours=rng.randint(0, 23))
        kind = rng.choice(["product.ordered", "apheresis.completed"])
        stranger.tell(kind, at, bare=rng.random() < 0.5, chain=rng.choice(CHAINS))
    return History(facts, {STRANGER: stranger.facts})


# ---- (b) A soup ----------------------------------------------------------------------------


def any_fact(rng: Random, teller: Teller, day: date, chains: list[str]) -> Fact:
    """Any fact of the lifecycle on that day, its fields drawn from few values."""
    kind = rng.choice(LIFECYCLE_TYPES if rng.random() < 0.93 else BACKGROUND_TYPES)
    if kind in ENDINGS and rng.random() < 0.6:  # or most soups end before they begin
        kind = rng.choice(LIFECYCLE_TYPES)
    # Few hours, so that equal instants come up.
    at = datetime(day.year, day.month, day.day, rng.choice([0, 9, 9, 12, 23]), tzinfo=UTC)
    return teller.tell(kind, at, bare=rng.random() < 0.4, **fields_of(rng, kind, chains))


def fields_of(rng: Random, kind: str, chains: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if kind in NAMES_A_CHAIN:
        fields["chain"] = rng.choice(chains)
    if kind == "apheresis.completed":
        fields["chain"] = rng.choice([*chains, None])
        fields["donation"] = rng.choice(["D-1", "D-2", None])
    if kind == "manufacturing.started":
        fields["collections"] = rng.choice([[], ["D-1"], ["D-2"], ["D-1", "D-2"], ["D-8"]])
    if kind == "cells.infused":
        fields["extent"] = rng.choice(["complete", "complete", "partial"])
        fields["lot"] = rng.choice(["L-1", "L-2", None])
    if kind == "patient.admitted":
        fields["reason"] = rng.choice(REASONS)
    if kind in ("patient.admitted", "patient.discharged"):
        fields["account"] = rng.choice([*ACCOUNTS, None])
    if kind == "neurology.visit_completed":
        fields["patient_class"] = rng.choice(CLASSES)
    return fields


# A way to the infusion, so that soups do not all stay at referred.
BACKBONE = [
    "encounter.opened",
    "product.ordered",
    "apheresis.completed",
    "manufacturing.started",
    "manufacturing.released",
    "product.received",
    "lymphodepletion.dose_given",
    "cells.infused",
    "patient.discharged",
]


def soup(rng: Random) -> History:
    """Facts over few days and few chains, mostly around some part of the way to the infusion."""
    teller = Teller(rng)
    days = rng.randint(1, 7)
    chains = CHAINS[: rng.randint(1, 3)]
    if rng.random() < 0.3:
        chains = [*chains, FOREIGN_CHAIN]
    reached = rng.choice(
        [rng.randint(0, 2), rng.randint(0, len(BACKBONE)), len(BACKBONE) - 1, len(BACKBONE)]
    )
    for step, kind in enumerate(BACKBONE[:reached]):
        day = START + timedelta(days=step * days // len(BACKBONE))
        at = datetime(day.year, day.month, day.day, min(8 + step, 23), tzinfo=UTC)
        fields = fields_of(rng, kind, chains[:1])
        if kind == "apheresis.completed":
            fields["donation"] = "D-1"
        if rng.random() < 0.93:
            teller.tell(kind, at, bare=rng.random() < 0.3, **fields)
    for _ in range(rng.randint(1, 22)):
        any_fact(rng, teller, START + timedelta(days=rng.randint(0, days)), chains)
    facts = teller.facts
    if rng.random() < 0.25:
        facts = other_bytes(rng, facts)
    if rng.random() < 0.5:
        facts = people_decide(rng, facts)
    return arrive(rng, facts)
