"""Sensor readings, checked and brought to mg/dL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple, Protocol

from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence

MG_DL, MMOL_L = "mg/dL", "mmol/L"
# Molar mass of glucose, 180.156 g/mol (IUPAC atomic weights).
MG_IN_MMOL = Decimal("18.0156")
LOWEST, HIGHEST = 20, 600
RANGE_SOURCE = "Range of continuous sensors: they show 40 to 400 or 500 mg/dL, and Low or High"
# Two years of one reading a minute.
MOST_READINGS = 1_100_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NOT_A_NUMBER = N_("A glucose reading must be a number, or Low or High.")
OUT_OF_RANGE = N_("Glucose must be between %(low)s and %(high)s mg/dL.")
UNKNOWN_UNIT = N_("Glucose must be in mg/dL or mmol/L.")
NOT_A_TIME = N_("A reading must say when it was taken, all of them in the same way.")
NOT_A_LIST = N_("Please give the readings as a list.")
NO_READINGS = N_("There are no glucose readings.")
TOO_MANY = N_("No more than %(most)s readings can be read at once.")


class SensorReading(Protocol):
    """What is asked of a reading. `censored` is "low" or "high" where the sensor said so."""

    @property
    def taken_at(self) -> datetime:
        """When, in the person's own time."""

    @property
    def value(self) -> Decimal | None:
        """The number; None when the sensor showed only Low or High."""

    @property
    def unit(self) -> str:
        """mg/dL or mmol/L."""

    @property
    def censored(self) -> str | None:
        """Which end of the sensor's range was passed."""


@dataclass(frozen=True)
class Glucose:
    """One sensor reading."""

    taken_at: datetime
    value: Decimal | None
    unit: str = MG_DL
    censored: str | None = None


class Known(NamedTuple):
    """A checked reading: `level` decides its range, `mg` (if any) enters the mean."""

    taken_at: datetime
    level: float
    mg: float | None


def known(readings: Iterable[SensorReading]) -> list[Known]:
    """The readings, earliest first; the order they came in does not matter.

    The same value at the same moment counts once, however often it is given: exports of a
    sensor overlap. Different values at one moment are all kept, for nothing says which of
    them is right.

    Raises `ClinicalInputError` for no list, no readings, no finite number, numbers outside 20
    to 600 mg/dL, other units, and times of which some name a zone and some do not.
    """
    if not isinstance(readings, Iterable):
        raise ClinicalInputError("readings", Sentence(NOT_A_LIST))
    found: dict[tuple[object, ...], Known] = {}
    for count, reading in enumerate(readings, start=1):
        if count > MOST_READINGS:
            raise ClinicalInputError("readings", Sentence(TOO_MANY, {"most": MOST_READINGS}))
        each = _known(reading)
        found[_moment(each.taken_at), each.level, each.mg] = each
    if not found:
        raise ClinicalInputError("readings", Sentence(NO_READINGS))
    if len({each.taken_at.utcoffset() is None for each in found.values()}) > 1:
        raise ClinicalInputError("taken_at", Sentence(NOT_A_TIME))
    return sorted(found.values(), key=lambda each: (each.taken_at, each.level))


def _moment(taken_at: datetime) -> datetime | timedelta:
    """The moment itself: the hour that a clock shows twice in autumn is two of them."""
    return taken_at if taken_at.utcoffset() is None else taken_at - EPOCH


def _known(reading: SensorReading) -> Known:
    if not isinstance(reading.taken_at, datetime):
        raise ClinicalInputError("taken_at", Sentence(NOT_A_TIME))
    if reading.unit not in {MG_DL, MMOL_L}:
        raise ClinicalInputError("unit", Sentence(UNKNOWN_UNIT))
    if reading.censored not in {None, "low", "high"}:
        raise ClinicalInputError("censored", Sentence(NOT_A_NUMBER))
    if reading.value is None:
        if reading.censored is None:
            raise ClinicalInputError("value", Sentence(NOT_A_NUMBER))
        # Below or above everything the sensor can show: the outermost range either way.
        return Known(reading.taken_at, LOWEST if reading.censored == "low" else HIGHEST, None)
    mg = _mg(reading.value, reading.unit)
    whole = _level(mg) if reading.unit == MMOL_L else float(mg)
    return Known(reading.taken_at, whole, float(mg))


def _mg(value: object, unit: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ClinicalInputError("value", Sentence(NOT_A_NUMBER))
    if isinstance(value, int) and not 0 <= value <= HIGHEST:
        raise _out_of_range()  # before it is spelt out: an integer may be a megabyte long
    number = Decimal(str(value))
    if not number.is_finite():
        raise ClinicalInputError("value", Sentence(NOT_A_NUMBER))
    mg = number * MG_IN_MMOL if unit == MMOL_L else number
    if not LOWEST <= mg <= HIGHEST:
        raise _out_of_range()
    return mg


def _out_of_range() -> ClinicalInputError:
    said = Sentence(OUT_OF_RANGE, {"low": LOWEST, "high": HIGHEST})
    return ClinicalInputError("value", said, RANGE_SOURCE)


def _level(mg: Decimal) -> float:
    """A mmol/L reading as the whole mg/dL it is compared by, its fraction dropped.

    The consensus gives each cut point twice: 70 and 3.9, 180 and 10.0, 140 and 7.8. So
    compared, a reading of 10.0 mmol/L (180.16 mg/dL) is in range, as the consensus has it,
    and a whole mg/dL turned into mmol/L stays in the range it was in.
    """
    return float(mg.quantize(Decimal("0.0001")).quantize(Decimal(1), ROUND_FLOOR))
