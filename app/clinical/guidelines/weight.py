"""The rule that rests on weight and height: OB-01."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.clinical.guidelines import criteria
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.known import IN_PREGNANCY, UNDER_18, USPSTF, amount, fresh, outside
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.measures.row import round_half_up
from app.clinical.sentences import N_, Sentence

OBESITY = Decimal(criteria.OBESITY)
# Weight moves; half a year is the follow-up interval of weight programmes.
WEIGHT_LASTS = timedelta(days=182)
# Grown people lose about a centimetre in ten years, which moves a BMI of 30 by less than 0.4.
HEIGHT_LASTS = timedelta(days=5 * 365)

NO_BODY = N_("We do not have your weight and height together, from recent times.")
ENTER_BODY = N_("Enter your weight, and your height in the questions about your daily life.")


def bmi(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Body mass index, kg/m2 (WHO)."""
    return weight_kg / (height_cm / 100) ** 2


def _weight(profile: Profile, today: date) -> Outcome:
    """OB-01: BMI at least 30."""
    if (gap := outside(profile, today)) is not None:
        return gap
    weight = fresh(profile.latest("weight"), today, WEIGHT_LASTS)
    height = fresh(profile.latest("height"), today, HEIGHT_LASTS)
    if weight is None or height is None:
        pairs = (("weight", weight), ("height", height))
        needs = tuple(key for key, fact in pairs if fact is None)
        old = tuple(fact for key in needs if (fact := profile.latest(key)) is not None)
        said, supply = Sentence(NO_BODY), Sentence(ENTER_BODY)
        return Gap("old" if old else "absent", said, supply, needs, old)
    index = bmi(amount(weight), amount(height))
    return (
        Found(_weight_wording(index, weight, height), (weight, height))
        if (index >= OBESITY)
        else None
    )


def _weight_wording(index: Decimal, weight: Fact, height: Fact) -> Wording:
    return Wording(
        action=Sentence(N_("Join a programme that helps you eat and move towards a lighter body")),
        detail=Sentence(
            N_(
                "Choose one with at least 12 meetings in the first year, in a group or on your"
                " own, that covers food, movement and how to keep going. Your care team can"
                " find one with you."
            )
        ),
        why=Sentence(
            N_(
                "Your weight of %(weight)s (%(day)s) and height of %(height)s give a body mass"
                " index of %(index)s. From 30 upwards, programmes like these help people lose"
                " weight safely and lower the risk of diabetes."
            ),
            {
                "weight": weight.shown,
                "day": weight.day,
                "height": height.shown,
                "index": round_half_up(index, 1),
            },
        ),
        start=Sentence(N_("Within the next month, when you feel ready.")),
        change=Sentence(
            N_(
                "A body mass index under 30, pregnancy, an eating disorder now or in the past,"
                " or losing weight without trying."
            )
        ),
    )


OB_01 = Rule(
    id="OB-01",
    version="2018.1",
    title=Sentence(N_("Help to lose weight")),
    source="USPSTF 2018, behavioural weight loss interventions in adults",
    url=USPSTF,
    grade="B",
    kind="recommend",
    audience="patient",
    urgency="routine",
    cost="medium",
    reason=Sentence(N_("Programmes help people lose weight safely and avoid diabetes.")),
    note=Sentence(
        N_("Offer or refer to an intensive, multicomponent behavioural intervention (BMI ≥ 30).")
    ),
    verified="executable third-party encoding with tests read (kgrid USPSTF-collection)",
    exclusions=(UNDER_18, IN_PREGNANCY),
    decide=_weight,
)
