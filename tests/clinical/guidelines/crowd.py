"""Any person at all, for properties that hold of everyone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.keys import KEYS
from app.clinical.guidelines.limits import permitted
from tests.clinical.people import TODAY, born, fact, week

SMOKING = ["LA18978-9", "LA15920-4", "LA18977-1", "LA18976-3", "LA18980-5"]
MEDICINES = ["lisinopril", "atorvastatin", "aspirin", "metformin", "empagliflozin", "atenolol"]
# Numbers on both sides of every threshold the rules know.
NUMBERS = [0, 1, 2, 3, 5, 6, 7, 8, 10, 15, 20, 25, 30, 54, 60, 64, 100, 126, 130, 190, 300, 1000]

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "sex-at-birth": st.sampled_from(["female", "male", "other", "unknown"]),
    "smoking-status": st.sampled_from(SMOKING),
    "diabetes": st.sampled_from(sorted(KEYS["diabetes"].choices or ())),
    "medicines": st.lists(st.sampled_from(MEDICINES), max_size=3).map(tuple),
    "genotype": st.just(("CYP2C19", "*2/*2")),
}
BY_TYPE: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    Pressure: st.builds(
        Pressure, st.integers(90, 210).map(Decimal), st.integers(40, 89).map(Decimal)
    ),
}


@st.composite
def some_fact(draw: st.DrawFn, key: str) -> Fact:
    """A fact of this kind, on some day, even a day to come."""
    days_ago = draw(st.integers(-3, 400))
    value = draw(values(key, TODAY - timedelta(days=days_ago)))
    source_id = str(draw(st.integers(1, 999)))
    return fact(key, value, days_ago, draw(st.integers(0, 23)), source_id)


def values(key: str, day: date) -> st.SearchStrategy[Any]:
    """What a fact of this kind may hold on this day."""
    kind = KEYS[key]
    if kind.type is date:
        return st.dates(date(1900 if key == "birth-date" else 2000, 1, 1), day)
    if key in VALUES:
        return VALUES[key]
    if kind.type not in {int, Decimal}:
        return BY_TYPE[kind.type]
    within = permitted(key, kind)
    if kind.type is int:
        return st.integers(int(within.low), int(within.high))
    known = [number for each in NUMBERS if within.holds(number := Decimal(each))]
    return st.sampled_from(known) | st.decimals(within.low, within.high)


def known(**told: Any) -> list[Fact]:
    """Facts by their names: age in years, home as a week of readings, the rest by key.

    A pair (value, days) is a fact so many days old; `None` leaves the fact out.
    """
    facts: list[Fact] = []
    for name, given in told.items():
        if given is None:
            continue
        if name == "age":
            facts.append(born(given))
        elif name == "home":
            facts += week(*given)
        else:
            facts.append(_fact(name.replace("_", "-"), given))
    return facts


def _fact(key: str, given: Any) -> Fact:
    kind = KEYS[key].type
    aged = isinstance(given, tuple) and kind not in {tuple, Pressure}
    value, days = given if aged else (given, 0)
    if kind is Decimal:
        value = Decimal(str(value))
    elif kind is Pressure:
        value = Pressure(Decimal(value[0]), Decimal(value[1]))
    elif kind is date and isinstance(value, int):
        value = TODAY - timedelta(days=value)
    return fact(key, value, days)


def people() -> st.SearchStrategy[list[Fact]]:
    """Someone about whom all sorts of things are known, or nothing."""
    return st.lists(st.sampled_from(sorted(KEYS)).flatmap(some_fact), max_size=40)
