"""Claims E: the neurology visits after the infusion, and the baseline before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.projections.claims.bill import Bill
from veinledger.projections.claims.lines import Given, basis, coded, finding, in_the_stay
from veinledger.projections.claims.lines import BY_LINE
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses import conditions, disease, documented
from veinledger.projections.claims.shapes import Coded, Line, Role
from veinledger.projections.claims.told import told
