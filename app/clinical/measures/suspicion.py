"""Slips people make when copying a number, each with the question that would find it.

Nothing here refuses or changes a value: it asks, and the person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.clinical import units
from app.clinical.measures import pressures
from app.clinical.measures.question import Question
from app.clinical.measures.row import Component, Measure, round_half_up
from app.clinical.measures.table import get
from app.clinical.sentences import N_, Sentence, Value

WRONG_UNIT = N_(
    "You wrote %(value)s %(unit)s, which would be unusual. Did you mean %(value)s %(other)s?"
)
UNIT_JUMP = N_(
    "You wrote %(value)s %(unit)s. Last time it was %(previous)s %(unit)s."
    " Did you mean %(value)s %(other)s?"
)
DECIMAL_SLIP = N_(
    "You wrote %(value)s %(unit)s. Is the point in the right place:"
    " did you mean %(other)s %(unit)s?"
)
FRACTION = N_("You wrote %(value)s %(unit)s. Did you mean %(other)s %(unit)s?")
FEET = N_("You wrote %(value)s %(unit)s. Did you mean %(feet)s feet and %(inches)s inches?")
METRES = N_("You wrote %(value)s %(unit)s. Did you mean %(meant)s cm?")
UNUSUAL = N_("%(value)s %(unit)s is unusual. Please check the number. Is it right?")
JUMP = N_(
    "You wrote %(value)s %(unit)s. Last time it was %(previous)s %(unit)s. Is the new number right?"
)

# Two readings of one person within a tenth of each other count as alike; a scale or a
# tape differs by less, so a value that is alike only in another unit or after moving the
# point was most likely copied wrongly.
ALIKE = Decimal("0.10")
# Weight and height of an adult hardly move this far between two entries.
JUMPS = {"weight": Decimal("0.15"), "height": Decimal("0.03")}
INCHES_IN_A_FOOT = 12
PRESSURE = "blood-pressure"

# A value as callers have it: a number, or one for each component.
Amount = Decimal | float
Amounts = Amount | Mapping[str, Amount]


def suspect(
    measure: Measure | str, value: Amounts, unit: str, previous: Amounts | None = None
) -> tuple[Question, ...]:
    """Questions to put to the person about an entry, likeliest slip first.

    `measure` is a row of the table or its key. `value` is in `unit`; `previous` is the
    person's last value in the canonical unit, for blood pressure the mean of the last ones.
    A measure with several components (blood pressure) takes mappings of component to value.
    `KeyError` for an unknown measure or a unit that it is not measured in.
    """
    row = get(measure) if isinstance(measure, str) else measure
    row.choice(unit)
    values = _by_component(row, value)
    before = _by_component(row, previous) if previous is not None else {}
    pair = values.get("systolic"), values.get("diastolic")
    disordered = pair[0] is not None and pair[1] is not None and pair[0] <= pair[1]
    if disordered and (turned := pressures.turned(row, values, unit)):
        return (turned,)
    if row.key == PRESSURE and (tens := pressures.tens_of_both(row, values, unit, before)):
        return (tens,)
    found = tuple(
        question
        for component in row.components
        # A result read in words has no digits to slip.
        if component.key in values and not component.steps
        for question in _sensible(row, component, values, unit, before)
    )
    if disordered and not any(question.suggestion for question in found):
        return (pressures.check_both(values),)
    if row.key == PRESSURE and not found:
        leap = pressures.leap(row, values, unit, before)
        return (leap,) if leap else ()
    return found


def _by_component(measure: Measure, value: Amounts) -> Mapping[str, Decimal]:
    """Decimals by component; a number alone is the first component's."""
    each = value if isinstance(value, Mapping) else {measure.components[0].key: value}
    return {key: units.decimal(amount) for key, amount in each.items()}


def _sensible(
    measure: Measure,
    component: Component,
    values: Mapping[str, Decimal],
    unit: str,
    before: Mapping[str, Decimal],
) -> list[Question]:
    """The questions about one number, without a pressure whose two numbers cannot be."""
    value = values[component.key]
    asked = _about(measure, component, value, unit, before)
    if measure.key != PRESSURE:
        return asked
    kept = [
        question for question in asked if pressures.can_be_meant(measure, values, unit, question)
    ]
    if asked and not kept:
        return [_unusual(measure, component, value, unit, before.get(component.key))]
    return kept


def _about(
    measure: Measure,
    component: Component,
    value: Decimal,
    unit: str,
    before: Mapping[str, Decimal],
) -> list[Question]:
    previous = before.get(component.key)
    if not _doubtful(measure, component, measure.to_canonical(value, unit), previous):
        return []
    steady = previous if measure.key in JUMPS else None
    if measure.key == PRESSURE and (tens := pressures.tens_of_one(measure, component, value, unit)):
        return [tens, *_unit_slips(measure, component, value, unit, None)]
    found = [
        *_unit_slips(measure, component, value, unit, steady),
        *_fraction(measure, component, value, unit),
        *_height_slips(measure, component, value, unit, steady),
        *_decimal_slips(measure, component, value, unit, steady),
    ]
    return found or [_unusual(measure, component, value, unit, previous)]


