"""What a results page shows of one measure: the chart, the week, and the latest readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from app.clinical import blood_pressure, measures
from app.clinical.blood_pressure import Category, Series
from app.clinical.measures import Measure
from app.results import queries, rules
from app.results.queries import Reading
from app.web.speech import say

IN_SHORT = 5
Named = list[tuple[str, list[tuple[str, float]]]]


@dataclass(frozen=True)
class Panel:
    """One measure on a page; `readings` newest first."""

    measure: Measure
    readings: Sequence[Reading]

    @property
    def latest(self) -> Reading | None:
        """The reading taken last."""
        return self.readings[0] if self.readings else None

    @cached_property
    def unit(self) -> str:
        """The one unit of the chart: that of most readings shown."""
        return rules.unit_of(self.measure, [one.unit for one in self.readings])

    @property
    def unit_label(self) -> str:
        """The unit as people write it."""
        return self.measure.choice(self.unit).label

    @property
    def lines(self) -> Named:
        """The chart's lines, oldest reading first, one for each number of the measure."""
        several = len(self.measure.components) > 1
        return [
            (
                say(part.label) if several else "",
                rules.points(
                    self.measure,
                    [(one.taken_at, one.canonical[part.key]) for one in reversed(self.readings)],
                    self.unit,
                ),
            )
            for part in self.measure.components
        ]

    @property
    def least_span(self) -> float:
        """How much the chart's axis spans at the least, in the unit of its lines."""
        least = rules.LEAST_SPANS.get(self.measure.key)
        return float(self.measure.shown(least, self.unit)) if least else 0.0

    @cached_property
    def week(self) -> Series | None:
        """The mean of the latest week of blood pressure, as the guidelines teach it."""
        if self.measure.key != "blood-pressure":
            return None
        return blood_pressure.series(
            blood_pressure.Reading(
                rules.pressure(one.canonical),
                one.taken_at.astimezone(ZoneInfo(one.zone)),
                str(one.id),
            )
            for one in self.readings
        )

    @property
    def categories(self) -> tuple[Category, ...]:
        """What each guideline calls that mean."""
        week = self.week
        return blood_pressure.categories(week.mean) if week else ()


def panels(patient_id: UUID) -> list[Panel]:
    """Every home test, those with readings and those without."""
    found = queries.recent(patient_id)
    return [Panel(measures.get(key), readings) for key, readings in found.items()]
