"""Slips people make when copying a number, each with the question that would find it.

Nothing here refuses or changes a value: it asks, and the person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.clinical.measures.row import Component, Measure, round_half_up
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
SWAPPED = N_(
    "The upper number (%(systolic)s) should be higher than the lower number (%(diastolic)s)."
    " Are the two numbers swapped?"
)
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


@dataclass(frozen=True)
class Question:
    """One thing to ask before saving; `suggestion` is what the person may have meant."""

    kind: str  # "unit", "decimal", "swapped", "unusual", "jump"
    field: str
    sentence: Sentence
    suggestion: Mapping[str, Decimal] | None = None
    suggested_unit: str | None = None


def suspect(
    measure: Measure,
    value: Decimal | Mapping[str, Decimal],
    unit: str,
    previous: Decimal | Mapping[str, Decimal] | None = None,
) -> tuple[Question, ...]:
    """Questions to put to the person about an entry, likeliest slip first.

    `value` is in `unit`; `previous` is the person's last value in the canonical unit. A
    measure with several components (blood pressure) takes mappings of component to value.
    """
    values = _by_component(measure, value)
    before = _by_component(measure, previous) if previous is not None else {}
    pair = values.get("systolic"), values.get("diastolic")
    if pair[0] is not None and pair[1] is not None and pair[0] <= pair[1]:
        return (_swapped(values, unit),)
    return tuple(
        question
        for component in measure.components
        if component.key in values
        for question in _about(
            measure, component, values[component.key], unit, before.get(component.key)
        )
    )


def _by_component(
    measure: Measure, value: Decimal | Mapping[str, Decimal]
) -> Mapping[str, Decimal]:
    return value if isinstance(value, Mapping) else {measure.components[0].key: value}


def _swapped(values: Mapping[str, Decimal], unit: str) -> Question:
    turned = {"systolic": values["diastolic"], "diastolic": values["systolic"]}
    return Question("swapped", "systolic", Sentence(SWAPPED, dict(values)), turned, unit)


def _about(
    measure: Measure, component: Component, value: Decimal, unit: str, previous: Decimal | None
) -> list[Question]:
    found = [
        *_unit_slips(measure, component, value, unit, previous),
        *_decimal_slips(measure, component, value, unit, previous),
    ]
    return found or list(_unusual(measure, component, value, unit, previous))


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
    measure: Measure, component: Component, value: Decimal, unit: str, previous: Decimal | None
) -> Iterator[Question]:
    steady = previous if measure.key in JUMPS else None
    if not _doubtful(measure, component, measure.to_canonical(value, unit), previous):
        return
    for other in measure.choices:
        if other.unit == unit or not _likely(
            component, measure.to_canonical(value, other.unit), steady
        ):
            continue
        label = measure.choice(unit).label
        values: dict[str, Value] = {"value": value, "unit": label, "other": other.label}
        text = WRONG_UNIT
        if steady:
            text, values["previous"] = UNIT_JUMP, measure.shown(steady, unit)
        yield Question(
            "unit", component.key, Sentence(text, values), {component.key: value}, other.unit
        )


def _decimal_slips(
    measure: Measure, component: Component, value: Decimal, unit: str, previous: Decimal | None
) -> Iterator[Question]:
    steady = previous if measure.key in JUMPS else None
    if not _doubtful(measure, component, measure.to_canonical(value, unit), previous):
        return
    choice = measure.choice(unit)
    for shifted in (value / 10, value * 10):
        meant = round_half_up(shifted, choice.decimals)
        if _likely(component, measure.to_canonical(meant, unit), steady):
            said = Sentence(DECIMAL_SLIP, {"value": value, "unit": choice.label, "other": meant})
            yield Question("decimal", component.key, said, {component.key: meant}, unit)


def _unusual(
    measure: Measure, component: Component, value: Decimal, unit: str, previous: Decimal | None
) -> Iterator[Question]:
    canonical = measure.to_canonical(value, unit)
    if not _doubtful(measure, component, canonical, previous):
        return
    label = measure.choice(unit).label
    if component.soft.holds(canonical) and previous:
        then = measure.shown(previous, unit)
        said = Sentence(JUMP, {"value": value, "unit": label, "previous": then})
        yield Question("jump", component.key, said)
    else:
        said = Sentence(UNUSUAL, {"value": value, "unit": label})
        yield Question("unusual", component.key, said)
