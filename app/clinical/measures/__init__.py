"""What is measured, at home and for it: the table, and the questions asked of an entry.

What the portal lets people enter is the results room's choice; the table holds every
measure that the island's scores, rules and device files know.

measures.MEASURES                     key -> Measure, in the order pages show them
measures.get("glucose")               one row; KeyError when unknown
measures.by_loinc("41604-0")          the row a code belongs to
measures.check(measure, entered, unit, context=None) -> Checked
measures.check_taken_at(taken_at, now) -> Sentence | None
measures.suspect(measure, value, unit, previous=None) -> tuple[Question, ...]
measures.alerts(measure, values, context=None, unit=None) -> tuple[Alert, ...]
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.clinical.measures.codes import Code
from app.clinical.measures.entries import MOST_DECIMALS, Checked, Entry, check, check_taken_at
from app.clinical.measures.kinds import KINDS
from app.clinical.measures.question import Question
from app.clinical.measures.row import (
    Alert,
    Choice,
    Component,
    Context,
    Measure,
    Range,
    Step,
    round_half_up,
)
from app.clinical.measures.suspicion import suspect
from app.clinical.measures.table import MEASURES, by_loinc, get

__all__ = [
    "KINDS",
    "MEASURES",
    "MOST_DECIMALS",
    "Alert",
    "Checked",
    "Choice",
    "Code",
    "Component",
    "Context",
    "Entry",
    "Measure",
    "Question",
    "Range",
    "Step",
    "alerts",
    "by_loinc",
    "check",
    "check_taken_at",
    "get",
    "round_half_up",
    "suspect",
]

_URGENCY = {"urgent": 0, "soon": 1, "note": 2}


def alerts(
    measure: Measure,
    values: Mapping[str, Decimal],
    context: str | None = None,
    unit: str | None = None,
) -> tuple[Alert, ...]:
    """What one reading (component key -> value) calls for, most urgent first.

    `values` are in `unit`, as they were entered: a limit that is published in several units is
    compared in that one. Without `unit` they are in the canonical one. Of several levels on one
    component only the most urgent speaks. `KeyError` for a unit the measure does not have.
    """
    entered = measure.choice(unit or measure.canonical).unit
    compared = {key: measure.to_compare(value, entered) for key, value in values.items()}
    sounding = [
        alert
        for alert in measure.alerts
        if alert.component in compared and alert.sounds(compared[alert.component], context)
    ]
    sounding.sort(key=lambda alert: _URGENCY[alert.level])
    heard: dict[str, Alert] = {}
    for alert in sounding:
        heard.setdefault(alert.component, alert)
    return tuple(heard.values())
