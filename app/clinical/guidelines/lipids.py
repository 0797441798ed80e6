"""Rules about statins by risk: LIP-01, LIP-02, LIP-03 and LIP-07."""

from __future__ import annotations

from app.clinical.guidelines.answers import Answer
from app.clinical.guidelines.build import PREGNANCY, Text, rule
from app.clinical.guidelines.conditions import VERY_HIGH_LDL_PATH, cardiovascular
from app.clinical.guidelines.figures import prevent_ascvd
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.sources import ACC_2026, ACC_ADA_2026
from app.clinical.sentences import N_

# PREVENT-ASCVD over 10 years in percent: below the first low, then borderline,
# intermediate, and high from the last.
BORDERLINE, INTERMEDIATE, HIGH, CERTAIN = 3, 5, 10, 101
PREVENT_AGES = (30, 79)
DIABETES_AGES = (40, 75)

EXCLUSIONS = (PREGNANCY, VERY_HIGH_LDL_PATH)


def _risk(person: Person, least: float, below: float) -> Answer:
    """A 10-year risk in this band, in someone the equation was made for."""
    meant = person.aged(*PREVENT_AGES) & ~cardiovascular(person)
    return meant if meant.true is False else meant & prevent_ascvd(person).within(least, below)


def _high(person: Person) -> Answer:
    """LIP-01: risk of 10 % or more."""
    return _risk(person, HIGH, CERTAIN)


LIP_01 = rule(
    ACC_2026,
    "LIP-01",
    Text(
        title=N_("Statin at high risk"),
        reason=N_("With a 10-year risk of 10 % or more, a strong statin prevents many attacks."),
        action=N_("Talk with your clinician about a strong statin"),
        detail=N_(
            "A statin lowers cholesterol and protects heart and brain. The usual goals are an LDL"
            " cholesterol under 70 mg/dL and a fall by half. Food and movement help it along."
        ),
        note=N_(
            "Consider high-intensity statin: LDL-C below 70 and non-HDL-C below 100 mg/dL with a"
            " fall of at least 50 %. (The goal below 55 is for very-high-risk ASCVD.)"
        ),
    ),
    _high,
    grade="COR 1",
    cost="low",
    urgency="soon",
    exclusions=EXCLUSIONS,
)


def _intermediate(person: Person) -> Answer:
    """LIP-02: risk from 5 % to under 10 %."""
    return _risk(person, INTERMEDIATE, HIGH)


LIP_02 = rule(
    ACC_2026,
    "LIP-02",
    Text(
        title=N_("Statin at intermediate risk"),
        reason=N_("With a 10-year risk of 5 to 10 %, a statin lowers the risk of an attack."),
        action=N_("Talk with your clinician about a statin and what speaks for and against it"),
        detail=N_(
            "The usual goal is an LDL cholesterol under 100 mg/dL. If you are not sure, a scan"
            " that looks for calcium in the heart's vessels can help you decide."
        ),
        note=N_(
            "At least moderate-intensity statin after discussion; LDL-C below 100, non-HDL-C"
            " below 130 mg/dL; coronary calcium if undecided."
        ),
    ),
    _intermediate,
    grade="COR 1/2a",
    cost="low",
    exclusions=EXCLUSIONS,
)


def _borderline(person: Person) -> Answer:
    """LIP-03: risk from 3 % to under 5 %."""
    return _risk(person, BORDERLINE, INTERMEDIATE)


LIP_03 = rule(
    ACC_2026,
    "LIP-03",
    Text(
        title=N_("Habits at borderline risk"),
        reason=N_("With a 10-year risk of 3 to 5 %, habits matter most."),
        action=N_("Look after your heart with food, movement and sleep"),
        detail=N_(
            "Your clinician may look for things that add to the risk: heart disease in close"
            " family, lipoprotein(a), or signs of inflammation in the blood."
        ),
        note=N_(
            "Lifestyle; look for enhancers (Lp(a) at or above 125 nmol/L, hsCRP at or above 2 mg/L"
            " twice, family history); coronary calcium selectively."
        ),
    ),
    _borderline,
    grade="COR 2a/2b",
    cost="none",
    audience="patient",
    exclusions=EXCLUSIONS,
)


def _with_diabetes(person: Person) -> Answer:
    """LIP-07: 40 to 75 years with diabetes, without a disease of heart or vessels."""
    return person.aged(*DIABETES_AGES) & person.diabetes & ~cardiovascular(person)


LIP_07 = rule(
    ACC_ADA_2026,
    "LIP-07",
    Text(
        title=N_("Statin with diabetes"),
        reason=N_("Diabetes strains the vessels; from 40 to 75 years a statin protects them."),
        action=N_("Talk with your clinician about a statin to protect your vessels"),
        detail=N_(
            "It is one tablet a day. Your clinician chooses its strength by what else adds to"
            " your risk, and checks your blood fats after some weeks."
        ),
        note=N_(
            "Moderate-intensity statin; high-intensity with several cardiovascular risk factors."
        ),
    ),
    _with_diabetes,
    grade="COR 1",
    cost="low",
    exclusions=(PREGNANCY,),
)
