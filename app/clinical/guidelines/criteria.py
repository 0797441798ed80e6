"""Who a screening recommendation speaks to, by grade: one truth for rules and topics.

Each function takes what it needs as figures and answers, known or not, and returns an answer
for every grade the recommendation gives. All are of the US Preventive Services Task Force;
the sources are beside the topics and the rules that use them.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.clinical.guidelines.answers import Answer, Figure

Grades = Mapping[str, Answer]

ADULT = 18
STATIN_AGES, STATIN_OLD = (40, 76), 76
STATIN_HIGH, STATIN_SOME = 10, 7.5
AORTA_AGES = (65, 76)
PREDIABETES_AGES, OVERWEIGHT = (35, 71), 25
OBESITY = 30
CHILD_AGES, HIGH_PERCENTILE = (6, 19), 95
BOWEL_YOUNG, BOWEL_MIDDLE, BOWEL_OLD = (45, 50), (50, 76), (76, 86)
LUNG_AGES, PACK_YEARS, QUIT_YEARS = (50, 81), 20, 15
BREAST_AGES, BREAST_OLD = (40, 75), 75
BONE_AGE = 65
ASPIRIN_AGES, ASPIRIN_OLD, ASPIRIN_RISK = (40, 60), 60, 10


def statin(age: Figure, factor: Answer, risk: Figure) -> Grades:
    """40 to 75 years with a risk factor: B from 10 %, C from 7.5 %; I from 76 years."""
    meant = age.within(*STATIN_AGES) & factor
    return {
        "B": meant & risk.at_least(STATIN_HIGH),
        "C": meant & risk.within(STATIN_SOME, STATIN_HIGH),
        "I": age.at_least(STATIN_OLD),
    }


def aorta(age: Figure, male: Answer, never_smoked: Answer) -> Grades:
    """One ultrasound at 65 to 75: B men who ever smoked, C men who never did.

    For women D when they never smoked, at any age, and I at 65 to 75 when they did.
    """
    aged = age.within(*AORTA_AGES)
    return {
        "B": male & aged & ~never_smoked,
        "C": male & aged & never_smoked,
        "D": ~male & never_smoked,
        "I": ~male & aged & ~never_smoked,
    }


def prediabetes(age: Figure, bmi: Figure) -> Grades:
    """35 to 70 years with a body mass index of 25 or more: B."""
    return {"B": age.within(*PREDIABETES_AGES) & bmi.at_least(OVERWEIGHT)}


def hypertension(age: Figure, known: Answer) -> Grades:
    """Adults not known to have high blood pressure: A."""
    return {"A": age.at_least(ADULT) & ~known}


def obesity(age: Figure, bmi: Figure) -> Grades:
    """Adults with a body mass index of 30 or more: B."""
    return {"B": age.at_least(ADULT) & bmi.at_least(OBESITY)}


def counselling(age: Figure, factor: Answer) -> Grades:
    """Adults with a cardiovascular risk factor: B."""
    return {"B": age.at_least(ADULT) & factor}


def child_weight(age: Figure, percentile: Figure) -> Grades:
    """6 to 18 years with a body mass index from the 95th percentile: B."""
    return {"B": age.within(*CHILD_AGES) & percentile.at_least(HIGH_PERCENTILE)}


def pregnancy_weight(pregnant: Answer) -> Grades:
    """Everyone who is pregnant: B."""
    return {"B": pregnant}


def colorectal(age: Figure) -> Grades:
    """Average risk: B at 45 to 49 years, A at 50 to 75, C at 76 to 85."""
    return {
        "B": age.within(*BOWEL_YOUNG),
        "A": age.within(*BOWEL_MIDDLE),
        "C": age.within(*BOWEL_OLD),
    }


def lung(age: Figure, pack_years: Figure, smokes: Answer, years_since_quit: Figure) -> Grades:
    """50 to 80 years, 20 pack-years, smoking now or stopped less than 15 years ago: B.

    USPSTF 2021 ends the scans once a person has not smoked for 15 years.
    """
    recent = smokes | years_since_quit.below(QUIT_YEARS)
    return {"B": age.within(*LUNG_AGES) & pack_years.at_least(PACK_YEARS) & recent}


def breast(age: Figure, female: Answer) -> Grades:
    """Women: B at 40 to 74 years, I from 75."""
    return {
        "B": female & age.within(*BREAST_AGES),
        "I": female & age.at_least(BREAST_OLD),
    }


def bone(age: Figure, female: Answer, postmenopausal: Answer, raised_risk: Answer) -> Grades:
    """Women from 65, and earlier after menopause when a risk tool says so: B; men: I."""
    early = age.below(BONE_AGE) & postmenopausal & raised_risk
    return {"B": female & (age.at_least(BONE_AGE) | early), "I": ~female & age.at_least(ADULT)}


def aspirin(age: Figure, risk: Figure) -> Grades:
    """Starting aspirin without vessel disease: C at 40 to 59 with a risk of 10 %, D from 60."""
    return {
        "C": age.within(*ASPIRIN_AGES) & risk.at_least(ASPIRIN_RISK),
        "D": age.at_least(ASPIRIN_OLD),
    }
