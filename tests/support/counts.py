"""Add up pytest's reports into the one closing line of `make test`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

# The one reason to skip: data to compare with that is not part of the project.
EXCUSED = "the public data beside the project is absent"


@dataclass(frozen=True)
class Counts:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    excused: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.excused + other.excused,
        )

    def __str__(self) -> str:
        line = f"{self.passed} passed, {self.failed} failed"
        if self.skipped:
            line += f", {self.skipped} skipped"
        return f"{line}, {self.excused} skipped: {EXCUSED}" if self.excused else line

    @property
    def good(self) -> bool:
        """A run that skipped something, or ran nothing, proves nothing."""
        return self.passed > 0 and not self.failed and not self.skipped


def read(report: Path) -> Counts:
    """Count one report; a run that died before writing it counts as a failure."""
    if not report.exists():
        return Counts(failed=1)
    tree = ET.parse(report)  # noqa: S314 - pytest wrote it just now
    suites = list(tree.iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    excused = sum(one.get("message", "").startswith(EXCUSED) for one in tree.iter("skipped"))
    failed = failures + errors
    return Counts(total - failed - skipped, failed, skipped - excused, excused)


def main(reports: Iterable[str]) -> int:
    """Print the line and say whether it is a good one."""
    counts = sum((read(Path(report)) for report in reports), start=Counts())
    sys.stdout.write(f"{counts}\n")
    return 0 if counts.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
