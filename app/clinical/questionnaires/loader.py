"""From a FHIR R4 Questionnaire to items, saying everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.clinical.errors import FormError
from app.clinical.questionnaires.item import (
    ANSWER_KEYS,
    CONTAINERS,
    Condition,
    Item,
    Limit,
    Option,
    UnitOption,
)
from app.clinical.sentences import Sentence

SD = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})


def items(questionnaire: Mapping[str, Any]) -> tuple[Item, ...]:
    """The top-level items; raises `FormError` with every problem found."""
    problems: list[tuple[str, str]] = []
    if questionnaire.get("resourceType") != "Questionnaire":
        raise FormError([("", "This is not a FHIR Questionnaire.")])
    found = tuple(_item(raw, problems) for raw in questionnaire.get("item", ()))
    problems += _across([item for top in found for item in top.walk()])
    if problems:
        raise FormError(problems)
    return found


def _item(raw: Mapping[str, Any], problems: list[tuple[str, str]]) -> Item:
    link, kind = str(raw.get("linkId", "")), str(raw.get("type", ""))
    if not link:
        problems.append(("", f"An item has no linkId: {str(raw.get('text', ''))[:40]}"))
    if kind not in ANSWER_KEYS and kind not in CONTAINERS:
        problems.append((link, f"Items of type “{kind}” are not known here."))
    if raw.get("repeats"):
        problems.append((link, "Repeating items are not known here."))
    below = [_item(each, problems) for each in raw.get("item", ())]
    helps = [each for each in raw.get("item", ()) if _is_help(each)]
    help_links = {each.get("linkId") for each in helps}
    text = str(raw.get("text", ""))
    return Item(
        link_id=link,
        type=kind,
        text=Sentence(text),
        short=Sentence(str(_extension(raw, SDC + "sdc-questionnaire-shortText") or text)),
        help=Sentence(str(helps[0]["text"])) if helps else None,
        required=bool(raw.get("required")),
        read_only=bool(raw.get("readOnly")),
        options=tuple(_options(raw)),
        units=tuple(_units(raw)),
        minimum=_limit(raw, "min"),
        maximum=_limit(raw, "max"),
        decimals=int(_extension(raw, SD + "maxDecimalPlaces") or 0),
        max_length=raw.get("maxLength"),
        conditions=tuple(_conditions(raw, link, problems)),
        behavior=str(raw.get("enableBehavior", "any")),
        codes=tuple(raw.get("code", ())),
        extract=bool(_extension(raw, SDC + "sdc-questionnaire-observationExtract")),
        items=tuple(each for each in below if each.link_id not in help_links),
    )


def _extensions(raw: Mapping[str, Any], url: str) -> list[Any]:
    return [
        next((value for key, value in each.items() if key.startswith("value")), None)
        for each in raw.get("extension", ())
        if each.get("url") == url
    ]


def _extension(raw: Mapping[str, Any], url: str) -> Any:
    return next(iter(_extensions(raw, url)), None)


def _is_help(raw: Mapping[str, Any]) -> bool:
    control = _extension(raw, SD + "questionnaire-itemControl") or {}
    return any(coding.get("code") == "help" for coding in control.get("coding", ()))


def _options(raw: Mapping[str, Any]) -> Iterable[Option]:
    for each in raw.get("answerOption", ()):
        coding = each.get("valueCoding", {})
        url = SD + "ordinalValue"
        points = _extension(each, url)
        points = _extension(coding, url) if points is None else points
        yield Option(
            str(coding.get("code", "")),
            coding.get("system"),
            str(coding.get("display", coding.get("code", ""))),
            None if points is None else Decimal(str(points)),
        )


def _units(raw: Mapping[str, Any]) -> Iterable[UnitOption]:
    urls = (SD + "questionnaire-unit", SD + "questionnaire-unitOption")
    for coding in (each for url in urls for each in _extensions(raw, url)):
        yield UnitOption(str(coding["code"]), str(coding.get("display", coding["code"])))


def _limit(raw: Mapping[str, Any], end: str) -> Limit | None:
    plain = _extension(raw, f"{SD}{end}Value")
    if plain is not None:
        return Limit(Decimal(str(plain)))
    quantity = _extension(raw, f"{SDC}sdc-questionnaire-{end}Quantity")
    return Limit(Decimal(str(quantity["value"])), quantity.get("code")) if quantity else None


def _conditions(
    raw: Mapping[str, Any], link: str, problems: list[tuple[str, str]]
) -> Iterable[Condition]:
    for each in raw.get("enableWhen", ()):
        question, operator = str(each.get("question", "")), str(each.get("operator", ""))
        if operator not in OPERATORS:
            problems.append((link, f"enableWhen knows no operator “{operator}”."))
        expected = next((value for key, value in each.items() if key.startswith("answer")), None)
        if expected is None:
            problems.append((link, "enableWhen says no answer to compare with."))
        yield Condition(question, operator, expected)


def _across(found: list[Item]) -> list[tuple[str, str]]:
    """What only shows when the items are seen together."""
    links = [item.link_id for item in found]
    known = set(links)
    problems = [
        (link, "This linkId is used more than once.")
        for link, times in sorted(Counter(links).items())
        if times > 1
    ]
    problems += [
        (item.link_id, f"enableWhen asks about “{name}”, which is not in the form.")
        for item in found
        for name in sorted({each.question for each in item.conditions} - known)
    ]
    problems += [
        (item.link_id, "A choice offers no answers.")
        for item in found
        if item.type == "choice" and not item.options
    ]
    return problems
