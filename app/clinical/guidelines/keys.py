"""What a fact may be called, the type and unit of its value, and how long it counts.

A rule knows no other spelling and no other unit. A value in another unit would be read as
if it were in this one, so a fact that does not fit is refused when it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from app.clinical.blood_pressure import Pressure
from app.clinical.sentences import N_

# Results, habits and answers are gone over once a year; a plan is looked over at least then.
YEAR = 365
# Lipids of someone who takes no new medicine change slowly: tested every 4 to 6 years.
LIPIDS_LAST = 5 * YEAR
# A "yes" to being pregnant says nothing after the longest pregnancy.
PREGNANCY = 300


class Kind(NamedTuple):
    """One kind of fact: `lasts` in days, `None` for what stays true; `choices` of a code.

    `most` is the largest number, from 0 on; a home measure or a result has its own range.
    """

    type: type
    unit: str | None
    name: str
    lasts: int | None = None
    choices: frozenset[str] | None = None
    most: int | None = None


def _flag(name: str, lasts: int | None = None) -> Kind:
    return Kind(bool, None, name, lasts)


def _points(name: str, most: int) -> Kind:
    return Kind(int, None, name, YEAR, None, most)


def _amount(unit: str, name: str, lasts: int | None = YEAR, most: int | None = None) -> Kind:
    return Kind(Decimal, unit, name, lasts, None, most)


SEXES = frozenset({"female", "male", "other", "unknown"})
# LOINC answer list LL2201-3, whole: what a record says of smoking.
SMOKING = frozenset(
    {
        *("LA18976-3", "LA18977-1", "LA15920-4", "LA18978-9"),
        *("LA18979-7", "LA18980-5", "LA18981-3", "LA18982-1"),
    }
)
AUDIT_C, SALT = 4, 2
MINUTES_A_DAY = 24 * 60
# Five packs a day for a hundred years.
MOST_PACK_YEARS = 500
# The formula at 120 years, with AST as high and ALT and platelets as low as it takes them.
MOST_FIB4 = 120 * 10_000


_PERSON: Mapping[str, Kind] = {
    "birth-date": Kind(date, None, N_("your date of birth")),
    "sex-at-birth": Kind(str, None, N_("your sex at birth"), None, SEXES),
    "pregnant": _flag(N_("whether you are pregnant"), PREGNANCY),
    "planning-pregnancy": _flag(N_("whether you plan to become pregnant"), YEAR),
    "menopause": _flag(N_("whether your periods have ended for good")),
    "medicines": Kind(tuple, None, N_("the list of your medicines"), YEAR),
    "genotype": Kind(tuple, None, N_("a laboratory report about your genes")),
    "statin-changed": Kind(date, None, N_("the day your statin was started or changed")),
}

_HABITS: Mapping[str, Kind] = {
    "activity-days": _amount("d/wk", N_("on how many days you move briskly")),
    "activity-minutes": _amount(
        "min/d", N_("how many minutes you move on such a day"), most=MINUTES_A_DAY
    ),
    "activity-week": _amount(
        "min/wk", N_("how many minutes a week you move briskly"), most=7 * MINUTES_A_DAY
    ),
    "smoking-status": Kind(str, None, N_("whether you smoke"), YEAR, SMOKING),
    "other-tobacco": _flag(N_("whether you use other tobacco"), YEAR),
    "pack-years": _amount(
        "{pack-years}", N_("how much you have smoked in your life"), None, MOST_PACK_YEARS
    ),
    "quit-date": Kind(date, None, N_("the day you stopped smoking")),
    "alcohol-frequency": _points(N_("how often you drink alcohol"), AUDIT_C),
    "alcohol-amount": _points(N_("how much alcohol you drink"), AUDIT_C),
    "alcohol-binge": _points(N_("how often you drink a lot"), AUDIT_C),
    "salt-table": _points(N_("how much salt you add"), SALT),
    "salt-packaged": _points(N_("how often you eat packaged food"), SALT),
    "salt-cured": _points(N_("how often you eat cured food"), SALT),
    "salt-takeaway": _points(N_("how often you eat takeaway food"), SALT),
}

_BODY: Mapping[str, Kind] = {
    "blood-pressure": Kind(Pressure, "mm[Hg]", N_("your blood pressure at home"), 90),
    "office-blood-pressure": Kind(Pressure, "mm[Hg]", N_("your blood pressure at a visit"), YEAR),
    "weight": _amount("kg", N_("your weight"), 182),
    "height": _amount("cm", N_("your height"), 5 * YEAR),
    "snoring": _flag(N_("whether you snore loudly"), YEAR),
    "daytime-sleepiness": _flag(N_("whether you are sleepy in the day"), YEAR),
}

_RESULTS: Mapping[str, Kind] = {
    "glucose": _amount("mg/dL", N_("your blood sugar at home"), 90),
    "glucose-below-54": _amount("%", N_("how long your sensor showed very low sugar"), 90),
    "fasting-glucose": _amount("mg/dL", N_("your fasting blood sugar")),
    "hba1c": _amount("%", N_("your long-term blood sugar (HbA1c)")),
    "total-cholesterol": _amount("mg/dL", N_("your total cholesterol"), LIPIDS_LAST),
    "ldl-cholesterol": _amount("mg/dL", N_("your LDL cholesterol"), LIPIDS_LAST),
    "hdl-cholesterol": _amount("mg/dL", N_("your HDL cholesterol"), LIPIDS_LAST),
    "triglycerides": _amount("mg/dL", N_("your triglycerides")),
    # Never converted into each other: the particles differ in size from person to person.
    "lipoprotein-a": _amount("nmol/L", N_("your lipoprotein(a)"), None),
    "lipoprotein-a-mass": _amount("mg/dL", N_("your lipoprotein(a)"), None),
    "creatinine": _amount("mg/dL", N_("your creatinine")),
    "egfr": _amount("mL/min/{1.73_m2}", N_("how well your kidneys filter (eGFR)")),
    "uacr": _amount("mg/g", N_("the protein in your urine (albumin to creatinine)")),
    "haematuria": _flag(N_("whether there is blood in your urine"), YEAR),
    "kfre-5y": _amount("%", N_("your 5-year kidney failure risk"), most=100),
    "ast": _amount("U/L", N_("your liver value AST")),
    "alt": _amount("U/L", N_("your liver value ALT")),
    "platelets": _amount("10*9/L", N_("your platelet count")),
    "fib-4": _amount("1", N_("your FIB-4 score"), most=MOST_FIB4),
    "prevent-cvd-10y": _amount("%", N_("your 10-year risk of heart and vessel disease"), most=100),
    "prevent-ascvd-10y": _amount("%", N_("your 10-year risk of heart attack and stroke"), most=100),
    "pce-ascvd-10y": _amount("%", N_("your 10-year risk by the older (2013) equations"), most=100),
}

_SCORES: Mapping[str, Kind] = {
    "phq9": _points(N_("the nine questions about mood (PHQ-9)"), 27),
    "phq2": _points(N_("the two questions about mood (PHQ-2)"), 6),
    "phq9-item9": _points(N_("the question about thoughts of being better off dead"), 3),
    "gad7": _points(N_("the seven questions about worry (GAD-7)"), 21),
    "ada-risk": _points(N_("the diabetes risk test"), 11),
    "findrisc": _points(N_("the Finnish diabetes risk score"), 26),
}

DIABETES = frozenset({"none", "type-1", "type-2", "other"})

_CONDITIONS: Mapping[str, Kind] = {
    "kidney-disease": _flag(N_("whether you have kidney disease"), YEAR),
    "potassium-medicine": _flag(N_("whether a medicine of yours raises potassium"), YEAR),
    "diabetes": Kind(str, None, N_("whether you have diabetes, and of which type"), None, DIABETES),
    "cardiovascular-disease": _flag(N_("whether you have a disease of heart or vessels")),
    "hypertension": _flag(N_("whether you have been told of high blood pressure")),
    "resistant-hypertension": _flag(N_("whether three medicines did not control it")),
    "dyslipidaemia": _flag(N_("whether you have been told of abnormal cholesterol")),
    "diabetes-symptoms": _flag(N_("whether you are thirsty, tired or losing weight"), 90),
    "sleep-apnoea": _flag(N_("whether you have sleep apnoea")),
    "aortic-aneurysm": _flag(N_("whether your aorta is known to be widened")),
    "osteoporosis": _flag(N_("whether you have osteoporosis")),
    "fracture-risk": _flag(N_("whether a risk tool found thin bones likely")),
    "colorectal-cancer": _flag(N_("whether you have had bowel cancer")),
    "colectomy": _flag(N_("whether your large bowel was removed")),
    # Close family, polyps, inflamed bowel or an inherited syndrome (CDC's screening logic).
    "colorectal-high-risk": _flag(N_("whether your risk of bowel cancer is raised")),
    "breast-cancer": _flag(N_("whether you have had breast cancer")),
    "mastectomy": _flag(N_("whether both breasts were removed")),
    # Genes, radiation to the chest while young, or an atypical biopsy (the same logic).
    "breast-high-risk": _flag(N_("whether your risk of breast cancer is raised")),
    "lung-cancer": _flag(N_("whether you have had lung cancer")),
    "limited-life": _flag(N_("whether another illness limits what treatment can do"), YEAR),
}

# Tests whose day counts; the value of a stool test is whether it was positive.
_DONE: Mapping[str, Kind] = {
    "fit": _flag(N_("a stool test for hidden blood")),
    "stool-dna": _flag(N_("a stool test for changed genes and blood")),
    "colonoscopy": _flag(N_("a colonoscopy")),
    "sigmoidoscopy": _flag(N_("a look into the last part of the bowel")),
    "ct-colonography": _flag(N_("a scan of the bowel")),
    "mammogram": _flag(N_("a mammogram")),
    "low-dose-ct": _flag(N_("a low-dose scan of the lungs")),
    "aortic-ultrasound": _flag(N_("an ultrasound of the aorta")),
    "bone-density": _flag(N_("a bone density scan")),
}

KEYS: Mapping[str, Kind] = MappingProxyType(
    {**_PERSON, **_HABITS, **_BODY, **_RESULTS, **_SCORES, **_CONDITIONS, **_DONE}
)
