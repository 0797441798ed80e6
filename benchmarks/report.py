"""Printing figures as they come, and keeping them as a table in docs/."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure

DOCS = Path(__file__).parents[1] / "docs"
COLUMNS = "| figure | Nearside | rival | ratio | aim | |\n|---|---|---|---|---|---|\n"


def report(command: str, file: str, remark: str, parts: Iterable[Iterable[Figure]]) -> int:
    """Print each figure, write the table, and answer how many aims were missed."""
    figures: list[Figure] = []
    for part in parts:
        for figure in part:
            print(figure.row(), flush=True)
            figures.append(figure)
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    head = (
        f"# Figures\n\n`{command}` wrote this table on {datetime.now(UTC):%d %B %Y} on {machine},"
        f" {remark}\nBelieve the ratios: rivals are measured in the same run, in turn.\n\n"
    )
    rows = "\n".join(figure.row() for figure in figures)
    (DOCS / file).write_text(head + COLUMNS + rows + "\n", encoding="utf-8")
    missed = [figure for figure in figures if not figure.met]
    print(f"{len(figures) - len(missed)} of {len(figures)} aims met")
    return len(missed)
