"""What several rules ask first: is the person within the guideline, is the fact fresh."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Gap
from app.clinical.sentences import N_, Sentence

ADULT = 18

USPSTF = "https://www.uspreventiveservicestaskforce.org/"

# Habits are asked about again at the yearly review, so an older answer is out of date.
ANSWERS_LAST = timedelta(days=365)
# A "yes" to being pregnant says nothing after the longest pregnancy.
PREGNANCY_LASTS = timedelta(days=300)

NO_BIRTH_DATE = N_("We do not know your date of birth, and this advice depends on age.")
GIVE_BIRTH_DATE = N_("Please tell your care team your date of birth.")
NOT_ADULT = N_("This advice is written for people aged 18 and over.")
ASK_TEAM = N_("Please ask your care team what applies to you.")
PREGNANT = N_("This advice is not written for pregnancy, where other advice applies.")
# The two exclusions that most rules share.
UNDER_18 = Sentence(NOT_ADULT)
IN_PREGNANCY = Sentence(PREGNANT)

NO_ANSWER = N_("Answers about %(topic)s are still missing.")
OLD_ANSWER = N_("Your answers about %(topic)s are from %(day)s, which is too long ago.")
ANSWER_AGAIN = N_("Please answer the questions about your daily life.")


def age(born: date, today: date) -> int:
    """Whole years. Someone born on 29 February turns a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def amount(fact: Fact) -> Decimal:
    """The fact's number."""
    return Decimal(str(fact.value))


def compared(fact: Fact) -> Decimal:
    """The fact's number as it is compared with published limits."""
    return amount(fact) if fact.compared is None else fact.compared


def fresh(fact: Fact | None, today: date, lasts: timedelta) -> Fact | None:
    """The fact, if it is recent enough to rest on."""
    return fact if fact is not None and today - fact.day <= lasts else None


def answer(profile: Profile, key: str, today: date) -> Fact | None:
    """The latest answer under a key, if it is recent enough."""
    return fresh(profile.latest(key), today, ANSWERS_LAST)


def not_adult(profile: Profile, today: date) -> Gap | None:
    """Why a rule for adults cannot speak, if it cannot."""
    fact = profile.latest("birth-date")
    if fact is None or not isinstance(fact.value, date):
        needs = ("birth-date",)
        return Gap("absent", Sentence(NO_BIRTH_DATE), Sentence(GIVE_BIRTH_DATE), needs)
    if age(fact.value, today) < ADULT:
        return Gap("outside", Sentence(NOT_ADULT), Sentence(ASK_TEAM), (), (fact,))
    return None


def pregnancy(profile: Profile, today: date) -> Fact | None:
    """The answer that says the person is pregnant, if there is one that still counts."""
    fact = fresh(profile.latest("pregnant"), today, PREGNANCY_LASTS)
    return fact if fact is not None and fact.value is True else None


def outside(profile: Profile, today: date) -> Gap | None:
    """Why a rule for adults who are not pregnant cannot speak, if it cannot."""
    if (gap := not_adult(profile, today)) is not None:
        return gap
    if (fact := pregnancy(profile, today)) is not None:
        return Gap("outside", Sentence(PREGNANT), Sentence(ASK_TEAM), (), (fact,))
    return None


def unanswered(profile: Profile, keys: tuple[str, ...], topic: Sentence, today: date) -> Gap:
    """The gap left by answers that are absent, or that are there but too old."""
    needs = tuple(key for key in keys if answer(profile, key, today) is None)
    old = tuple(fact for key in needs if (fact := profile.latest(key)) is not None)
    supply = Sentence(ANSWER_AGAIN)
    if not old:
        return Gap("absent", Sentence(NO_ANSWER, {"topic": topic}), supply, needs)
    said = Sentence(OLD_ANSWER, {"topic": topic, "day": min(fact.day for fact in old)})
    return Gap("old", said, supply, needs, old)
