"""The record types of an Apple Health export that are home measurements.

HealthKit writes each quantity in the unit the person chose; a type has the UCUM code of each
of those. `percent` quantities are written as a fraction beside the unit %, except by a few
apps that write the percentage itself.

Source: the document type at the head of genuine exports, and Apple's HealthKit reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

PRESSURE = {"mmHg": "mm[Hg]", "kPa": "kPa", "inHg": "[in_i'Hg]", "cmAq": "cm[H2O]"}
MASS = {"kg": "kg", "g": "g", "lb": "[lb_av]", "st": "[stone_av]", "oz": "[oz_av]"}
LENGTH = {"cm": "cm", "m": "m", "mm": "mm", "in": "[in_i]", "ft": "[ft_i]"}
RATE = {"count/min": "/min", "count/s": "/s", "count/sec": "/s", "bpm": "/min"}
PERCENT = {"%": "%"}
VOLUME = {"L": "L", "mL": "mL"}
DURATION = {"min": "min", "s": "s", "hr": "h"}
GLUCOSE = {"mg/dL": "mg/dL", "mmol/L": "mmol/L"}

# HealthKit names the molar mass inside the unit: mmol<180.1558800000541>/L.
MOLES = re.compile(r"mmol<\d{1,4}(?:\.\d{1,20})?>/L", re.ASCII)


@dataclass(frozen=True)
class Type:
    """One record type: the measure it is, its component and circumstance, its units."""

    name: str
    measure: str
    units: Mapping[str, str]
    component: str = "value"
    context: str | None = None
    percent: bool = False


TYPES = (
    Type("HKQuantityTypeIdentifierBloodGlucose", "glucose", GLUCOSE),
    Type("HKQuantityTypeIdentifierBloodPressureSystolic", "blood-pressure", PRESSURE, "systolic"),
    Type("HKQuantityTypeIdentifierBloodPressureDiastolic", "blood-pressure", PRESSURE, "diastolic"),
    Type("HKQuantityTypeIdentifierBodyMass", "weight", MASS),
    Type("HKQuantityTypeIdentifierBodyMassIndex", "bmi", {"count": "kg/m2", "kg/m²": "kg/m2"}),
    Type("HKQuantityTypeIdentifierBodyFatPercentage", "body-fat", PERCENT, percent=True),
    Type("HKQuantityTypeIdentifierHeight", "height", LENGTH),
    Type("HKQuantityTypeIdentifierWaistCircumference", "waist", LENGTH),
    Type("HKQuantityTypeIdentifierOxygenSaturation", "oxygen-saturation", PERCENT, percent=True),
    Type(
        "HKQuantityTypeIdentifierBodyTemperature", "temperature", {"degC": "Cel", "degF": "[degF]"}
    ),
    Type("HKQuantityTypeIdentifierHeartRate", "heart-rate", RATE),
    Type("HKQuantityTypeIdentifierRestingHeartRate", "heart-rate", RATE, context="resting"),
    Type("HKQuantityTypeIdentifierRespiratoryRate", "respiratory-rate", RATE),
    Type("HKQuantityTypeIdentifierPeakExpiratoryFlowRate", "peak-flow", {"L/min": "L/min"}),
    Type("HKQuantityTypeIdentifierForcedExpiratoryVolume1", "fev1", VOLUME),
    Type("HKQuantityTypeIdentifierForcedVitalCapacity", "fvc", VOLUME),
    Type("HKQuantityTypeIdentifierStepCount", "steps", {"count": "{steps}"}),
    Type("HKQuantityTypeIdentifierAppleExerciseTime", "exercise-time", DURATION),
)

SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
# The value of a sleep record -> where the person was in the night.
SLEEP_STAGES = {
    "HKCategoryValueSleepAnalysisInBed": "in-bed",
    "HKCategoryValueSleepAnalysisAsleep": "asleep",
    "HKCategoryValueSleepAnalysisAsleepUnspecified": "asleep",
    "HKCategoryValueSleepAnalysisAsleepCore": "core",
    "HKCategoryValueSleepAnalysisAsleepDeep": "deep",
    "HKCategoryValueSleepAnalysisAsleepREM": "rem",
    "HKCategoryValueSleepAnalysisAwake": "awake",
}
# Only these are sleep; lying in bed and lying awake are told apart from it.
ASLEEP = {"asleep", "core", "deep", "rem"}

MEAL_KEY = "HKBloodGlucoseMealTime"
MEALS = {"1": "before-meal", "2": "after-meal"}
# Types whose records a Correlation repeats.
CORRELATED = {
    "HKQuantityTypeIdentifierBloodPressureSystolic",
    "HKQuantityTypeIdentifierBloodPressureDiastolic",
}


@cache
def by_name() -> Mapping[str, Type]:
    """Type name -> row."""
    return {row.name: row for row in TYPES}


def ucum(row: Type, unit: str | None) -> str | None:
    """The UCUM code of a record's unit; None when the type is not measured in it."""
    if unit is None:
        return None
    if row.measure == "glucose" and MOLES.fullmatch(unit):
        return "mmol/L"
    return row.units.get(unit)


def short(name: str) -> str:
    """HeartRate, of HKQuantityTypeIdentifierHeartRate."""
    for start in ("HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier", "HKDataType"):
        name = name.removeprefix(start)
    return name
