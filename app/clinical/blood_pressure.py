"""Home blood pressure: the category under each guideline, and the mean of a series.

Two guidelines name the same pressure differently, so a category never travels without
its guideline's name. A series is read as both guidelines teach: drop the first day, take
the mean of the rest, and ask for at least twelve readings before resting on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.clinical.sentences import N_, Sentence

AHA = "AHA/ACC 2025"
AHA_SOURCE = "AHA/ACC 2025 blood pressure guideline doi:10.1161/CIR.0000000000001356"
ESC = "ESC 2024"
ESC_SOURCE = "ESC 2024 elevated blood pressure and hypertension doi:10.1093/eurheartj/ehae178"

# A series is one week: guidelines ask for 3 to 7 days and prefer 7.
SERIES_DAYS = 7
MINIMUM_READINGS = 12
MINIMUM_DAYS = 3
NOON = 12

SEVERE_SYSTOLIC = 180
SEVERE_DIASTOLIC = 120


@dataclass(frozen=True, order=True)
class Pressure:
    """One pair of numbers in mm[Hg]."""

    systolic: Decimal
    diastolic: Decimal

    def __str__(self) -> str:
        return f"{self.systolic}/{self.diastolic}"

    @property
    def severe(self) -> bool:
        """Above 180 and/or above 120: measure again, and act (AHA/ACC 2025)."""
        return self.systolic > SEVERE_SYSTOLIC or self.diastolic > SEVERE_DIASTOLIC


@dataclass(frozen=True)
class Category:
    """What one guideline calls a home pressure."""

    guideline: str
    key: str
    label: Sentence
    source: str


@dataclass(frozen=True)
class Reading:
    """One home reading. The day is the day of `taken_at` in its own zone: pass local time."""

    pressure: Pressure
    taken_at: datetime
    source_id: str = ""


@dataclass(frozen=True)
class Series:
    """The mean of a week of home readings, and what it still lacks to be relied on."""

    mean: Pressure  # rounded half up to whole mm[Hg], as shown and as categorised
    exact: Pressure
    used: tuple[Reading, ...]
    dropped: tuple[Reading, ...]
    missing: tuple[Sentence, ...]

    @property
    def valid(self) -> bool:
        """Whether the protocol was met."""
        return not self.missing

    @property
    def first_day(self) -> date:
        """The first day that counts."""
        return self.used[0].taken_at.date()

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.used[-1].taken_at.date()

    @property
    def label(self) -> Sentence:
        """What this mean is, in words to stand beside it."""
        text = MEAN_LABEL if self.valid else PROVISIONAL_LABEL
        return Sentence(
            text,
            {
                "systolic": self.mean.systolic,
                "diastolic": self.mean.diastolic,
                "count": len(self.used),
                "first": self.first_day,
                "last": self.last_day,
            },
        )


MEAN_LABEL = N_(
    "%(systolic)s over %(diastolic)s: the average of %(count)s home readings, %(first)s to %(last)s"
)
PROVISIONAL_LABEL = N_(
    "%(systolic)s over %(diastolic)s: an early average (readings so far: %(count)s,"
    " %(first)s to %(last)s). More readings may change it."
)
MORE_READINGS = N_(
    "Home blood pressure readings still needed: %(count)s. The first day does not count."
)
MORE_DAYS = N_("Readings from at least 3 days are needed, besides the first day.")
MORNING_AND_EVENING = N_("Readings are needed from both the morning and the evening.")

AHA_LABELS = {
    "normal": N_("Normal"),
    "elevated": N_("Elevated"),
    "stage-1": N_("Stage 1 high blood pressure"),
    "stage-2": N_("Stage 2 high blood pressure"),
    "severe": N_("Severe: needs attention today"),
}
ESC_LABELS = {
    "non-elevated": N_("Not elevated"),
    "elevated": N_("Elevated"),
    "hypertension": N_("High blood pressure"),
}


# Highest first: the band, and the upper or lower number from which it begins. AHA/ACC
# calls 120 to 129 elevated only while the lower number is below 80.
Bands = tuple[tuple[str, int, int | None], ...]
AHA_BANDS: Bands = (("stage-2", 140, 90), ("stage-1", 130, 80), ("elevated", 120, None))
ESC_BANDS: Bands = (("hypertension", 135, 85), ("elevated", 120, 70))


def categories(pressure: Pressure) -> tuple[Category, Category]:
    """The home pressure's category under AHA/ACC 2025 and under ESC 2024."""
    return aha(pressure), esc(pressure)


def aha(pressure: Pressure) -> Category:
    """AHA/ACC 2025 bands. The higher of the two numbers decides."""
    key = "severe" if pressure.severe else _band(pressure, AHA_BANDS, "normal")
    return Category(AHA, key, Sentence(AHA_LABELS[key]), AHA_SOURCE)


def esc(pressure: Pressure) -> Category:
    """ESC 2024 bands for pressure measured at home."""
    key = _band(pressure, ESC_BANDS, "non-elevated")
    return Category(ESC, key, Sentence(ESC_LABELS[key]), ESC_SOURCE)


def _band(pressure: Pressure, bands: Bands, otherwise: str) -> str:
    for key, systolic, diastolic in bands:
        by_lower = diastolic is not None and pressure.diastolic >= diastolic
        if pressure.systolic >= systolic or by_lower:
            return key
    return otherwise


def series(readings: Iterable[Reading]) -> Series | None:
    """The week that ends with the latest reading; `None` without readings.

    The first day is dropped when there is another, because first readings run high.
    """
    ordered = sorted(readings, key=lambda reading: (reading.taken_at, reading.pressure))
    if not ordered:
        return None
    opens = ordered[-1].taken_at.date() - timedelta(days=SERIES_DAYS - 1)
    week = [reading for reading in ordered if reading.taken_at.date() >= opens]
    first = min(reading.taken_at.date() for reading in week)
    used = tuple(reading for reading in week if reading.taken_at.date() != first)
    dropped = tuple(reading for reading in week if reading.taken_at.date() == first)
    if not used:
        used, dropped = dropped, ()
    exact = _mean([reading.pressure for reading in used])
    whole = Pressure(_whole(exact.systolic), _whole(exact.diastolic))
    return Series(whole, exact, used, dropped, _missing(used, alone=not dropped))


def _mean(pressures: list[Pressure]) -> Pressure:
    count = len(pressures)
    return Pressure(
        sum((each.systolic for each in pressures), Decimal(0)) / count,
        sum((each.diastolic for each in pressures), Decimal(0)) / count,
    )


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def _missing(used: tuple[Reading, ...], *, alone: bool) -> tuple[Sentence, ...]:
    missing = []
    # Readings of a single day are shown as a mean but none of them counts towards twelve.
    counted = 0 if alone else len(used)
    if counted < MINIMUM_READINGS:
        missing.append(Sentence(MORE_READINGS, {"count": MINIMUM_READINGS - counted}))
    elif len({reading.taken_at.date() for reading in used}) < MINIMUM_DAYS:
        missing.append(Sentence(MORE_DAYS))
    mornings = sum(reading.taken_at.hour < NOON for reading in used)
    if not 0 < mornings < len(used):
        missing.append(Sentence(MORNING_AND_EVENING))
    return tuple(missing)
