"""What each element of an Apple Health export means, gathered as the parser meets it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from functools import partial

from app.clinical.devices import amounts, apple_types, limits
from app.clinical.devices.apple_pressures import Met, PairRefused, Pairs, Repeats
from app.clinical.devices.apple_sorts import Sort
from app.clinical.devices.apple_values import ends, moment, span
from app.clinical.devices.markup import Attributes
from app.clinical.devices.reading import NOTHING, Reading, RowRefused
from app.clinical.devices.tally import Tally
from app.clinical.sentences import N_, Sentence

UNKNOWN_UNIT = N_("We do not know the unit “%(unit)s” for this kind of record.")
NO_UNIT = N_("This record has no unit, so it was left out.")

# More sorts of record than HealthKit has; the rest of a hostile file is counted together.
MOST_SORTS = 5_000
LONGEST_SORT = 200
# A unit's text in a refusal.
SHOWN_CHARACTERS = 30
MINUTE = Decimal(60)

# Elements that are counted beside the records.
COUNTED = {"ActivitySummary", "ClinicalRecord", "Audiogram", "VisionPrescription"}
WORKOUT_DETAILS = (
    "totalDistance",
    "totalDistanceUnit",
    "totalEnergyBurned",
    "totalEnergyBurnedUnit",
)

_new = tuple.__new__


class Records:
    """Turns elements into readings. `start` and `end` are the parser's handlers."""

    def __init__(self, tally: Tally, received: datetime | None = None) -> None:
        self.line: Callable[[], int] = int
        self._made = received
        self._doubtful_from = limits.first_year_in_doubt(received)
        self._tally = tally
        self._found: list[Reading] = []
        self._sorts: dict[tuple[str, str | None], Sort] = {}
        self._types = apple_types.by_name()
        self._inside = False
        self._repeats, self._pairs = Repeats(), Pairs()
        self._workout: dict[str, str] | None = None
        self._points = 0
        self._meal_of: int | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name == "Record":
            self._meal_of = None
            self._record(attributes)
        elif name == "MetadataEntry":
            if self._meal_of is not None:
                self._meal(attributes)
        elif name == "Location":
            self._points += 1
        else:
            self._begin(name, attributes)

    def _begin(self, name: str, attributes: Attributes) -> None:
        if name == "Workout":
            self._workout, self._points, self._meal_of = attributes, 0, None
        elif name == "Correlation":
            self._inside = True
        elif name in COUNTED:
            self._tally.passed[name] += 1
        elif name == "ExportDate":
            with suppress(RowRefused):
                self._made = limits.earlier(self._made, moment(attributes.get("value", "")))
                self._doubtful_from = limits.first_year_in_doubt(self._made)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "Correlation":
            self._inside = False
        elif name == "Workout" and self._workout is not None:
            self._refusing(self._finish_workout, self._workout)
            self._workout = None

    def begin_anew(self) -> None:
        """The parser starts again at another entry: whatever was open is lost."""
        self._inside, self._workout, self._meal_of = False, None, None

    def gathered(self) -> list[Reading]:
        """The readings since the last call, counted."""
        found, self._found = self._found, []
        if self._meal_of is not None:  # the piece may end before the meal is named
            self._found, self._meal_of = [found.pop()], 0
        self._tally.imported += len(found)
        self._tally.readings += len(found)
        for sort in self._sorts.values():
            if sort.passed:
                self._tally.passed[sort.name] += sort.passed
                sort.passed = 0
            if sort.begun:
                entry = self._tally.kind(sort.name, sort.unit or "")
                entry.add(ends(sort.begun), sort.numbers, len(sort.begun))
                sort.begun, sort.numbers = [], []
        return found

    def unrepeated(self) -> list[Reading]:
        """The last: what only a Correlation held, and numbers that waited in vain."""
        self._meal_of = None
        for sort, attributes, line in self._repeats.unrepeated():
            self.line = partial(int, line)  # the walk is over: the lines are those of then
            self._refusing(partial(self._measure, sort), attributes)
        for met in self._pairs.alone():
            self._hand_on(met)
        return self.gathered()

    def _refusing(self, read: Callable[[Attributes], None], attributes: Attributes) -> None:
        try:
            read(attributes)
        except RowRefused as refusal:
            self._refuse(refusal)

    def _refuse(self, refusal: RowRefused) -> None:
        line = refusal.line if isinstance(refusal, PairRefused) else self.line()
        self._tally.refuse(line, refusal)

    def _record(self, attributes: Attributes) -> None:
        key = (attributes.get("type", ""), attributes.get("unit"))
        sort = self._sorts.get(key) or self._sort(*key)
        if sort.row is None:
            if key[0] == apple_types.SLEEP:
                self._refusing(self._sleep, attributes)
            elif not self._inside:
                sort.passed += 1
            return
        if self._inside:  # Apple's rule: it stands outside the Correlation as well.
            if sort.pairs:
                self._repeats.hold(sort, attributes, self.line())
            return
        if sort.pairs and not self._repeats.is_new(attributes):
            self._tally.duplicates += 1
            return
        try:
            self._measure(sort, attributes)
        except RowRefused as refusal:
            self._refuse(refusal)

    def _sort(self, name: str, unit: str | None) -> Sort:
        if len(self._sorts) >= MOST_SORTS or len(name) + len(unit or "") > LONGEST_SORT:
            name, unit = "other", None
        return self._sorts.setdefault((name, unit), Sort(name, self._types.get(name), unit))

    def _measure(self, sort: Sort, attributes: Attributes) -> None:
        row, unit, get = sort.row, sort.unit, attributes.get
        if row is None or unit is None:
            raise _without_unit(sort)
        begun = get("startDate", "")
        ended = get("endDate", begun)
        taken_at = moment(begun)
        ended_at = taken_at if ended == begun else moment(ended)
        text = get("value", "")
        value = sort.known.get(text) or sort.number(text)
        if taken_at.year >= self._doubtful_from:
            limits.check_moment(taken_at, self._made)
        # This runs for every record, and Reading(...) costs three times as much.
        reading = _new(Reading, (
            row.measure, row.component, sort.name, text, value, unit, sort.unit_text, taken_at,
            ended_at, get("sourceName", ""), None, row.context, "", NOTHING,
        ))  # fmt: skip
        if sort.pairs:
            for met in self._pairs.meet(Met(reading, sort, begun, self.line())):
                self._hand_on(met)
            return
        if row.measure == "glucose":
            self._meal_of = len(self._found)
        sort.begun.append(begun)
        sort.numbers.append(value)
        self._found.append(reading)

    def _hand_on(self, met: Met) -> None:
        if met.reading.value is not None:
            met.sort.begun.append(met.begun)
            met.sort.numbers.append(met.reading.value)
        self._found.append(met.reading)

    def _meal(self, attributes: Attributes) -> None:
        meal = apple_types.MEALS.get(attributes.get("value", ""))
        place = self._meal_of
        if attributes.get("key") == apple_types.MEAL_KEY and meal and place is not None:
            self._found[place] = self._found[place]._replace(context=meal)

    def _sleep(self, attributes: Attributes) -> None:
        stage = apple_types.SLEEP_STAGES.get(attributes.get("value", ""))
        if stage is None:
            raise amounts.not_a_number(attributes.get("value", ""))
        measure = "sleep" if stage in apple_types.ASLEEP else stage
        taken_at, ended_at = span(attributes)
        minutes = Decimal((ended_at - taken_at).total_seconds()) / MINUTE
        self._add(
            "SleepAnalysis",
            Reading(
                measure,
                "value",
                "SleepAnalysis",
                attributes["value"],
                minutes,
                "min",
                "",
                taken_at,
                ended_at,
                attributes.get("sourceName", ""),
                None,
                stage,
            ),
        )

    def _finish_workout(self, attributes: Attributes) -> None:
        taken_at, ended_at = span(attributes)
        text, unit = attributes.get("duration", ""), attributes.get("durationUnit", "min")
        ucum = apple_types.DURATION.get(unit)
        if ucum is None:
            raise RowRefused(Sentence(UNKNOWN_UNIT, {"unit": unit[:SHOWN_CHARACTERS]}))
        details = {name: attributes[name] for name in WORKOUT_DETAILS if name in attributes}
        kind = attributes.get("workoutActivityType", "")
        self._add(
            "Workout",
            Reading(
                "workout",
                "value",
                "Workout",
                text,
                amounts.scientific(text),
                ucum,
                unit,
                taken_at,
                ended_at,
                attributes.get("sourceName", ""),
                None,
                kind,
                details={**details, "points": str(self._points)},
            ),
        )

    def _add(self, name: str, reading: Reading) -> None:
        limits.check((reading,), self._made)
        values = [reading.value] if reading.value is not None else []
        self._tally.kind(name, reading.unit).add([reading.taken_at], values, 1)
        self._found.append(reading)


def _without_unit(sort: Sort) -> RowRefused:
    if not sort.unit_text:
        return RowRefused(Sentence(NO_UNIT))
    return RowRefused(Sentence(UNKNOWN_UNIT, {"unit": sort.unit_text[:SHOWN_CHARACTERS]}))
