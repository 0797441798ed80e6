"""Inputs that several scores ask for, and the units laboratories write them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.clinical.scores.inputs import (
    OUT_OF_RANGE,
    PLAUSIBLE,
    Choice,
    Flag,
    Input,
    Number,
    Numeric,
    is_number,
    said,
)
from app.clinical.sentences import N_

NOT_ABOVE_ZERO = N_("%(what)s must be a number above 0.")

# What one millimole in a litre weighs in mg/dL; creatinine is counted in micromoles.
MG_DL_CHOLESTEROL = 38.665
MG_DL_TRIGLYCERIDES = 88.57
MG_DL_GLUCOSE = 18.0156
UMOL_CREATININE = 88.4

SEXES = {"female": "female", "f": "female", "male": "male", "m": "male"}
SEX = Choice("sex", N_("Sex"), "the score differs by sex", choices=SEXES)

AGE = N_("Age")
SYSTOLIC = N_("Upper blood pressure")
DIASTOLIC = N_("Lower blood pressure")
BODY_MASS_INDEX = N_("Body mass index")
WAIST = N_("Waist")
WEIGHT = N_("Weight")
HEIGHT = N_("Height")
CREATININE = N_("Creatinine in blood")
UNIT_OF = N_("Unit of the result")
TOTAL_CHOLESTEROL = N_("Total cholesterol")
HDL_CHOLESTEROL = N_("HDL cholesterol")
TRIGLYCERIDES = N_("Triglycerides")
HBA1C = N_("HbA1c")
DIABETES = N_("Diabetes")
SMOKING = N_("Smoking")
PRESSURE_MEDICINE = N_("Medicine for blood pressure")
ALT = N_("ALT")
AST = N_("AST")
PLATELETS = N_("Platelets")

MASS = {"mg/dl": "mg/dL", "mg": "mg/dL"}
MILLIMOLES = {**MASS, "mmol/l": "mmol/L", "mmol": "mmol/L"}
MICROMOLES = {**MASS, "umol/l": "umol/L", "µmol/l": "umol/L", "μmol/l": "umol/L", "umol": "umol/L"}


@dataclass(frozen=True)
class Scale:
    """One unit of a result: what makes it mg/dL, and its permitted range."""

    to_mg_dl: float
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Amount(Input):
    """A result that laboratories write in mass or in moles; its unit is always said with it."""

    scales: Mapping[str, Scale] = field(default_factory=dict)

    @property
    def permitted(self) -> str:
        """The range in each unit."""
        return " or ".join(f"{one.low} to {one.high} {unit}" for unit, one in self.scales.items())

    def read(self, value: Any) -> float:
        """A number above 0; its range is checked once the unit is known."""
        if not is_number(value) or value <= 0:
            self.refuse(NOT_ABOVE_ZERO)
        return float(value)

    def mg_dl(self, value: float, unit: str) -> float:
        """The value in mg/dL; refuses what is out of range in the unit it was given in."""
        scale = self.scales[unit]
        if not scale.low <= Decimal(str(value)) <= scale.high:
            self.refuse(OUT_OF_RANGE, low=scale.low, high=scale.high, unit=unit, value=said(value))
        return value * scale.to_mg_dl


def amount(
    key: str, title: str, per_mole: float, low: str, high: str, *, unit: str = "mmol/L"
) -> Amount:
    """A result whose range is stated in mg/dL; the other unit's range is that one, rounded."""
    lowest, highest = Decimal(low), Decimal(high)
    factor, places = Decimal(str(per_mole)), Decimal("0.01")
    other = Scale(
        per_mole,
        (lowest / factor).quantize(places, ROUND_HALF_UP),
        (highest / factor).quantize(places, ROUND_HALF_UP),
    )
    scales = {"mg/dL": Scale(1.0, lowest, highest), unit: other}
    return Amount(key, title, PLAUSIBLE, scales=scales)


def age(low: int, high: int, source: str, also: str = "", *, required: bool = True) -> Number:
    """Age in years."""
    return Number("age", AGE, source, also, required, low=low, high=high, unit="years")


def unit_of(key: str, choices: Mapping[str, str]) -> Choice:
    """The unit a result was written in: asked, never guessed."""
    return Choice(key, UNIT_OF, "mass and moles differ many times over", choices=choices)


def body_mass_index(low: Numeric = 10, high: Numeric = 100, source: str = PLAUSIBLE) -> Number:
    """Body mass index in kg/m2."""
    return Number("bmi", BODY_MASS_INDEX, source, low=low, high=high, unit="kg/m2")


def flag(key: str, title: str, also: str = "", *, required: bool = True) -> Flag:
    """A plain yes or no."""
    return Flag(key, title, "the score counts it as present or absent", also, required)
