"""Every guideline rule and every score once, beside copying what they are asked about.

The rival copies the same facts through JSON, which is the least that any rule service must do
with them before it can begin. It decides nothing.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from time import perf_counter
from typing import Any

from app.clinical import guidelines, scores
from app.clinical.blood_pressure import Pressure
from app.clinical.guidelines import limits
from app.clinical.guidelines.facts import Fact, FactValue
from app.clinical.guidelines.keys import KEYS
from app.clinical.sentences import Sentence
from benchmarks.figures import Figure

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
ROUNDS = 200
EVALUATE_AIM_MS = 5.0
# A quarter of home pressure, twice in the morning and twice in the evening.
DAYS, HOURS = 90, (7, 8, 19, 20)

# A woman of 60 with much to look after; what is not named here is a no or a small number.
TOLD: dict[str, FactValue] = {
    "birth-date": date(1966, 3, 1),
    "sex-at-birth": "female",
    "medicines": ("amlodipine", "clopidogrel", "metformin", "omeprazole"),
    "genotype": ("CYP2C19", "*2/*2"),
    "smoking-status": "LA18976-3",
    "diabetes": "type-2",
    "statin-changed": date(2026, 10, 15),
    "quit-date": date(2020, 1, 1),
    "blood-pressure": Pressure(Decimal(148), Decimal(88)),
    "office-blood-pressure": Pressure(Decimal(138), Decimal(84)),
    "weight": Decimal(92),
    "height": Decimal(168),
    "total-cholesterol": Decimal(230),
    "ldl-cholesterol": Decimal(150),
    "hdl-cholesterol": Decimal(48),
    "hba1c": Decimal("7.4"),
    "egfr": Decimal(52),
    "uacr": Decimal(240),
    "ast": Decimal(44),
    "alt": Decimal(40),
    "platelets": Decimal(210),
}
# Worked out from their inputs, as they would be for a real person.
COMPUTED = {"prevent-cvd-10y", "prevent-ascvd-10y", "fib-4"}
PLAIN: dict[type, FactValue] = {bool: False, int: 1, Decimal: Decimal(20)}

DASI = (
    "Take care of self", "Walk indoors", "Walk 1–2 blocks on level ground",  # noqa: RUF001 - its key
    "Climb a flight of stairs or walk up a hill", "Run a short distance",
    "Do light work around the house", "Do moderate work around the house",
    "Do heavy work around the house", "Do yardwork", "Have sexual relations",
    "Participate in moderate recreational activities", "Participate in strenuous sports",
)  # fmt: skip
HEART: dict[str, Any] = {
    "age": 50, "sex": "female", "total_c": 200, "hdl_c": 45, "sbp": 160, "bp_tx": True,
    "dm": True, "smoking": False,
}  # fmt: skip
SCORED: dict[str, dict[str, Any]] = {
    "PREVENT": {**HEART, "years": 10, "statin": False, "egfr": 90, "bmi": 35},
    "PCE_2013": {**HEART, "race_eth": "white"},
    "CKD_EPI_2021": {"sex": "female", "age": 55, "creatinine": 1.5, "unit": "mg/dL"},
    "KDIGO_RISK": {"g": "G1", "a": "A1"},
    "UACR": {"albumin_mg_dl": 20.0, "creatinine_mg_dl": 50.0},
    "COCKCROFT_GAULT": {"age": 24, "sex": "female", "weight_kg": 54, "creatinine_mg_dl": 1.0},
    "BMI": {"weight_kg": 80, "height_cm": 170},
    "MAP": {"sbp": 120, "dbp": 80},
    "LDL_FRIEDEWALD": {
        "tc": 200, "tc_unit": "mg/dL", "hdl": 50, "hdl_unit": "mg/dL", "tg": 100,
        "tg_unit": "mg/dL",
    },
    "EAG": {"a1c_pct": 5},
    "A1C_UNITS": {"ngsp_pct": 5},
    "GMI": {"mean_glucose": 100, "unit": "mg/dL"},
    "FIB4": {"age": 50, "ast": 40, "alt": 36, "platelets": 200},
    "NAFLD_FS": {
        "age": 50, "bmi": 28, "ifg_or_dm": False, "ast": 30, "alt": 30, "platelets": 200,
        "albumin_g_dl": 4.0,
    },
    "FLI": {"bmi": 25, "waist_cm": 75, "ggt": 23, "tg": 2.0, "tg_unit": "mmol/L"},
    "ADA_RISK": {
        "age": 45, "sex": "female", "gestational_dm": False, "first_degree_relative": False,
        "hypertension": False, "physically_active": True, "bmi": 24,
    },
    "FINDRISC": {
        "age": 45, "sex": "male", "bmi": 24, "waist_cm": 90, "bp_drugs": False,
        "high_glucose_ever": False, "active_30min_day": True, "daily_fruit_veg": True,
        "family_points": 0,
    },
    "METSYN": {"criteria_met": [0, 1, 0, 1, 1]},
    "PHQ9": {"items": [1] * 9},
    "GAD7": {"items": [1] * 7},
    "AUDITC": {"items": [1, 1, 0], "sex": "female"},
    "DASI": dict.fromkeys(DASI, True),
    "STATIN_2018_RULE": {},
    "CHA2DS2VASC": {
        "Congestive Heart Failure": 0, "Hypertension": 1, "Stroke/TIA/Thromboembolism": 0,
        "Vascular disease": 0, "Diabetes": 0, "Gender": "Male", "Birthdate": "1950-02-07T14:54Z",
    },
    "HASBLED": {
        "Systolic": 150, "CR Result mircomol/L": 199, "Total Bilirubin": 2,
        "Birthdate": "1959-06-30T07:55Z", "Standard Drinks": 7, "Hypertension History": 0,
        "Renal Disease": 0, "Liver Disease": 0, "Stroke History": 0, "Labile INR": 0,
        "Prior Major Bleeding or Predisposition to Bleeding": 0,
        "Medication Usage Predisposing to Bleeding": 0, "Alcohol or Drug Usage History": 0,
        "ALT Result": 120, "ALP Result": 120, "AST Result": 120,
    },
    "LE8": {
        "age": 40, "sex": "female", "olive_oil": 2, "green_leafy_vegetables": 1,
        "other_vegetables": 2, "berries": 2, "other_fruit": 7, "meat": 3, "fish": 1, "chicken": 5,
        "cheese": 4, "butter_cream": 5, "beans": 3, "whole_grains": 3, "sweets_and_pastries": 4,
        "nuts": 4, "fast_food": 1, "alcohol": 1, "moderate_activity_minutes": 150,
        "vigorous_activity_minutes": 0, "smoking_status": "never", "years_since_quit": 0,
        "current_inhaled_nds": False, "secondhand_smoke_home": False, "sleep_hours": 8,
        "apply_sleep_apnea_penalty": False, "bmi": 22, "bmi_profile": "general",
        "non_hdl_cholesterol": 100, "lipid_lowering_treatment": False, "diabetes": False,
        "glucose_measure": "fasting_glucose", "glucose_value": 90, "systolic_bp": 110,
        "apply_prediabetes_metformin_penalty": False, "diastolic_bp": 70,
        "antihypertensive_treatment": False,
    },
    "LACE": {
        "Length of Stay": 0, "Admission type": 0, "Charlson Comorbidity Index": 0,
        "Number of previous ED visits within 6 months": 0,
    },
}  # fmt: skip


def measure() -> Iterator[Figure]:
    """Milliseconds and memory of one evaluation and of every score, the rival's in turn."""
    facts = _facts()

    def evaluate() -> object:
        return guidelines.evaluate(guidelines.Profile(facts), TODAY)

    def copy() -> object:
        return json.loads(json.dumps([fact.to_json() for fact in facts]))

    what = f"{len(guidelines.RULES)} rules over {len(facts)} facts"
    ours, rival = _in_turn(evaluate, copy)
    yield _figure(f"{what}, copying the facts as JSON", "ms", ours, rival)
    yield _figure(f"{what}, against the time asked for", "ms", ours, EVALUATE_AIM_MS, aim=1.0)
    yield _figure(f"{what}, memory at its height", "MB", _peak(evaluate), _peak(copy))
    ours, rival = _in_turn(_every_score, _copied_inputs)
    yield _figure(f"{len(SCORED)} scores once, copying their inputs as JSON", "ms", ours, rival)
    height = _peak(_every_score), _peak(_copied_inputs)
    yield _figure(f"{len(SCORED)} scores once, memory at its height", "MB", *height)


