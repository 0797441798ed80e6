"""The questions rules ask about a person on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_

from app.clinical.blood_pressure import Pressure, Series
from app.clinical.guidelines import known
from app.clinical.guidelines.answers import NO, YES, Answer, Figure, merged
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.keys import KEYS
from app.clinical.guidelines.medicines import Group
from app.clinical.guidelines.naming import Names, in_list
from app.clinical.guidelines.pressure import week
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Gap

# Kidney disease is what lasts at least this long (KDIGO 2024).
PERSISTS = timedelta(days=90)
SMOKES = frozenset({"LA18976-3", "LA18977-1", "LA18981-3", "LA18982-1"})
# Of these tests a "no" is a negative result, of the others that none was made.
TOLD_BY_RESULT = frozenset({"fit", "stool-dna"})
SMOKED, NEVER_SMOKED = "LA15920-4", "LA18978-9"


@dataclass(frozen=True)
class Person:
    """A profile on a day; every question is answered with the facts behind the answer."""

    profile: Profile
    today: date

    def fresh(self, key: str) -> Fact | None:
        """The newest fact of a kind, unless it is too old to count."""
        fact, lasts = self.profile.latest(key), KEYS[key].lasts
        if fact is None or (lasts is not None and self.today - fact.day > timedelta(days=lasts)):
            return None
        return fact

    def amount(self, key: str) -> Figure:
        """A number as it was measured or reported."""
        fact = self.fresh(key)
        if fact is None:
            return Figure(None, (), (key,))
        return Figure(known.amount(fact), (fact,), compared=known.compared(fact))

    def flag(self, key: str) -> Answer:
        """A yes or a no that somebody gave."""
        fact = self.fresh(key)
        return Answer(None, (), (key,)) if fact is None else Answer(fact.value is True, (fact,))

    def said(self, key: str) -> Answer:
        """Yes when somebody said so; silence is a no."""
        flag = self.flag(key)
        return NO if flag.true is None else flag

    def coded(self, key: str, *codes: str) -> Answer:
        """Whether a code is one of these."""
        fact = self.fresh(key)
        return Answer(None, (), (key,)) if fact is None else Answer(fact.value in codes, (fact,))

    @property
    def age(self) -> Figure:
        """Whole years."""
        fact = self.profile.latest("birth-date")
        if fact is None or not isinstance(fact.value, date):
            return Figure(None, (), ("birth-date",))
        return Figure(Decimal(known.age(fact.value, self.today)), (fact,))

    def aged(self, least: int, most: int = 200) -> Answer:
        """From `least` to `most` years, both included."""
        return self.age.within(least, most + 1)

    @property
    def adult(self) -> Answer:
        """18 years or more."""
        return self.aged(known.ADULT)

    def sex(self, which: str) -> Answer:
        """Whether this was the sex at birth; "other" and "unknown" cannot tell."""
        told = self.coded("sex-at-birth", which)
        open_ended = self.coded("sex-at-birth", "other", "unknown").true is True
        return Answer(None, told.facts, ("sex-at-birth",)) if open_ended else told

    @property
    def bmi(self) -> Figure:
        """Body mass index in kg/m2 (WHO)."""
        weight, height = self.amount("weight"), self.amount("height")
        facts, needs = merged(weight.facts, height.facts), merged(weight.needs, height.needs)
        if weight.value is None or not height.value:
            return Figure(None, facts, needs)
        return Figure(weight.value / (height.value / 100) ** 2, facts)

    @property
    def home_week(self) -> tuple[Series, tuple[Fact, ...]] | Gap:
        """A week of home blood pressure that can be relied on, or what it lacks."""
        return week(self.profile, self.today)

    def home_mean(self, systolic: int, diastolic: int) -> Answer:
        """Whether the home mean reaches either number."""
        found = self.home_week
        if isinstance(found, Gap):
            return Answer(None, (), ("blood-pressure",))
        series, facts = found
        return Answer(_reaches(series.mean, systolic, diastolic), facts)

    def office(self, systolic: int, diastolic: int) -> Answer:
        """Whether the pressure at the last visit reaches either number."""
        fact = self.fresh("office-blood-pressure")
        if fact is None or not isinstance(fact.value, Pressure):
            return Answer(None, (), ("office-blood-pressure",))
        return Answer(_reaches(fact.value, systolic, diastolic), (fact,))

    def done(self, key: str, days: int | None = None) -> Answer:
        """Whether a test was done in the last `days` days, or ever. No record means not done."""
        made = self.profile.every(key)
        told = [fact for fact in made if fact.value is not False or key in TOLD_BY_RESULT]
        held = [fact for fact in told if days is None or self.today - fact.day <= timedelta(days)]
        return Answer(true=True, facts=(held[-1],)) if held else NO

    def takes(self, group: Group) -> Answer:
        """Whether a medicine of this group is on the list; one that is not known could be."""
        fact, names = self.medicines
        if fact is None:
            return Answer(None, (), ("medicines",))
        told = group.among(names)
        return Answer(told, (fact,), ("medicines",) if told is None else ())

    @property
    def medicines(self) -> tuple[Fact | None, Names]:
        """The list of medicines, and what it names; without a list that counts, nothing."""
        fact = self.fresh("medicines")
        if fact is None or not isinstance(fact.value, tuple):
            return None, Names()
        lines = fact.value
        return fact, self.profile.once(("named", fact), lambda: in_list(lines))

    def lasts(self, key: str, *, least: int | None = None, below: int | None = None) -> Answer:
        """Whether results at least 90 days apart agree that a value is that high or that low."""
        facts = [
            fact
            for fact in self.profile.every(key)
            if (least is None or known.compared(fact) >= least)
            and (below is None or known.compared(fact) < below)
        ]
        newest = self.profile.latest(key)
        if not facts or facts[-1] != newest or facts[-1].day - facts[0].day < PERSISTS:
            return NO
        return Answer(true=True, facts=(facts[0], facts[-1]))

    @property
    def diabetes(self) -> Answer:
        """Diabetes of any type."""
        return ~self.coded("diabetes", "none")

    @property
    def type_2(self) -> Answer:
        """Type 2 diabetes."""
        return self.coded("diabetes", "type-2")

    @property
    def smokes(self) -> Answer:
        """Current smoking; a code that tells neither is no answer."""
        told = self.coded("smoking-status", SMOKED, NEVER_SMOKED)
        return ~told if told.true else self._smoking(*SMOKES)

    @property
    def never_smoked(self) -> Answer:
        """Never a smoker."""
        told = self.coded("smoking-status", SMOKED, *SMOKES)
        return ~told if told.true else self._smoking(NEVER_SMOKED)

    def _smoking(self, *codes: str) -> Answer:
        told = self.coded("smoking-status", *codes)
        return told if told.true else Answer(None, told.facts, ("smoking-status",))

    @property
    def pregnant(self) -> Answer:
        """Pregnant, as far as anybody said."""
        return self.said("pregnant")


def whichever(*answers: Answer) -> Answer:
    """One of several tests is enough: those that were made decide, else the first is asked for."""
    known = [answer for answer in answers if answer.true is not None]
    return reduce(or_, known) if known else answers[0]


def either(flag: Answer, *signs: Answer) -> Answer:
    """A condition by its name or by its signs; a plain no to the name counts without them."""
    shown = [sign for sign in signs if sign.true]
    if shown:
        return shown[0] if flag.true is not True else flag | shown[0]
    if flag.true is not None:
        return flag
    told = YES
    for sign in signs:
        told = told & ~sign
    return Answer(false_or_none(told), told.facts, merged(flag.needs, told.needs))


def false_or_none(told: Answer) -> bool | None:
    """No sign at all is a no; a sign that cannot be told leaves it open."""
    return False if told.true else None


def _reaches(pressure: Pressure, systolic: int, diastolic: int) -> bool:
    return pressure.systolic >= systolic or pressure.diastolic >= diastolic
