"""The geometry of a chart, drawn on the server: readings in, positions and round numbers out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

WIDTH, HEIGHT = 640, 240
FEWEST_TICKS = 3
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Point = tuple[str, float]
Named = tuple[str, Sequence[Point]]


@dataclass(frozen=True, slots=True)
class Line:
    """One series as two paths: through its readings, and a dot on each."""

    name: str
    path: str
    dots: str
    lowest: str
    highest: str
    latest: str


@dataclass(frozen=True, slots=True)
class Plot:
    """All a template needs to draw; empty when there is nothing to draw."""

    lines: list[Line] = field(default_factory=list)
    ticks: list[str] = field(default_factory=list)
    grid: list[float] = field(default_factory=list)
    band: tuple[float, float] | None = None
    mark: float | None = None
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    width: int = WIDTH
    height: int = HEIGHT


def number(value: float) -> str:
    """A number without a tail of zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def named(series: Sequence[Named] | Sequence[Point]) -> list[Named]:
    """Accept one bare list of readings, or several with their names."""
    if series and isinstance(series[0][1], (int, float)):
        return [("", [(str(at), float(str(value))) for at, value in series])]
    return [(name, points) for name, points in series if not isinstance(points, (int, float))]


def plot(
    series: Sequence[Named] | Sequence[Point],
    band: tuple[float, float] | None = None,
    mark: str | None = None,
    least: float = 0.0,
) -> Plot:
    """Place readings in a field of 640 by 240, with a goal band and a mark in time.

    `least` is the span of values to show however close the readings are.
    """
    lines = [(name, _in_time(points)) for name, points in named(series)]
    readings = [reading for _, points in lines for reading in points]
    if not readings:
        return Plot()
    moments = [moment for moment, _ in readings]
    first, last = min(moments), max(moments)
    ticks = round_ticks([value for _, value in readings] + list(band or ()), least)
    frame = Frame(first, last, ticks[0], ticks[-1])
    marked = datetime.fromisoformat(mark) if mark else None
    return Plot(
        lines=[_line(name, points, frame) for name, points in lines if points],
        ticks=[number(tick) for tick in reversed(ticks)],
        grid=[frame.y(tick) for tick in ticks],
        band=(frame.y(band[1]), round(frame.y(band[0]) - frame.y(band[1]), 1)) if band else None,
        mark=frame.x(marked) if marked and first <= marked <= last else None,
        count=max(len(points) for _, points in lines),
        first=first,
        last=last,
    )


def round_ticks(values: Sequence[float], least: float = 0.0) -> list[float]:
    """Evenly spaced round numbers from below the lowest value to above the highest.

    They span `least` at the least, so that a change that means nothing does not look steep.
    """
    low, high = min(values), max(values)
    lacking = max(0.0, least - (high - low)) / 2
    low, high = low - lacking, high + lacking
    spread = (high - low) or max(abs(high) * 0.1, 1.0)
    power = 10.0 ** math.floor(math.log10(spread / FEWEST_TICKS))
    step = next(s * power for s in STEPS if spread / (s * power) <= FEWEST_TICKS + 1)
    start, stop = math.floor(low / step), math.ceil(high / step)
    if start == stop:
        start, stop = start - 1, stop + 1
    return [round(n * step, 6) for n in range(start, stop + 1)]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a moment and a value fall in the field."""

    first: datetime
    last: datetime
    low: float
    high: float

    def x(self, moment: datetime) -> float:
        """From the left; a single moment stands in the middle."""
        whole = (self.last - self.first).total_seconds()
        share = (moment - self.first).total_seconds() / whole if whole else 0.5
        return round(share * WIDTH, 1)

    def y(self, value: float) -> float:
        """From the top."""
        return round((self.high - value) / (self.high - self.low) * HEIGHT, 1)


def _in_time(points: Sequence[Point]) -> list[tuple[datetime, float]]:
    """By time alone: readings of the same minute keep the order they were given in."""
    known = [(datetime.fromisoformat(at), float(value)) for at, value in points]
    return sorted(known, key=itemgetter(0))


def _line(name: str, points: list[tuple[datetime, float]], frame: Frame) -> Line:
    spots = [(frame.x(moment), frame.y(value)) for moment, value in points]
    values = [value for _, value in points]
    return Line(
        name=name,
        path="M" + "L".join(f"{x:g} {y:g}" for x, y in spots),
        dots="".join(f"M{x:g} {y:g}h0" for x, y in spots),
        lowest=number(min(values)),
        highest=number(max(values)),
        latest=number(values[-1]),
    )
