"""What each rule says at its edges: who it speaks to, and what changes that.

A row is a change of the person for whom the rule speaks, and what it says then: "proposed",
"settled", "outside", or the keys of the facts that would decide.
"""

from __future__ import annotations

from typing import Any

Row = tuple[dict[str, Any], str | tuple[str, ...]]
Table = tuple[dict[str, Any], list[Row]]

NEVER, FORMER, DAILY = "LA18978-9", "LA15920-4", "LA18976-3"
YES, NO = "proposed", "settled"
OUT = "outside"

# One medicine in the ways in which lists write it.
HARMFUL_LINES = (
    *("lisinopril, 10 mg", "valsartan, 80 mg", "Zestril (lisinopril) 10 mg", "(lisinopril)"),
    *("lisinopril; amlodipine", "lisinopril+HCTZ", "lisinopril.", "lisinopril: 10 mg"),
    *("lisinopril\N{REGISTERED SIGN} 10 mg", "lisinopril20mg", "amlodipine, valsartan, HCTZ"),
    *("ACE inhibitor", "enalaprilat", "Diovan", "Co-Diovan 80/12.5", "Tenormin", "Losart\xe1n"),
)

PRESSURE: dict[str, Table] = {
    "BP-01": (
        {"age": 50, "home": (130, 79), "cardiovascular_disease": True},
        [
            ({"home": (129, 80)}, YES),
            ({"home": (129, 79)}, NO),
            ({"home": None}, ("blood-pressure",)),
            ({"age": 18}, YES),
            ({"age": 17}, NO),
            ({"age": None}, ("birth-date",)),
            ({"cardiovascular_disease": False, "diabetes": "type-1"}, YES),
            ({"cardiovascular_disease": False, "kidney_disease": True}, YES),
            ({"cardiovascular_disease": None, "prevent_cvd_10y": 7.5}, YES),
            (
                {
                    "cardiovascular_disease": False,
                    "diabetes": "none",
                    "kidney_disease": False,
                    "prevent_cvd_10y": 7.4,
                },
                NO,
            ),
            (
                {
                    "cardiovascular_disease": None,
                    "diabetes": "none",
                    "kidney_disease": False,
                    "prevent_cvd_10y": 7.4,
                },
                ("cardiovascular-disease",),
            ),
            ({"pregnant": True}, OUT),
        ],
    ),
    "BP-02": (
        {
            "age": 50,
            "home": (139, 89),
            "cardiovascular_disease": False,
            "diabetes": "none",
            "kidney_disease": False,
            "prevent_cvd_10y": 7.4,
        },
        [
            ({"home": (130, 70)}, YES),
            ({"home": (129, 79)}, NO),
            ({"home": (140, 80)}, NO),
            ({"home": (139, 90)}, NO),
            ({"home": None}, ("blood-pressure",)),
            ({"prevent_cvd_10y": 7.5}, NO),
            ({"cardiovascular_disease": True}, NO),
            ({"diabetes": "type-2"}, NO),
            ({"kidney_disease": True}, NO),
            ({"diabetes": None}, ("diabetes",)),
            ({"age": 17}, NO),
            ({"pregnant": True}, OUT),
        ],
    ),
    "BP-06": (
        {"age": 50, "hypertension": True},
        [
            ({"hypertension": None, "home": (130, 80)}, YES),
            ({"hypertension": False}, NO),
            ({"hypertension": None}, ("hypertension", "blood-pressure")),
            ({"uacr": (10, 365)}, NO),
            ({"uacr": (10, 366)}, YES),
            ({"age": 17}, NO),
        ],
    ),
    "BP-07": (
        {"age": 30, "sex_at_birth": "female", "pregnant": True, "medicines": ("Lisinopril 10 mg",)},
        [
            ({"medicines": ("losartan/hydrochlorothiazide",)}, YES),
            ({"medicines": ("atenolol",)}, YES),
            ({"medicines": ("spironolactone",)}, YES),
            *(({"medicines": (line,)}, YES) for line in HARMFUL_LINES),
            ({"medicines": ("labetalol", "metformin")}, NO),
            ({"medicines": ("Norvasc 5 mg", "Vitamin D3", "none")}, NO),
            ({"medicines": ("Foozax",)}, ("medicines",)),
            ({"medicines": ("beta blocker",)}, ("medicines",)),
            ({"medicines": ("Foozax", "Zestril")}, YES),
            ({"medicines": ()}, NO),
            ({"medicines": None}, ("medicines",)),
            ({"pregnant": False}, NO),
            ({"pregnant": False, "planning_pregnancy": True}, YES),
            ({"pregnant": None}, ("pregnant",)),
            ({"pregnant": (True, 301)}, ("pregnant",)),
            ({"pregnant": None, "age": 56}, NO),
            ({"sex_at_birth": "male", "pregnant": None}, NO),
        ],
    ),
    "BP-08": (
        {"age": 50, "home": (130, 79), "office_blood_pressure": (129, 79)},
        [
            ({"home": (129, 79)}, NO),
            ({"home": (129, 79), "office_blood_pressure": (130, 70)}, YES),
            ({"office_blood_pressure": (130, 79)}, NO),
            ({"office_blood_pressure": None}, ("office-blood-pressure",)),
            ({"home": None}, ("blood-pressure",)),
            ({"age": 17}, NO),
        ],
    ),
}

