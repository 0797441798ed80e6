"""Reads the items of a FHIR R4 Questionnaire, collecting all that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.clinical.sdc import conditions, extensions, initial, sayings, shapes
from app.clinical.sdc.bounds import Bounds
from app.clinical.sdc.choices import OPEN, Choices
from app.clinical.sdc.expressions import Expressions
from app.clinical.sdc.item import TYPES, Finding, Item, Json
from app.clinical.sdc.valuesets import ValueSets
from app.clinical.sentences import Sentence

MAX_ITEMS = 3_000
MAX_ITEM_DEPTH = 50
# What the types of later FHIR versions were called in R4.
LATER_TYPES = {"coding": "choice", "question": "string", "uri": "url", "instant": "dateTime"}
SPELLINGS = {kind.casefold(): kind for kind in TYPES} | {"openchoice": "open-choice"}
# How SDC says that other units may be given too.
OPEN_UNITS = ("optionsOrType", "optionsOrString")
TRUE, FALSE = frozenset({"true", "True"}), frozenset({"false", "False"})


class Loader:
    """One reading of one form: items come out, findings are kept."""

    def __init__(self, value_sets: ValueSets) -> None:
        self.findings: list[Finding] = []
        self.expressions = Expressions(self.note)
        self._choices = Choices(value_sets, self.note)
        self._bounds = Bounds(self.note)
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
            # What takes no answer is understood without a name of its own.
            harmless = source.get("type") in ("group", "display")
            severity = "warning" if harmless else "error"
            self.note(where, sayings.NO_LINK, severity, said=_text(source.get("text"))[:80])
            return f"unnamed-{self._count}" if harmless else f"\0{self._count}"
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
        spelt = SPELLINGS.get(kind.strip().casefold()) if isinstance(kind, str) else None
        if spelt is not None:
            self.note(link, sayings.TYPE_SPELLING, "warning", type=str(kind)[:40])
            return spelt
        if kind is None and source.get("item"):
            self.note(link, sayings.NO_TYPE_GROUP, "warning")
            return "group"
        self.note(link, sayings.UNKNOWN_TYPE, type=str(kind)[:40])
        return "string"

    def _made(self, source: Json, link: str, kind: str, path: tuple[str, ...]) -> Item:
        shapes.item(source, link, self.note)
        for address in extensions.values(source, "subQuestionnaire"):
            self.note(link, sayings.PART_MISSING, "warning", address=str(address)[:200])
        options, closed = self._choices.read(source, link, kind)
        named = self.expressions.of_item(source, link)
        if isinstance(extensions.value(source, "observationExtract"), str) and (
            extensions.flag(source, "observationExtract") is not None
        ):
            self.note(link, sayings.FLAG_TEXT, "warning", name="observationExtract")
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
            unit_open=_takes_any_unit(source),
            conditions=conditions.read(source, link, self.note),
            any_condition=conditions.is_any(source, link, self.note),
            initial=initial.read(source, link, kind, self.note),
            options=options,
            closed=closed,
            limits=self._bounds.read(source, link),
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


def _takes_any_unit(source: Json) -> bool:
    """Units may be typed in, or stand in a list we may not have."""
    listed = extensions.value(source, "unitValueSet") is not None
    return listed or extensions.value(source, "unitOpen") in OPEN_UNITS


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
