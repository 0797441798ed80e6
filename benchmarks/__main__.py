"""`make bench`: print each figure beside its rival's, and exit 1 when an aim is missed."""

from __future__ import annotations

import sys

from benchmarks import call, pages, sealing
from benchmarks.report import report

REMARK = "with two cores shared by the server and the one who asks."


def main() -> int:
    """Measure pages, calls and sealing; write the table to docs/benchmarks.md."""
    parts = (part.measure() for part in (pages, call, sealing))
    return 1 if report("make bench", "benchmarks.md", REMARK, parts) else 0


sys.exit(main())
