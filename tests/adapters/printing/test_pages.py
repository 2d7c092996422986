"""How many pages a document takes, printed by a browser where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests import tiers
from tests.adapters.printing.test_appeal_document import refused
from tests.projections.authorization.told import centre, packet, story
from tests.projections.authorization.whole import whole_packet
from veinledger.adapters.printing import appeal_letter, appeal_sheet
from veinledger.adapters.printing import packet as authorization
from veinledger.adapters.printing.page import html

BROWSER: Final = shutil.which("chromium") or shutil.which("google-chrome")
SIZES: Final = ("letter", "A4")


def _letter() -> str:
    made = refused(text="Lenalidomide-refractory status not documented")
    return html(appeal_letter.document(made), appeal_sheet.sheet(made))


DOCUMENTS: Final[dict[str, tuple[Callable[[], str], range]]] = {
    "nothing is missing": (
        lambda: html(authorization.document(packet(story(), at=centre()))),
        range(1, 3),
    ),
    "something in every field": (
        lambda: html(authorization.document(whole_packet())),
        range(1, 3),
    ),
    "long text in every field": (
        lambda: html(authorization.document(whole_packet(long=True, missing=("ECOG", "LVEF")))),
        range(1, 4),
    ),
    "a letter behind its sheet": (_letter, range(2, 3)),
}
"""Each document with the numbers of pages that it may have."""


def pages(text: str, size: str, folder: Path) -> int:
    """Pages of a document on paper of a size."""
    page, printed = folder / "page.html", folder / "page.pdf"
    page.write_text(text.replace("@page {", f"@page {{ size: {size};", 1), encoding="utf-8")
    subprocess.run(
        [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={printed}", page.as_uri(),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes()))


@pytest.mark.skipif(BROWSER is None, reason="no chromium here to print with")
@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_document_takes_no_more_pages_than_a_reviewer_reads(name: str, tmp_path: Path) -> None:
    made, allowed = DOCUMENTS[name]
    for size in SIZES[: tiers.size(1, 2)]:
        assert pages(made(), size, tmp_path) in allowed, size


@pytest.mark.skipif(BROWSER is None, reason="no chromium here to print with")
def test_a_planted_page_would_be_counted(tmp_path: Path) -> None:
    more = "<section style='break-before: page'>x</section></body>"
    made = html(authorization.document(packet(story(), at=centre())))
    assert pages(made.replace("</body>", more), "A4", tmp_path) == pages(made, "A4", tmp_path) + 1
