"""What a person stated in a questionnaire, as facts for the guideline rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.clinical import measures
from app.clinical.guidelines.facts import Fact, FactValue
from app.clinical.questionnaires.item import Answers, Item, value_of
from app.clinical.sentences import N_, Sentence

YES = Sentence(N_("Yes"))
NO = Sentence(N_("No"))
AMOUNT = N_("%(value)s %(unit)s")
NUMBER = N_("%(value)s")


def facts(
    questions: tuple[Item, ...], answers: Answers, authored: datetime, source_id: str
) -> tuple[Fact, ...]:
    """One fact for each answer a rule could read; free text is for people, not for rules."""
    return tuple(
        fact
        for item in questions
        if item.link_id in answers
        and (fact := _fact(item, value_of(answers[item.link_id]), authored, source_id))
    )


def _fact(item: Item, answer: Any, authored: datetime, source_id: str) -> Fact | None:
    stated = _stated(item, answer)
    if stated is None:
        return None
    value, unit, shown = stated
    return Fact(item.link_id, value, unit, authored, "answer", source_id, item.short, shown)


def _stated(item: Item, answer: Any) -> tuple[FactValue, str | None, Sentence] | None:
    match item.type:
        case "boolean":
            return bool(answer), None, YES if answer else NO
        case "choice":
            return _chosen(item, answer)
        case "integer" | "decimal":
            number = Decimal(str(answer))
            return number, *_amount(item, number)
        case "quantity":
            return _measured(item, answer)
        case _:
            return None


def _chosen(item: Item, coding: Mapping[str, Any]) -> tuple[FactValue, None, Sentence] | None:
    option = item.option(str(coding.get("code")))
    if option is None:
        return None
    value = option.code if option.points is None else int(option.points)
    return value, None, option.label


def _amount(item: Item, number: Decimal) -> tuple[str | None, Sentence]:
    if not item.units:
        return None, Sentence(NUMBER, {"value": number})
    unit = item.units[0]
    return unit.code, Sentence(AMOUNT, {"value": number, "unit": Sentence(unit.label)})


def _measured(item: Item, quantity: Mapping[str, Any]) -> tuple[FactValue, str, Sentence]:
    """A quantity that is a home measure too counts in that measure's canonical unit."""
    measure = measures.get(item.link_id)
    number, unit = Decimal(str(quantity["value"])), str(quantity["code"])
    shown = Sentence(AMOUNT, {"value": number, "unit": Sentence(str(quantity["unit"]))})
    return measure.to_canonical(number, unit), measure.canonical, shown
