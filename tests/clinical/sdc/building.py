"""Small questionnaires and responses, written the short way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
FHIR = "http://hl7.org/fhir/StructureDefinition/"
PLAIN = frozenset({"variable", "ordinalValue", "itemWeight", "targetConstraint", "regex"})


def rule(kind: str, expression: str, name: str = "") -> Json:
    """An extension that holds a FHIRPath expression."""
    value = {"language": "text/fhirpath", "expression": expression}
    if name:
        value["name"] = name
    return {"url": (FHIR if kind in PLAIN else SDC) + kind, "valueExpression": value}


def extension(kind: str, **value: Any) -> Json:
    """An extension with a plain value."""
    return {"url": f"{FHIR}{kind}", **value}


def question(link: str, kind: str = "string", *rules: Json, **more: Any) -> Json:
    """An item; its rules are its extensions."""
    made: Json = {"linkId": link, "type": kind, "text": f"Question {link}", **more}
    return made | ({"extension": list(rules)} if rules else {})


def group(link: str, *items: Json, **more: Any) -> Json:
    """A group of items."""
    return {"linkId": link, "type": "group", "item": list(items), **more}


def form(*items: Json, **more: Any) -> Json:
    """A questionnaire."""
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items), **more}


def calculated(expression: str, kind: str = "string", link: str = "it") -> Json:
    """An item that is worked out."""
    return question(link, kind, rule("calculatedExpression", expression))


def condition(asked: str, operator: str, **answer: Any) -> Json:
    """One enableWhen."""
    return {"question": asked, "operator": operator, **answer}


def answered(link: str, *values: Any, **more: Any) -> Json:
    """A response item with plain answers."""
    return {"linkId": link, "answer": [{key_of(value): value} for value in values], **more}


def key_of(value: Any) -> str:
    """The value[x] key of a Python value."""
    if isinstance(value, bool):
        return "valueBoolean"
    if isinstance(value, int):
        return "valueInteger"
    if isinstance(value, float):
        return "valueDecimal"
    if isinstance(value, dict):
        return "valueQuantity" if "value" in value else "valueCoding"
    return "valueString"


def response(*items: Json, **more: Any) -> Json:
    """A questionnaire response."""
    return {"resourceType": "QuestionnaireResponse", "item": list(items), **more}


def coded(*codes: str, system: str = "s", weights: bool = False) -> list[Json]:
    """Answer options; with weights, each one more than the one before."""
    return [
        {
            "valueCoding": {"system": system, "code": code, "display": code.upper()},
            **({"extension": [extension("ordinalValue", valueDecimal=at)]} if weights else {}),
        }
        for at, code in enumerate(codes)
    ]


def said(found: Json) -> dict[str, list[Any]]:
    """All answers in a response, by linkId."""
    kept: dict[str, list[Any]] = {}
    for link, value in _said(found):
        kept.setdefault(link, []).append(value)
    return kept


def _said(part: Json) -> Iterator[tuple[str, Any]]:
    for item in part.get("item", ()):
        for answer in item.get("answer", ()):
            for key, value in answer.items():
                if key.startswith("value"):
                    yield item["linkId"], value
            yield from _said(answer)
        yield from _said(item)
