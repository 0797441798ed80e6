"""The guidelines the rules come from, and how each text was checked."""

from __future__ import annotations

from app.clinical.guidelines.build import Guideline

SUMMARY = "secondary summary read (cfu288/im-rec-deck)"
ENCODED = "executable third-party encoding with tests read (kgrid USPSTF-collection)"
MEMORY = "from working knowledge; open the primary text before release"
PAGE = "page read"

_TASK_FORCE = "https://www.uspreventiveservicestaskforce.org/uspstf/recommendation/"
_ADA = "https://diabetesjournals.org/care/issue/49/Supplement_1"
_KDIGO = "https://kdigo.org/guidelines/ckd-evaluation-and-management/"

AHA_2025 = Guideline(
    "AHA/ACC 2025 blood pressure guideline doi:10.1161/CIR.0000000000001356",
    "https://doi.org/10.1161/CIR.0000000000001356",
    "2026.1",
    SUMMARY,
)
AHA_2025_MEMORY = Guideline(AHA_2025.source, AHA_2025.url, "2026.1", MEMORY)
ACC_2026 = Guideline(
    "ACC/AHA 2026 dyslipidemia guideline doi:10.1161/CIR.0000000000001423",
    "https://doi.org/10.1161/CIR.0000000000001423",
    "2026.1",
    SUMMARY,
)
ACC_ADA_2026 = Guideline(
    f"{ACC_2026.source}; ADA Standards of Care 2026, Diabetes Care 49(Suppl 1)",
    ACC_2026.url,
    "2026.1",
    SUMMARY,
)
ADA_2026 = Guideline(
    "ADA Standards of Care 2026, Diabetes Care 49(Suppl 1)", _ADA, "2026.1", MEMORY
)
ADA_KIDNEY = Guideline(
    "ADA Standards of Care 2024 to 2026, recommendation 11.1a",
    _ADA,
    "2026.1",
    "ADA 2024 text read; wording unchanged in 2026 to be checked",
)
ADA_LIVER = Guideline(f"{ADA_2026.source}; AASLD 2023", _ADA, "2026.1", SUMMARY)
AASLD_2023 = Guideline(
    "AASLD 2023 doi:10.1097/HEP.0000000000000323",
    "https://doi.org/10.1097/HEP.0000000000000323",
    "2023.1",
    SUMMARY,
)
KDIGO_2024 = Guideline(
    "KDIGO 2024 CKD guideline, Kidney Int 2024;105(4S)", _KDIGO, "2024.1", SUMMARY
)
KDIGO_ADA = Guideline(f"{KDIGO_2024.source}; {ADA_2026.source}", _KDIGO, "2026.1", SUMMARY)
AASM = Guideline(
    "AASM 2017 (Kapur, J Clin Sleep Med 13:479); AHA 2021 obstructive sleep apnea statement",
    "https://doi.org/10.5664/jcsm.6506",
    "2021.1",
    MEMORY,
)
CPIC = Guideline(
    "CPIC guidelines, cpicpgx.org (CC0)", "https://cpicpgx.org/", "2025.1", "data saved: CPIC"
)
SAFETY = Guideline(
    "Safety policy of this portal; VA/DoD 2024 suicide risk guideline",
    "https://www.healthquality.va.gov/guidelines/MH/srb/",
    "2026.1",
    MEMORY,
)


def task_force(year: int, topic: str, page: str, verified: str) -> Guideline:
    """A recommendation of the US Preventive Services Task Force."""
    return Guideline(f"USPSTF {year}, {topic}", f"{_TASK_FORCE}{page}", f"{year}.1", verified)


PREDIABETES_2021 = task_force(
    2021,
    "prediabetes and type 2 diabetes",
    "screening-for-prediabetes-and-type-2-diabetes",
    ENCODED,
)
COUNSELLING_2020 = task_force(
    2020,
    "healthy diet and activity in adults with cardiovascular risk",
    "healthy-diet-and-physical-activity-counseling-adults-with-high-risk-of-cvd",
    ENCODED,
)
STATIN_2022 = task_force(
    2022, "statin use in adults", "statin-use-in-adults-preventive-medication", ENCODED
)
ASPIRIN_2022 = task_force(
    2022,
    "aspirin to prevent cardiovascular disease",
    "aspirin-to-prevent-cardiovascular-disease-preventive-medication",
    PAGE,
)
DEPRESSION_2023 = task_force(
    2023,
    "depression and suicide risk in adults",
    "screening-depression-suicide-risk-adults",
    PAGE,
)
ANXIETY_2023 = task_force(2023, "anxiety disorders in adults", "anxiety-adults-screening", PAGE)
COLORECTAL_2021 = task_force(2021, "colorectal cancer", "colorectal-cancer-screening", PAGE)
COLORECTAL_FOLLOWED = Guideline(
    "USPSTF 2021, colorectal cancer; US Multi-Society Task Force",
    COLORECTAL_2021.url,
    "2021.1",
    MEMORY,
)
LUNG_2021 = task_force(2021, "lung cancer", "lung-cancer-screening", PAGE)
AORTA_2019 = task_force(
    2019, "abdominal aortic aneurysm", "abdominal-aortic-aneurysm-screening", ENCODED
)
BREAST_2024 = task_force(2024, "breast cancer", "breast-cancer-screening", PAGE)
BONE_2025 = task_force(2025, "osteoporosis to prevent fractures", "osteoporosis-screening", PAGE)
HYPERTENSION_2021 = task_force(
    2021, "hypertension in adults", "hypertension-in-adults-screening", ENCODED
)
OBESITY_2018 = task_force(
    2018,
    "behavioural weight loss interventions in adults",
    "obesity-in-adults-interventions",
    ENCODED,
)
CHILD_OBESITY_2024 = task_force(
    2024,
    "high body mass index in children and adolescents",
    "high-body-mass-index-children-adolescents-interventions",
    ENCODED,
)
PREGNANCY_WEIGHT_2021 = task_force(
    2021,
    "healthy weight gain in pregnancy",
    "healthy-weight-and-weight-gain-during-pregnancy-behavioral-counseling-interventions",
    ENCODED,
)
