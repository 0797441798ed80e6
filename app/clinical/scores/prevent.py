"""PREVENT: ten- and thirty-year risk of cardiovascular disease (AHA 2023)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from math import exp, floor, log
from types import MappingProxyType

from app.clinical.scores import usual
from app.clinical.scores.inputs import Choice, Input, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_

KHAN = "Khan, Circulation 2024;149:430 doi:10.1161/CIRCULATIONAHA.123.067626"
TABLE = "prevent.csv"

OUTCOMES = ("total_cvd", "ascvd", "heart_failure", "chd", "stroke")
OPTIONAL = ("hba1c", "uacr", "sdi")

MMOL_PER_MG_DL = 0.02586  # exactly as published
THIRTY_YEARS, OLDEST_FOR_30 = 30, 59
SDI_MIDDLE, SDI_HIGH = 4, 7
# A half goes up even where binary arithmetic left it a hair below.
HAIR = 1.5e-8

Terms = Mapping[str, float]
Column = Mapping[str, float]


def prevent(*, years: str, **given: float | str | bool | None) -> Result:
    """PREVENT risk of total CVD, ASCVD, heart failure, CHD and stroke, as 0 to 1.

    log-odds = sum of coefficient · term, risk = 1 / (1 + e^-log-odds), rounded half up to 3
    decimals. Model: none of HbA1c, UACR and SDI gives the base model; exactly one gives that
    model; two or three the full one, with indicators for what is missing. Permitted: age 30 to
    79 (30 to 59 for 30 years), total cholesterol 130 to 320 and HDL 20 to 100 mg/dL, upper
    pressure 90 to 180 mm[Hg], BMI 18.5 to 39.9 kg/m2, eGFR 15 to 140 mL/min/1.73 m2, HbA1c 4.5
    to 15 %, UACR 0.1 to 25,000 mg/g, SDI decile 1 to 10; else `ClinicalInputError`. For people
    without cardiovascular disease. Khan 2024 doi:10.1161/CIRCULATIONAHA.123.067626; equations
    published, no licence fee.
    """
    age = AGE.read(given["age"])
    if int(years) == THIRTY_YEARS and age > OLDEST_FOR_30:
        replace(AGE, high=OLDEST_FOR_30).read(age)
    model = _model(given)
    terms = {**_base_terms(given), **_optional_terms(given)}
    columns = coefficients()[model, int(years)]
    risks = {each: _risk(columns[f"{given['sex']}_{each}"], terms) for each in OUTCOMES}
    return {**risks, "model": model, "years": int(years)}


def _model(given: Mapping[str, object]) -> str:
    known = [key for key in OPTIONAL if given[key] is not None]
    if not known:
        return "base"
    return known[0] if len(known) == 1 else "full"


def _risk(column: Column, terms: Terms) -> float:
    odds = sum(weight * terms[term] for term, weight in column.items())
    return floor(1000 / (1 + exp(-odds)) + 0.5 + HAIR) / 1000


def _base_terms(given: Mapping[str, float | str | bool | None]) -> Terms:
    total, hdl = _milligrams(given)
    age = (_number(given, "age") - 55) / 10
    sbp, bmi, egfr = (_number(given, key) for key in ("sbp", "bmi", "egfr"))
    dm, smoking, bp_tx, statin = (_number(given, key) for key in FLAGS)
    non_hdl = (total - hdl) * MMOL_PER_MG_DL - 3.5
    good = (hdl * MMOL_PER_MG_DL - 1.3) / 0.3
    sbp_high = (max(sbp, 110) - 130) / 20
    bmi_high = (max(bmi, 30) - 30) / 5
    egfr_low = (min(egfr, 60) - 60) / -15
    return {
        "constant": 1,
        "age": age,
        "age_squared": age**2,
        "non_hdl": non_hdl,
        "hdl": good,
        "sbp_lt_110": (min(sbp, 110) - 110) / 20,
        "sbp_gte_110": sbp_high,
        "dm": dm,
        "smoking": smoking,
        "bmi_lt_30": (min(bmi, 30) - 25) / 5,
        "bmi_gte_30": bmi_high,
        "egfr_lt_60": egfr_low,
        "egfr_gte_60": (max(egfr, 60) - 90) / -15,
        "bp_tx": bp_tx,
        "statin": statin,
        "treated_sbp": bp_tx * sbp_high,
        "treated_non_hdl": statin * non_hdl,
        "age_x_non_hdl": age * non_hdl,
        "age_x_hdl": age * good,
        "age_x_sbp": age * sbp_high,
        "age_x_dm": age * dm,
        "age_x_smoking": age * smoking,
        "age_x_bmi": age * bmi_high,
        "age_x_egfr": age * egfr_low,
    }


FLAGS = ("dm", "smoking", "bp_tx", "statin")


def _optional_terms(given: Mapping[str, float | str | bool | None]) -> Terms:
    hba1c, uacr, sdi = (given[key] for key in OPTIONAL)
    dm = _number(given, "dm")
    above = float(hba1c) - 5.3 if hba1c is not None else 0
    decile = float(sdi) if sdi is not None else 0
    return {
        "hba1c_dm": above * dm,
        "hba1c_no_dm": above * (1 - dm),
        "hba1c_missing": float(hba1c is None),
        "ln_uacr": log(float(uacr)) if uacr is not None else 0,
        "uacr_missing": float(uacr is None),
        "sdi_4_6": float(SDI_MIDDLE <= decile < SDI_HIGH),
        "sdi_7_10": float(decile >= SDI_HIGH),
        "sdi_missing": float(sdi is None),
    }


def _number(given: Mapping[str, float | str | bool | None], key: str) -> float:
    return float(given[key] or 0)


def _milligrams(given: Mapping[str, float | str | bool | None]) -> tuple[float, float]:
    unit = str(given["chol_unit"])
    total = TOTAL.mg_dl(_number(given, "total_c"), unit)
    return total, HDL.mg_dl(_number(given, "hdl_c"), unit)


@cache
def coefficients() -> Mapping[tuple[str, int], Mapping[str, Column]]:
    """The published coefficients: (model, years) -> sex and outcome -> term -> weight."""
    text = resources.files(__package__).joinpath(TABLE).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    columns = lines[0].split(",")[3:]
    found: dict[tuple[str, int], dict[str, dict[str, float]]] = {}
    for line in lines[1:]:
        model, years, term, *weights = line.split(",")
        table = found.setdefault((model, int(years)), {column: {} for column in columns})
        for column, weight in zip(columns, weights, strict=True):
            table[column][term] = float(weight)
    return MappingProxyType(found)


AGE = Number(
    "age", usual.AGE, f"{KHAN}: 10 years 30 to 79, 30 years 30 to 59", low=30, high=79, unit="years"
)


def _lipid(key: str, title: str, low: str, high: str) -> usual.Amount:
    found = usual.amount(key, title, 1 / MMOL_PER_MG_DL, low, high)
    return replace(found, source=KHAN)


TOTAL = _lipid("total_c", usual.TOTAL_CHOLESTEROL, "130", "320")
HDL = _lipid("hdl_c", usual.HDL_CHOLESTEROL, "20", "100")


def _ranged(key: str, title: str, low: float, high: float, unit: str) -> Input:
    return Number(key, title, KHAN, low=low, high=high, unit=unit)


def _extra(key: str, title: str, low: float, high: float, unit: str) -> Number:
    return Number(key, title, KHAN, required=False, low=low, high=high, unit=unit)


PREVENT = Score(
    name="PREVENT",
    title=N_("Heart and blood vessel disease in 10 and 30 years (PREVENT)"),
    formula="1/(1+e^-sum(coefficient*term)), coefficients in prevent.csv",
    inputs=(
        Choice("years", N_("Years ahead"), KHAN, choices={"10": "10", "30": "30"}),
        AGE,
        usual.SEX,
        TOTAL,
        HDL,
        _ranged("sbp", usual.SYSTOLIC, 90, 180, "mm[Hg]"),
        _ranged("bmi", usual.BODY_MASS_INDEX, 18.5, 39.9, "kg/m2"),
        _ranged("egfr", N_("Kidney filtration (eGFR)"), 15, 140, "mL/min/1.73 m2"),
        usual.flag("dm", usual.DIABETES),
        usual.flag("smoking", usual.SMOKING),
        usual.flag("bp_tx", usual.PRESSURE_MEDICINE),
        usual.flag("statin", N_("Statin")),
        _extra("hba1c", usual.HBA1C, 4.5, 15, "%"),
        _extra("uacr", N_("Albumin to creatinine ratio"), 0.1, 25000, "mg/g"),
        replace(
            _extra("sdi", N_("Decile of the Social Deprivation Index"), 1, 10, "decile"),
            also="sdi_decile",
            whole=True,
        ),
        Choice(
            "chol_unit",
            usual.UNIT_OF,
            "total cholesterol and HDL are in the same unit",
            required=False,
            default="mg/dL",
            choices=usual.MILLIMOLES,
        ),
    ),
    outputs={
        **dict.fromkeys(OUTCOMES, "probability 0 to 1, three decimals"),
        "model": "base, hba1c, uacr, sdi or full",
        "years": "10 or 30",
    },
    source=f"{KHAN}; coefficients as in the R package preventr 0.12.0 (MIT)",
    licence="equations published, no licence fee; AHA marks are not used",
    function=prevent,
    note="For people without cardiovascular disease.",
)

ALL = (PREVENT,)
