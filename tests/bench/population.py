"""A made-up centre with many encounters: histories of 30 to 60 records over all the years.

Dates follow from a seed, never from a clock. Most patients live and are seen; some died, withdrew,
were lost, never got a product, or were infused before anybody keyed in a receipt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

FIRST_DAY: Final = date(2022, 4, 1)
LAST_DAY: Final = date(2026, 11, 1)
"""Infusions lie between these days, and nothing happens later."""

FORMS: Final = (
    (10, "4000", None),
    (20, "4006", None),
    (20, "4003", None),
    (100, "4100", "100 days"),
    (190, "4100", "6 months"),
    (370, "4100", "1 year"),
    (730, "4100", "2 years"),
    (1095, "4100", "3 years"),
    (1461, "4100", "4 years"),
)
"""Days after the infusion, number and reporting period of the forms that a centre sends."""

Line = dict[str, Any]


def population(encounters: int, seed: int) -> Iterator[list[bytes]]:
    """The messages of a centre, one line in each: the stories of all encounters, told in turn."""
    random = Random(seed)
    days = (LAST_DAY - FIRST_DAY).days
    for number in range(1, encounters + 1):
        day_0 = FIRST_DAY + timedelta(days=random.randrange(days))
        story = Story(name=f"E{number:05}", day_0=day_0, random=random)
        story.tell()
        yield from ([json.dumps(line).encode()] for line in story.lines)


@dataclass(slots=True)
class Story:
    """One encounter as its messages tell it."""

    name: str
    day_0: date
    random: Random
    lines: list[Line] = field(default_factory=list[Line])

    def tell(self) -> None:
        """From the referral to the last thing that happened."""
        fate = self.random.choices(
            ["lives", "dies", "is lost", "withdraws", "no receipt"], [84, 6, 3, 3, 4]
        )[0]
        self._refer()
        self._collect_and_make(received=fate != "no receipt")
        if fate == "withdraws":
            self._say("encounter.withdrawn", -8, reason="patient's wish")
            return
        self._infuse()
        self._watch()
        last = (LAST_DAY - self.day_0).days
        if fate in ("dies", "is lost"):
            last = min(last, self.random.randrange(40, 900))
        self._follow(last)
        if fate == "dies":
            self._say("patient.died", last, reason="progression")
        if fate == "is lost":
            self._say("patient.lost_to_follow_up", last, reason="moved away")

    def _refer(self) -> None:
        self._say(
            "encounter.opened",
            -90,
            product="carvykti",
            indication="myeloma",
            patient=f"P-{self.name}",
            centre="lakeside",
        )
        payer, kind = self.random.choice([("medicare", "FFS"), ("harbor_health", "commercial")])
        self._say("coverage.recorded", -90, payer=payer, kind=kind, since="2020-01-01")
        self._say("disease.assessed", -88, code="C90.00", status="not in remission")
        self._say("patient.measured", -88, weight=70, bsa=1.85, height=172)
        drugs = [{"name": "lenalidomide", "drug_class": "IMiD"}]
        for line in (1, 2):
            self._say("therapy.line_recorded", -88, line=line, regimen="RVd", drugs=drugs)
        self._say("surveillance.plan_filed", -80, protocol="site")
        self._visit(-self.random.randrange(10, 80))

    def _collect_and_make(self, *, received: bool) -> None:
        chain: Line = {"chain_of_identity": f"COI-{self.name}"}
        where = self._service("outpatient", "A")
        self._say("product.ordered", -60, **chain)
        self._say("apheresis.completed", -50, **chain, donation_number="D1", service=where)
        self._say("cells.prepared", -50, **chain, donation_number="D1", preparation="fresh")
        self._say("cells.shipped", -49, **chain, donation_number="D1")
        self._say("manufacturing.started", -46, **chain)
        label = {"lot": "L1", "ndc_on_label": "57894-111-01", "hcpcs_on_label": "Q2056"}
        self._say("manufacturing.released", -14, **chain, **label, specification="in")
        if received:
            self._say("product.received", -10, **chain, **label)

    def _infuse(self) -> None:
        for day in (-5, -4, -3):
            for agent, dose in (("fludarabine", 55.5), ("cyclophosphamide", 555)):
                self._say(
                    "lymphodepletion.dose_given",
                    day,
                    agent=agent,
                    bsa=1.85,
                    drug={"dose": dose, "route": "infusion"},
                    service=self._service("outpatient", "B"),
                )
        inside = self._service("inpatient", "C")
        self._say("patient.admitted", 0, reason="infusion", service=inside)
        self._say(
            "cells.infused",
            0,
            chain_of_identity=f"COI-{self.name}",
            lot="L1",
            ndc_on_label="57894-111-01",
            hcpcs_on_label="Q2056",
            bags=1,
            extent="complete",
            weight=70,
            access="peripheral",
            verifiers=["rn-1", "rn-2"],
            service=inside,
        )

    def _watch(self) -> None:
        for day in range(1, self.random.choice([7, 10, 10])):
            self._say("monitoring.day_completed", day, day_number=day)
        if self.random.random() < 0.9:
            advice = ["no driving", "stay close to the centre"]
            self._say("patient.advised", 0, advice=advice)
        if self.random.random() < 0.7:
            self._say("crs.graded", self.random.randrange(2, 8), grade=self.random.choice([1, 2]))
        stay = self._service("inpatient", "C")
        self._say("patient.discharged", 14, status="01", service=stay)
        self._say("acute_monitoring.ended", 28)

    def _follow(self, last: int) -> None:
        for days in (30, 91, 182, 365):
            seen = days + round(self.random.gauss(0, 12))
            if 28 < seen <= last and self.random.random() < 0.85:
                self._visit(seen)
        for days, form, period in FORMS:
            filed = days + self.random.randrange(25)
            if filed <= last and self.random.random() < 0.85:
                self._say("registry.form_filed", filed, form=form, period=period)
        for days in (30, 91, 182, 365):
            for test in ("CBC", "IgG"):
                if days <= last and self.random.random() < 0.85:
                    self._say("laboratory.resulted", days, test=test, abnormal=False)

    def _visit(self, day: int) -> None:
        self._say(
            "neurology.visit_completed",
            day,
            service={**self._service("office", "N"), "facility": "neurology_office"},
            cpt="99214",
            minutes=35,
        )

    def _service(self, patient_class: str, account: str) -> Line:
        return {"facility": "main", "class": patient_class, "account": f"{account}-{self.name}"}

    def _say(self, fact: str, day: int, /, **fields: Any) -> None:
        if self.day_0 + timedelta(days=day) > LAST_DAY:
            return
        number = len(self.lines) + 1
        self.lines.append(
            {
                "encounter": self.name,
                "type": fact,
                "occurred_at": (self.day_0 + timedelta(days=day)).isoformat(),
                "source": {"connection": "coordinator", "message": f"{self.name}-{number:03}"},
                "actor": {"id": "made-up", "role": "generator"},
                **fields,
            }
        )
