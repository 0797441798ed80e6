"""Rules that rest on the lifestyle answers: TOB-01, ALC-01 and PA-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.known import (
    IN_PREGNANCY,
    UNDER_18,
    USPSTF,
    amount,
    answer,
    not_adult,
    outside,
    pregnancy,
    unanswered,
)
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.sentences import N_, Sentence, Value

MEMORY = "from working knowledge; open the primary text before release"

# ---------------------------------------------------------------- TOB-01

DAILY, SOME_DAYS = "LA18976-3", "LA18977-1"
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
        if fact is not None and (fact.value in {DAILY, SOME_DAYS} or fact.value is True)
    )
    if current:
        expecting = pregnancy(profile, today)
        evidence = (*current, *((expecting,) if expecting else ()))
        return Found(_tobacco_wording(current[0], expecting), evidence)
    if smoking is None or other is None:
        return unanswered(profile, ("smoking-status", "other-tobacco"), TOBACCO_TOPIC, today)
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


# ---------------------------------------------------------------- ALC-01

ALCOHOL_ITEMS = ("alcohol-frequency", "alcohol-amount", "alcohol-binge")
ALCOHOL_ITEM_POINTS = 4
RISKY_MALE, RISKY_FEMALE = 4, 3
ALCOHOL_TOPIC = Sentence(N_("alcohol"))
SEX_MATTERS = N_("Whether your alcohol answers call for advice depends on your sex at birth.")


def _alcohol_bounds(known: dict[str, Fact]) -> tuple[int, int]:
    """The least and the most AUDIT-C the answers so far allow."""
    points = [fact.value for fact in known.values() if isinstance(fact.value, int)]
    frequency = known.get(ALCOHOL_ITEMS[0])
    if frequency is not None and frequency.value == 0:
        return 0, 0  # someone who never drinks is asked nothing more
    least = sum(points)
    return least, least + ALCOHOL_ITEM_POINTS * (len(ALCOHOL_ITEMS) - len(points))


def _alcohol(profile: Profile, today: date) -> Outcome:
    """ALC-01: AUDIT-C at least 4 (male) or 3 (female)."""
    if (gap := outside(profile, today)) is not None:
        return gap
    known = {
        key: fact for key in ALCOHOL_ITEMS if (fact := answer(profile, key, today)) is not None
    }
    least, most = _alcohol_bounds(known)
    sex = profile.latest("sex-at-birth")
    limits = {"male": (RISKY_MALE,), "female": (RISKY_FEMALE,)}
    possible = limits.get(str(sex.value) if sex else "", (RISKY_FEMALE, RISKY_MALE))
    if most < min(possible):
        return None
    if least >= max(possible):
        evidence = (*known.values(), *((sex,) if sex and len(possible) == 1 else ()))
        return Found(_alcohol_wording(least, tuple(known.values())), evidence)
    if least == most:
        needs, told = ("sex-at-birth",), tuple(known.values())
        return Gap("absent", Sentence(SEX_MATTERS), Sentence(ASK_OR_ANSWER), needs, told)
    return unanswered(profile, ALCOHOL_ITEMS, ALCOHOL_TOPIC, today)


ASK_OR_ANSWER = N_("Talk it over with your care team, or answer the questions about you.")


def _alcohol_wording(least: int, known: tuple[Fact, ...]) -> Wording:
    return Wording(
        action=Sentence(N_("Talk for a few minutes with your care team about drinking less")),
        detail=Sentence(
            N_(
                "A short, friendly talk helps many people. Until then, try days without"
                " alcohol and smaller glasses. If you drink every day and feel shaky or sweaty"
                " without it, do not stop suddenly: tell us first."
            )
        ),
        why=Sentence(
            N_(
                "Your answers of %(day)s about alcohol add up to %(points)s of 12 points. At"
                " this level drinking can begin to harm, often before anyone notices."
            ),
            {"day": max(fact.day for fact in known), "points": least},
        ),
        start=Sentence(N_("At your next visit or message.")),
        change=Sentence(
            N_("Drinking less for 3 months, pregnancy, a new medicine, or shaking without alcohol.")
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
    url=USPSTF,
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
    verified=MEMORY,
    exclusions=(UNDER_18,),
    decide=_tobacco,
)

ALC_01 = Rule(
    id="ALC-01",
    version="2018.1",
    title=Sentence(N_("Drinking less alcohol")),
    source="USPSTF 2018, unhealthy alcohol use; AUDIT-C: Bush 1998, derived from WHO AUDIT",
    url=USPSTF,
    grade="B",
    kind="recommend",
    audience="patient",
    urgency="routine",
    cost="none",
    reason=Sentence(N_("A short talk helps many people drink less, before drinking harms.")),
    note=Sentence(
        N_(
            "AUDIT-C at least 4 (male) or 3 (female): brief counselling; consider the full"
            " AUDIT and signs of dependence."
        )
    ),
    verified=MEMORY,
    exclusions=(UNDER_18, IN_PREGNANCY),
    decide=_alcohol,
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
    verified=MEMORY,
    exclusions=(UNDER_18, IN_PREGNANCY),
    decide=_activity,
)
