"""The rule that rests on home blood sugar: DM-07."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.sentences import N_, Sentence

# Level 2 hypoglycaemia in mg/dL; the same guideline writes it as 3.0 mmol/L.
LEVEL_2 = Decimal(54)
# A sensor should show less than 1 % of the time below 54 mg/dL.
SENSOR_PERCENT = Decimal(1)
# Low readings are reviewed at each visit, and visits with diabetes are every 3 months.
READINGS_LAST = timedelta(days=90)

NO_READINGS = N_("We do not have any blood sugar readings from you.")
OLD_READINGS = N_("Your last blood sugar reading is from %(day)s, which is too long ago.")
ENTER_READINGS = N_("If you measure your blood sugar at home, please enter your readings.")


def _very_low(profile: Profile, today: date) -> Outcome:
    """Any sugar below 54 mg/dL, or a sensor below it for 1 % of the time. For every age.

    A laboratory's fasting sugar counts when it is low; when it is not, it says nothing of the
    rest of the day.
    """
    sensor = _sensor(profile, today)
    readings = profile.every("glucose")
    recent = [fact for fact in readings if today - fact.day <= READINGS_LAST]
    tested = (
        fact for fact in profile.every("fasting-glucose") if today - fact.day <= READINGS_LAST
    )
    low = tuple(
        fact
        for fact in sorted((*recent, *tested), key=lambda each: each.when)
        if isinstance(fact.value, Decimal) and fact.value < LEVEL_2
    )
    if low or sensor is True:
        shown = profile.every("glucose-below-54")[-1:] if sensor is True else ()
        return Found(_wording(low) if low else _sensor_wording(shown[-1]), (*low, *shown))
    if recent or sensor is False:
        return None
    needs, supply = ("glucose",), Sentence(ENTER_READINGS)
    if not readings:
        return Gap("absent", Sentence(NO_READINGS), supply, needs)
    said = Sentence(OLD_READINGS, {"day": readings[-1].day})
    return Gap("old", said, supply, needs, (readings[-1],))


def _sensor(profile: Profile, today: date) -> bool | None:
    """Whether a sensor's last report shows very low sugar for too long."""
    fact = profile.latest("glucose-below-54")
    if fact is None or today - fact.day > READINGS_LAST or not isinstance(fact.value, Decimal):
        return None
    return fact.value >= SENSOR_PERCENT


WHY_ONE = N_(
    "On %(day)s your blood sugar was %(value)s. That is so low that it can make you faint or"
    " confused."
)
WHY_MORE = N_(
    "Your blood sugar was very low more than once, most recently %(value)s on %(day)s."
    " That is so low that it can make you faint or confused."
)


WHY_SENSOR = N_(
    "Your sensor report of %(day)s shows very low blood sugar for %(value)s percent of the time."
    " That is so low that it can make you faint or confused."
)


def _wording(low: tuple[Fact, ...]) -> Wording:
    last = low[-1]
    text = WHY_ONE if len(low) == 1 else WHY_MORE
    return _worded(Sentence(text, {"day": last.day, "value": last.shown}))


def _sensor_wording(fact: Fact) -> Wording:
    return _worded(Sentence(WHY_SENSOR, {"day": fact.day, "value": Decimal(str(fact.value))}))


def _worded(why: Sentence) -> Wording:
    return Wording(
        action=Sentence(N_("Have your very low blood sugar looked into")),
        detail=Sentence(
            N_(
                "Your clinician will go through your medicines and meals with you, and whether"
                " you should keep an emergency glucose medicine at home. Until then carry"
                " something sugary. When you feel shaky or sweaty, take it and measure again"
                " after 15 minutes. Do not change insulin or tablets on your own."
            )
        ),
        why=why,
        start=Sentence(N_("Now.")),
        change=Sentence(
            N_("No reading under 70 mg/dL (3.9 mmol/L) for 3 months after your medicines are set.")
        ),
    )


DM_07 = Rule(
    id="DM-07",
    version="2026.1",
    title=Sentence(N_("Very low blood sugar")),
    source="ADA Standards of Care 2026, Diabetes Care 49(Suppl 1)",
    url="https://diabetesjournals.org/care/issue/49/Supplement_1",
    grade="A/B",
    kind="safety",
    audience="clinician",
    urgency="now",
    cost="low",
    reason=Sentence(N_("Very low blood sugar can make a person faint or confused.")),
    note=Sentence(
        N_(
            "Level 2 hypoglycaemia (below 54 mg/dL, 3.0 mmol/L): review causes, consider"
            " glucagon and reduce or change the medicine responsible. Confirm that the value"
            " is not a slip of unit or strip."
        )
    ),
    verified="ADA 2024 text read; wording unchanged in 2026 to be checked",
    exclusions=(),
    decide=_very_low,
)
