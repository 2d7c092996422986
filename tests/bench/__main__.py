"""`make bench`: measures in one run on one machine, and writes docs/performance.md by itself."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import measured
from tests.bench.page import page
from tests.given_ledger import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--encounters", type=int, default=1_000)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "performance.md")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        run = measured(Path(folder), asked.encounters)
    asked.to.write_text(page(run))
    print(page(run))


if __name__ == "__main__":
    main()
