"""Rules that rest on home blood pressure: BP-03, BP-04 and BP-05."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.clinical import blood_pressure
from app.clinical.blood_pressure import Pressure, Reading, Series
from app.clinical.guidelines.facts import Fact, Facts
from app.clinical.guidelines.known import answer, outside, unanswered
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.sentences import N_, Sentence

SOURCE = blood_pressure.AHA_SOURCE
URL = "https://doi.org/10.1161/CIR.0000000000001356"
VERIFIED = "secondary summary read (cfu288/im-rec-deck)"
COR_1 = Sentence(N_("Strong recommendation (class 1)"))

# A plan is reviewed every 3 months at the latest; pressure from before that describes
# another season and often another treatment.
SERIES_LASTS = timedelta(days=90)
# A very high reading that nobody acted on still needs a look within the month; after
# that the ordinary mean says more.
SEVERE_LASTS = timedelta(days=30)

STAGE_2 = Pressure(Decimal(140), Decimal(90))

NO_READINGS = N_("We do not have your blood pressure at home.")
OLD_READINGS = N_("Your last home blood pressure is from %(day)s, which is too long ago.")
MEASURE_A_WEEK = N_(
    "Measure twice in the morning and twice in the evening for a week, and enter each reading."
)


def _readings(facts: Facts) -> dict[Reading, Fact]:
    return {
        Reading(fact.value, fact.when, fact.source_id): fact
        for fact in facts.every("blood-pressure")
        if isinstance(fact.value, Pressure)
    }


def _recent(facts: Facts, today: date, lasts: timedelta) -> dict[Reading, Fact] | Gap:
    """Readings recent enough, or why there are none."""
    found = _readings(facts)
    needs, supply = ("blood-pressure",), Sentence(MEASURE_A_WEEK)
    if not found:
        return Gap("absent", Sentence(NO_READINGS), supply, needs)
    recent = {reading: fact for reading, fact in found.items() if today - fact.day <= lasts}
    if not recent:
        last = max(found.values(), key=lambda fact: fact.order)
        said = Sentence(OLD_READINGS, {"day": last.day})
        return Gap("old", said, supply, needs, (last,))
    return recent


def _week(facts: Facts, today: date) -> tuple[Series, tuple[Fact, ...]] | Gap:
    """A valid series with the facts it rests on, or what it lacks."""
    recent = _recent(facts, today, SERIES_LASTS)
    if isinstance(recent, Gap):
        return recent
    series = blood_pressure.series(recent)
    assert series is not None  # recent is never empty
    evidence = tuple(recent[reading] for reading in series.used)
    if not series.valid:
        needs, supply = ("blood-pressure",), Sentence(MEASURE_A_WEEK)
        return Gap("not enough", series.missing[0], supply, needs, evidence)
    return series, evidence


def _two_medicines(facts: Facts, today: date) -> Outcome:
    """BP-03: home mean at least 140 and/or 90."""
    if (gap := outside(facts, today)) is not None:
        return gap
    week = _week(facts, today)
    if isinstance(week, Gap):
        return week
    series, evidence = week
    if series.mean.systolic < STAGE_2.systolic and series.mean.diastolic < STAGE_2.diastolic:
        return None
    return Found(_medicine_wording(series), evidence)


def _mean(series: Series) -> dict[str, int | date]:
    return {
        "systolic": int(series.mean.systolic),
        "diastolic": int(series.mean.diastolic),
        "count": len(series.used),
        "first": series.first_day,
        "last": series.last_day,
    }


def _medicine_wording(series: Series) -> Wording:
    return Wording(
        action=Sentence(N_("Talk with your clinician about medicine for your blood pressure")),
        detail=Sentence(
            N_(
                "Two medicines in one tablet often work better together than more of one. Your"
                " clinician will tell you which suit you. Keep measuring at home."
            )
        ),
        why=Sentence(
            N_(
                "Your blood pressure at home was %(systolic)s over %(diastolic)s on average"
                " (%(count)s readings, %(first)s to %(last)s). At 140 over 90 or more,"
                " medicine together with daily habits protects the heart and brain better"
                " than habits alone."
            ),
            _mean(series),
        ),
        start=Sentence(N_("At your next visit. Do not start or stop any medicine before it.")),
        change=Sentence(
            N_(
                "A home average under 130 over 80, feeling faint on standing up, or a plan to"
                " become pregnant."
            )
        ),
    )


def _severe(facts: Facts, today: date) -> Outcome:
    """BP-04: any reading above 180 and/or above 120. For every age: it only asks for help."""
    recent = _recent(facts, today, SEVERE_LASTS)
    if isinstance(recent, Gap):
        return recent
    severe = [fact for reading, fact in recent.items() if reading.pressure.severe]
    if not severe:
        return None
    severe.sort(key=lambda fact: fact.order)
    worst = severe[-1]
    assert isinstance(worst.value, Pressure)  # _readings keeps no other
    return Found(_severe_wording(worst, worst.value), tuple(severe))


def _severe_wording(fact: Fact, pressure: Pressure) -> Wording:
    return Wording(
        action=Sentence(N_("Measure your blood pressure again now, and tell us the result")),
        detail=Sentence(
            N_(
                "Sit quietly for five minutes and measure twice, one minute apart. With chest"
                " pain, shortness of breath, weakness or numbness, trouble seeing or speaking,"
                " or a very bad headache, call the emergency number at once. Otherwise your"
                " care team will look at it the same day."
            )
        ),
        why=Sentence(
            N_(
                "On %(day)s you measured %(systolic)s over %(diastolic)s. Above 180 over 120"
                " blood pressure needs attention the same day."
            ),
            {
                "day": fact.day,
                "systolic": pressure.systolic,
                "diastolic": pressure.diastolic,
            },
        ),
        start=Sentence(N_("Now.")),
        change=Sentence(
            N_("Repeated readings that are lower, when you sit quietly and feel well.")
        ),
    )


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


def _less_salt(facts: Facts, today: date) -> Outcome:
    """BP-05: salty habits, or elevated blood pressure, either being enough."""
    if (gap := outside(facts, today)) is not None:
        return gap
    salt = [fact for key in SALT_ITEMS if (fact := answer(facts, key, today)) is not None]
    week = _week(facts, today)
    reasons: list[Sentence] = []
    evidence: tuple[Fact, ...] = ()
    high = _salt_high(salt)
    if high:
        reasons.append(_salt_reason(salt))
        evidence += tuple(salt)
    if not isinstance(week, Gap) and blood_pressure.aha(week[0].mean).key != "normal":
        reasons.append(Sentence(PRESSURE_REASON, _mean(week[0])))
        evidence += week[1]
    if reasons:
        return _salt_found(facts, today, reasons, evidence)
    if high is None:
        return unanswered(facts, SALT_ITEMS, SALT_TOPIC)
    return week if isinstance(week, Gap) else None


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
    facts: Facts, today: date, reasons: list[Sentence], evidence: tuple[Fact, ...]
) -> Found:
    both = len(reasons) == 2
    names = dict(zip(("reason", "second"), reasons, strict=False))
    potassium, deciding = _potassium(facts, today)
    wording = Wording(
        action=Sentence(N_("Eat less salt: under 2,300 mg of sodium a day")),
        detail=potassium,
        why=Sentence(SALT_WHY_BOTH if both else SALT_WHY, names),
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


def _potassium(facts: Facts, today: date) -> tuple[Sentence, tuple[Fact, ...]]:
    """Potassium only after a plain no to both questions; no answer counts as unsafe."""
    asked = [answer(facts, key, today) for key in ("kidney-disease", "potassium-medicine")]
    given = tuple(fact for fact in asked if fact is not None)
    safe = len(given) == len(asked) and all(fact.value is False for fact in given)
    return Sentence(POTASSIUM_SAFE if safe else POTASSIUM_UNSAFE), given


BP_03 = Rule(
    id="BP-03",
    version="2026.1",
    title=Sentence(N_("Blood pressure of 140 over 90 or more at home")),
    source=SOURCE,
    url=URL,
    grade="COR 1",
    strength=COR_1,
    kind="recommend",
    audience="clinician",
    urgency="soon",
    note=Sentence(
        N_(
            "Consider two first-line agents, preferably as a single-pill combination. Check"
            " current medicines, kidney function, potassium and plans for pregnancy first."
        )
    ),
    verified=VERIFIED,
    decide=_two_medicines,
)

BP_04 = Rule(
    id="BP-04",
    version="2026.1",
    title=Sentence(N_("Very high blood pressure reading")),
    source=SOURCE,
    url=URL,
    grade="COR 1",
    strength=COR_1,
    kind="safety",
    audience="clinician",
    urgency="now",
    note=Sentence(
        N_(
            "Same-day review: ask for a repeat and about symptoms. With symptoms, emergency"
            " care. Without, no automatic change of medicine."
        )
    ),
    verified=VERIFIED,
    decide=_severe,
)

BP_05 = Rule(
    id="BP-05",
    version="2026.1",
    title=Sentence(N_("Less salt")),
    source=SOURCE,
    url=URL,
    grade="COR 1",
    strength=COR_1,
    kind="recommend",
    audience="patient",
    urgency="routine",
    note=Sentence(
        N_(
            "Sodium below 2,300 mg a day, ideally below 1,500 mg; potassium 3,500 to 5,000 mg"
            " from food. No potassium salt substitute with kidney disease or a"
            " potassium-sparing medicine. The salt questions are a habit screen, not a"
            " validated instrument."
        )
    ),
    verified=VERIFIED,
    decide=_less_salt,
)
