"""`make bench-media`: the node beside Janus and beside bare calls; exits 1 when an aim is missed.

`python -m benchmarks.media forwarding joining` measures some parts only, and writes no table.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable

from benchmarks import media_recording
from benchmarks.figures import Figure
from benchmarks.media import consults, forwarding, joining, lines
from benchmarks.report import report
from tests.support import packages

PARTS: dict[str, Callable[[], Iterable[Figure]]] = {
    "forwarding": forwarding.measure,
    "growth": forwarding.growth,
    "consults": consults.measure,
    "recording": media_recording.measure,
    "joining": joining.measure,
    "returning": lines.returning,
    "narrow": lines.narrow,
    "lossy": lines.lossy,
    "slow-member": lines.slow_member,
}
# Programs, and the Debian packages that hold them.
NEEDED = {"janus": "janus", "ip": "iproute2", "tc": "iproute2", "iptables": "iptables"}
CORES = 2
REMARK = (
    "the server alone on one core and the callers on the other, both before all else on the"
    " machine. A rival is Janus or a bare call between two browsers, as the figure says; where"
    " there is none, it is the value the ratio is taken from. What is forwarded without loss is the"
    " middle of three searches in steps of 3 %, each server in turn, of which the later begin at"
    " 85 % of what the last one found: a rate counts as carried when"
    " one of three tries at it loses nothing, with nine seconds of ordinary calls after one that"
    " does, by the same rule for both."
)


def main(names: list[str]) -> int:
    """Measure every part and write docs/benchmarks-media.md, or the named parts."""
    # So that servers, namespaces and interfaces go away with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No such part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
        return 2
    if not _ready():
        return 2
    if not names:
        parts = (part() for part in PARTS.values())
        return 1 if report("make bench-media", "benchmarks-media.md", REMARK, parts) else 0
    missed = 0
    for name in names:
        for figure in PARTS[name]():
            print(figure.row(), flush=True)
            missed += not figure.met
    return 1 if missed else 0


def _ready() -> bool:
    """Install what is missing, where we may; say what is needed where not."""
    if (os.cpu_count() or 1) < CORES or os.geteuid() != 0:
        print("This needs root, for network namespaces, and two cores.")
        return False
    absent = {package for program, package in NEEDED.items() if not shutil.which(program)}
    absent |= set(packages.missing())
    if absent:
        print(f"Installing {' and '.join(sorted(absent))}", flush=True)
        packages.install(sorted(absent))
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
