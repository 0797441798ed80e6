"""Answers as FHIR R4 resources, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.clinical.questionnaires.item import Answer, Answers, Item
from app.clinical.questionnaires.reading import quantity

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def to_response(
    canonical: str, tops: tuple[Item, ...], answers: Answers, authored: datetime
) -> dict[str, Any]:
    """The QuestionnaireResponse, nested as the questionnaire is."""
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical,
        "status": "completed",
        "authored": _instant(authored),
        "item": list(_items(tops, answers)),
    }


def _instant(when: datetime) -> str:
    if when.tzinfo is None:
        raise ValueError("a response needs the time zone it was written in")
    return when.isoformat(timespec="seconds")


def _items(items: tuple[Item, ...], answers: Answers) -> Iterator[dict[str, Any]]:
    for item in items:
        entry: dict[str, Any] = {"linkId": item.link_id, "text": item.text.text}
        if item.link_id in answers:
            entry["answer"] = [dict(answers[item.link_id])]
        below = list(_items(item.items, answers))
        if below:
            entry["item"] = below
        if "answer" in entry or below:
            yield entry


def answers(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """The first answer under each linkId, however deep."""
    found: dict[str, Answer] = {}
    for entry in stored.get("item", ()):
        if entry.get("answer"):
            found[str(entry["linkId"])] = entry["answer"][0]
        found |= answers(entry)
    return found


def observations(
    tops: tuple[Item, ...], given: Answers, scores: Mapping[str, int | None], authored: datetime
) -> list[dict[str, Any]]:
    """One Observation for each item marked for extraction that has a code and a value."""
    found = []
    for item in (item for top in tops for item in top.walk()):
        if not item.extract or not item.codes:
            continue
        value = _value(item, given, scores)
        if value is not None:
            found.append(_observation(item, value, authored))
    return found


def _value(item: Item, given: Answers, scores: Mapping[str, int | None]) -> Answer | None:
    if item.type == "group":
        asked = any(child.link_id in given for child in item.items)
        total = scores.get(item.link_id) if asked else None
        return None if total is None else {"valueInteger": total}
    answer = given.get(item.link_id)
    if answer is None:
        return None
    if item.type == "choice":
        return {"valueCodeableConcept": {"coding": [dict(answer["valueCoding"])]}}
    if item.type in {"integer", "decimal"} and item.units:
        number = next(iter(answer.values()))
        return {"valueQuantity": quantity(number, item.units[0].code, item.units[0].label)}
    return dict(answer)


def _observation(item: Item, value: Answer, authored: datetime) -> dict[str, Any]:
    category = "vital-signs" if item.type == "quantity" else "social-history"
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": {"coding": [dict(code) for code in item.codes], "text": item.short.text},
        "effectiveDateTime": _instant(authored),
        **value,
    }
