"""Why each pair of facts whose order matters is left as it is.

A new row of the lifecycle table that brings a new pair fails the test until its reason stands here.
"""

from __future__ import annotations

LAST = (
    "deaths and withdrawals come last in the fold, so that what is true before them has its place"
)
ENDED = (
    "whoever completes an encounter or loses a patient does so after the last thing done to them"
)
BEFORE = "the bag is in the patient: what belongs before the infusion ranks before it"
OVER = "bridging and held doses are of the time before the acute phase ended; they rank before it"
GONE = "a bag that failed or was rejected cannot be the one that was infused"
MADE = "the maker starts before it releases, and releases before the centre receives; ranks say so"
THAWED = "a bag is thawed after a failure only to be examined; a new collection or batch ends that"

STRANDING: dict[tuple[str, str], str] = {
    ("acute_monitoring.ended", "bridging.given"): OVER,
    ("acute_monitoring.ended", "lymphodepletion.held"): OVER,
    ("apheresis.completed", "product.thawed"): THAWED,
    ("cells.infused", "apheresis.completed"): BEFORE,
    ("cells.infused", "apheresis.failed"): BEFORE,
    ("cells.infused", "lymphodepletion.dose_given"): BEFORE,
    ("cells.infused", "product.ordered"): BEFORE,
    ("encounter.completed", "acute_monitoring.ended+"): ENDED,
    ("encounter.completed", "bridging.given"): ENDED,
    ("encounter.completed", "cells.infused+"): ENDED,
    ("encounter.completed", "lymphodepletion.held"): ENDED,
    ("encounter.withdrawn", "apheresis.completed"): LAST,
    ("encounter.withdrawn", "apheresis.failed"): LAST,
    ("encounter.withdrawn", "bridging.given"): LAST,
    ("encounter.withdrawn", "lymphodepletion.dose_given"): LAST,
    ("encounter.withdrawn", "lymphodepletion.held"): LAST,
    ("encounter.withdrawn", "product.ordered"): LAST,
    ("manufacturing.failed", "cells.infused"): GONE,
    ("manufacturing.released", "manufacturing.started"): MADE,
    ("manufacturing.released", "product.thawed"): THAWED,
    ("manufacturing.started", "product.thawed"): THAWED,
    ("neurology.visit_completed", "bridging.given"): OVER,
    ("neurology.visit_completed", "lymphodepletion.held"): OVER,
    ("patient.admitted", "bridging.given"): OVER,
    ("patient.admitted", "lymphodepletion.held"): OVER,
    ("patient.died", "acute_monitoring.ended+"): LAST,
    ("patient.died", "apheresis.completed"): LAST,
    ("patient.died", "apheresis.failed"): LAST,
    ("patient.died", "bridging.given"): LAST,
    ("patient.died", "cells.infused"): LAST,
    ("patient.died", "cells.infused+"): LAST,
    ("patient.died", "encounter.withdrawn"): LAST,
    ("patient.died", "lymphodepletion.dose_given"): LAST,
    ("patient.died", "lymphodepletion.held"): LAST,
    ("patient.died", "neurology.visit_completed"): LAST,
    ("patient.died", "neurology.visit_completed+"): LAST,
    ("patient.died", "patient.admitted"): LAST,
    ("patient.died", "patient.admitted+"): LAST,
    ("patient.died", "patient.lost_to_follow_up"): LAST,
    ("patient.died", "product.ordered"): LAST,
    ("patient.discharged", "bridging.given"): OVER,
    ("patient.discharged", "lymphodepletion.held"): OVER,
    ("patient.lost_to_follow_up", "bridging.given"): ENDED,
    ("patient.lost_to_follow_up", "cells.infused+"): ENDED,
    ("patient.lost_to_follow_up", "lymphodepletion.held"): ENDED,
    ("product.received", "manufacturing.started"): MADE,
    ("product.rejected", "cells.infused"): GONE,
}

AGAIN = "a failure ends one try and begins the next: which came first is the whole difference"
SHIPPED = "cells are collected before they are shipped; ranks say so on one day"
ACUTE = "the infusion ranks before what follows it; a visit or stay before it moves nothing"
SEEN = "whoever was seen after being lost is found; on one day the loss ranks last"
STAYS = "admission and discharge of one day: a stay that begins ends later, ranks say so"
CAME = "doses given before the receipt move nothing; on one day the receipt ranks first"

AMBIGUOUS: dict[tuple[str, str], str] = {
    ("apheresis.completed", "cells.shipped"): SHIPPED,
    ("apheresis.completed", "manufacturing.failed"): AGAIN,
    ("apheresis.completed", "product.rejected"): AGAIN,
    ("cells.infused", "neurology.visit_completed"): ACUTE,
    ("cells.infused", "patient.admitted"): ACUTE,
    ("cells.infused", "patient.discharged"): ACUTE,
    ("cells.infused", "patient.lost_to_follow_up"): ACUTE,
    ("lymphodepletion.dose_given", "product.received"): CAME,
    ("manufacturing.failed", "manufacturing.released"): AGAIN,
    ("manufacturing.failed", "manufacturing.started"): AGAIN,
    ("manufacturing.failed", "product.received"): AGAIN,
    ("manufacturing.released", "product.rejected"): AGAIN,
    ("manufacturing.started", "product.rejected"): AGAIN,
    ("monitoring.day_completed", "patient.lost_to_follow_up"): SEEN,
    ("neurology.visit_completed", "patient.admitted"): STAYS,
    ("neurology.visit_completed", "patient.lost_to_follow_up"): SEEN,
    ("patient.admitted", "patient.discharged"): STAYS,
    ("patient.admitted", "patient.lost_to_follow_up"): SEEN,
    ("product.received", "product.rejected"): AGAIN,
}
