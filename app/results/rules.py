"""Pure rules of home readings: when they were taken, whether they fit, and what they mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.clinical import N_, Sentence, blood_pressure, measures
from app.clinical.blood_pressure import Pressure
from app.clinical.measures import Alert, Checked, Measure, Question
from app.clinical.sentences import Value

# What patients measure at home and enter here; height comes with the questionnaire.
HOME_TESTS = ("blood-pressure", "glucose", "weight")
URGENT = "urgent"
# So many pressures say together what is usual of a person: one alone scatters too much.
LAST_FEW = 6
# A dangerous reading of last month is a reason to talk, not to measure again this minute.
URGENT_FOR = timedelta(hours=48)
# In the canonical unit. Weight moves by a kilogram or two within a day: that is no slope.
LEAST_SPANS: Mapping[str, Decimal] = {"weight": Decimal(4)}
DAY_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

NO_DAY = N_("Please choose the day you measured, written like 2026-11-22.")
NO_CLOCK = N_("Please enter the time you measured, written like 08:30.")
SKIPPED = N_(
    "The clocks went forward that night, so this time did not exist. Please check the time."
)
TWICE = N_("The clocks went back that night, so this time came twice. Which one was it?")


class ObservationStatus(StrEnum):
    """The life of an Observation, in FHIR's own codes. Nothing is ever deleted."""

    FINAL = "final"
    ENTERED_IN_ERROR = "entered-in-error"


class Which(StrEnum):
    """Which of two equal times, in the night when the clocks go back."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person typed about one reading; nothing is understood yet."""

    measure: Measure
    numbers: Mapping[str, str]
    unit: str
    context: str | None
    day: str
    clock: str
    which: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of an entry: the reading, what is wrong by field, and what to ask first."""

    checked: Checked
    taken_at: datetime | None
    problems: Mapping[str, Sentence]
    questions: tuple[Question, ...]

    @property
    def token(self) -> str:
        """Names the very numbers a person said yes to; other numbers are asked about again."""
        entries = sorted(self.checked.entries.items())
        return "|".join(f"{key}:{one.value.normalize()}:{one.unit}" for key, one in entries)


def examine(
    entry: Entry, zone: str, now: datetime, previous: Mapping[str, Decimal] | None = None
) -> Examined:
    """Read an entry. `previous` is what is `usual` of this person, in the canonical unit."""
    checked = measures.check(entry.measure, entry.numbers, entry.unit, context=entry.context)
    problems = dict(checked.problems)
    found = moment(entry.day, entry.clock, zone, entry.which)
    taken_at = found if isinstance(found, datetime) else None
    if isinstance(found, Trouble):
        problems[found.field] = found.sentence
    elif (wrong := measures.check_taken_at(found, now)) is not None:
        problems["day"] = wrong
    questions: tuple[Question, ...] = ()
    if checked.ok:
        questions = measures.suspect(entry.measure, checked.values, entry.unit, previous)
    return Examined(checked, taken_at, problems, questions)


def usual(
    measure: Measure, newest: Sequence[Mapping[str, Decimal]]
) -> Mapping[str, Decimal] | None:
    """What a new entry lies beside: the last value, or the mean of the last pressures."""
    if not newest:
        return None
    last = newest[:LAST_FEW] if measure.key == "blood-pressure" else newest[:1]
    return {
        part.key: sum((one[part.key] for one in last), Decimal()) / len(last)
        for part in measure.components
    }


def unit_of(measure: Measure, units: Sequence[str]) -> str:
    """The unit that most readings were entered in; the canonical one where none leads."""
    counts = Counter(units).most_common()
    if not counts or [count for _unit, count in counts].count(counts[0][1]) > 1:
        return measure.canonical
    return counts[0][0]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a day and a time name no single moment, and beside which field to say so."""

    field: str
    sentence: Sentence


def moment(day: str, clock: str, zone: str, which: str = "") -> datetime | Trouble:
    """The moment that a day and a time name in a zone, in UTC; or why they name none."""
    try:
        # Other spellings that Python reads too (2026-W47-7) are not what a person means.
        the_day = date.fromisoformat(day if DAY_SHAPE.fullmatch(day) else "")
    except ValueError:
        return Trouble("day", Sentence(NO_DAY))
    try:
        the_clock = time.fromisoformat(clock if ":" in clock else "").replace(tzinfo=None)
    except ValueError:
        return Trouble("clock", Sentence(NO_CLOCK))
    local = datetime.combine(the_day, the_clock.replace(second=0, microsecond=0))
    return _in_zone(local, ZoneInfo(zone), which)


