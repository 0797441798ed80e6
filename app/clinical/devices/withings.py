"""What a Withings export holds beside weights and pressures: nights, and series in one cell.

A series (`raw_tracker_hr.csv`) has three columns, start, duration and value, of which the last
two are lists: each value holds for its duration, in seconds, one after the other. Nothing in
such a file says what was measured; its name does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from app.clinical.devices import amounts, columns
from app.clinical.devices.apple_values import ENDS_FIRST
from app.clinical.devices.layout import BLANK, Cells, Format, Layout, Moment, Row, cell, places
from app.clinical.devices.reading import Reading, RowRefused
from app.clinical.sentences import N_, Sentence

UNEVEN = N_("This row has more times than numbers, or fewer, so it was left out.")

# Heading of a stage -> measure and stage, as in the sleep of Apple Health.
STAGES = {
    "light (s)": ("sleep", "light"),
    "deep (s)": ("sleep", "deep"),
    "rem (s)": ("sleep", "rem"),
    "awake (s)": ("awake", "awake"),
}
# The end of a file's name -> measure and UCUM unit.
SERIES = {
    "_hr.csv": ("heart-rate", "/min"),
    "_spo2.csv": ("oxygen-saturation", "%"),
    "_steps.csv": ("steps", "{steps}"),
}
SERIES_HEADING = ["start", "duration", "value"]
LONGEST_PIECE = timedelta(days=1)

_LIST = re.compile(r"\[\s*(.*?)\s*\]", re.DOTALL)


@dataclass(frozen=True)
class Nights(Layout):
    """sleep.csv: from when to when, and the seconds spent in each stage."""

    begin: int
    end: int
    stages: Mapping[str, int]

    def date_text(self, cells: Cells) -> str:
        """When the night began."""
        return cell(cells, self.begin)

    def read(self, cells: Cells, moment: Moment) -> Row:
        """One reading for each stage that was measured."""
        taken_at, ended_at = moment(self.date_text(cells)), moment(cell(cells, self.end))
        if (taken_at.tzinfo is None) != (ended_at.tzinfo is None) or ended_at < taken_at:
            raise RowRefused(Sentence(ENDS_FIRST))
        texts = {stage: cell(cells, place) for stage, place in self.stages.items()}
        filled = {stage: text for stage, text in texts.items() if text not in BLANK}
        if not filled:
            raise RowRefused(Sentence(amounts.NO_NUMBER))
        return Row(
            tuple(
                Reading(
                    STAGES[stage][0], "value", "sleep", text, amounts.number(text), "s", "s",
                    taken_at, ended_at, context=STAGES[stage][1],
                )
                for stage, text in filled.items()
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Series(Layout):
    """A raw file: lists of durations and values from one start on."""

    measure: str
    unit: str

    def date_text(self, cells: Cells) -> str:
        """When the first value was measured."""
        return cell(cells, 0)

    def read(self, cells: Cells, moment: Moment) -> Row:
        """One reading for each value; a list with anything else in it is no list."""
        taken_at = moment(self.date_text(cells))
        spans, texts = _items(cell(cells, 1)), _items(cell(cells, 2))
        if len(spans) != len(texts) or not texts:
            raise RowRefused(Sentence(UNEVEN))
        readings = []
        for span, text in zip(spans, texts, strict=True):
            ended_at = _after(taken_at, amounts.number(span), span)
            readings.append(
                Reading(
                    self.measure, "value", self.measure, text, amounts.number(text), self.unit, "",
                    taken_at, ended_at,
                )
            )  # fmt: skip
            taken_at = ended_at
        return Row(tuple(readings))


def _items(text: str) -> list[str]:
    found = _LIST.fullmatch(text)
    inside = found[1] if found else text
    return [item.strip() for item in inside.split(",")] if inside else []


def _after(moment: datetime, seconds: Decimal, text: str) -> datetime:
    if not 0 <= seconds <= Decimal(LONGEST_PIECE.total_seconds()):
        raise amounts.not_a_number(text)
    return moment + timedelta(seconds=float(seconds))


def recognise(heading: Cells) -> Layout | None:
    """Weights, pressures and heights, or nights."""
    return columns.recognise_withings(heading) or _nights(heading)


def _nights(heading: Cells) -> Nights | None:
    names = [name.casefold() for name in heading]
    stages = places(names, {stage: (stage,) for stage in STAGES})
    if names[:2] != ["from", "to"] or not stages:
        return None
    return Nights(0, 1, stages)


def series(name: str) -> tuple[Format, ...]:
    """The format of a raw file of this name; none where the name is of no series we read."""
    return tuple(
        replace(FORMAT, recognise=partial(_series, measure=measure, unit=unit))
        for end, (measure, unit) in SERIES.items()
        if name.casefold().endswith(end)
    )


def _series(heading: Cells, measure: str, unit: str) -> Series | None:
    found = [name.casefold() for name in heading] == SERIES_HEADING
    return Series(measure, unit) if found else None


FORMAT = replace(columns.WITHINGS_FORMAT, recognise=recognise)
