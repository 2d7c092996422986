"""The packet as a document: every fact in it once, escaped, on a page that asks nobody anything."""

from __future__ import annotations

import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import BinaryIO, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.given import day
from tests.projections.authorization.told import ON, centre, packet, story
from tests.projections.authorization.whole import NAME, SCRIPT, whole_packet
from tests.projections.gates.ready import cleared
from tests.tiers import size
from veinledger.adapters.errors import BadInput, Refused, StoreFailed
from veinledger.adapters.printing.packet import document
from veinledger.adapters.printing.page import Document, Pairs, Section, Words, css_text, html
from veinledger.adapters.printing.writing import write_document
from veinledger.projections.authorization.shapes import Packet

VOID: Final = {"meta", "col"}
ONCE: Final = (
    SCRIPT, NAME, "Zoë Ida", "1951-02-28", "female", "1 Main Street", "60601", "71.5 kg",
    "168.5 cm", "1.82 m2", "Gold plan", "MBR-99", "GRP-5", "Karl Müller", "spouse", "A. Imani, MD",
    "C90.02", "in relapse", "text of the assessment", "VGPR", "planned end", "autologous",
    "DOC-LEN", "text of clearance 0", "text of clearance 6", "DOC-0", "DOC-6",
    "text of imaging", "DOC-IMAGE", "text of infection", "DOC-INFECTION", "Protocol of the site",
    "DOC-PLAN", "B. Olsen, MD", "REQ-2", "AUTH-8", "text of the question", "text of the grant",
    "text of the denial", "NET-1", "Q2056", "57894-111", "38225", "1999990033", "1234567893",
    str(day(-1500)), str(day(-1403)), str(day(-1404)), str(day(-1501)), str(day(-152)),
    str(day(-131)), str(day(3)), str(day(181)), str(day(182)), str(day(5)),
)  # fmt: skip
"""Values that stand in one fact each."""


class Read(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, and the words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.words += " " if tag == "small" else ""
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag not in ("time", "strong", "span"):
            self.words += " "

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data


def read(made: Packet) -> Read:
    return Read(html(document(made)))


@pytest.mark.parametrize("value", ONCE)
def test_every_fact_stands_in_the_document_once(value: str) -> None:
    assert (
        len(re.findall(rf"(?<![\w-]){re.escape(value)}(?![\w-])", read(whole_packet()).words)) == 1
    )


def test_what_is_missing_stands_before_everything_else() -> None:
    words = read(whole_packet(missing=("ECOG", "LVEF"))).words
    first = words.index("Missing before this can go out")
    assert "draft" in words
    assert "2 of 13 items open" in words
    assert first < words.index("ECOG is not on record") < words.index("The request so far")
    assert words.index("The request so far") < words.index("Patient, coverage, requesting provider")


def test_a_complete_packet_is_no_draft_and_has_no_box_of_what_is_missing() -> None:
    words = read(packet(story(), at=centre())).words
    assert "Complete: everything that is asked for is on record." in words
    assert "draft" not in words
    assert "Missing before" not in words


def test_every_item_of_the_checklist_is_in_the_document_once() -> None:
    for made in (packet(story()), packet(story("ecog", "plan")), whole_packet()):
        words = read(made).words
        for each in made.checklist:
            assert words.count(each.label) == 1, each.label


def test_under_medicare_nothing_is_requested() -> None:
    words = read(packet(story(), at=centre("medicare_ncd_110_24"))).words
    assert "Coverage file: no prior authorization is asked for" in words
    assert "no formal prior authorization. Nothing is sent" in words
    assert "Requested services" not in words


def test_in_public_no_rems_is_named_as_the_word_for_the_visits() -> None:
    words = read(whole_packet()).words
    assert "per REMS" not in words
    assert "site or payer protocol" in words


def test_the_page_is_whole_by_itself() -> None:
    text = html(document(whole_packet(long=True)))
    found = Read(text)
    assert not found.open
    assert not {"script", "link", "img", "iframe", "object", "a", "form"} & set(found.elements)
    assert {name for name, _ in found.attributes} <= {"lang", "charset", "class", "style", "scope"}
    assert not re.search(r"https?:|//|url\(|@import|javascript", text.split("<body>")[0])
    assert text.startswith("<!DOCTYPE html>")
    for wanted in ("@page", "@media screen", "break-inside: avoid", "table-header-group"):
        assert wanted in text


def test_what_is_not_verified_is_marked() -> None:
    words = read(whole_packet()).words
    assert "What the payer asks\N{DAGGER}" in words
    assert "CPT 99213 to 99215\N{DAGGER}" in words
    assert "\N{DAGGER} Not verified" in words
    assert "unverified" in words


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("<>&\"'/\\{};:\n\r\t\x00\x07\x7f\u202e\u2028é漢"),
        st.characters(codec="utf-8"),
    ),
    min_size=1,
)


