"""Modifiers on lines and posted charges: out of their days, out of place, or against each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.findings import Finding
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.edits.reading import Charged, charged, posted, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as, named, parts

WASTE: Final = ("drug_discarded", "drug_none_discarded")


@edit(
    "A", "B", "C", "D", "E", "E0",
    source="CMS on 340B modifiers: TB alone from 2025; JZ from 2023-07-01; rows R23, R24",
)  # fmt: skip
def a_modifier_is_in_force_on_its_day(draft: Draft) -> Iterator[Finding]:
    """JG after 2024, JZ before July 2023: returned, whatever the drug."""
    case = draft.bill.case
    for each in charged(draft):
        for modifier in each.modifiers:
            known = case.rules.book.called("MOD", modifier)
            mine = [e for e in known if e.code == modifier and case.rules.edition in e.editions]
            if any(e.meaning == "rems_attestation" for e in mine) or not mine:
                continue
            if not any(
                e.holds(each.day, case.rules.edition) or _maybe(e.start, each.day, e.since)
                for e in mine
            ):
                yield say(
                    each.records,
                    f"modifier {modifier} of {each} is not in force on that day",
                    _instead(case, mine[0].meaning, each.day),
                    holds=True,
                )


@edit(
    "C", editions=("public",),
    source="First Coast on NCD 110.24; NGS 3731192: until the REMS ended; row R26",
)  # fmt: skip
def the_rems_is_attested_while_there_is_one(draft: Draft) -> Iterator[Finding]:
    """KX on the product or its giving attests a programme that ended on 2025-06-25."""
    case = draft.bill.case
    known = case.rules.book.shelf.get("rems_attestation", ())
    attests = {entry.code for entry in known}
    about = known_as(case, case.product.codes.dose, "car_t_administration")
    for each in charged(draft):
        over = not any(entry.holds(each.day, case.rules.edition) for entry in known)
        if each.code in about and over and attests & set(each.modifiers):
            yield say(
                each.records,
                f"{each} carries {', '.join(sorted(attests))}, which attests a REMS that is not in "
                "force on that day",
                "take the modifier off",
                holds=True,
            )


@edit(
    "B", "C", "D", editions=("public",),
    source="CMS JW and JZ policy: waste or none, on separately paid Part B lines; rows R23, R27",
)  # fmt: skip
def waste_is_told_once_and_only_where_it_is_paid(draft: Draft) -> Iterator[Finding]:
    """JW says that some was thrown away and JZ that none was; a stay is asked neither."""
    case = draft.bill.case
    words = {modifier for meaning in WASTE for modifier in _any_day(case, meaning)}
    for each in charged(draft):
        told = words & set(each.modifiers)
        if len(told) > 1:
            yield say(
                each.records,
                f"{each} carries {' and '.join(sorted(told))}: some was discarded and none was",
                "read the vials and the dose again; keep the one that is true",
                holds=True,
            )
        elif told and draft.bill.inpatient:
            yield say(
                each.records,
                f"{each} carries {', '.join(told)} on an inpatient claim",
                "take the modifier off: the stay is paid as a whole",
                holds=each.where == "on the claim",
            )


@edit(
    "C", editions=("public",),
    source="MM12928 / CR 12928: fractions of a dose on professional claims; row R14",
)  # fmt: skip
def a_fraction_is_marked_where_there_is_one(draft: Draft) -> Iterator[Finding]:
    """LU on a whole dose bills a part of it; a part without LU bills it whole."""
    case, fraction = draft.bill.case, draft.bill.fraction
    marks = _any_day(case, "dose_fraction")
    doses = known_as(case, case.product.codes.dose)
    for each in charged(draft):
        marked = bool(marks & set(each.modifiers))
        whole = fraction is None and each.units >= 1
        if each.code in doses and ((marked and whole) or (not marked and each.units < 1)):
            yield say(
                each.records,
                f"{each} is {'a whole dose with' if marked else 'a part of a dose without'} "
                f"{', '.join(sorted(marks))}",
                "only a part of a dose on a professional claim carries it, and then every part",
                holds=True,
            )


@edit(
    "A", "B", "C", "D", "E", "E0",
    source="CMS and AMA: it marks a visit beside a procedure, never the procedure; row R25",
)  # fmt: skip
def the_visit_modifier_stands_on_visits(draft: Draft) -> Iterator[Finding]:
    """Modifier 25 on a procedure is returned, and the visit beside it stays unmarked."""
    case, on = draft.bill.case, draft.bill.last_day
    visits = _any_day(case, "separate_visit_same_day")
    procedures = known_as(case, *parts(case, "takes_no_visit_modifier", on))
    for each in charged(draft):
        if each.code in procedures and visits & set(each.modifiers):
            yield say(
                each.records,
                f"{each} is a procedure and carries {', '.join(sorted(visits))}",
                "move the modifier to the visit of that day, where its note stands by itself",
                holds=True,
            )


@edit(
    "C", editions=("public",),
    source="BMS Cell Therapy 360; page: some contractors still require JZ; row R23",
)  # fmt: skip
def the_contractors_choice_about_none_discarded_is_known(draft: Draft) -> Iterator[Finding]:
    """Whether the dose carries JZ is the contractor's to say: posted and billed must agree."""
    case, on = draft.bill.case, draft.bill.last_day
    entry = case.rules.find("product_none_discarded", on)
    kind, covered = case.coverage_kind(draft.bill.payer_day), case.coverage(draft.bill.payer_day)
    if draft.bill.inpatient or kind != "FFS" or entry is None or entry.code != "by_payer":
        return
    marks = _any_day(case, "drug_none_discarded")
    doses = known_as(case, case.product.codes.dose)
    lines = [each for each in draft.claim.lines if each.code in doses]
    charges = [each for each in posted(draft) if each.code in doses]
    contractor = (covered[1].mac if covered else None) or "which one is not on record"
    named_so = ", ".join(sorted(marks))
    for line in lines:
        billed_so = bool(marks & set(line.modifiers))
        if any(_marked(each, marks) != billed_so for each in charges):
            yield say(
                (*line.basis.records, *(key for each in charges for key in each.records)),
                f"the dose is posted {_with_or_without(not billed_so)} {named_so} and stands on "
                f"the claim {_with_or_without(billed_so)}",
                f"look up what the contractor ({contractor}) says of {named_so} on CAR-T, and put "
                "its rule on a page of the site",
            )


def _with_or_without(marked: bool) -> str:
    return "with" if marked else "without"


def _marked(each: Charged, marks: frozenset[str]) -> bool:
    return bool(marks & set(each.modifiers))


@once
def _any_day(case: Case, meaning: str) -> frozenset[str]:
    """The modifiers that ever had a meaning, in this edition."""
    return frozenset(entry.code for entry in known_as(case, meaning).values())


def _maybe(start: str, day: date, since: date) -> bool:
    return start == "assumed" and day < since


def _instead(case: Case, meaning: str, day: date) -> str:
    entry = case.rules.find(meaning, day)
    return f"bill it with {named(case, meaning, day)}" if entry else "take the modifier off"
