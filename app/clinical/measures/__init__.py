"""What people measure at home: the table, and the questions asked of an entry.

measures.MEASURES                     key -> Measure, in the order pages show them
measures.get("glucose")               one row; KeyError when unknown
measures.by_loinc("41604-0")          the row a code belongs to
measures.check(measure, entered, unit, context=None) -> Checked
measures.check_taken_at(taken_at, now) -> Sentence | None
measures.suspect(measure, value, unit, previous=None) -> tuple[Question, ...]
measures.alerts(measure, values, context=None) -> tuple[Alert, ...]
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from app.clinical.measures.entries import Checked, Entry, check, check_taken_at
from app.clinical.measures.home import ROWS
from app.clinical.measures.row import Alert, Choice, Component, Context, Measure, Range
from app.clinical.measures.suspicion import Question, suspect

__all__ = [
    "MEASURES",
    "Alert",
    "Checked",
    "Choice",
    "Component",
    "Context",
    "Entry",
    "Measure",
    "Question",
    "Range",
    "alerts",
    "by_loinc",
    "check",
    "check_taken_at",
    "get",
    "suspect",
]

MEASURES: Mapping[str, Measure] = MappingProxyType({row.key: row for row in ROWS})

_URGENCY = {"urgent": 0, "soon": 1, "note": 2}


def get(key: str) -> Measure:
    """The row under its key."""
    return MEASURES[key]


def by_loinc(code: str) -> Measure:
    """The row that owns a LOINC code: the panel's, a component's or a context's."""
    for row in ROWS:
        codes = {row.loinc, *(part.loinc for part in row.components)}
        codes |= {context.loinc for context in row.contexts}
        if code in codes:
            return row
    raise KeyError(code)


def alerts(
    measure: Measure, values: Mapping[str, Decimal], context: str | None = None
) -> tuple[Alert, ...]:
    """What one reading (canonical unit, component key -> value) calls for, most urgent first.

    Of several levels on one component only the most urgent speaks.
    """
    sounding = [
        alert
        for alert in measure.alerts
        if alert.component in values and alert.sounds(values[alert.component], context)
    ]
    sounding.sort(key=lambda alert: _URGENCY[alert.level])
    heard: dict[str, Alert] = {}
    for alert in sounding:
        heard.setdefault(alert.component, alert)
    return tuple(heard.values())
