"""The lifecycle table, typed by hand from LIFECYCLE.md. Nothing here comes from the program.

A row is: trigger, the moves ("C>M" is from collected to manufacturing), the stages in which it is
legal and moves nothing. A "+" at the end of a trigger marks the variant of a fact.
"""

# U unopened, R referred, C collected, M manufacturing, F manufacturing_failed, L released,
# V received, N conditioning, I infused, A readmitted, S surveillance,
# K completed, W withdrawn, D deceased, X lost.
STAGE_NAMES = {
    "U": "unopened",
    "R": "referred",
    "C": "collected",
    "M": "manufacturing",
    "F": "manufacturing_failed",
    "L": "released",
    "V": "received",
    "N": "conditioning",
    "I": "infused",
    "A": "readmitted",
    "S": "surveillance",
    "K": "completed",
    "W": "withdrawn",
    "D": "deceased",
    "X": "lost",
}
ALL_STAGES = "URCMFLVNIASKWDX"
ALL_BUT_UNOPENED = "RCMFLVNIASKWDX"
ENDS = "KWDX"

# standing.md 3: the stages before the infusion, the furthest last.
BEFORE_INFUSION = "RFCMLVN"

ROWS: list[tuple[str, str, str]] = [
    ("encounter.opened", "U>R", ""),
    ("product.ordered", "", "RCMFLVN"),
    ("apheresis.failed", "", "RCMFLVN"),
    ("apheresis.completed", "R>C F>C", "CMLVN"),
    ("cells.prepared", "", "CMFLVNIASKWDX"),
    ("cells.shipped", "C>M", "MFLVNIASKWDX"),
    ("manufacturing.started", "C>M F>M", "MIASKWDX"),
    ("manufacturing.failed", "C>F M>F L>F V>F N>F", "FIASKWDX"),
    ("product.rejected", "C>F M>F L>F V>F N>F", "FIASKWDX"),
    ("manufacturing.released", "C>L M>L F>L", "LVNIASKWDX"),
    ("product.deviation_accepted", "", "CMFLVNIASKWDX"),
    ("infusion.cancelled", "", "CMFLVNIASKWDX"),
    ("product.received", "C>V M>V F>V L>V", "VNIASKWDX"),
    ("product.thawed", "", "FVNIASKWDX"),
    ("bridging.given", "", "RCMFLVNI"),
    ("lymphodepletion.held", "", "CMFLVNI"),
    ("lymphodepletion.dose_given", "V>N", "CMFLN"),
    ("cells.infused", "V>I N>I", ""),
    ("cells.infused+", "", "IAS"),
    ("patient.admitted", "I>A S>A X>A", "ARCMFLVNKW"),
    ("patient.admitted+", "", "IASXRCMFLVNKW"),
    ("patient.discharged", "I>S A>S", "RCMFLVNSKWDX"),
    ("patient.discharged+", "", ALL_BUT_UNOPENED),
    ("crs.graded", "", "IASKDX"),
    ("icans.graded", "", "IASKDX"),
    ("tocilizumab.given", "", "IASKDX"),
    ("supportive.given", "", ALL_BUT_UNOPENED),
    ("appointment.booked", "", ALL_BUT_UNOPENED),
    ("appointment.cancelled", "", ALL_BUT_UNOPENED),
    ("monitoring.day_completed", "X>S", "IASKD"),
    ("acute_monitoring.ended", "I>S", "ASKDX"),
    ("acute_monitoring.ended+", "", "IASX"),
    ("neurology.visit_completed", "I>S A>S X>S", "SKWRCMFLVN"),
    ("neurology.visit_completed+", "", "IASKWXRCMFLVN"),
    ("neurology.visit_missed", "", "IASKWDX"),
    (
        "patient.died",
        "R>D C>D M>D F>D L>D V>D N>D I>D A>D S>D K>D W>D X>D",
        "D",
    ),
    ("patient.lost_to_follow_up", "I>X A>X S>X", "RCMFLVNKWX"),
    ("encounter.withdrawn", "R>W C>W M>W F>W L>W V>W N>W", "W"),
    ("encounter.completed", "I>K A>K S>K X>K", "KDW"),
]

