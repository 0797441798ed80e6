"""`make bench-clinical`: the medicine beside bare rivals; exits 1 when an aim is missed."""

from __future__ import annotations

import sys

from benchmarks import clinical_devices, clinical_forms, clinical_genes, clinical_rules
from benchmarks.report import report

PARTS = (clinical_rules, clinical_forms, clinical_genes, clinical_devices)
REMARK = "each part in turn."


def main() -> int:
    """Measure every part; write the table to docs/benchmarks-clinical.md."""
    parts = (part.measure() for part in PARTS)
    return 1 if report("make bench-clinical", "benchmarks-clinical.md", REMARK, parts) else 0


if __name__ == "__main__":
    sys.exit(main())