def _figure(name: str, unit: str, ours: float, rival: float, aim: float | None = None) -> Figure:
    return Figure(name, unit, ours, rival, ours / rival, aim, more_is_better=False)


def _facts() -> list[Fact]:
    """One fact of every kind that is not computed, and the days of home pressure."""
    facts = [
        _fact(key, TOLD[key] if key in TOLD else _plain(key))
        for key in sorted(TOLD | KEYS)
        if key not in COMPUTED
    ]
    for day in range(DAYS):
        for hour in HOURS:
            when = NOW.replace(hour=hour) - timedelta(days=day)
            facts.append(_fact("blood-pressure", TOLD["blood-pressure"], when))
    return facts


def _plain(key: str) -> FactValue:
    """A value of the key's kind; a number as near to the plain one as the kind allows."""
    kind = KEYS[key]
    value = PLAIN.get(kind.type, 0)
    if kind.type not in {int, Decimal}:
        return value
    within = limits.permitted(key, kind)
    return kind.type(max(within.low, min(within.high, Decimal(value))))


def _fact(key: str, value: FactValue, when: datetime = NOW) -> Fact:
    said = Sentence(key)
    return Fact(key, value, KEYS[key].unit, when, "record", when.isoformat(), said, said)


def _every_score() -> object:
    return [scores.calculate(name, **inputs) for name, inputs in SCORED.items()]


def _copied_inputs() -> object:
    return json.loads(json.dumps(SCORED))


def _in_turn(ours: Callable[[], object], rival: Callable[[], object]) -> tuple[float, float]:
    """Median milliseconds of each; the first round, which loads tables, is not counted."""
    ours(), rival()
    turns = [(_milliseconds(ours), _milliseconds(rival)) for _ in range(ROUNDS)]
    one, other = (median(side) for side in zip(*turns, strict=True))
    return one, other


def _milliseconds(run: Callable[[], object]) -> float:
    began = perf_counter()
    run()
    return (perf_counter() - began) * 1000


def _peak(run: Callable[[], object]) -> float:
    """Megabytes at the height of one run."""
    tracemalloc.start()
    run()
    _, height = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return height / 1e6
