"""`make bench`: print each figure beside its rival's, and exit 1 when an aim is missed."""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import call, pages
from benchmarks.figures import Figure

TABLE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    """Measure everything; write the table to docs/benchmarks.md."""
    figures: list[Figure] = []
    for part in (pages, call):
        for figure in part.measure():
            print(figure.row(), flush=True)
            figures.append(figure)
    _write(figures)
    missed = [figure for figure in figures if not figure.met]
    print(f"{len(figures) - len(missed)} of {len(figures)} aims met")
    return 1 if missed else 0


def _write(figures: list[Figure]) -> None:
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    head = (
        "# Figures\n\n`make bench` wrote this table "
        f"on {datetime.now(UTC):%d %B %Y} on {machine}, with two cores shared by the server and "
        "the one who asks.\nBelieve the ratios: rivals are measured in the same run, in turn.\n\n"
        "| figure | Nearside | rival | ratio | aim | |\n|---|---|---|---|---|---|\n"
    )
    TABLE.write_text(head + "\n".join(figure.row() for figure in figures) + "\n")


sys.exit(main())
