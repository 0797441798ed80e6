"""Rules that rest on the lifestyle answers: TOB-01 and PA-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.known import (
    ANSWER_AGAIN,
    IN_PREGNANCY,
    NO_ANSWER,
    UNDER_18,
    USPSTF,
    amount,
    answer,
    not_adult,
    outside,
    pregnancy,
    unanswered,
)
from app.clinical.guidelines.person import NEVER_SMOKED, SMOKED, SMOKES
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.guidelines.sources import PAGE
from app.clinical.sentences import N_, Sentence, Value

# ---------------------------------------------------------------- TOB-01

# Two codes of the list tell neither yes nor no.
SMOKING_TOLD = SMOKES | {SMOKED, NEVER_SMOKED}
TOBACCO_TOPIC = Sentence(N_("tobacco"))


def _tobacco(profile: Profile, today: date) -> Outcome:
    """TOB-01: any current use of tobacco."""
    if (gap := not_adult(profile, today)) is not None:
        return gap
    smoking = answer(profile, "smoking-status", today)
    other = answer(profile, "other-tobacco", today)
    current = tuple(
        fact
        for fact in (smoking, other)
        if fact is not None and (fact.value in SMOKES or fact.value is True)
    )
    if current:
        expecting = pregnancy(profile, today)
        evidence = (*current, *((expecting,) if expecting else ()))
        return Found(_tobacco_wording(current[0], expecting), evidence)
    if smoking is None or other is None:
        return unanswered(profile, ("smoking-status", "other-tobacco"), TOBACCO_TOPIC, today)
    if smoking.value not in SMOKING_TOLD:
        said, supply = Sentence(NO_ANSWER, {"topic": TOBACCO_TOPIC}), Sentence(ANSWER_AGAIN)
        return Gap("not enough", said, supply, ("smoking-status",), (smoking,))
    return None


STOP_WITH_MEDICINE = N_(
    "People who get support and a medicine at the same time stop far more often than those who"
    " try alone. Ask about nicotine patches or gum, or tablets, and about someone to talk to"
    " every week. Pick a day within the next month."
)
STOP_WITH_SUPPORT = N_(
    "Someone to talk to every week makes stopping far more likely. Ask your care team before"
    " you use any medicine or patch, because you are pregnant. Pick a day soon."
)


def _tobacco_wording(fact: Fact, expecting: Fact | None) -> Wording:
    return Wording(
        action=Sentence(N_("Stop tobacco, with someone to help you")),
        detail=Sentence(STOP_WITH_SUPPORT if expecting else STOP_WITH_MEDICINE),
        why=Sentence(
            N_(
                "On %(day)s you told us that you use tobacco. Nothing else you can change does"
                " more for your heart and lungs, at any age, and the gain begins within days."
            ),
            {"day": fact.day},
        ),
        start=Sentence(N_("On a day you choose within the next month.")),
        change=Sentence(
            N_("Having stopped, pregnancy, or feeling very low in mood while you stop.")
        ),
    )


# ---------------------------------------------------------------- PA-01

ENOUGH_MINUTES = 150
ACTIVITY_TOPIC = Sentence(N_("moving"))


def _activity(profile: Profile, today: date) -> Outcome:
    """PA-01: less than 150 minutes a week of at least moderate activity.

    By the Exercise Vital Sign, or by the minutes a week that another questionnaire (IPAQ)
    adds up to when those are what was asked last.
    """
    if (gap := outside(profile, today)) is not None:
        return gap
    days = answer(profile, "activity-days", today)
    added_up = answer(profile, "activity-week", today)
    if added_up is not None and (days is None or days.when < added_up.when):
        if amount(added_up) >= ENOUGH_MINUTES:
            return None
        return Found(_activity_wording(added_up, None, amount(added_up)), (added_up,))
    return _vital_sign(profile, days, today)


def _vital_sign(profile: Profile, days: Fact | None, today: date) -> Outcome:
    minutes = answer(profile, "activity-minutes", today)
    none_at_all = days is not None and days.value == 0
    if days is None or (minutes is None and not none_at_all):
        return unanswered(profile, ("activity-days", "activity-minutes"), ACTIVITY_TOPIC, today)
    # A minutes answer left from an earlier questionnaire says nothing about a week of rest.
    if none_at_all or minutes is None:
        return Found(_activity_wording(days, None, Decimal(0)), (days,))
    total = amount(days) * amount(minutes)
    if total >= ENOUGH_MINUTES:
        return None
    return Found(_activity_wording(days, minutes, total), (days, minutes))


WHY_LITTLE = N_(
    "On %(day)s you told us that you move briskly on %(days)s of the 7 days in a week, for about"
    " %(minutes)s minutes: %(total)s minutes a week. From 150 minutes a week people live longer"
    " and feel better, and every step towards it counts."
)
WHY_NONE = N_(
    "On %(day)s you told us that you do not move briskly on any day of the week. From 150"
    " minutes a week people live longer and feel better, and every step towards it counts."
)


WHY_WEEK = N_(
    "On %(day)s you told us that you move briskly for %(total)s minutes a week. From 150"
    " minutes a week people live longer and feel better, and every step towards it counts."
)


def _activity_why(days: Fact, minutes: Fact | None, total: Decimal) -> Sentence:
    if minutes is not None:
        values: dict[str, Value] = {"days": amount(days), "minutes": amount(minutes)}
        return Sentence(WHY_LITTLE, {"day": days.day, **values, "total": total})
    if days.key == "activity-week":
        return Sentence(WHY_WEEK, {"day": days.day, "total": total})
    return Sentence(WHY_NONE, {"day": days.day})


def _activity_wording(days: Fact, minutes: Fact | None, total: Decimal) -> Wording:
    return Wording(
        action=Sentence(N_("Walk briskly, or move like that, a little more each week")),
        detail=Sentence(
            N_(
                "Begin with 10 minutes more on three days a week and add 5 minutes each week,"
                " until you reach 30 minutes on five days. Brisk means that you can talk but"
                " not sing. Cycling, swimming, dancing and gardening count too."
            )
        ),
        why=_activity_why(days, minutes, total),
        start=Sentence(N_("From the day your plan is approved.")),
        change=Sentence(
            N_(
                "Chest pain, fainting, or breathlessness that is new: stop and tell us at once."
                " Pain in a joint that lasts, or an operation: we will adapt it."
            )
        ),
    )


TOB_01 = Rule(
    id="TOB-01",
    version="2021.1",
    title=Sentence(N_("Stopping tobacco")),
    source="USPSTF 2021, tobacco smoking cessation in adults",
    url=f"{USPSTF}uspstf/recommendation/tobacco-use-in-adults-and-pregnant-women"
    "-counseling-and-interventions",
    grade="A",
    kind="recommend",
    audience="patient",
    urgency="routine",
    cost="low",
    reason=Sentence(N_("Stopping tobacco helps the heart and lungs at any age.")),
    note=Sentence(
        N_(
            "Ask, advise to stop, and offer behavioural support with FDA-approved medicines;"
            " in pregnancy behavioural support alone."
        )
    ),
    verified=PAGE,
    exclusions=(UNDER_18,),
    decide=_tobacco,
)

PA_01 = Rule(
    id="PA-01",
    version="2020.1",
    title=Sentence(N_("Moving more")),
    source="WHO 2020 guidelines on physical activity and sedentary behaviour",
    url="https://www.who.int/publications/i/item/9789240015128",
    grade="strong",
    kind="recommend",
    audience="patient",
    urgency="routine",
    cost="none",
    reason=Sentence(N_("People who move for 150 minutes a week live longer and feel better.")),
    note=Sentence(
        N_(
            "Below 150 minutes a week by the Exercise Vital Sign: activity prescription,"
            " stepped up. Ask about symptoms on exertion first."
        )
    ),
    verified=PAGE,
    exclusions=(UNDER_18, IN_PREGNANCY),
    decide=_activity,
)
