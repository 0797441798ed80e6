"""The whole table: every row, under its key and under its LOINC codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.clinical.measures import (
    blood,
    daily,
    devices,
    glucose,
    home,
    kidneys,
    kits,
    lipids,
    liver,
    sugar,
    vitals,
)
from app.clinical.measures.row import Measure

ROWS: tuple[Measure, ...] = (
    *(home.BLOOD_PRESSURE, glucose.GLUCOSE, home.WEIGHT, home.HEIGHT),
    *vitals.ROWS,
    *glucose.ROWS,
    *sugar.ROWS,
    *devices.ROWS,
    *daily.ROWS,
    *kits.ROWS,
    *lipids.ROWS,
    *kidneys.ROWS,
    *liver.ROWS,
    *blood.ROWS,
)

MEASURES: Mapping[str, Measure] = MappingProxyType({row.key: row for row in ROWS})


def get(key: str) -> Measure:
    """The row under its key; `KeyError` when unknown."""
    return MEASURES[key]


def by_loinc(code: str) -> Measure:
    """The row that owns a LOINC code, first of all as its own; `KeyError` when none does."""
    return _by_loinc()[code]


@cache
def _by_loinc() -> Mapping[str, Measure]:
    found = {row.loinc: row for row in reversed(ROWS)}
    for row in ROWS:
        for code in row.codes:
            found.setdefault(code.loinc, row)
    return found