@settings(max_examples=size(60, 400, 4000), deadline=None)
@given(HOSTILE)
def test_no_text_becomes_markup_wherever_it_stands(text: str) -> None:
    told = Document(
        kind=text,
        title=text,
        lead=Pairs(pairs=((text, text),)),
        state=text,
        sections=(Section(title=text, blocks=(Words(lines=(text,), kind="points"),)),),
        foot=text,
    )
    plain = Document(
        kind="x",
        title="x",
        lead=Pairs(pairs=(("x", "x"),)),
        state="x",
        sections=(Section(title="x", blocks=(Words(lines=("x",), kind="points"),)),),
        foot="x",
    )
    made = html(told)
    elements = [each for each in Read(made).elements if each != "time"]
    assert elements == Read(html(plain)).elements
    assert "<" not in made[made.index("<style>") + 7 : made.index("</style>")]


def test_the_running_foot_cannot_leave_its_string() -> None:
    assert css_text('"; } </style><script>') == (
        "\\22 \\3b \\20 \\7d \\20 \\3c \\2f style\\3e \\3c script\\3e "
    )


def test_a_planted_script_would_be_seen() -> None:
    assert "script" in Read(f"<p>{SCRIPT}</p>").elements


def test_the_document_is_written_for_its_owner_alone_and_never_over_another(
    tmp_path: Path,
) -> None:
    file = tmp_path / "packet.html"
    write_document(document(whole_packet()), str(file))
    assert "Müller" in file.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Refused) as refused:
        write_document(document(whole_packet()), str(file))
    with pytest.raises(BadInput) as unwritten:
        write_document(document(whole_packet()), str(tmp_path / "nowhere" / "packet.html"))
    for error in (refused.value, unwritten.value):
        assert "Müller" not in str(error)
        assert "packet.html" not in str(error)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
def test_a_disk_that_is_full_leaves_no_part_of_a_document_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, _: str) -> BinaryIO:
        os.close(handle)
        return Path("/dev/full").open("wb")

    file = tmp_path / "packet.html"
    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(StoreFailed, match="no part of it was kept") as failed:
        write_document(document(whole_packet()), str(file))
    assert "Müller" not in str(failed.value)
    assert not file.exists()


def test_no_part_of_a_packet_shows_a_patient_in_its_repr() -> None:
    made = whole_packet()
    shown = " ".join(map(repr, (
        made, made.form, made.form.patient, made.form.coverage, made.narrative, made.answers,
        *made.answers.told, *made.checklist, *made.open, *made.gaps, document(made),
        *document(made).sections, *(e for item in made.checklist for e in item.evidence),
    )))  # fmt: skip
    for value in (NAME, "Müller", "MRN-77", "MBR-99", "1951", "Main Street", "GRP-5"):
        assert value not in shown


def test_what_speaks_against_the_request_is_read_first() -> None:
    told = story("ecog", more=[cleared("LVEF", -9, "not cleared")])
    words = read(packet(told, on=ON)).words
    assert words.index("Cardiac clearance") < words.index("ECOG performance status")
