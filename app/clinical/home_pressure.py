"""A series of home blood pressure readings, read as the guidelines teach.

home_pressure.assess(readings) -> Assessment | None
home_pressure.equivalents(guideline) -> what the same pressure reads in each setting
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from types import MappingProxyType

from app.clinical import blood_pressure, measures
from app.clinical.blood_pressure import (
    AHA,
    AHA_SOURCE,
    ESC,
    ESC_SOURCE,
    NOON,
    Category,
    Pressure,
    Reading,
    Series,
)
from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence

# Two readings of one sitting are at least a minute apart; a closer one is a repeat.
APART = timedelta(minutes=1)
PREFERRED_DAYS = 7
READINGS_A_SITTING = 2

PLAUSIBLE_SOURCE = "Plausible range of the table of home measures, blood-pressure"
NOT_A_NUMBER = N_("A blood pressure must be two numbers.")
OUT_OF_RANGE = N_("This number must be between %(low)s and %(high)s mmHg.")
SWAPPED = N_("The upper number must be higher than the lower number.")
NEEDS_ZONE = N_("Each reading must say when it was taken, all of them in the same way.")
UNKNOWN_GUIDELINE = N_("We do not know this guideline: %(guideline)s.")
MORE_DAYS = N_("A week of readings is better: days so far: %(days)s.")
TOO_CLOSE = N_("Readings less than a minute after another were left out: %(count)s.")

MAP_PARTS = 3


@dataclass(frozen=True)
class Variability:
    """How much one number of the pressure moved, in mm[Hg] but for `cv` (per cent).

    `sd` is the sample standard deviation, `arv` the average real variability: the mean
    distance between one reading and the next (Mena 2005,
    doi:10.1097/00004872-200503000-00007).
    """

    sd: Decimal
    cv: Decimal
    arv: Decimal
    highest: Decimal
    lowest: Decimal


@dataclass(frozen=True)
class Assessment:
    """What a week of home readings says."""

    series: Series
    morning: Pressure | None
    evening: Pressure | None
    systolic: Variability | None  # None with fewer than two readings
    diastolic: Variability | None
    categories: tuple[Category, Category]
    too_close: tuple[Reading, ...]
    severe: tuple[Reading, ...]
    days: int
    notes: tuple[Sentence, ...]

    @property
    def sufficient(self) -> bool:
        """At least 12 readings on 3 days or more, mornings and evenings, first day aside."""
        return self.series.valid

    @property
    def morning_rise(self) -> Decimal | None:
        """Morning mean less evening mean of the upper number."""
        if self.morning is None or self.evening is None:
            return None
        return self.morning.systolic - self.evening.systolic

    @property
    def arterial_mean(self) -> Decimal:
        """Mean arterial pressure of the series: a third of the way up from the lower number."""
        exact = self.series.exact
        return _tenth(exact.diastolic + (exact.systolic - exact.diastolic) / MAP_PARTS)


@dataclass(frozen=True)
class Equivalent:
    """From where a category begins, as each setting reads it, in mm[Hg].

    `day` and `whole_day` are of ambulatory measurement; None where no figure is given.
    """

    name: str
    office: Pressure
    home: Pressure
    day: Pressure | None
    whole_day: Pressure | None


def _pair(systolic: int, diastolic: int) -> Pressure:
    return Pressure(Decimal(systolic), Decimal(diastolic))


EQUIVALENTS: Mapping[str, tuple[Equivalent, ...]] = MappingProxyType(
    {
        AHA: (
            Equivalent("stage 1", _pair(130, 80), _pair(130, 80), _pair(130, 80), _pair(125, 75)),
            Equivalent("stage 2", _pair(140, 90), _pair(135, 85), _pair(135, 85), _pair(130, 80)),
        ),
        ESC: (
            Equivalent("elevated", _pair(120, 70), _pair(120, 70), None, None),
            Equivalent(
                "hypertension", _pair(140, 90), _pair(135, 85), _pair(135, 85), _pair(130, 80)
            ),
        ),
    }
)
SOURCES: Mapping[str, str] = MappingProxyType({AHA: AHA_SOURCE, ESC: ESC_SOURCE})


def equivalents(guideline: str) -> tuple[Equivalent, ...]:
    """Office, home, daytime and 24-hour pressures that mean the same, mm[Hg].

    AHA/ACC: office 130/80 = home 130/80; office 140/90 = home 135/85. ESC: office 120/70 =
    home 120/70; office 140/90 = home 135/85. Raises `ClinicalInputError` for another
    guideline. Sources: `SOURCES`.
    """
    if guideline not in EQUIVALENTS:
        said = Sentence(UNKNOWN_GUIDELINE, {"guideline": str(guideline)[:40]})
        raise ClinicalInputError("guideline", said)
    return EQUIVALENTS[guideline]


def assess(readings: Iterable[Reading]) -> Assessment | None:
    """The week of home readings that ends with the latest; `None` without readings.

    Protocol: two readings at least a minute apart, morning and evening, 3 to 7 days (7 is
    better), the first day dropped, the mean of the rest, at least 12 readings. A reading
    less than a minute after another is left out and named. Means are exact in `series`
    and rounded half up to whole mm[Hg] where shown; `sd`, `cv` and `arv` to one decimal.
    The order of the readings does not matter. Mornings end at noon, where the person was.

    Raises `ClinicalInputError` naming the field: systolic outside 50 to 300, diastolic
    outside 20 to 200 mm[Hg], the lower number not below the upper one, no finite number,
    times of which some name a zone and some do not.

    Sources: AHA/ACC 2025 doi:10.1161/CIR.0000000000001356; ESC 2024
    doi:10.1093/eurheartj/ehae178; the plausible range is that of `measures`, blood-pressure.
    """
    given = [_checked(reading) for reading in readings]
    if len({reading.taken_at.utcoffset() is None for reading in given}) > 1:
        raise ClinicalInputError("taken_at", Sentence(NEEDS_ZONE))
    kept, too_close = _apart(given)
    week = blood_pressure.series(kept)
    if week is None:
        return None
    opens = min(reading.taken_at for reading in (*week.dropped, *week.used))
    repeated = tuple(reading for reading in too_close if reading.taken_at >= opens)
    mornings = [reading for reading in week.used if reading.taken_at.hour < NOON]
    evenings = [reading for reading in week.used if reading.taken_at.hour >= NOON]
    days = len({reading.taken_at.date() for reading in (*week.dropped, *week.used)})
    return Assessment(
        series=week,
        morning=_mean(mornings),
        evening=_mean(evenings),
        systolic=_variability([reading.pressure.systolic for reading in week.used]),
        diastolic=_variability([reading.pressure.diastolic for reading in week.used]),
        categories=blood_pressure.categories(week.mean),
        too_close=repeated,
        severe=tuple(r for r in (*week.dropped, *week.used, *repeated) if r.pressure.severe),
        days=days,
        notes=(*week.missing, *_notes(days, len(repeated))),
    )


def _checked(reading: Reading) -> Reading:
    pressure = reading.pressure
    given: dict[str, object] = {"systolic": pressure.systolic, "diastolic": pressure.diastolic}
    for field, value in given.items():
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ClinicalInputError(field, Sentence(NOT_A_NUMBER), PLAUSIBLE_SOURCE)
        hard = measures.get("blood-pressure").component(field).hard
        if not hard.low <= value <= hard.high:
            said = Sentence(OUT_OF_RANGE, {"low": hard.low, "high": hard.high})
            raise ClinicalInputError(field, said, PLAUSIBLE_SOURCE)
    if pressure.diastolic >= pressure.systolic:
        raise ClinicalInputError("diastolic", Sentence(SWAPPED), PLAUSIBLE_SOURCE)
    return reading


def _apart(readings: list[Reading]) -> tuple[list[Reading], list[Reading]]:
    """Those at least a minute after the one kept before, and those that are not."""
    kept: list[Reading] = []
    too_close: list[Reading] = []
    for reading in sorted(readings, key=lambda each: (each.taken_at, each.pressure)):
        close = bool(kept) and reading.taken_at - kept[-1].taken_at < APART
        (too_close if close else kept).append(reading)
    return kept, too_close


def _mean(readings: Sequence[Reading]) -> Pressure | None:
    if not readings:
        return None
    count = len(readings)
    return Pressure(
        _tenth(sum((each.pressure.systolic for each in readings), Decimal(0)) / count),
        _tenth(sum((each.pressure.diastolic for each in readings), Decimal(0)) / count),
    )


def _variability(values: list[Decimal]) -> Variability | None:
    if len(values) < READINGS_A_SITTING:
        return None
    with localcontext() as context:
        context.prec = 28
        mean = sum(values, Decimal(0)) / len(values)
        squares = sum(((value - mean) ** 2 for value in values), Decimal(0))
        sd = (squares / (len(values) - 1)).sqrt()
        steps = [abs(b - a) for a, b in pairwise(values)]
        return Variability(
            sd=_tenth(sd),
            cv=_tenth(100 * sd / mean),
            arv=_tenth(sum(steps, Decimal(0)) / len(steps)),
            highest=max(values),
            lowest=min(values),
        )


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _notes(days: int, too_close: int) -> list[Sentence]:
    notes = []
    if days < PREFERRED_DAYS:
        notes.append(Sentence(MORE_DAYS, {"days": days}))
    if too_close:
        notes.append(Sentence(TOO_CLOSE, {"count": too_close}))
    return notes
