"""Rules that rest on home blood pressure: BP-03 and BP-04."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.clinical import blood_pressure
from app.clinical.blood_pressure import Pressure, Reading, Series
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.known import IN_PREGNANCY, UNDER_18, outside
from app.clinical.guidelines.profile import Profile
from app.clinical.guidelines.rule import Found, Gap, Outcome, Rule, Wording
from app.clinical.sentences import N_, Sentence

SOURCE = blood_pressure.AHA_SOURCE
URL = "https://doi.org/10.1161/CIR.0000000000001356"
VERIFIED = "secondary summary read (cfu288/im-rec-deck)"

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


def _recent(profile: Profile, first_day: date) -> dict[Reading, Fact]:
    """Readings from this day on, each with the fact it came from."""
    return {
        Reading(fact.value, fact.when, fact.source_id): fact
        for fact in profile.every("blood-pressure")
        if fact.day >= first_day and isinstance(fact.value, Pressure)
    }


def _nothing_recent(profile: Profile) -> Gap:
    """Why no reading can be rested on: none at all, or none that is recent."""
    needs, supply = ("blood-pressure",), Sentence(MEASURE_A_WEEK)
    last = profile.latest("blood-pressure")
    if last is None:
        return Gap("absent", Sentence(NO_READINGS), supply, needs)
    return Gap("old", Sentence(OLD_READINGS, {"day": last.day}), supply, needs, (last,))


def week(profile: Profile, today: date) -> tuple[Series, tuple[Fact, ...]] | Gap:
    """A valid series with the facts it rests on, or what it lacks."""
    return profile.once(("week", today), lambda: _week(profile, today))


def _week(profile: Profile, today: date) -> tuple[Series, tuple[Fact, ...]] | Gap:
    last = profile.latest("blood-pressure")
    if last is None or today - last.day > SERIES_LASTS:
        return _nothing_recent(profile)
    # A series ends with the last reading, so older weeks need not be read at all.
    recent = _recent(profile, last.day - timedelta(days=blood_pressure.SERIES_DAYS))
    series = blood_pressure.series(recent)
    if series is None:
        return _nothing_recent(profile)
    evidence = tuple(recent[reading] for reading in series.used)
    if not series.valid:
        needs, supply = ("blood-pressure",), Sentence(MEASURE_A_WEEK)
        return Gap("not enough", series.missing[0], supply, needs, evidence)
    return series, evidence


def _two_medicines(profile: Profile, today: date) -> Outcome:
    """BP-03: home mean at least 140 and/or 90."""
    if (gap := outside(profile, today)) is not None:
        return gap
    found = week(profile, today)
    if isinstance(found, Gap):
        return found
    series, evidence = found
    if series.mean.systolic < STAGE_2.systolic and series.mean.diastolic < STAGE_2.diastolic:
        return None
    return Found(_medicine_wording(series), evidence)


def mean(series: Series) -> dict[str, int | date]:
    """The values a sentence about the mean needs."""
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
            mean(series),
        ),
        start=Sentence(N_("At your next visit. Do not start or stop any medicine before it.")),
        change=Sentence(
            N_(
                "A home average under 130 over 80, feeling faint on standing up, or a plan to"
                " become pregnant."
            )
        ),
    )


def _severe(profile: Profile, today: date) -> Outcome:
    """BP-04: any reading above 180 and/or above 120. For every age: it only asks for help."""
    recent = [fact for fact in profile.every("blood-pressure") if today - fact.day <= SEVERE_LASTS]
    if not recent:
        return _nothing_recent(profile)
    severe = [
        (fact, fact.value)
        for fact in recent
        if isinstance(fact.value, Pressure) and fact.value.severe
    ]
    if not severe:
        return None
    return Found(_severe_wording(*severe[-1]), tuple(fact for fact, _pressure in severe))


def _severe_wording(last: Fact, pressure: Pressure) -> Wording:
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
                "day": last.day,
                "systolic": pressure.systolic,
                "diastolic": pressure.diastolic,
            },
        ),
        start=Sentence(N_("Now.")),
        change=Sentence(
            N_("Repeated readings that are lower, when you sit quietly and feel well.")
        ),
    )


BP_03 = Rule(
    id="BP-03",
    version="2026.1",
    title=Sentence(N_("Blood pressure of 140 over 90 or more at home")),
    source=SOURCE,
    url=URL,
    grade="COR 1",
    kind="recommend",
    audience="clinician",
    urgency="soon",
    cost="low",
    reason=Sentence(
        N_("Medicine protects the heart and brain when blood pressure stays this high.")
    ),
    note=Sentence(
        N_(
            "Consider two first-line agents, preferably as a single-pill combination. Check"
            " current medicines, kidney function, potassium and plans for pregnancy first."
        )
    ),
    verified=VERIFIED,
    exclusions=(UNDER_18, IN_PREGNANCY),
    decide=_two_medicines,
)

BP_04 = Rule(
    id="BP-04",
    version="2026.1",
    title=Sentence(N_("Very high blood pressure reading")),
    source=SOURCE,
    url=URL,
    grade="COR 1",
    kind="safety",
    audience="clinician",
    urgency="now",
    cost="none",
    reason=Sentence(N_("A very high reading can be the first sign of danger.")),
    note=Sentence(
        N_(
            "Same-day review: ask for a repeat and about symptoms. With symptoms, emergency"
            " care. Without, no automatic change of medicine."
        )
    ),
    verified=VERIFIED,
    exclusions=(),
    decide=_severe,
)
