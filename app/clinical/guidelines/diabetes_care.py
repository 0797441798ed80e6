"""Rules about the organs that diabetes strains: DM-05, DM-06, DM-08 and LIV-01."""

from __future__ import annotations

from app.clinical.guidelines import conditions, criteria, figures
from app.clinical.guidelines.answers import Answer
from app.clinical.guidelines.build import PREGNANCY, Case, Exclusion, Text, rule
from app.clinical.guidelines.keys import YEAR
from app.clinical.guidelines.medicines import GLIFLOZINS
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.sources import AASLD_2023, ADA_KIDNEY, ADA_LIVER, KDIGO_ADA
from app.clinical.sentences import N_, Sentence

EGFR_LEAST, EGFR_MOST, UACR = 20, 60, 200
FIB4, FIB4_OLDER, FIB4_HIGH = 1.3, 2.0, 2.67
# Above this age the higher line holds (AASLD 2023 says over 65; the score's own form says from
# 65, so at 65 this rule asks for the second test); below the other the score means little.
FIB4_OLDER_ABOVE, FIB4_YOUNGEST = 65, 35


def _kidney_tests(person: Person) -> Answer:
    """DM-05: diabetes without both kidney tests in the last year."""
    egfr = person.done("egfr", YEAR) | person.done("creatinine", YEAR)
    return person.diabetes & ~(egfr & person.done("uacr", YEAR))


DM_05 = rule(
    ADA_KIDNEY,
    "DM-05",
    Text(
        title=N_("Yearly kidney tests with diabetes"),
        reason=N_("Diabetes can harm the kidneys without a sign, and early treatment protects."),
        action=N_("Have your blood and urine tested for your kidneys"),
        detail=N_(
            "One blood and one urine sample each year. One of them is not on record for the last"
            " 12 months; if you had it elsewhere, please tell us."
        ),
        note=N_("Order urine albumin-creatinine ratio and eGFR, at least yearly."),
    ),
    _kidney_tests,
    grade="B",
    cost="low",
)


def _gliflozin(person: Person) -> Answer:
    """DM-06: type 2 diabetes with eGFR from 20 to 60 or UACR from 200 mg/g."""
    egfr = figures.egfr(person)
    reduced = egfr.at_least(EGFR_LEAST) & ~egfr.above(EGFR_MOST)
    return person.type_2 & (reduced | person.amount("uacr").at_least(UACR))


DM_06 = rule(
    KDIGO_ADA,
    "DM-06",
    Text(
        title=N_("A medicine that protects the kidneys in diabetes"),
        reason=N_("With diabetes, some tablets protect kidneys and heart beyond lowering sugar."),
        action=N_("Talk with your clinician about a tablet that protects your kidneys"),
        detail=N_(
            "These tablets let the kidneys pass out sugar. Your clinician explains what to watch"
            " for, and when to pause them, for example when you cannot eat or drink."
        ),
        note=N_("Consider an SGLT2 inhibitor (eGFR at or above 20); sick-day advice."),
    ),
    _gliflozin,
    grade="1A",
    cost="medium",
    urgency="soon",
    exclusions=(
        PREGNANCY,
        Exclusion(
            Sentence(N_("Your kidneys filter too little for this medicine to be started.")),
            lambda person: figures.egfr(person).below(EGFR_LEAST),
        ),
        Exclusion(
            Sentence(N_("You already take a medicine of this kind.")),
            lambda person: person.takes(GLIFLOZINS),
        ),
    ),
)


def _liver_tests(person: Person) -> Answer:
    """DM-08: type 2 diabetes, prediabetes or a BMI from 30, and FIB-4 not known."""
    heavy = person.bmi.at_least(criteria.OBESITY)
    strained = person.type_2 | heavy
    if not strained.true:
        strained = strained | conditions.prediabetes(person)
    known = Answer(figures.fib4(person).value is not None)
    return person.adult & ~known & strained


DM_08 = rule(
    ADA_LIVER,
    "DM-08",
    Text(
        title=N_("A look at the liver"),
        reason=N_("Raised blood sugar or weight can scar the liver without any sign."),
        action=N_("Have your liver values and platelets tested"),
        detail=N_("One blood sample. With your age it gives a score that tells if more is needed."),
        note=N_("Calculate FIB-4 from age, AST, ALT and platelets (unreliable below 35 years)."),
    ),
    _liver_tests,
    grade="B",
    cost="low",
)


def _scarred(person: Person) -> Answer:
    """LIV-01: FIB-4 from 1.3, or from 2.0 above 65 years."""
    score, older = figures.fib4(person), person.age.above(FIB4_OLDER_ABOVE)
    return score.at_least(FIB4) & (~older | score.at_least(FIB4_OLDER))


LIV_01 = rule(
    AASLD_2023,
    "LIV-01",
    Text(
        title=N_("A second look at the liver"),
        reason=N_("Your FIB-4 score is too high to rule out scars in the liver."),
        action=N_("Have a scan or a further blood test of your liver"),
        detail=N_(
            "A painless scan measures how stiff the liver is; a special blood test can do the"
            " same. Drink as little alcohol as you can until then."
        ),
        note=N_("Second-line test (elastography or ELF). Above 2.67: refer to hepatology."),
    ),
    _scarred,
    grade="guidance statement",
    cost="medium",
    exclusions=(
        Exclusion(
            Sentence(N_("Under 35 years this score cannot be relied on.")),
            lambda person: person.age.below(FIB4_YOUNGEST),
        ),
    ),
    cases=(
        Case(
            lambda person: figures.fib4(person).above(FIB4_HIGH),
            urgency="soon",
            detail=N_(
                "Your score is high, so a liver specialist should look at it. Drink no alcohol"
                " until then."
            ),
        ),
    ),
)
