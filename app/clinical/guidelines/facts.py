"""Facts about one person: what the rules may rest on.

Keys (canonical unit in brackets; a rule knows no other spelling):

    birth-date           date                     from the person's record
    sex-at-birth         "female" "male" "other" "unknown"
    blood-pressure       Pressure [mm[Hg]]        one fact per reading
    glucose              Decimal  [mg/dL]         one fact per reading
    weight               Decimal  [kg]
    height               Decimal  [cm]
    pregnant             bool
    activity-days        Decimal  [d/wk]          days of brisk movement in the last 7
    activity-minutes     Decimal  [min/d]         minutes on such a day
    smoking-status       LOINC answer code        see questionnaires/lifestyle.json
    other-tobacco        bool
    alcohol-frequency, alcohol-amount, alcohol-binge      int, points 0 to 4 (AUDIT-C)
    salt-table, salt-packaged, salt-cured, salt-takeaway  int, points 0 to 2
    kidney-disease, potassium-medicine            bool
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.clinical.blood_pressure import Pressure
from app.clinical.measures.row import Measure
from app.clinical.sentences import N_, Sentence

# The type and unit a rule expects under each key. A value in another unit would be read
# as if it were in this one, so a fact that does not fit is refused when it is made.
_CODE, _POINTS, _FLAG = (str, None), (int, None), (bool, None)
KEYS: Mapping[str, tuple[type, str | None]] = {
    "birth-date": (date, None),
    "sex-at-birth": _CODE,
    "blood-pressure": (Pressure, "mm[Hg]"),
    "glucose": (Decimal, "mg/dL"),
    "weight": (Decimal, "kg"),
    "height": (Decimal, "cm"),
    "pregnant": _FLAG,
    "activity-days": (Decimal, "d/wk"),
    "activity-minutes": (Decimal, "min/d"),
    "smoking-status": _CODE,
    "other-tobacco": _FLAG,
    "alcohol-frequency": _POINTS,
    "alcohol-amount": _POINTS,
    "alcohol-binge": _POINTS,
    "salt-table": _POINTS,
    "salt-packaged": _POINTS,
    "salt-cured": _POINTS,
    "salt-takeaway": _POINTS,
    "kidney-disease": _FLAG,
    "potassium-medicine": _FLAG,
}

FactValue = Decimal | int | bool | str | date | Pressure

# Someone east of the server may write tomorrow's date today; later than that is a slip.
ZONE_SLACK = timedelta(days=1)

BIRTH_DATE = N_("Date of birth")
DAY = N_("%(day)s")


@dataclass(frozen=True)
class Fact:
    """One thing known about the person: what, when, and where it is written down.

    `source` is "answer", "observation" or "record"; `source_id` finds it there. `label`
    names it and `shown` speaks its value as the person gave it.
    """

    key: str
    value: FactValue
    unit: str | None
    when: datetime
    source: str
    source_id: str
    label: Sentence
    shown: Sentence

    def __post_init__(self) -> None:
        if self.when.tzinfo is None:
            raise ValueError(f"fact {self.key} has no time zone")
        kind, unit = KEYS.get(self.key, (type(self.value), self.unit))
        if type(self.value) is not kind or self.unit != unit:
            raise ValueError(f"fact {self.key} wants {kind.__name__} in {unit}")

    @property
    def day(self) -> date:
        """The day the fact was true, in the zone it came with."""
        return self.when.date()

    @property
    def order(self) -> tuple[datetime, str, str, str]:
        """A total order, so that nothing depends on how facts were gathered."""
        return (self.when, self.source, self.source_id, repr(self.value))

    def to_json(self) -> dict[str, Any]:
        """The fact as plain JSON, to be kept beside the line that rests on it."""
        return {
            "key": self.key,
            "value": str(self.value),
            "unit": self.unit,
            "when": self.when.isoformat(),
            "source": self.source,
            "source_id": self.source_id,
            "label": self.label.to_json(),
            "shown": self.shown.to_json(),
        }


class Facts:
    """Every fact about one person, in an order of its own."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        gathered: dict[str, list[Fact]] = {}
        for fact in sorted(facts, key=lambda each: each.order):
            gathered.setdefault(fact.key, []).append(fact)
        self._by_key = {key: tuple(found) for key, found in gathered.items()}

    def __iter__(self) -> Iterator[Fact]:
        for key in sorted(self._by_key):
            yield from self._by_key[key]

    def every(self, key: str) -> tuple[Fact, ...]:
        """All facts of one key, oldest first."""
        return self._by_key.get(key, ())

    def latest(self, key: str) -> Fact | None:
        """The newest fact of one key."""
        found = self.every(key)
        return found[-1] if found else None

    def until(self, today: date) -> Facts:
        """Without facts that claim to come from the future."""
        return Facts(fact for fact in self if fact.day <= today + ZONE_SLACK)


def from_observation(
    measure: Measure, values: Mapping[str, Decimal], unit: str, when: datetime, source_id: str
) -> Fact:
    """The fact a home measurement states; `values` by component, in the unit of the entry."""
    canonical = {key: measure.to_canonical(value, unit) for key, value in values.items()}
    value: FactValue
    if measure.key == "blood-pressure":
        value = Pressure(canonical["systolic"], canonical["diastolic"])
    else:
        value = canonical["value"]
    return Fact(
        key=measure.key,
        value=value,
        unit=measure.canonical,
        when=when,
        source="observation",
        source_id=source_id,
        label=measure.label,
        shown=measure.spoken(values, unit),
    )


def birth_date(born: date, when: datetime, source_id: str) -> Fact:
    """The date of birth as the person's record holds it."""
    return Fact(
        key="birth-date",
        value=born,
        unit=None,
        when=when,
        source="record",
        source_id=source_id,
        label=Sentence(BIRTH_DATE),
        shown=Sentence(DAY, {"day": born}),
    )
