"""Rules about finding cancer early: CRC-01, CRC-02, LUNG-01 and BR-01."""

from __future__ import annotations

from functools import reduce
from operator import or_

from app.clinical.guidelines import criteria
from app.clinical.guidelines.answers import NO, Answer
from app.clinical.guidelines.build import Case, Text, rule, told
from app.clinical.guidelines.keys import YEAR
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.scans import pack_years, years_since_quit
from app.clinical.guidelines.sources import (
    BREAST_2024,
    COLORECTAL_2021,
    COLORECTAL_FOLLOWED,
    LUNG_2021,
)
from app.clinical.sentences import N_

MAMMOGRAM = 2 * YEAR
# How long each accepted test lasts (USPSTF 2021, table of strategies).
BOWEL_TESTS = {
    "fit": YEAR,
    "stool-dna": 3 * YEAR,
    "ct-colonography": 5 * YEAR,
    "sigmoidoscopy": 5 * YEAR,
    "colonoscopy": 10 * YEAR,
}

STOOL_TESTS = ("fit", "stool-dna")


def _bowel(person: Person) -> Answer:
    """CRC-01: 45 to 75 years, and no accepted test that still counts."""
    grades = criteria.colorectal(person.age)
    recent = [person.done(test, days) for test, days in BOWEL_TESTS.items()]
    return (grades["A"] | grades["B"]) & ~reduce(or_, recent)


CRC_01 = rule(
    COLORECTAL_2021,
    "CRC-01",
    Text(
        title=N_("A test for bowel cancer"),
        reason=N_("From 45 to 75 years, regular tests find bowel cancer early or prevent it."),
        action=N_("Choose a test for bowel cancer"),
        detail=N_(
            "A stool test at home every year, or a colonoscopy every 10 years: the best test is"
            " the one you do. We have none on record; if you had one, please tell us."
        ),
        note=N_(
            "Average risk: FIT yearly, stool DNA-FIT every 1 to 3 years, colonoscopy every 10"
            " years, or another accepted strategy. B at 45 to 49, A at 50 to 75 years."
        ),
        start=N_("Within the next months."),
        change=N_("Blood in your stool, or bowel cancer in close family: tell us at once."),
    ),
    _bowel,
    grade="A/B",
    cost="low",
    audience="patient",
    exclusions=(
        told("colorectal-cancer", N_("After bowel cancer your specialist plans the tests.")),
        told("colectomy", N_("Without a large bowel this test is not needed.")),
        told("colorectal-high-risk", N_("With a raised risk, other tests at other times apply.")),
    ),
    cases=(
        Case(lambda person: criteria.colorectal(person.age)["B"], grade="B"),
        Case(lambda person: criteria.colorectal(person.age)["A"], grade="A"),
    ),
)


def _blood_found(person: Person) -> Answer:
    """CRC-02: a stool test was positive, and no colonoscopy since.

    A later negative test of either kind takes nothing back (USPSTF 2021): bleeding comes and
    goes. So the last positive one counts until a colonoscopy is on record, however old it is.
    """
    tests = [fact for key in STOOL_TESTS for fact in person.profile.every(key)]
    positive = sorted((fact for fact in tests if fact.value is True), key=lambda fact: fact.order)
    if not positive:
        return NO if tests else Answer(None, (), ("fit",))
    since = (person.today - positive[-1].day).days
    return Answer(true=True, facts=tuple(positive)) & ~person.done("colonoscopy", since)


CRC_02 = rule(
    COLORECTAL_FOLLOWED,
    "CRC-02",
    Text(
        title=N_("Colonoscopy after a positive stool test"),
        reason=N_("A stool test of yours was positive, and the cause should be found."),
        action=N_("Have a colonoscopy"),
        detail=N_(
            "Most often the cause is harmless, and polyps can be removed at once. Another stool"
            " test cannot replace it."
        ),
        note=N_(
            "Positive FIT or stool DNA: colonoscopy soon, within 9 months at the latest. A later"
            " negative stool test does not replace it."
        ),
        start=N_("Within the next weeks."),
        change=N_("The result of the colonoscopy."),
    ),
    _blood_found,
    grade="-",
    cost="high",
    urgency="soon",
    kind="safety",
    exclusions=(told("colectomy", N_("Without a large bowel this test cannot be done.")),),
)


def _lungs(person: Person) -> Answer:
    """LUNG-01: 50 to 80 years, 20 pack-years, smoking or stopped under 15 years ago."""
    never = person.never_smoked
    if never.true:
        return NO
    smokes = person.smokes
    meant = criteria.lung(person.age, pack_years(person), smokes, years_since_quit(person))["B"]
    return meant & ~person.done("low-dose-ct", YEAR)


LUNG_01 = rule(
    LUNG_2021,
    "LUNG-01",
    Text(
        title=N_("A scan of the lungs"),
        reason=N_("After many years of smoking, a yearly scan finds lung cancer early."),
        action=N_("Talk about a yearly low-dose scan of your lungs"),
        detail=N_(
            "The scan takes a minute. It may also find harmless spots that need another look."
            " Stopping to smoke helps more than any scan, and we can help with that."
        ),
        note=N_("Annual low-dose CT after shared decision making; stop 15 years after quitting."),
        start=N_("Within the next months."),
        change=N_("15 years without smoking, or an illness that makes treatment too hard."),
    ),
    _lungs,
    grade="B",
    cost="medium",
    exclusions=(
        told("lung-cancer", N_("After lung cancer your specialist plans the scans.")),
        told("limited-life", N_("With another serious illness a scan would not help.")),
    ),
)


def _breasts(person: Person) -> Answer:
    """BR-01: a woman of 40 to 74 years without a mammogram in two years."""
    meant = criteria.breast(person.age, person.sex("female"))["B"]
    return meant & ~person.done("mammogram", MAMMOGRAM)


BR_01 = rule(
    BREAST_2024,
    "BR-01",
    Text(
        title=N_("Mammogram every two years"),
        reason=N_("From 40 to 74 years, a mammogram every two years finds breast cancer early."),
        action=N_("Have a mammogram"),
        detail=N_(
            "It takes a few minutes. We have none of the last two years on record; if you had one"
            " elsewhere, please tell us."
        ),
        note=N_("Biennial screening mammography at 40 to 74 years."),
        start=N_("Within the next months."),
        change=N_("A lump or another change in your breast: tell us at once."),
    ),
    _breasts,
    grade="B",
    cost="medium",
    audience="patient",
    exclusions=(
        told("breast-cancer", N_("After breast cancer your specialist plans the tests.")),
        told("mastectomy", N_("After the removal of both breasts this test is not needed.")),
        told("breast-high-risk", N_("With a raised risk, other tests at other times apply.")),
    ),
)
