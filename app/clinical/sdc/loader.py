"""Reads the items of a FHIR R4 Questionnaire, collecting all that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from app.clinical.sdc import conditions, extensions, sayings, valuesets
from app.clinical.sdc.expressions import Expressions
from app.clinical.sdc.item import TYPES, VALUE_KEYS, Finding, Item, Json, Option, Options
from app.clinical.sdc.valuesets import ValueSets
from app.clinical.sentences import Sentence

MAX_ITEMS = 3_000
MAX_ITEM_DEPTH = 50
# What the types of later FHIR versions were called in R4.
LATER_TYPES = {"coding": "choice", "question": "string", "uri": "url"}
NUMBERS = ("minValue", "maxValue")
COUNTS = ("minOccurs", "maxOccurs", "minLength", "maxDecimalPlaces")
# How R5 says that other answers may be given too.
OPEN = ("optionsOrString", "optionsOrType")
TRUE, FALSE = frozenset({"true", "True"}), frozenset({"false", "False"})


class Loader:
    """One reading of one form: items come out, findings are kept."""

    def __init__(self, value_sets: ValueSets) -> None:
        self.findings: list[Finding] = []
        self.expressions = Expressions(self.note)
        self._value_sets = value_sets
        self._links: dict[str, tuple[str, bool]] = {}
        self._count = 0

    def note(self, link: str, text: str, severity: str = "error", **values: str | int) -> None:
        """Keep a finding."""
        self.findings.append(Finding(link, Sentence(text, values), severity))

    def items(self, container: Json, path: tuple[str, ...] = ()) -> tuple[Item, ...]:
        """The items directly inside a container, with all below them."""
        found = container.get("item")
        if found is None:
            return ()
        where = path[-1] if path else ""
        if not isinstance(found, list):
            self.note(where, sayings.ITEMS_NO_LIST)
            return ()
        if len(path) >= MAX_ITEM_DEPTH:
            self.note(where, sayings.ITEMS_TOO_DEEP, most=MAX_ITEM_DEPTH)
            return ()
        made = (self._item(each, path) for each in found)
        return tuple(item for item in made if item is not None)

    def _item(self, source: Any, path: tuple[str, ...]) -> Item | None:
        self._count += 1
        if self._count > MAX_ITEMS:
            if self._count == MAX_ITEMS + 1:
                self.note("", sayings.TOO_MANY_ITEMS, most=MAX_ITEMS)
            return None
        where = path[-1] if path else ""
        if not isinstance(source, dict):
            self.note(where, sayings.NO_ITEM)
            return None
        link = self._link(source, where)
        kind = self._type(source, link)
        return self._made(source, link, kind, (*path, link))

    def _link(self, source: Json, where: str) -> str:
        link = source.get("linkId")
        if isinstance(link, int | Decimal) and not isinstance(link, bool):
            self.note(str(link), sayings.LINK_NOT_TEXT, "warning")
            link = str(link)
        if not isinstance(link, str) or not link.strip():
            self.note(where, sayings.NO_LINK, said=_text(source.get("text"))[:80])
            return f"\0{self._count}"
        self._unlike(link, where, source.get("type") == "display")
        return link

    def _unlike(self, link: str, where: str, is_note: bool) -> None:
        """Two questions of one name cannot be told apart; two notes in different groups may."""
        if link in self._links:
            harmless = is_note and self._links[link][1] and self._links[link][0] != where
            self.note(link, sayings.LINK_TWICE, "warning" if harmless else "error")
        self._links.setdefault(link, (where, is_note))

    def _type(self, source: Json, link: str) -> str:
        kind = source.get("type")
        if isinstance(kind, str) and kind in TYPES:
            return kind
        if isinstance(kind, str) and kind in LATER_TYPES:
            self.note(link, sayings.LATER_TYPE, "warning", type=kind)
            later = source.get("answerConstraint") in OPEN
            return "open-choice" if kind == "coding" and later else LATER_TYPES[kind]
        if kind is None and source.get("item"):
            self.note(link, sayings.NO_TYPE_GROUP, "warning")
            return "group"
        self.note(link, sayings.UNKNOWN_TYPE, type=str(kind)[:40])
        return "string"

    def _made(self, source: Json, link: str, kind: str, path: tuple[str, ...]) -> Item:
        options, closed = self._options(source, link, kind)
        named = self.expressions.of_item(source, link)
        unit = extensions.value(source, "unit")
        units = tuple(u for u in extensions.values(source, "unitOption") if isinstance(u, dict))
        return Item(
            link_id=link,
            type=kind,
            text=_text(source.get("text")),
            source=source,
            path=path,
            prefix=_text(source.get("prefix")),
            required=self._flag(source, "required", link),
            repeats=self._flag(source, "repeats", link),
            read_only=self._flag(source, "readOnly", link),
            hidden=extensions.value(source, "hidden") in (True, "true"),
            help=_help(source),
            unit=unit if isinstance(unit, dict) else None,
            units=units,
            unit_open=extensions.value(source, "unitOpen") is not None,
            conditions=conditions.read(source, link, self.note),
            any_condition=conditions.is_any(source, link, self.note),
            initial=self._initial(source, link, kind),
            options=options,
            closed=closed,
            limits=self._limits(source, link),
            items=self.items(source, path),
            **named,
        )

    def _flag(self, source: Json, name: str, link: str) -> bool:
        value = source.get(name, False)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in TRUE | FALSE:
            self.note(link, sayings.FLAG_TEXT, "warning", name=name)
            return value in TRUE
        self.note(link, sayings.FLAG_UNKNOWN, "warning", name=name)
        return False

    def _options(self, source: Json, link: str, kind: str) -> tuple[Options, bool]:
        listed = source.get("answerOption")
        if isinstance(listed, list):
            made = (self._option(each, link) for each in listed)
            options = Options(option for option in made if option is not None)
            return options, kind != "open-choice" and not self._is_open(source)
        address = source.get("answerValueSet")
        if isinstance(address, dict):  # STU3 wrote a reference
            address = address.get("reference")
        if isinstance(address, str):
            found = self._value_sets.options(address)
            if found is None:
                self.note(link, sayings.VALUE_SET_UNKNOWN, "warning", address=address[:200])
                return Options(), False
            return found, kind != "open-choice" and not self._is_open(source)
        return Options(), False

    def _is_open(self, source: Json) -> bool:
        """An answerExpression brings answers we do not have; R5 may say "or any text"."""
        dynamic = any(True for _ in extensions.every(source, "answerExpression"))
        return dynamic or source.get("answerConstraint") in OPEN

    def _option(self, source: Any, link: str) -> Option | None:
        value = answer_value(source) if isinstance(source, dict) else None
        if value is None:
            self.note(link, sayings.OPTION_EMPTY, "warning")
            return None
        coding = value.get("valueCoding")
        places = (source, coding) if isinstance(coding, dict) else (source,)
        return Option(
            value,
            valuesets.weight(*places),
            source.get("initialSelected") in (True, "true"),
            _text(extensions.value(source, "optionPrefix")),
            source,
        )

    def _initial(self, source: Json, link: str, kind: str) -> tuple[Json, ...]:
        listed = source.get("initial")
        found: list[Json] = []
        for each in listed if isinstance(listed, list) else ():
            value = answer_value(each) if isinstance(each, dict) else None
            if value is None or kind not in VALUE_KEYS:
                self.note(link, sayings.INITIAL_UNUSED, "warning")
            else:
                found.append(value)
        for key, value in source.items():  # STU3 wrote initialString, initialBoolean, …
            if key.startswith("initial") and key != "initial" and kind in VALUE_KEYS:
                self.note(link, sayings.INITIAL_STU3, "warning")
                found.append({f"value{key.removeprefix('initial')}": value})
        return tuple(found)

    def _limits(self, source: Json, link: str) -> Json:
        limits: Json = {}
        for name in COUNTS:
            found = self._whole(extensions.value(source, name), link, name)
            if found is not None:
                limits[name] = found
        longest = self._whole(source.get("maxLength"), link, "maxLength")
        if longest is not None:
            limits["maxLength"] = longest
        for name in NUMBERS:
            found = extensions.value(source, name)
            if found is not None:
                limits[name] = found
        pattern = extensions.value(source, "regex")
        if isinstance(pattern, str):
            limits["regex"] = pattern
        return limits

    def _whole(self, value: Any, link: str, name: str) -> int | None:
        if value is None:
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal(-1)
        if number < 0 or number != number.to_integral_value():
            self.note(link, sayings.LIMIT_UNUSED, "warning", name=name)
            return None
        if isinstance(value, str):
            self.note(link, sayings.NUMBER_TEXT, "warning", name=name)
        return int(number)


def answer_value(source: Json) -> Json | None:
    """The one value[x] of an answer, an option or an initial value, as a mapping."""
    found = {key: value for key, value in source.items() if key.startswith("value")}
    return found if len(found) == 1 and None not in found.values() else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _helpers(source: Json) -> Iterator[str]:
    for each in extensions.parts(source, "item"):
        if each.get("type") == "display":
            control = extensions.value(each, "itemControl")
            codings = extensions.parts(control, "coding") if isinstance(control, dict) else []
            if any(coding.get("code") == "help" for coding in codings):
                yield _text(each.get("text"))


def _help(source: Json) -> str:
    return next(_helpers(source), "")
