"""A plausible patient, told as hospitals tell it, with perfect clocks."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.naive.model import Fact
from tests.naive.telling.teller import ACCOUNTS, BACKGROUND_TYPES, CHAINS, REASONS, START, Teller


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


def a_patient(rng: Random) -> list[Fact]:
    """Everything that happened to one patient, in its order."""
    patient = Patient(rng)
    patient.lives()
    return patient.facts
