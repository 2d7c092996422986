"""What stands before a step: what fails and what would settle it, then what is met, in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from veinledger.adapters.cli.options import asked
from veinledger.adapters.cli.screen import styled
from veinledger.adapters.cli.show.claims import money, sure
from veinledger.adapters.cli.show.notes import Numbering
from veinledger.adapters.cli.show.records import numbering
from veinledger.adapters.cli.show.tables import Cell, heading, inset, joined, listing, plural, title
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import KnownAt
from veinledger.projections.gates.shapes import STEPS, Check, Verdict

NAMES = (16,)
"""The width of what a line is about."""


def check(
    told: Check, records: Sequence[Record], known_at: KnownAt, *, whole: bool
) -> Iterator[RenderableType]:
    """Every gate: those that stop the step, those to look at, those settled, and the rest.

    What is met stands by its name alone and what nobody asks for as a number, unless all is wanted.
    """
    mine = numbering(records, told.encounter)
    what = STEPS[told.intent].removeprefix("The ")
    yield heading(f"{told.encounter}: before the {what}{asked(told.edition, None, known_at)}")
    yield styled(told.sentence, _style(told))
    yield _about(told)
    yield from _money(told)
    yield ""
    for name, found in _groups(told):
        if found:
            yield title(f"{name} ({len(found)})")
            for each in found:
                yield from _failing(each, told, mine)
    met = [each for each in told.verdicts if each.state == "met"]
    unasked = [each for each in told.verdicts if each.state == "not asked"]
    yield from _in_full(met, unasked) if whole else _in_short(met, unasked)
    if not told.judged:
        yield "No other gate was looked at."


def _style(told: Check) -> str:
    return "bold red" if told.stopping else "bold yellow" if told.failing else "bold green"


def _about(told: Check) -> str:
    product = told.product or "no product known"
    return f"{product}, stage {told.stage}, {told.payer or 'no payer known'}"


def _money(told: Check) -> Iterator[RenderableType]:
    """What the dollars rest on, once: they are the same for every gate of the infusion's claim."""
    known = {e.at_risk_reason: e for e in told.failing if "C" in e.claims and e.at_risk_reason}
    for reason, each in known.items():
        worth = reason if each.at_risk is None else f"{money(each.at_risk)} dollars ({reason})"
        yield styled(f"hangs on claim C: {worth}", "dim")


def _groups(told: Check) -> Iterator[tuple[str, list[Verdict]]]:
    yield "not met, and stops the step", list(told.stopping)
    yield "not met, to be looked at", [each for each in told.failing if each.weight == "warns"]
    yield "settled", [each for each in told.verdicts if each.state == "settled"]


def _failing(each: Verdict, told: Check, mine: Numbering) -> Iterator[RenderableType]:
    yield styled(each.label, "bold")
    yield inset(listing(_lines(each, told, mine), widths=NAMES))
    yield ""


def _lines(each: Verdict, told: Check, mine: Numbering) -> Iterator[tuple[Cell, Cell]]:
    yield "found", each.reason
    if each.settled is None:
        yield "to do", each.remedy
    else:
        yield "settled", _settled(each)
    if each.claims:
        yield "hangs on it", _claims(each)
    if each.records:
        yield "rests on", _records(each, mine)
    yield "source", _source(each)
    if each.finding is not None and each.settled is None:
        yield "settle as", _key(each.finding.key, told)


def _settled(each: Verdict) -> str:
    by = each.settled
    if by is None:
        return ""
    code = f" {by.code}" if by.code else ""
    return f"{by.decision}{code} by {by.by} ({by.role}, {by.credential}): {by.reason}"


def _claims(each: Verdict) -> str:
    kinds = f"claim{'s' * (len(each.claims) > 1)} {', '.join(each.claims)}"
    if each.at_risk is None:
        return kinds
    of = "" if each.claims == ("C",) else "claim C: "
    return f"{kinds} ({of}{money(each.at_risk)} dollars)"


def _records(each: Verdict, mine: Numbering) -> str:
    """The encounter's by number; the centre's have numbers of their own, in its stream."""
    own = mine.told(each.records)
    others = sum(key not in mine.of for key in each.records)
    told = [own] if own else []
    told += [plural(others, "record") + " of the centre"] if others else []
    return " and ".join(told)


def _key(key: str, told: Check) -> Text:
    """What `veinledger settle` takes: the digits name it, with the day where it is about one."""
    name, _, digits = key.rpartition("/")
    day = f" --on {told.on}" if name.endswith(f":{told.on}") else ""
    return joined(styled(f"{digits}{day}", "cyan"), styled(f" ({name.partition(':')[0]})", "dim"))


def _source(each: Verdict) -> Text:
    doubt = sure(each.confidence)
    said = each.source.removesuffix("; unverified")
    return joined(styled(said, "dim"), styled(f" ({doubt})" if doubt else "", "yellow"))


def _in_full(met: Sequence[Verdict], unasked: Sequence[Verdict]) -> Iterator[RenderableType]:
    """What was found of each, and on whose word."""
    yield from _others("met", met)
    yield from _others("nobody asks for", unasked)
    yield from _sources((*met, *unasked))


def _in_short(met: Sequence[Verdict], unasked: Sequence[Verdict]) -> Iterator[RenderableType]:
    """What is met by its name, a doubtful one with its doubt; the rest as a number."""
    if met:
        yield title(f"met ({len(met)})")
        yield inset("; ".join(_named(each) for each in met))
        yield ""
    if met or unasked:
        number = f"{plural(len(unasked), 'gate')} that nobody asks for; " if unasked else ""
        yield styled(f"{number}--all shows every gate with what was found and its source", "dim")


def _named(each: Verdict) -> str:
    doubt = sure(each.confidence)
    return f"{each.label} ({doubt})" if doubt else each.label


def _others(name: str, found: Sequence[Verdict]) -> Iterator[RenderableType]:
    """One line a gate, with the row of its source; the sources themselves stand at the end."""
    if found:
        yield title(f"{name} ({len(found)})")
        yield inset(listing([_row(each) for each in found], widths=(34,)))
        yield ""


def _row(each: Verdict) -> tuple[Cell, Cell]:
    doubt = sure(each.confidence)
    row = styled(f" [{_row_of(each)}]", "dim")
    return each.label, joined(each.reason, row, styled(f" {doubt}" if doubt else "", "yellow"))


def _row_of(each: Verdict) -> str:
    """The row of the evidence, or the section of the source page, in its brackets."""
    return each.source.removesuffix("; unverified").rpartition(" [")[2].removesuffix("]")


def _sources(found: Sequence[Verdict]) -> Iterator[RenderableType]:
    """Each source once, by its row."""
    by_row: dict[str, list[str]] = {}
    for each in found:
        said = each.source.removesuffix("; unverified").rpartition(" [")[0]
        known = by_row.setdefault(_row_of(each), [])
        known += [said] if said not in known else []
    if by_row:
        yield title("sources")
        rows = [(f"[{row}]", " / ".join(said)) for row, said in sorted(by_row.items())]
        yield inset(listing([(row, styled(said, "dim")) for row, said in rows], widths=(16,)))
