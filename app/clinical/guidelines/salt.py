"""The rule that rests on salty habits or on elevated home blood pressure: BP-05."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.clinical import blood_pressure
from app.clinical.guidelines.answers import merged
from app.clinical.guidelines.conditions import LOW_EGFR
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.figures import egfr
from app.clinical.guidelines.known import IN_PREGNANCY, UNDER_18, answer, outside, unanswered
from app.clinical.guidelines.medicines import KEEPS_POTASSIUM
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.pressure import SOURCE, URL, VERIFIED, mean, week
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.sentences import N_, Sentence

SALT_ITEMS = ("salt-table", "salt-packaged", "salt-cured", "salt-takeaway")
SALT_ITEM_POINTS = 2
# Half of the 8 points. Our own screen of habits, not a validated instrument: it only
# opens a conversation about salt, and a clinician sees the answers beside the line.
SALT_HIGH = 4

SALT_TOPIC = Sentence(N_("salt and food"))


def _salt_high(known: list[Fact]) -> bool | None:
    """Whether the habits add up to much salt; `None` when the answers given leave it open."""
    points = sum(fact.value for fact in known if isinstance(fact.value, int))
    if points >= SALT_HIGH:
        return True
    most = points + SALT_ITEM_POINTS * (len(SALT_ITEMS) - len(known))
    return False if most < SALT_HIGH else None


def _less_salt(profile: Profile, today: date) -> Outcome:
    """BP-05: salty habits, or elevated blood pressure, either being enough."""
    if (gap := outside(profile, today)) is not None:
        return gap
    salt = [fact for key in SALT_ITEMS if (fact := answer(profile, key, today)) is not None]
    pressure = week(profile, today)
    reasons: list[Sentence] = []
    evidence: tuple[Fact, ...] = ()
    high = _salt_high(salt)
    if high:
        reasons.append(_salt_reason(salt))
        evidence += tuple(salt)
    if not isinstance(pressure, Gap) and blood_pressure.aha(pressure[0].mean).key != "normal":
        reasons.append(Sentence(PRESSURE_REASON, mean(pressure[0])))
        evidence += pressure[1]
    if reasons:
        return _salt_found(profile, today, reasons, evidence)
    if high is None:
        return unanswered(profile, SALT_ITEMS, SALT_TOPIC, today)
    return pressure if isinstance(pressure, Gap) else None


SALT_REASON = N_("Your answers of %(day)s show that much of your food is salty.")
PRESSURE_REASON = N_(
    "Your blood pressure at home was %(systolic)s over %(diastolic)s on average (%(count)s"
    " readings, %(first)s to %(last)s), which is above normal."
)
SALT_WHY = N_("%(reason)s Less salt lowers blood pressure in most people.")
SALT_WHY_BOTH = N_("%(reason)s %(second)s Less salt lowers blood pressure in most people.")


def _salt_reason(salt: list[Fact]) -> Sentence:
    return Sentence(SALT_REASON, {"day": max(fact.day for fact in salt)})


def _salt_found(
    profile: Profile, today: date, reasons: list[Sentence], evidence: tuple[Fact, ...]
) -> Found:
    names = dict(zip(("reason", "second"), reasons, strict=False))
    potassium, deciding = _potassium(profile, today)
    wording = Wording(
        action=Sentence(N_("Eat less salt: under 2,300 mg of sodium a day")),
        detail=potassium,
        why=Sentence(SALT_WHY_BOTH if "second" in names else SALT_WHY, names),
        start=Sentence(N_("From the day your plan is approved, one change at a time.")),
        change=Sentence(
            N_(
                "Kidney disease, a new medicine for the heart, blood pressure or kidneys, or"
                " feeling faint."
            )
        ),
    )
    return Found(wording, evidence + deciding)


POTASSIUM_SAFE = N_(
    "That is about one teaspoon of salt in all; under 1,500 mg is better still. Taste before"
    " you add salt, cook more from fresh food, and compare labels. Fruit, vegetables, beans"
    " and nuts bring potassium, which helps. A salt substitute with potassium is possible if"
    " your clinician agrees that your kidneys are well."
)
POTASSIUM_UNSAFE = N_(
    "That is about one teaspoon of salt in all; under 1,500 mg is better still. Taste before"
    " you add salt, cook more from fresh food, and compare labels. Do not use salt substitutes:"
    " they contain potassium, which may not be safe for you."
)


def _potassium(profile: Profile, today: date) -> tuple[Sentence, tuple[Fact, ...]]:
    """Potassium only after a plain no to both questions; no answer counts as unsafe.

    Whatever was answered, a filtration that a laboratory found low and a listed medicine that
    keeps potassium in the body, or may, speak against it.
    """
    asked = [answer(profile, key, today) for key in ("kidney-disease", "potassium-medicine")]
    given = tuple(fact for fact in asked if fact is not None)
    person = Person(profile, today)
    taken = person.takes(KEEPS_POTASSIUM)
    # A listed medicine that nobody could read is one that may keep potassium.
    kept = replace(taken, true=True) if taken.true is None and taken.facts else taken
    against = egfr(person).below(LOW_EGFR) | kept
    safe = len(given) == len(asked) and all(fact.value is False for fact in given)
    if against.true:
        return Sentence(POTASSIUM_UNSAFE), merged(given, against.facts)
    return Sentence(POTASSIUM_SAFE if safe else POTASSIUM_UNSAFE), given


BP_05 = Rule(
    id="BP-05",
    version="2026.1",
    title=Sentence(N_("Less salt")),
    source=SOURCE,
    url=URL,
    grade="COR 1",
    kind="recommend",
    audience="patient",
    urgency="routine",
    cost="none",
    reason=Sentence(N_("Less salt lowers blood pressure in most people.")),
    note=Sentence(
        N_(
            "Sodium below 2,300 mg a day, ideally below 1,500 mg; potassium 3,500 to 5,000 mg"
            " from food. No potassium salt substitute with kidney disease or a"
            " potassium-sparing medicine. The salt questions are a habit screen, not a"
            " validated instrument."
        )
    ),
    verified=VERIFIED,
    exclusions=(UNDER_18, IN_PREGNANCY),
    decide=_less_salt,
)
