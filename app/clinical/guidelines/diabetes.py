"""Rules about finding diabetes early: DM-01, DM-02, DM-03 and DM-04."""

from __future__ import annotations

from app.clinical.guidelines import conditions, criteria
from app.clinical.guidelines.answers import Answer
from app.clinical.guidelines.build import PREGNANCY, Case, Exclusion, Text, rule
from app.clinical.guidelines.keys import YEAR
from app.clinical.guidelines.person import Person, whichever
from app.clinical.guidelines.sources import ADA_2026, PREDIABETES_2021
from app.clinical.sentences import N_, Sentence

TESTED = 3 * YEAR
ADA_RISK, FINDRISC = 5, 12

KNOWN = Exclusion(
    Sentence(N_("You are known to have diabetes, so this test would tell nothing new.")),
    lambda person: person.diabetes,
)


def _tested(person: Person, days: int) -> Answer:
    return person.done("hba1c", days) | person.done("fasting-glucose", days)


def _screen(person: Person) -> Answer:
    """DM-01: 35 to 70 years, body mass index from 25, no glucose test in 3 years."""
    meant = criteria.prediabetes(person.age, person.bmi)["B"]
    return meant & ~_tested(person, TESTED)


DM_01 = rule(
    PREDIABETES_2021,
    "DM-01",
    Text(
        title=N_("A test for raised blood sugar"),
        reason=N_("Raised blood sugar is common from 35 years with a higher weight, and silent."),
        action=N_("Have your blood sugar tested"),
        detail=N_(
            "One blood sample, either for HbA1c or in the morning before breakfast. We have no"
            " test of the last 3 years on record; if you had one elsewhere, please tell us."
        ),
        note=N_("Screen with HbA1c or fasting plasma glucose; repeat every 3 years when normal."),
    ),
    _screen,
    grade="B",
    cost="low",
    exclusions=(PREGNANCY, KNOWN),
)


def _risk_test(person: Person) -> Answer:
    """DM-02: a risk test at or above its line, and no blood test in a year."""
    ada = person.amount("ada-risk").at_least(ADA_RISK)
    findrisc = person.amount("findrisc").at_least(FINDRISC)
    return person.adult & ~_tested(person, YEAR) & whichever(ada, findrisc)


DM_02 = rule(
    ADA_2026,
    "DM-02",
    Text(
        title=N_("A blood test after a high risk score"),
        reason=N_("Your answers to the diabetes risk test add up to a raised risk."),
        action=N_("Have your blood sugar tested"),
        detail=N_(
            "The score is no diagnosis. One blood sample, for HbA1c or before breakfast, tells"
            " more."
        ),
        note=N_("ADA risk test at or above 5, or FINDRISC at or above 12: HbA1c or FPG."),
    ),
    _risk_test,
    grade="ADA B",
    cost="low",
    exclusions=(PREGNANCY, KNOWN),
)


def _between(person: Person) -> Answer:
    """DM-03: HbA1c 5.7 to 6.4 % or fasting glucose 100 to 125 mg/dL."""
    return person.adult & conditions.prediabetes(person)


DM_03 = rule(
    ADA_2026,
    "DM-03",
    Text(
        title=N_("Prediabetes"),
        reason=N_(
            "Your blood sugar is between normal and diabetes, and can often be brought back."
        ),
        action=N_("Join a programme to prevent diabetes"),
        detail=N_(
            "Losing about 7 percent of your weight and moving briskly for 150 minutes a week"
            " halves the chance of diabetes. A programme with a coach makes it easier. Your blood"
            " sugar is tested again every year."
        ),
        note=N_(
            "Refer to a DPP-type programme: 5 to 7 % weight loss or more, at least 150 min/week."
            " Consider metformin at 25 to 59 years with BMI from 35, FPG from 110 mg/dL, HbA1c"
            " from 6 %, or after gestational diabetes. Monitor yearly."
        ),
    ),
    _between,
    grade="A (programme), A/B (metformin)",
    cost="medium",
    exclusions=(PREGNANCY, KNOWN),
)


def _high(person: Person) -> Answer:
    """DM-04: HbA1c from 6.5 % or fasting glucose from 126 mg/dL."""
    return conditions.high_glucose(person)


DM_04 = rule(
    ADA_2026,
    "DM-04",
    Text(
        title=N_("Confirm a high blood sugar result"),
        reason=N_("One high result is not yet a diagnosis."),
        action=N_("Have your blood sugar tested a second time"),
        detail=N_(
            "A second sample on another day tells whether it is diabetes. If you are very"
            " thirsty, pass much water or lose weight, tell us today."
        ),
        note=N_(
            "Confirm with a second abnormal result before diagnosing diabetes, unless there are"
            " classic symptoms with a random glucose at or above 200 mg/dL."
        ),
        start=N_("Within the next two weeks."),
    ),
    _high,
    grade="B/E",
    cost="low",
    urgency="soon",
    exclusions=(PREGNANCY, KNOWN),
    cases=(
        Case(
            lambda person: person.said("diabetes-symptoms"),
            urgency="now",
            detail=N_(
                "With the thirst, tiredness or weight loss you told us of, please come the same"
                " day. A second sample tells whether it is diabetes."
            ),
        ),
    ),
)
