"""Rules about preventing heart disease: CV-01, CV-02, CV-03 and CV-04."""

from __future__ import annotations

from app.clinical.guidelines import criteria
from app.clinical.guidelines.answers import Answer, Figure
from app.clinical.guidelines.build import PREGNANCY, Text, rule
from app.clinical.guidelines.conditions import (
    DISEASED,
    ON_STATIN,
    VERY_HIGH_LDL_PATH,
    risk_factor,
)
from app.clinical.guidelines.medicines import ASPIRIN
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.sources import ASPIRIN_2022, COUNSELLING_2020, STATIN_2022
from app.clinical.sentences import N_


def _counselling(person: Person) -> Answer:
    """CV-01: an adult with a cardiovascular risk factor."""
    return criteria.counselling(person.age, risk_factor(person))["B"]


CV_01 = rule(
    COUNSELLING_2020,
    "CV-01",
    Text(
        title=N_("Advice on food and movement"),
        reason=N_("With something that strains the heart, advice on food and movement helps."),
        action=N_("Have someone help you with food and movement"),
        detail=N_(
            "A series of talks, alone or in a group, over some months works best. Ask your care"
            " team what is on offer near you or by video."
        ),
        note=N_(
            "Offer or refer to behavioural counselling on a healthy diet and physical activity."
        ),
    ),
    _counselling,
    grade="B",
    cost="medium",
    audience="patient",
    exclusions=(DISEASED,),
)

EXCLUSIONS = (DISEASED, VERY_HIGH_LDL_PATH, ON_STATIN, PREGNANCY)


def _statin(person: Person, grade: str) -> Answer:
    """The recommendation rests on the 2013 equations, so only a risk by those counts."""
    risk = person.amount("pce-ascvd-10y")
    return criteria.statin(person.age, risk_factor(person), risk)[grade]


CV_02 = rule(
    STATIN_2022,
    "CV-02",
    Text(
        title=N_("Statin for prevention (USPSTF)"),
        reason=N_("With a 10-year risk of 10 % or more, a statin prevents heart attacks."),
        action=N_("Talk with your clinician about a statin"),
        detail=N_("It is one tablet a day. Your clinician compares this advice with newer advice."),
        note=N_(
            "Prescribe a statin (rests on the 2013 pooled cohort equations). Look at the PREVENT"
            " rules first and show both."
        ),
    ),
    lambda person: _statin(person, "B"),
    grade="B",
    cost="low",
    exclusions=EXCLUSIONS,
)

CV_03 = rule(
    STATIN_2022,
    "CV-03",
    Text(
        title=N_("Perhaps a statin for prevention (USPSTF)"),
        reason=N_("With a 10-year risk of 7.5 to 10 %, a statin helps some people a little."),
        action=N_("Ask your clinician whether a statin would be worth it for you"),
        detail=N_("The gain is smaller at this risk, so what you prefer counts for much."),
        note=N_(
            "Selectively offer a statin (rests on the 2013 pooled cohort equations). Look at the"
            " PREVENT rules first and show both."
        ),
    ),
    lambda person: _statin(person, "C"),
    grade="C",
    cost="low",
    exclusions=EXCLUSIONS,
)


def _no_aspirin(person: Person) -> Answer:
    """CV-04: 60 years or more and not on aspirin."""
    meant = criteria.aspirin(person.age, Figure(None))["D"]
    return meant & ~person.takes(ASPIRIN)


CV_04 = rule(
    ASPIRIN_2022,
    "CV-04",
    Text(
        title=N_("No aspirin just in case"),
        reason=N_("From 60 years, starting aspirin does more harm by bleeding than good."),
        action=N_("Do not start aspirin on your own to prevent a heart attack"),
        detail=N_(
            "This is about starting. If a clinician told you to take aspirin, do not stop without"
            " asking."
        ),
        note=N_("Do not initiate aspirin for primary prevention at 60 years or older."),
        start=N_("From now on."),
        change=N_("A disease of heart or vessels."),
    ),
    _no_aspirin,
    grade="D",
    cost="none",
    audience="patient",
    exclusions=(DISEASED,),
)
