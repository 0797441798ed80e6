"""Life's Essential 8, one component at a time: `calculate("LE8", component=...)`."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from app.clinical.scores import essential, usual
from app.clinical.scores.essential import AHA
from app.clinical.scores.inputs import PLAUSIBLE, Choice, Flag, Input, Number
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_

LICENCE = "scoring published; Life's Essential 8 is an AHA trademark, shown with attribution"

WEEK_MINUTES = 7 * 24 * 60
HBA1C_LOW, HBA1C_HIGH = 2, 25
FASTING_LOW, FASTING_HIGH = 20, 1500

STATUSES = {"never": "never", "former": "former", "current": "current"}
PROFILES = {"general": "general", "asian_pacific": "asian_pacific"}
MEASURES = {"fasting_glucose": "fasting_glucose", "hba1c": "hba1c"}

NON_HDL = N_("Non-HDL cholesterol")
APNEA = N_("Untreated sleep apnea")
SECONDHAND = N_("Somebody smokes in the home")
INHALED = N_("Inhaled nicotine now")
QUIT = N_("Years since quitting")
HOURS = N_("Hours of sleep")


def number(key: str, title: str, low: float, high: float, unit: str, source: str = AHA) -> Number:
    """A number within the range the AHA table or sense permits."""
    return Number(key, title, source, low=low, high=high, unit=unit)


def word(key: str, title: str, choices: dict[str, str], **more: Any) -> Choice:
    """One of the words of the AHA table."""
    return Choice(key, title, AHA, choices=choices, **more)


HBA1C = Number("glucose_value", usual.HBA1C, PLAUSIBLE, low=HBA1C_LOW, high=HBA1C_HIGH, unit="%")
FASTING = Number(
    "glucose_value",
    N_("Fasting glucose"),
    PLAUSIBLE,
    low=FASTING_LOW,
    high=FASTING_HIGH,
    unit="mg/dL",
)


def glucose(*, diabetes: bool, measure: str, value: float, prevention: bool) -> int:
    """The component's score, once the value is in the range of its own measure."""
    # The two measures share a field: a fasting 5.5 or an HbA1c of 90 is the other unit.
    (HBA1C if measure == "hba1c" else FASTING).checked(value)
    return essential.glucose(diabetes=diabetes, measure=measure, value=value, prevention=prevention)


SCORE = {"score": "0 to 100"}


def _part(name: str, title: str, function: Callable[..., int], *inputs: Input) -> Score:
    def scored(**given: Any) -> Result:
        return {"score": function(**given)}

    scored.__doc__ = function.__doc__
    return Score(name, title, "bands of the AHA table", inputs, SCORE, AHA, LICENCE, scored)


def _ate(*, mepa_total: float) -> int:
    """By the MEPA total."""
    return essential.diet(mepa_total=mepa_total)


def _ranked(*, dash_percentile: float) -> int:
    """By percentile."""
    return essential.diet_by_rank(percentile=dash_percentile)


def _body(*, bmi: float, profile: str) -> int:
    """By body mass index, without the allowance for the lean and muscular."""
    return essential.weight(bmi=bmi, profile=profile, muscular=False)


def _diabetic(*, hba1c: float, diabetes: bool) -> int:
    """With diabetes, by HbA1c; without, by its own bands."""
    return essential.glucose(diabetes=diabetes, measure="hba1c", value=hba1c, prevention=False)


def _measured(*, measure: str, value: float, diabetes: bool) -> int:
    """By the named measure."""
    return glucose(diabetes=diabetes, measure=measure, value=value, prevention=False)


def _smoked(*, status: str, years_since_quit: float, nds: bool, secondhand: bool) -> int:
    """By status, with inhaled nicotine and smoke in the home."""
    return essential.nicotine(
        status=status, years_since_quit=years_since_quit, inhaled=nds, secondhand=secondhand
    )


def _slept(*, hours: float, untreated_apnea: bool) -> int:
    """By hours, less for untreated apnea."""
    return essential.sleep(hours=hours, apnea=untreated_apnea)


def _pressed(*, sbp: float, dbp: float, treated: bool) -> int:
    """By the worse of the two pressures."""
    return essential.pressure(systolic=sbp, diastolic=dbp, treated=treated)


_BMI = number("bmi", usual.BODY_MASS_INDEX, 18.5, 100, "kg/m2")
_PROFILE = word(
    "profile", N_("Which body mass index table"), PROFILES, required=False, default="general"
)
_TREATED = usual.flag("treated", N_("Treated with medicine"))
_LIPIDS = (number("non_hdl", NON_HDL, 0, 1000, "mg/dL", PLAUSIBLE), _TREATED)
_PRESSURE = (
    number("sbp", usual.SYSTOLIC, 40, 300, "mm[Hg]", PLAUSIBLE),
    number("dbp", usual.DIASTOLIC, 20, 200, "mm[Hg]", PLAUSIBLE),
    _TREATED,
)
_HOURS = number("hours", HOURS, 0, 24, "hours a night")
_APNEA = Flag("untreated_apnea", APNEA, AHA, required=False, default=False)

_ALL = (
    _part(
        "diet_mepa",
        N_("Food"),
        _ate,
        Number("mepa_total", N_("MEPA total"), AHA, low=0, high=16, whole=True),
    ),
    _part(
        "diet_percentile",
        N_("Food"),
        _ranked,
        Number("dash_percentile", N_("Food percentile"), AHA, low=1, high=100),
    ),
    _part(
        "physical_activity",
        N_("Activity"),
        essential.activity,
        number("minutes", N_("Moderate-equivalent minutes"), 0, 2 * WEEK_MINUTES, "a week"),
    ),
    _part(
        "nicotine",
        N_("Nicotine"),
        _smoked,
        word("status", usual.SMOKING, STATUSES),
        number("years_since_quit", QUIT, 0, 120, "years"),
        usual.flag("nds", INHALED),
        usual.flag("secondhand", SECONDHAND),
    ),
    _part("sleep", N_("Sleep"), _slept, _HOURS, _APNEA),
    _part("sleep_apnea", N_("Sleep"), _slept, _HOURS, _APNEA),
    _part("bmi", usual.BODY_MASS_INDEX, _body, _BMI, _PROFILE),
    _part("bmi_asian", usual.BODY_MASS_INDEX, _body, _BMI, _PROFILE),
    _part("lipids", NON_HDL, essential.lipids, *_LIPIDS),
    _part("lipids_tx", NON_HDL, essential.lipids, *_LIPIDS),
    _part(
        "glucose_nodm",
        N_("Glucose"),
        _measured,
        word("measure", N_("Which glucose measurement"), MEASURES),
        number("value", N_("Glucose or HbA1c"), HBA1C_LOW, FASTING_HIGH, "", PLAUSIBLE),
        usual.flag("diabetes", usual.DIABETES),
    ),
    _part(
        "glucose_dm",
        usual.HBA1C,
        _diabetic,
        number("hba1c", usual.HBA1C, HBA1C_LOW, HBA1C_HIGH, "%", PLAUSIBLE),
        usual.flag("diabetes", usual.DIABETES),
    ),
    _part("bp_sys", N_("Blood pressure"), _pressed, *_PRESSURE),
    _part("bp_dia", N_("Blood pressure"), _pressed, *_PRESSURE),
    _part("bp_tx", N_("Blood pressure"), _pressed, *_PRESSURE),
)

PARTS = MappingProxyType({part.name: part for part in _ALL})
