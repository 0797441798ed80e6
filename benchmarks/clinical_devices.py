"""A long Apple Health export, read by us and by a bare expat that keeps the same fields.

    python -m benchmarks.clinical_devices [megabytes]

Each reader has a process of its own, in turn, so that neither warms the other's caches and
the peak of memory is its own. The rival is the fastest plain reading Python has: expat's start
handler, which keeps the text of the fields a reading has and forgets them every 64 KB. It
checks nothing, parses no number and no time, and lets repeated records through. Seconds are
the processor's, so that a busy machine favours neither.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from xml.parsers import expat

from app.clinical import devices
from app.clinical.devices.apple_types import SLEEP, TYPES
from benchmarks.figures import Figure

MEGABYTE = 2**20
MEGABYTES = 1024
ROUNDS = 3
CHUNK = 64 * 1024
AIM = 0.5
ALLOWED_MEGABYTES = 200
ROOT = Path(__file__).parents[1]

TOP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData locale CDATA #REQUIRED>
]>
<HealthData locale="en_US">
 <ExportDate value="2025-01-14 12:00:00 +0100"/>
"""
DEVICE = (
    "&lt;&lt;HKDevice: 0x282a45810&gt;, name:Apple Watch, manufacturer:Apple, model:Watch,"
    " hardware:Watch2,4, software:4.3.1&gt;"
)
# Type, unit, span of values, and how many of a hundred records: what a watch worn for years
# leaves behind. Energy is no home measurement: both readers pass it over.
MIX = (
    ("HKQuantityTypeIdentifierHeartRate", "count/min", (48, 160), 52),
    ("HKQuantityTypeIdentifierStepCount", "count", (3, 400), 18),
    ("HKQuantityTypeIdentifierActiveEnergyBurned", "kcal", (1, 30), 15),
    ("HKQuantityTypeIdentifierRespiratoryRate", "count/min", (11, 22), 6),
    ("HKQuantityTypeIdentifierOxygenSaturation", "%", (93, 100), 5),
    ("HKQuantityTypeIdentifierBloodPressureSystolic", "mmHg", (105, 150), 2),
    ("HKQuantityTypeIdentifierBloodPressureDiastolic", "mmHg", (60, 95), 2),
)
ENTRY = ' <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="0"/>\n </Record>\n'
DAYS = 28


def measure(megabytes: int = MEGABYTES) -> list[Figure]:
    """Records a second beside the rival's, and the peak of memory beside what is allowed."""
    with TemporaryDirectory(prefix="nearside-bench-") as name:
        path = Path(name) / "export.xml"
        records = write(path, megabytes)
        pairs = [(_apart("ours", path), _apart("rival", path)) for _ in range(ROUNDS)]
    counts = {run["count"] for pair in pairs for run in pair}
    if len(counts) != 1:
        raise RuntimeError(f"the two do not read the same records: {sorted(counts)}")
    mine, theirs = (
        records / median(run["seconds"] for run in side) for side in zip(*pairs, strict=True)
    )
    ratio = median(rival["seconds"] / ours["seconds"] for ours, rival in pairs)
    peak = max(ours["peak"] for ours, _ in pairs)
    title = f"Apple Health export of {megabytes} MB"
    return [
        Figure(
            f"{title}, bare expat keeping the same fields", "records/s", mine, theirs, ratio, AIM
        ),
        Figure(
            f"{title}, peak memory, most allowed",
            "MB",
            peak,
            ALLOWED_MEGABYTES,
            peak / ALLOWED_MEGABYTES,
            1.0,
            more_is_better=False,
        ),
    ]


def write(path: Path, megabytes: int) -> int:
    """Write an export of this size; says how many records it has."""
    kinds = [row for row in MIX for _ in range(row[3])]
    written = number = 0
    with path.open("w", encoding="utf-8") as file:
        written += file.write(TOP)
        while written < megabytes * MEGABYTE:
            written += file.write("".join(_record(kinds[(number + n) % 100], number + n)
                                          for n in range(1000)))  # fmt: skip
            number += 1000
        file.write("</HealthData>\n")
    return number


def _record(row: tuple[str, str, tuple[int, int], int], number: int) -> str:
    kind, unit, (low, high), _ = row
    value = low + number * 7919 % (high - low)
    minutes, second = divmod(number * 5, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    months, day = divmod(days, DAYS)
    year, month = divmod(months, 12)
    stamp = f"{2015 + year}-{month + 1:02}-{day + 1:02} {hour:02}:{minute:02}:{second:02} +0100"
    number_text = f"0.{value}" if unit == "%" else str(value)
    heart = kind.endswith("HeartRate")
    return (
        f' <Record type="{kind}" sourceName="Apple\N{NO-BREAK SPACE}Watch" sourceVersion="4.3.1"'
        f' device="{DEVICE}" unit="{unit}" creationDate="{stamp}" startDate="{stamp}"'
        f' endDate="{stamp}" value="{number_text}"' + (f">\n {ENTRY}" if heart else "/>\n")
    )


def _apart(reader: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.clinical_devices", reader, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def ours(path: Path) -> int:
    """Every reading, one after the other."""
    with path.open("rb") as stream:
        return sum(1 for _ in devices.read(stream, path.name).readings)


def rival(path: Path) -> int:
    """The same records with the same fields, as text."""
    wanted = {row.name for row in TYPES} | {SLEEP}
    kept: list[tuple[str | None, ...]] = []
    keep = kept.append

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Record" and attributes["type"] in wanted:
            get = attributes.get
            keep(
                (
                    attributes["type"],
                    get("value"),
                    get("unit"),
                    get("startDate"),
                    get("endDate"),
                    get("sourceName"),
                )
            )

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    return sum(1 for _ in _fed(parser, path, kept))


def _fed(
    parser: expat.XMLParserType, path: Path, kept: list[tuple[str | None, ...]]
) -> Iterator[tuple[str | None, ...]]:
    with path.open("rb") as stream:
        while data := stream.read(CHUNK):
            parser.Parse(data)
            yield from kept
            kept.clear()


def _child(reader: str, path: Path) -> None:
    began = time.process_time()
    count = {"ours": ours, "rival": rival}[reader](path)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"count": count, "seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in {"ours", "rival"}:
        _child(sys.argv[1], Path(sys.argv[2]))
    else:
        for figure in measure(int(sys.argv[1]) if sys.argv[1:] else MEGABYTES):
            print(figure.row())
