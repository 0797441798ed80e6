"""Any person at all, for properties that hold of everyone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.keys import KEYS
from tests.clinical.people import TODAY, fact

SMOKING = ["LA18978-9", "LA15920-4", "LA18977-1", "LA18976-3", "LA18980-5"]
MEDICINES = ["lisinopril", "atorvastatin", "aspirin", "metformin", "empagliflozin", "atenolol"]
# Numbers on both sides of every threshold the rules know.
NUMBERS = [0, 1, 2, 3, 5, 6, 7, 8, 10, 15, 20, 25, 30, 54, 60, 64, 100, 126, 130, 190, 300, 1000]

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "birth-date": st.dates(date(1900, 1, 1), TODAY),
    "sex-at-birth": st.sampled_from(["female", "male", "other", "unknown"]),
    "smoking-status": st.sampled_from(SMOKING),
    "diabetes": st.sampled_from(sorted(KEYS["diabetes"].choices or ())),
    "medicines": st.lists(st.sampled_from(MEDICINES), max_size=3).map(tuple),
    "genotype": st.just(("CYP2C19", "*2/*2")),
}
BY_TYPE: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(0, 4),
    date: st.dates(date(2000, 1, 1), TODAY),
    Decimal: st.sampled_from(NUMBERS).map(Decimal),
    Pressure: st.builds(
        Pressure, st.integers(90, 210).map(Decimal), st.integers(40, 130).map(Decimal)
    ),
}


def some_fact(key: str) -> st.SearchStrategy[Fact]:
    """A fact of this kind, on some day, even a day to come."""
    return st.builds(
        fact,
        st.just(key),
        VALUES.get(key, BY_TYPE.get(KEYS[key].type, st.nothing())),
        st.integers(-3, 400),
        st.integers(0, 23),
        st.integers(1, 999).map(str),
    )


def people() -> st.SearchStrategy[list[Fact]]:
    """Someone about whom all sorts of things are known, or nothing."""
    return st.lists(st.sampled_from(sorted(KEYS)).flatmap(some_fact), max_size=60)