# "Legal everywhere, moving nothing."
LEGAL_EVERYWHERE = {
    "encounter.continued",
    "encounter.linked",
    "patient.registered",
    "patient.updated",
    "patient.merged",
    "patient.measured",
    "patient.advised",
    "patient.status_changed",
    "coverage.recorded",
    "disease.assessed",
    "therapy.line_recorded",
    "therapy.refractoriness_documented",
    "clearance.recorded",
    "laboratory.resulted",
    "document.filed",
    "certification.recorded",
    "authorization.requested",
    "authorization.pended",
    "authorization.granted",
    "authorization.extended",
    "authorization.denied",
    "support.enrolled",
    "surveillance.plan_filed",
    "registry.form_filed",
    "charge.posted",
    "claim.submitted",
    "claim.answered",
    "appeal.filed",
    "appeal.answered",
    "finding.settled",
    "records.corrected",
    "report.confirmed",
    "report.discarded",
    "report.assigned",
    "condition.documented",
    "toxicity.observed",
}

# (trigger, stage) -> the stage it leads to. A row that moves nothing leads to its own stage.
LEADS_TO: dict[tuple[str, str], str] = {}
# trigger -> where its first move in the table leads; a trigger that never moves is not here.
FIRST_MOVE: dict[str, str] = {}
# The moves alone, in the order of the table: (trigger, from, to).
MOVES: list[tuple[str, str, str]] = []

for _trigger, _moves, _stays in ROWS:
    for _move in _moves.split():
        _from, _to = _move.split(">")
        assert (_trigger, _from) not in LEADS_TO
        LEADS_TO[_trigger, _from] = _to
        FIRST_MOVE.setdefault(_trigger, _to)
        MOVES.append((_trigger, _from, _to))
    for _stage in _stays:
        assert (_trigger, _stage) not in LEADS_TO
        LEADS_TO[_trigger, _stage] = _stage

# The line "Rank" of LIFECYCLE.md, from the lowest to the highest; equal ranks share a line.
RANK_LINE: list[list[str]] = [
    ["encounter.opened"],
    ["product.ordered"],
    ["manufacturing.failed"],
    ["apheresis.failed"],
    ["apheresis.completed"],
    ["cells.prepared"],
    ["cells.shipped"],
    ["manufacturing.started"],
    ["manufacturing.released"],
    ["product.deviation_accepted"],
    ["product.received"],
    ["product.rejected"],
    ["bridging.given"],
    ["neurology.visit_completed", "neurology.visit_missed"],
    ["patient.admitted"],
    ["lymphodepletion.held"],
    ["lymphodepletion.dose_given"],
    ["product.thawed"],
    ["infusion.cancelled"],
    ["cells.infused"],
    ["patient.admitted, for CRS/ICANS or infection"],
    ["crs.graded", "icans.graded"],
    ["tocilizumab.given", "supportive.given"],
    ["monitoring.day_completed"],
    ["patient.discharged"],
    ["acute_monitoring.ended"],
    ["encounter.completed"],
    ["patient.lost_to_follow_up"],
    ["encounter.withdrawn"],
    ["patient.died"],
]
RANKS = {name: rank for rank, names in enumerate(RANK_LINE, start=1) for name in names}
RANK_OF_A_LATE_ADMISSION = RANKS["patient.admitted, for CRS/ICANS or infection"]

# The page ranks neither the facts that are legal everywhere nor appointments. Ranked lowest, they
# never draw a bare date towards them; ranked highest, a document at 08:00 would pull every bare
# date of its day before all timed facts.
RANK_OF_THE_UNNAMED = 0