def _in_zone(local: datetime, zone: ZoneInfo, which: str) -> datetime | Trouble:
    try:
        first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        back = first.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return Trouble("day", Sentence(NO_DAY))
    if back != local:
        return Trouble("clock", Sentence(SKIPPED))
    if first != second and which not in set(Which):
        return Trouble("which", Sentence(TWICE))
    return second if which == Which.SECOND else first


def spelled(measure: Measure, canonical: Mapping[str, Decimal]) -> str:
    """Canonical numbers as one plain text, 128/82, so that a database can tell equal readings."""
    return "/".join(format(canonical[part.key].normalize(), "f") for part in measure.components)


def urgent_alert(
    measure: Measure,
    canonical: Mapping[str, Decimal],
    context: str | None,
    taken_at: datetime,
    now: datetime,
) -> Alert | None:
    """The alert that asks to act now, if this reading sets one off and is fresh enough."""
    if now - taken_at > URGENT_FOR:
        return None
    found = measures.alerts(measure, canonical, context)
    return next((alert for alert in found if alert.level == URGENT), None)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reading means, and whose words these are. tone: plain, good or alarm."""

    says: Sentence
    guideline: str | None = None
    tone: str = "plain"


# The short word for each level of the table of measures; the table has the advice.
LEVELS: Mapping[str, tuple[str, str]] = {
    "low-level-2": (N_("Very low"), "alarm"),
    "low-level-1": (N_("Low"), "alarm"),
    "very-high": (N_("Very high"), "alarm"),
    "high-untimed": (N_("High"), "plain"),
    "high-fasting": (N_("Higher than expected before eating"), "plain"),
}
NO_LEVEL = N_("No warning level reached")
PRESSURE_TONES = {"normal": "good", "severe": "alarm"}
FIRST_WEIGHT = N_("The first weight here")
SAME = N_("The same as the time before")
MORE = N_("%(change)s %(unit)s more than the time before")
LESS = N_("%(change)s %(unit)s less than the time before")


def meaning(
    measure: Measure,
    canonical: Mapping[str, Decimal],
    context: str | None,
    unit: str,
    before: Mapping[str, Decimal] | None,
) -> Meaning:
    """What one reading means. `before` is the reading before it, for what is read as a change."""
    if measure.key == "blood-pressure":
        category = blood_pressure.aha(pressure(canonical))
        tone = PRESSURE_TONES.get(category.key, "plain")
        return Meaning(category.label, category.guideline, tone)
    if measure.key == "weight":
        return Meaning(_change(measure, canonical["value"], unit, before))
    found = measures.alerts(measure, canonical, context)
    if not found:
        return Meaning(Sentence(NO_LEVEL), measure.reference.guideline)
    word, tone = LEVELS[found[0].key]
    return Meaning(Sentence(word), found[0].guideline, tone)


def _change(
    measure: Measure, value: Decimal, unit: str, before: Mapping[str, Decimal] | None
) -> Sentence:
    if before is None:
        return Sentence(FIRST_WEIGHT)
    change = measure.shown(value, unit) - measure.shown(before["value"], unit)
    if not change:
        return Sentence(SAME)
    said: dict[str, Value] = {"change": abs(change), "unit": measure.choice(unit).label}
    return Sentence(MORE if change > 0 else LESS, said)


def pressure(canonical: Mapping[str, Decimal]) -> Pressure:
    """A blood pressure in mm[Hg]."""
    return Pressure(canonical["systolic"], canonical["diastolic"])


def page_of(text: str) -> int:
    """The page number in an address: 1 for the first, and for nonsense."""
    plain = text.isascii() and text.isdigit() and len(text) < len("1000000")
    return max(1, int(text)) if plain else 1


def points(
    measure: Measure, readings: Sequence[tuple[datetime, Decimal]], unit: str
) -> list[tuple[str, float]]:
    """One line of a chart: moments and canonical values, drawn in the person's unit."""
    return [(at.isoformat(), float(measure.shown(value, unit))) for at, value in readings]