def _likely(component: Component, canonical: Decimal, previous: Decimal | None) -> bool:
    """Whether a value is what we would expect of this person, or of people at large."""
    if previous:
        return abs(canonical - previous) <= previous * ALIKE
    return component.soft.holds(canonical)


def _doubtful(
    measure: Measure, component: Component, canonical: Decimal, previous: Decimal | None
) -> bool:
    """Odd enough to ask.

    A person's past counts only where the measure is steady: sugar may double in an hour, a
    weight may not.
    """
    if not component.soft.holds(canonical):
        return True
    steady = JUMPS.get(measure.key)
    return bool(previous and steady and abs(canonical - previous) > previous * steady)


def _unit_slips(
    measure: Measure, component: Component, value: Decimal, unit: str, steady: Decimal | None
) -> Iterator[Question]:
    """The very number in another unit would be quite usual."""
    for other in measure.choices:
        meant = measure.to_canonical(value, other.unit)
        if other.unit == unit or not _likely(component, meant, steady):
            continue
        label = measure.choice(unit).label
        said: dict[str, Value] = {"value": value, "unit": label, "other": other.label}
        text = WRONG_UNIT
        if steady:
            text, said["previous"] = UNIT_JUMP, measure.shown(steady, unit)
        yield Question(
            "unit", component.key, Sentence(text, said), {component.key: value}, other.unit
        )


def _fraction(
    measure: Measure, component: Component, value: Decimal, unit: str
) -> Iterator[Question]:
    """Some watches and telephones write 0.97 for 97 %."""
    meant = value * 100
    if unit == "%" and 0 < value <= 1 and component.soft.holds(meant):
        label = measure.choice(unit).label
        said = Sentence(FRACTION, {"value": value, "unit": label, "other": meant})
        yield Question("fraction", component.key, said, {component.key: meant}, unit)


def _height_slips(
    measure: Measure, component: Component, value: Decimal, unit: str, steady: Decimal | None
) -> Iterator[Question]:
    """5.9 for 5 feet 9, and 1.75 for 175 cm. 5.11 has eleven inches, so its digits count."""
    if measure.key != "height":
        return
    said: dict[str, Value] = {"value": value, "unit": measure.choice(unit).label}
    feet, _, digits = format(value, "f").partition(".")
    inches = int(digits or "0") if len(digits) < len("100") else INCHES_IN_A_FOOT
    whole = INCHES_IN_A_FOOT * int(feet) + inches
    tall = measure.to_canonical(Decimal(whole), "[in_i]") if inches < INCHES_IN_A_FOOT else None
    if tall is not None and _likely(component, tall, steady):
        text = Sentence(FEET, {**said, "feet": int(feet), "inches": inches})
        yield Question("feet", component.key, text, {component.key: Decimal(whole)}, "[in_i]")
    if _likely(component, value * 100, steady):
        text = Sentence(METRES, {**said, "meant": value * 100})
        yield Question("metres", component.key, text, {component.key: value * 100}, "cm")


def _decimal_slips(
    measure: Measure, component: Component, value: Decimal, unit: str, steady: Decimal | None
) -> list[Question]:
    """The point one place off; or two, where people write two digits after it.

    Two as well for a pressure, which is written 1.2 by who thinks of 120 as hundreds.
    """
    choice = measure.choice(unit)
    found: list[Question] = []
    for places in (-1, 1, -2, 2):
        far = choice.decimals < abs(places) and (measure.key, unit) != (PRESSURE, measure.canonical)
        if abs(places) > 1 and (found or far):
            break
        meant = round_half_up(value.scaleb(places), choice.decimals)
        if meant and _likely(component, measure.to_canonical(meant, unit), steady):
            said = Sentence(DECIMAL_SLIP, {"value": value, "unit": choice.label, "other": meant})
            found.append(Question("decimal", component.key, said, {component.key: meant}, unit))
    return found


def _unusual(
    measure: Measure, component: Component, value: Decimal, unit: str, previous: Decimal | None
) -> Question:
    canonical = measure.to_canonical(value, unit)
    label = measure.choice(unit).label
    if component.soft.holds(canonical) and previous:
        then = measure.shown(previous, unit)
        said = Sentence(JUMP, {"value": value, "unit": label, "previous": then})
        return Question("jump", component.key, said)
    return Question("unusual", component.key, Sentence(UNUSUAL, {"value": value, "unit": label}))
