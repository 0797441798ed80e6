"""The pooled cohort equations of 2013, and the statin rule that once rested on them.

Both are history: PREVENT and the 2026 guideline have taken their place. They stay for
comparison with published figures, and are never shown as advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

from app.clinical.scores import usual
from app.clinical.scores.inputs import Choice, Flag, Input, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_

GOFF = "Goff 2014 doi:10.1161/01.cir.0000437741.48606.98, Table A"
STONE = "Stone 2014 doi:10.1161/01.cir.0000437738.63853.7a"
GDL = "gdl-lang/common-clinical-models gdl2/ASCVD_risk_statin_recommendation.v1 (Apache-2.0)"

STATIN_HIGH, STATIN_MODERATE = 7.5, 5

RACES = {
    "white": "white",
    "w": "white",
    "other": "white",
    "o": "white",
    "black": "black",
    "b": "black",
    "african american": "black",
}


@dataclass(frozen=True)
class Equation:
    """One column of the published table. `ln_age_x` terms multiply the logarithm of age."""

    ln_age: float
    ln_age_squared: float
    ln_total: float
    ln_age_x_total: float
    ln_hdl: float
    ln_age_x_hdl: float
    ln_treated: float
    ln_age_x_treated: float
    ln_untreated: float
    ln_age_x_untreated: float
    smoker: float
    ln_age_x_smoker: float
    diabetes: float
    mean: float
    # The mean as printed, with two decimals or one; the statin rule of 2018 used it so.
    printed_mean: float
    survival: float


# fmt: off
EQUATIONS = {
    ("female", "white"): Equation(
        -29.799, 4.884, 13.540, -3.114, -13.578, 3.149, 2.019, 0, 1.957, 0,
        7.574, -1.665, 0.661, -29.1817, -29.2, 0.9665,
    ),
    ("female", "black"): Equation(
        17.114, 0, 0.940, 0, -18.920, 4.475, 29.291, -6.432, 27.820, -6.087,
        0.691, 0, 0.874, 86.6081, 86.61, 0.9533,
    ),
    ("male", "white"): Equation(
        12.344, 0, 11.853, -2.664, -7.990, 1.769, 1.797, 0, 1.764, 0,
        7.837, -1.795, 0.658, 61.1816, 61.18, 0.9144,
    ),
    ("male", "black"): Equation(
        2.469, 0, 0.302, 0, -0.307, 0, 1.916, 0, 1.809, 0,
        0.549, 0, 0.645, 19.5425, 19.54, 0.8954,
    ),
}
# fmt: on


@dataclass(frozen=True)
class Person:
    """What the equations are told, cholesterol in mg/dL."""

    age: float
    sex: str
    race_eth: str
    total_c: float
    hdl_c: float
    sbp: float
    bp_tx: bool
    dm: bool
    smoking: bool

    def risk_pct(self, *, printed: bool = False) -> float:
        """Ten-year risk of a first hard ASCVD event, in percent."""
        each = EQUATIONS[self.sex, self.race_eth]
        mean = each.printed_mean if printed else each.mean
        event_free: float = each.survival ** exp(self._sum(each) - mean)
        return 100 * (1 - event_free)

    def _sum(self, each: Equation) -> float:
        age, total, hdl, sbp = (log(one) for one in (self.age, self.total_c, self.hdl_c, self.sbp))
        flat, by_age = (
            (each.ln_treated, each.ln_age_x_treated)
            if self.bp_tx
            else (each.ln_untreated, each.ln_age_x_untreated)
        )
        return (
            each.ln_age * age
            + each.ln_age_squared * age**2
            + (each.ln_total + each.ln_age_x_total * age) * total
            + (each.ln_hdl + each.ln_age_x_hdl * age) * hdl
            + (flat + by_age * age) * sbp
            + (each.smoker + each.ln_age_x_smoker * age) * self.smoking
            + each.diabetes * self.dm
        )


def pce_2013(**given: float | str | bool) -> Result:
    """ACC/AHA pooled cohort equations 2013: 10-year risk of hard ASCVD, in percent.

    1 - S0 ^ exp(sum of coefficient · ln(value) - mean), by sex and race (white equations for
    every other race, as published). Age 40 to 79, total cholesterol 130 to 320 and HDL 20 to
    100 mg/dL, upper pressure 90 to 200 mm[Hg], else `ClinicalInputError`. Superseded by
    PREVENT. Goff 2014 doi:10.1161/01.cir.0000437741.48606.98; free.
    """
    return {"ascvd_10y_pct": Person(**given).risk_pct()}  # type: ignore[arg-type]  # read by inputs


RACE = Choice("race_eth", N_("Race, as the equations of 2013 ask it"), GOFF, choices=RACES)


def _number(key: str, title: str, low: int, high: int, unit: str) -> Input:
    return Number(key, title, GOFF, low=low, high=high, unit=unit)


PCE_2013 = Score(
    name="PCE_2013",
    title=N_("Heart attack and stroke in 10 years (2013 equations)"),
    formula="1-S0^exp(sum(coefficient*ln(value))-mean)",
    inputs=(
        usual.age(40, 79, GOFF),
        usual.SEX,
        RACE,
        _number("total_c", usual.TOTAL_CHOLESTEROL, 130, 320, "mg/dL"),
        _number("hdl_c", usual.HDL_CHOLESTEROL, 20, 100, "mg/dL"),
        _number("sbp", usual.SYSTOLIC, 90, 200, "mm[Hg]"),
        usual.flag("bp_tx", usual.PRESSURE_MEDICINE),
        usual.flag("dm", usual.DIABETES),
        usual.flag("smoking", usual.SMOKING),
    ),
    outputs={"ascvd_10y_pct": "%"},
    source=GOFF,
    licence="published equations, free to use",
    function=pce_2013,
    note="Superseded by PREVENT; for comparison only.",
)

HIGH = N_("High-intensity statin recommended.")
MODERATE_TO_HIGH = N_("Moderate to high-intensity statin recommended.")
MODERATE = N_("Moderate-intensity statin recommended.")
NONE = N_("No statin recommended.")


def statin_2018_rule(
    *, history_of_ascvd: bool | None, ldl_190: bool | None, **given: float | str | bool | None
) -> Result:
    """The statin rule as a public GDL2 file encodes it: an example of rules, not advice.

    Known ASCVD at 40 to 75, or LDL from 190 mg/dL: high intensity. Else by the 2013 equations:
    from 7.5 % with diabetes high, above 7.5 % moderate to high, from 5 % or with diabetes
    moderate, below none. Everything is optional: without enough, the recommendation is None
    and `needs` names what would decide. Age 40 to 75, the equations' ranges, cholesterol in
    mg/dL or, where the figure can be nothing else, mmol/L; else `ClinicalInputError`.
    Superseded in 2026. Stone 2014 doi:10.1161/01.cir.0000437738.63853.7a.
    """
    if history_of_ascvd and given["age"] is not None:
        return {"recommendation": HIGH}
    if history_of_ascvd is False and ldl_190:
        return {"recommendation": HIGH}
    needs = _needs(history_of_ascvd, ldl_190, given)
    if needs:
        return {"recommendation": None, "needs": needs}
    person = {key: value for key, value in given.items() if value is not None}
    for key in ("total_c", "hdl_c"):
        person[key] = _mg_dl(key, float(person[key]))
    risk = Person(**person).risk_pct(printed=True)  # type: ignore[arg-type]  # read by inputs
    return {"recommendation": _by_risk(risk, bool(person["dm"])), "ascvd_10y_pct": risk}


def _needs(
    history_of_ascvd: bool | None, ldl_190: bool | None, given: dict[str, float | str | bool | None]
) -> list[str]:
    """What is missing on the way to an answer; known disease or a very high LDL asks for less."""
    asked = {"history_of_ascvd": history_of_ascvd, "ldl_190": ldl_190, **given}
    if history_of_ascvd or ldl_190:
        asked = {"history_of_ascvd": history_of_ascvd, "age": given["age"]}
    return [key for key, value in asked.items() if value is None]


def _by_risk(risk: float, diabetes: bool) -> str:
    if diabetes:
        return HIGH if risk >= STATIN_HIGH else MODERATE
    if risk > STATIN_HIGH:
        return MODERATE_TO_HIGH
    return MODERATE if risk >= STATIN_MODERATE else NONE


# The permitted ranges in mg/dL and in mmol/L do not touch: the figure itself says its unit.
LIPIDS_FROM = {"total_c": 130, "hdl_c": 20}


def _mg_dl(key: str, value: float) -> float:
    if value < LIPIDS_FROM[key]:
        value *= usual.MG_DL_CHOLESTEROL
    PCE_2013.input(key).read(value)
    return value


def _optional(key: str, title: str, label: str, high: int, unit: str) -> Input:
    return Number(key, title, GOFF, label, required=False, low=0, high=high, unit=unit)


def _answer(key: str, title: str, label: str) -> Flag:
    return usual.flag(key, title, label, required=False)


STATIN_2018_RULE = Score(
    name="STATIN_2018_RULE",
    title=N_("Statins by the rule of 2018 (history)"),
    formula="known ASCVD, LDL, then 10-year risk by the 2013 equations",
    inputs=(
        usual.age(40, 75, STONE, "Age", required=False),
        Choice("sex", usual.SEX.title, GOFF, "Sex", required=False, choices=usual.SEXES),
        Choice("race_eth", RACE.title, GOFF, "Race", required=False, choices=RACES),
        _optional("total_c", usual.TOTAL_CHOLESTEROL, "Total Cholesterol", 320, "mg/dL"),
        _optional("hdl_c", usual.HDL_CHOLESTEROL, "HDL Cholesterol", 100, "mg/dL"),
        Number(
            "sbp",
            usual.SYSTOLIC,
            GOFF,
            "Systolic blood pressure",
            required=False,
            low=90,
            high=200,
            unit="mm[Hg]",
        ),
        _answer("bp_tx", usual.PRESSURE_MEDICINE, "Treatment for hypertension"),
        _answer("dm", usual.DIABETES, "Diabetes"),
        _answer("smoking", usual.SMOKING, "Smoker"),
        _answer("history_of_ascvd", N_("Known disease of the arteries"), "History of ASCVD"),
        _answer(
            "ldl_190",
            N_("LDL cholesterol of 190 mg/dL or more"),
            "LDL Cholesterol ≥190mg/dL (4.92 mmol/L)",
        ),
    ),
    outputs={
        "recommendation": "as the rule words it, or None",
        "ascvd_10y_pct": "%, where it was needed",
        "needs": "what would decide",
    },
    source=f"{STONE}; {GDL}",
    licence="published guideline; encoding Apache-2.0, read for its logic",
    function=statin_2018_rule,
    note="Superseded in 2026; shows that a rule can be checked, and advises nobody.",
)

ALL = (PCE_2013, STATIN_2018_RULE)
