"""Slips with blood pressure: turned round, tenths of the numbers, far from one's own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.clinical.measures.question import Question
from app.clinical.measures.row import SINGLE, Component, Measure, round_half_up
from app.clinical.sentences import N_, Sentence, Value

TENS = N_("You wrote %(entered)s. Did you mean %(meant)s?")
TENS_LEAP = N_(
    "You wrote %(entered)s. Your last readings were about %(before)s. Did you mean %(meant)s?"
)
LEAP = N_(
    "You wrote %(entered)s. Your last readings were about %(before)s. Is the new reading right?"
)
SWAPPED = N_(
    "The upper number (%(systolic)s) should be higher than the lower number (%(diastolic)s)."
    " Are the two numbers swapped?"
)
CHECK_BOTH = N_(
    "The upper number (%(systolic)s) should be higher than the lower number (%(diastolic)s)."
    " Please check both numbers."
)
IN_BOTH = N_("%(entered)s, which is %(same)s")

# Where pressure is spoken of in centimetres of mercury, 140 over 90 is written 14/9.
TENFOLD = 10
# In mmHg from the mean of the last readings. At home the upper number of one person scatters
# by 9.1, the lower by 6.1 (Kato 2010, doi:10.1038/ajh.2010.94): these lie beyond three
# times that.
LEAPS = {"systolic": Decimal(30), "diastolic": Decimal(20)}


def turned(measure: Measure, values: Mapping[str, Decimal], unit: str) -> Question | None:
    """The two numbers the other way round, where that would be a pressure of somebody's."""
    other = {"systolic": values["diastolic"], "diastolic": values["systolic"]}
    canonical = _canonical(measure, other, unit)
    if not _possible(measure, canonical):
        return None
    return Question("swapped", "systolic", Sentence(SWAPPED, dict(values)), other, unit)


def check_both(values: Mapping[str, Decimal]) -> Question:
    """Neither turning the numbers round nor moving a point explains them."""
    return Question("unusual", "systolic", Sentence(CHECK_BOTH, dict(values)))


def can_be_meant(
    measure: Measure, values: Mapping[str, Decimal], unit: str, question: Question
) -> bool:
    """Whether what a question suggests makes a pressure of the two numbers."""
    if question.suggestion is None:
        return True
    meant = _canonical(measure, question.suggestion, question.suggested_unit or unit)
    return _possible(measure, {**_canonical(measure, values, unit), **meant})


def _possible(measure: Measure, canonical: Mapping[str, Decimal]) -> bool:
    within = all(measure.component(key).hard.holds(one) for key, one in canonical.items())
    return within and _ordered(canonical)


def _ordered(canonical: Mapping[str, Decimal]) -> bool:
    upper, lower = canonical.get("systolic"), canonical.get("diastolic")
    return upper is None or lower is None or upper > lower


def tens_of_both(
    measure: Measure, values: Mapping[str, Decimal], unit: str, before: Mapping[str, Decimal]
) -> Question | None:
    """14 over 9, where nearly everybody who writes so means 140 over 90 mmHg."""
    if len(values) < len(measure.components):
        return None
    meant = {key: value * TENFOLD for key, value in values.items()}
    canonical = _canonical(measure, values, unit)
    leaps = _leaps(canonical, before) and not _leaps(meant, before)
    # Devices that show kPa show a digit after the point; a first reading has nothing beside it.
    bare = unit != measure.canonical and not before and not any(v % 1 for v in values.values())
    if not _usual(measure, meant) or not (leaps or bare or not _usual(measure, canonical)):
        return None
    said = _said(TENS_LEAP if leaps else TENS, measure, values, unit, before, meant)
    return Question("tens", "systolic", said, meant, measure.canonical)


def tens_of_one(
    measure: Measure, component: Component, value: Decimal, unit: str
) -> Question | None:
    """The same of one number alone."""
    meant, own = value * TENFOLD, measure.canonical
    if not component.soft.holds(meant):
        return None
    entered = Sentence(SINGLE, {"value": value, "unit": measure.choice(unit).label})
    said = Sentence(SINGLE, {"value": meant, "unit": measure.choice(own).label})
    text = Sentence(TENS, {"entered": entered, "meant": said})
    return Question("tens", component.key, text, {component.key: meant}, own)


def leap(
    measure: Measure, values: Mapping[str, Decimal], unit: str, before: Mapping[str, Decimal]
) -> Question | None:
    """A pressure far from this person's own, in whichever unit it was written."""
    if not _leaps(_canonical(measure, values, unit), before):
        return None
    return Question("jump", "systolic", _said(LEAP, measure, values, unit, before))


def _canonical(measure: Measure, values: Mapping[str, Decimal], unit: str) -> dict[str, Decimal]:
    return {key: measure.to_canonical(value, unit) for key, value in values.items()}


def _usual(measure: Measure, canonical: Mapping[str, Decimal]) -> bool:
    """Two numbers such as most people have, the upper one above the lower."""
    soft = all(part.soft.holds(canonical[part.key]) for part in measure.components)
    return soft and _ordered(canonical)


def _leaps(canonical: Mapping[str, Decimal], before: Mapping[str, Decimal]) -> bool:
    """Whether a pressure lies far from this person's own last ones."""
    return any(
        abs(canonical[key] - before[key]) > most
        for key, most in LEAPS.items()
        if key in canonical and key in before
    )


def _said(
    text: str,
    measure: Measure,
    values: Mapping[str, Decimal],
    unit: str,
    before: Mapping[str, Decimal],
    meant: Mapping[str, Decimal] | None = None,
) -> Sentence:
    """A question about a pressure; in kPa also what it is in mmHg, to lie beside the rest."""
    entered, own = measure.spoken(values, unit), measure.canonical
    if unit != own:
        whole = {
            key: round_half_up(value, 0) for key, value in _canonical(measure, values, unit).items()
        }
        entered = Sentence(IN_BOTH, {"entered": entered, "same": measure.spoken(whole, own)})
    said: dict[str, Value] = {"entered": entered}
    if before:
        rounded = {key: round_half_up(value, 0) for key, value in before.items()}
        said["before"] = measure.spoken(rounded, own)
    if meant:
        said["meant"] = measure.spoken(meant, own)
    return Sentence(text, said)
