"""The usual course of a day: ambulatory glucose profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from app.clinical.errors import ClinicalInputError
from app.clinical.glucose_metrics.sensor import SensorReading, known
from app.clinical.sentences import N_, Sentence

DAY_MINUTES = 24 * 60
SLOT_MINUTES = 60
# A twentieth has a meaning only among a handful of readings at the least.
LEAST_READINGS = 5
TWENTIETHS = 20

SLOT_RANGE = N_("A slot must be a number of minutes that divides the day.")


@dataclass(frozen=True)
class Slot:
    """Percentiles of glucose (mg/dL) at one time of day; `minute` counts from midnight."""

    minute: int
    count: int
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float


def daily_profile(
    readings: Iterable[SensorReading], minutes: int = SLOT_MINUTES
) -> tuple[Slot, ...]:
    """5th, 25th, 50th, 75th and 95th percentile by time of day, where the person was.

    Percentiles are linear between readings (the common definition, type 7). A slot with
    fewer than 5 measured readings is left out; readings that only said Low or High are not
    measured. Raises `ClinicalInputError` as `summary`, and for a slot that does not divide
    the day. Source: Johnson 2019 doi:10.1089/dia.2018.0384.
    """
    if type(minutes) is not int or minutes < 1 or DAY_MINUTES % minutes:
        raise ClinicalInputError("minutes", Sentence(SLOT_RANGE))
    slots: dict[int, list[float]] = {}
    for reading in known(readings):
        if reading.mg is not None:
            minute = reading.taken_at.hour * 60 + reading.taken_at.minute
            slots.setdefault(minute - minute % minutes, []).append(reading.mg)
    return tuple(
        _slot(minute, values)
        for minute, values in sorted(slots.items())
        if len(values) >= LEAST_READINGS
    )


def _slot(minute: int, values: list[float]) -> Slot:
    cuts = quantiles(values, n=TWENTIETHS, method="inclusive")
    return Slot(minute, len(values), cuts[0], cuts[4], cuts[9], cuts[14], cuts[18])
