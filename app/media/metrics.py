"""Figures of a node in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

CONTENT_TYPE = "text/plain; version=0.0.4"
PREFIX = "nearside_media_"
NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
STATUS = Path("/proc/self/statm")
_STARTED = time.time()

# A number, or one number for each kind of something: {"audio": 3, "video": 7}.
Figures = Mapping[str, float | Mapping[str, float]]


def text(figures: Figures) -> str:
    """Every figure with its type: what ends in `_total` only ever grows.

    Raises ValueError for a name that Prometheus could not read.
    """
    return "".join(f"{line}\n" for line in _lines({**figures, **_process()}))


def _lines(figures: Figures) -> Iterator[str]:
    for name, value in sorted(figures.items()):
        if NAME.fullmatch(name) is None:
            raise ValueError(f"{name!r} is no name of a figure")
        yield f"# TYPE {PREFIX}{name} {'counter' if name.endswith('_total') else 'gauge'}"
        if isinstance(value, Mapping):
            for kind, one in sorted(value.items()):
                yield f'{PREFIX}{name}{{kind="{_escaped(kind)}"}} {_number(one)}'
        else:
            yield f"{PREFIX}{name} {_number(value)}"


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, int) else repr(float(value))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _process() -> dict[str, float]:
    """What this process has used: processor time in seconds, memory it holds now in bytes."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "cpu_seconds_total": used.ru_utime + used.ru_stime,
        "start_time_seconds": _STARTED,
    }
    if STATUS.exists():  # Linux alone tells the memory held now.
        pages = int(STATUS.read_text().split()[1])
        found["resident_bytes"] = pages * resource.getpagesize()
    return found