LIPIDS: dict[str, Table] = {
    "LIP-01": (
        {"age": 50, "cardiovascular_disease": False, "prevent_ascvd_10y": 10},
        [
            ({"prevent_ascvd_10y": 9.9}, NO),
            ({"prevent_ascvd_10y": 60}, YES),
            ({"age": 30}, YES),
            ({"age": 79}, YES),
            ({"age": 29}, NO),
            ({"age": 80}, NO),
            ({"age": None}, ("birth-date",)),
            ({"cardiovascular_disease": True}, NO),
            ({"cardiovascular_disease": None}, ("cardiovascular-disease",)),
            ({"ldl_cholesterol": 189}, YES),
            ({"ldl_cholesterol": 190}, OUT),
            ({"pregnant": True}, OUT),
        ],
    ),
    "LIP-02": (
        {"age": 50, "cardiovascular_disease": False, "prevent_ascvd_10y": 5},
        [
            ({"prevent_ascvd_10y": 4.9}, NO),
            ({"prevent_ascvd_10y": 9.9}, YES),
            ({"prevent_ascvd_10y": 10}, NO),
            ({"cardiovascular_disease": None}, ("cardiovascular-disease",)),
            ({"ldl_cholesterol": 190}, OUT),
            ({"pregnant": True}, OUT),
        ],
    ),
    "LIP-03": (
        {"age": 50, "cardiovascular_disease": False, "prevent_ascvd_10y": 3},
        [
            ({"prevent_ascvd_10y": 2.9}, NO),
            ({"prevent_ascvd_10y": 4.9}, YES),
            ({"prevent_ascvd_10y": 5}, NO),
            ({"cardiovascular_disease": None}, ("cardiovascular-disease",)),
            ({"ldl_cholesterol": 190}, OUT),
            ({"pregnant": True}, OUT),
        ],
    ),
    "LIP-04": (
        {"ldl_cholesterol": 190},
        [
            ({"ldl_cholesterol": 189.9}, NO),
            ({"ldl_cholesterol": None}, ("ldl-cholesterol",)),
            ({"ldl_cholesterol": (190, 5 * 365)}, YES),
            ({"ldl_cholesterol": (190, 5 * 365 + 1)}, ("ldl-cholesterol",)),
            ({"pregnant": True}, OUT),
        ],
    ),
    "LIP-05": (
        {"age": 18},
        [
            ({"age": 17}, NO),
            ({"age": None}, ("birth-date",)),
            ({"lipoprotein_a": (50, 9000)}, NO),
            ({"lipoprotein_a_mass": 20}, NO),
        ],
    ),
    "LIP-06": (
        {"triglycerides": 500},
        [
            ({"triglycerides": 499}, NO),
            ({"triglycerides": 1000}, YES),
            ({"triglycerides": None}, ("triglycerides",)),
            ({"triglycerides": (500, 366)}, ("triglycerides",)),
        ],
    ),
    "LIP-07": (
        {"age": 40, "diabetes": "type-2", "cardiovascular_disease": False},
        [
            ({"age": 39}, NO),
            ({"age": 75}, YES),
            ({"age": 76}, NO),
            ({"diabetes": "none"}, NO),
            ({"diabetes": None}, ("diabetes",)),
            ({"cardiovascular_disease": True}, NO),
            ({"cardiovascular_disease": None}, ("cardiovascular-disease",)),
            ({"pregnant": True}, OUT),
        ],
    ),
    "LIP-08": (
        {"statin_changed": 28},
        [
            ({"statin_changed": 27}, NO),
            ({"statin_changed": 84}, YES),
            ({"statin_changed": 85}, NO),
            ({"statin_changed": None}, ("medicines", "statin-changed")),
            ({"statin_changed": None, "medicines": ("metformin",)}, NO),
            ({"statin_changed": None, "medicines": ("Foozax",)}, ("medicines", "statin-changed")),
            ({"statin_changed": None, "medicines": ("Crestor",)}, ("statin-changed",)),
            ({"statin_changed": None, "medicines": ("rosuvastatin 10 mg",)}, ("statin-changed",)),
            ({"ldl_cholesterol": (100, 28)}, NO),
            ({"total_cholesterol": (180, 3)}, NO),
            ({"ldl_cholesterol": (100, 29)}, YES),
        ],
    ),
    "CV-01": (
        {"age": 18, "smoking_status": DAILY},
        [
            ({"age": 17}, NO),
            ({"smoking_status": FORMER, "diabetes": "type-1"}, YES),
            ({"smoking_status": FORMER, "hypertension": True}, YES),
            ({"smoking_status": FORMER, "dyslipidaemia": True}, YES),
            ({"smoking_status": FORMER, "ldl_cholesterol": 130.1}, YES),
            ({"smoking_status": FORMER, "hdl_cholesterol": 39}, YES),
            (
                {
                    "smoking_status": FORMER,
                    "diabetes": "none",
                    "hypertension": False,
                    "ldl_cholesterol": 130,
                    "hdl_cholesterol": 40,
                },
                NO,
            ),
            (
                {
                    "smoking_status": None,
                    "diabetes": "none",
                    "hypertension": False,
                    "dyslipidaemia": False,
                },
                ("smoking-status",),
            ),
            ({"cardiovascular_disease": True}, OUT),
        ],
    ),
    "CV-02": (
        {"age": 40, "diabetes": "type-2", "pce_ascvd_10y": 10},
        [
            ({"age": 39}, NO),
            ({"age": 75}, YES),
            ({"age": 76}, NO),
            ({"pce_ascvd_10y": 9.9}, NO),
            ({"pce_ascvd_10y": None}, ("pce-ascvd-10y",)),
            ({"cardiovascular_disease": True}, OUT),
            ({"ldl_cholesterol": 190}, OUT),
            ({"medicines": ("rosuvastatin",)}, OUT),
            ({"medicines": ("nystatin",)}, YES),
            ({"pregnant": True}, OUT),
        ],
    ),
    "CV-03": (
        {"age": 40, "diabetes": "type-2", "pce_ascvd_10y": 7.5},
        [
            ({"pce_ascvd_10y": 7.4}, NO),
            ({"pce_ascvd_10y": 9.9}, YES),
            ({"pce_ascvd_10y": 10}, NO),
            ({"pce_ascvd_10y": None}, ("pce-ascvd-10y",)),
            ({"cardiovascular_disease": True}, OUT),
            ({"ldl_cholesterol": 190}, OUT),
            ({"medicines": ("rosuvastatin",)}, OUT),
            ({"pregnant": True}, OUT),
        ],
    ),
    "CV-04": (
        {"age": 60, "medicines": ("metformin",)},
        [
            ({"age": 59}, NO),
            ({"medicines": ("Aspirin 100 mg",)}, NO),
            ({"medicines": ("aspirin, 81 mg",)}, NO),
            ({"medicines": ("Ecotrin",)}, NO),
            ({"medicines": ("ASS 100",)}, NO),
            ({"medicines": ("Foozax",)}, ("medicines",)),
            ({"medicines": ("blood thinner",)}, ("medicines",)),
            ({"medicines": None}, ("medicines",)),
            ({"medicines": (), "age": None}, ("birth-date",)),
            ({"cardiovascular_disease": True}, OUT),
        ],
    ),
}
