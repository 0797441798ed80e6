"""Whether a new reading, with those just before it, is a change for this person.

The newest three readings together, the new one among them, are compared with all the
earlier ones (sequential inspection, Page 1954; a shift in location, Hawkins 1977). With the
levels of `serial` fitted to the earlier readings, a shift of the newest has the score

    A = sum d (y - c level),   t = A / (s sqrt(D + C^2 / K)),   D = sum d^2,   C = sum c d

with d its regressor in generalised least squares. Under each correlation t has Student's
distribution with 6 + n - 1 degrees of freedom; the chance is the mean over correlations. A
change is called when it is below the limit that `alarms` fits to the number of readings and
to how much they lean. With more than three new readings all of them are compared with the
earlier ones.

One wild reading cannot be a change: each of the newest counts no further than 3.5 scales
from the median. It is called unusual when it is outside the person's 99 % range. Readings
of one sitting, less than an hour apart, are taken together as one.

Laboratory results come months apart, so there the newest alone is asked as well, each way
with half the error. With one earlier result that is the classical reference change value,
RCV = sqrt(2) z sqrt(CVA^2 + CVI^2), with a t for z because nobody's own CVI is known.

Shown by simulation (tests/clinical/change): a lasting shift of two personal standard
deviations is found by the third reading in the middle case with about one false alarm in
100 readings at most: after 15 earlier readings when they are independent, after 60 when
neighbours a day apart correlate by 0.3 or 0.5, also at uneven times. Before that it takes
longer in the middle case: after eight readings, or after 15 correlated ones, more than a
third of such shifts are found by the third reading. Over all these kinds of series together
false alarms keep to one in 100 readings after 8, 15, 30 and 60 readings; where neighbours
correlate and readings are fewer than 60, one kind by itself reaches about 1.5 in 100.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, cast

from app.clinical.baselines import alarms
from app.clinical.baselines.ranges import MeasureName, check_confidence
from app.clinical.baselines.readings import (
    History,
    Number,
    Reading,
    check_value,
    comes_after,
    days,
    in_order,
    next_moment,
    sittings,
)
from app.clinical.baselines.serial import Level, Prior, drawn_in, fences, gaps, leans, levels
from app.clinical.baselines.student import normal_quantile, two_sided
from app.clinical.baselines.untabled import LEAST_READINGS as LEAST_ALONE
from app.clinical.baselines.untabled import own_prior
from app.clinical.baselines.variation import PER_CENT, Variation, variation
from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence

# Laboratory results are judged by two looks at once, each with half of this.
ALARM = 0.0075
NEWEST = 3
# A single reading outside this range is worth measuring again, and is no change yet.
UNUSUAL = 0.01
LEAST_BEFORE = 3

HIGHER = N_("Your newest readings are higher than is usual for you.")
LOWER = N_("Your newest readings are lower than is usual for you.")
ODD = N_("This reading is unusual for you. Please measure again to be sure.")
SAME = N_("This is within what is usual for you.")
EARLY = N_("It is too early to say what is usual for you.")
NEW_BEFORE_OLD = N_("The new reading must come after the earlier ones.")
NO_VALUE = N_("Please give at least one new reading.")

NewReading = Number | Reading | tuple[datetime | date, Number]
NewReadings = NewReading | list[NewReading] | tuple[NewReading, ...]


@dataclass(frozen=True)
class Change:
    """The answer. It is true when there is a change.

    `kind` is "change", "unusual" (one odd reading: measure again), "same" or "too-early".
    `chance` is how often readings would differ this much when nothing has changed.
    """

    kind: str
    direction: str  # "higher", "lower" or ""
    chance: float
    good: bool | None  # whether that is the good direction, where the measure knows
    sentence: Sentence

    def __bool__(self) -> bool:
        return self.kind == "change"


def is_change(
    history: History,
    value: NewReadings,
    measure: MeasureName | None = None,
) -> Change:
    """Whether the new reading (or readings) means that the person's level has moved.

    The newest three readings together, the new ones among them, are compared with all the
    earlier ones; the module says how, and what simulation shows of it.

    `value` is a number (taken to come one usual gap after the last), a `Reading`, a pair of
    time and number, or a list of these; several are judged together. With a `measure` three
    readings before the newest three are needed, for laboratory measures one in all; without
    it only the history speaks and five are needed. If those are all alike, their scatter is
    taken to be one step of the last digit given, or 1 % of the level where that is more: a
    gross change is found, and a step of the last digit is none.

    Units: those of the measure's row. Raises `ClinicalInputError` as `expected_range`, and
    when the new reading is not newer. Source: Harris 1974 Clin Chem 20:1535; Fraser 2001
    Biological Variation; Page 1954 doi:10.1093/biomet/41.1-2.100; Hawkins 1977
    doi:10.1080/01621459.1977.10479935.
    """
    row = None if measure is None else variation(measure)
    before = in_order(history, row)
    new = _new(value, before, row)
    together = sittings(before + new)
    earlier = len(together) - max(len(together) - len(sittings(before)), 1)
    prior = row.prior if row else own_prior(before, new)
    if prior is None or not before:
        return _answer("too-early", 0.0, 1.0, row)
    fitted = [_fitted(reading, row) for reading in together]
    return _judged(_Series(fitted, gaps(days(together)), prior, len(together) - earlier), row)


class _Series(NamedTuple):
    """All readings as they are fitted, their gaps, and how many of them are new."""

    values: list[float]
    steps: list[float]
    prior: Prior
    new: int


class _Settled(NamedTuple):
    """The person before the newest readings: outliers drawn in, and the levels they give."""

    values: list[float]
    levels: list[Level]
    split: int


def _judged(series: _Series, row: Variation | None) -> Change:
    newest = max(NEWEST, series.new)
    before = len(series.values) - series.new
    least = LEAST_BEFORE if row else LEAST_ALONE - NEWEST + 1
    looks = []
    settled = None
    if len(series.values) - newest >= least:
        settled = _settled(series, newest)
        looks.append(_compare(settled.values, series.steps, settled, settled.split))
    single = row is not None and row.newest == 1 and series.new == 1
    if single:
        settled = _settled(series, 1)
        looks.append(_alone(series, settled))
    if settled is None:
        return _answer("too-early", 0.0, 1.0, row)
    # A result or two is all a laboratory gives: there the table's CVI is relied on.
    if single:
        allowed = ALARM / 2
    else:
        allowed = alarms.limit(before, settled.levels) if row else alarms.limit_untabled(before)
    chance, shift = min(looks)
    if chance < allowed:
        return _answer("change", shift, chance, row)
    chance, shift = _alone(series, settled)
    return _answer("unusual" if chance < UNUSUAL else "same", shift, chance, row)


def _settled(series: _Series, newest: int) -> _Settled:
    split = len(series.values) - newest
    calm = drawn_in(series.values, *fences(series.values[:split], series.prior))
    found = levels(calm[:split], series.steps[: split - 1], series.prior)
    return _Settled(calm, found, split)


def _alone(series: _Series, settled: _Settled) -> tuple[float, float]:
    """The last reading by itself, taken at its word."""
    values = [*settled.values[:-1], series.values[-1]]
    return _compare(values, series.steps, settled, len(values) - 1)


def _compare(
    values: list[float], steps: list[float], settled: _Settled, split: int
) -> tuple[float, float]:
    """How likely so large a shift from `split` on would be by chance, and its direction."""
    chance = shift = 0.0
    for level in settled.levels:
        score = _score(values, steps, level, split)
        chance += level.weight * two_sided(score, level.df)
        shift += level.weight * score
    return chance, shift


def _score(values: list[float], steps: list[float], level: Level, split: int) -> float:
    """The t of a shift that begins at `split`."""
    score = own = shared = 0.0
    newest = leans(steps[split - 1 :], level.correlation)
    for index, (lean, root, regressor, _log) in enumerate(newest, start=split):
        shifted = 1 / root if index == split else regressor
        surprise = (values[index] - level.mean - lean * (values[index - 1] - level.mean)) / root
        score += shifted * surprise
        own += shifted * shifted
        shared += shifted * regressor
    return score / math.sqrt(level.variance * (own + shared * shared / level.information))


def _new(value: NewReadings, before: list[Reading], row: Variation | None) -> list[Reading]:
    """The new readings, in order, after all the earlier ones."""
    known = list(before)
    for each in _given(value):
        if isinstance(each, Reading | tuple):
            known += in_order([each], row, "value")
            continue
        check_value(each, row, "value")
        if known:  # without any earlier reading there is nothing to compare, nor a time
            known.append(Reading(next_moment(known), each))
    new = in_order(known[len(before) :], row, "value")
    in_order([*before[-1:], *new], row, "value")  # refuses times that cannot be compared
    if before and new and not comes_after(new[0], before[-1]):
        raise ClinicalInputError("value", Sentence(NEW_BEFORE_OLD))
    return new


def _given(value: NewReadings) -> list[NewReading]:
    """One new reading or several, as a list; a pair that begins with a time is one."""
    if not isinstance(value, list | tuple):
        return [value]
    if not value:
        raise ClinicalInputError("value", Sentence(NO_VALUE))
    if isinstance(value, tuple) and isinstance(value[0], date):
        return [cast("NewReading", value)]
    return list(cast("list[NewReading]", value))


def _fitted(reading: Reading, row: Variation | None) -> float:
    return row.fitted(float(reading.value)) if row else float(reading.value)


def _answer(kind: str, shift: float, chance: float, row: Variation | None) -> Change:
    direction = "" if kind in {"same", "too-early"} else "higher" if shift > 0 else "lower"
    text = {"too-early": EARLY, "same": SAME, "unusual": ODD}.get(kind)
    if text is None:
        text = HIGHER if direction == "higher" else LOWER
    good = row.better == direction if row and row.better and direction else None
    return Change(kind, direction, chance, good, Sentence(text))


@dataclass(frozen=True)
class ReferenceChange:
    """How far two results must lie apart, in per cent of the first."""

    either_way: Decimal
    rise: Decimal
    fall: Decimal


def reference_change_value(measure: MeasureName, confidence: float = 0.95) -> ReferenceChange:
    """The classical reference change value of a measure.

    `either_way` = sqrt(2) z sqrt(CVA^2 + CVI^2) per cent (Harris 1974, Fraser 2001); `rise`
    and `fall` for measures whose logarithm is normal: exp(+- z sqrt(2) sigma) - 1 with
    sigma^2 = ln(1 + CVA^2 + CVI^2) (Fokkema 2006, doi:10.1373/clinchem.2006.069369).
    Rounded to 0.1. Raises `ClinicalInputError` for an unknown measure and for a confidence
    outside 0.5 to 0.999.
    """
    row = variation(measure)
    check_confidence(confidence)
    z = normal_quantile(confidence)
    spread = z * math.sqrt(2 * math.log1p(row.within**2))
    return ReferenceChange(
        _per_cent(math.sqrt(2) * z * row.within),
        _per_cent(math.expm1(spread)),
        _per_cent(math.expm1(-spread)),
    )


def _per_cent(fraction: float) -> Decimal:
    return Decimal(str(round(fraction * PER_CENT, 1)))
