"""What a form is made of, once it has been read: items, conditions, expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from app.clinical.sdc import extensions
from app.clinical.sentences import Sentence

Json = dict[str, Any]

_CHOSEN = (
    "valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference",
)  # fmt: skip
# The value[x] an answer to a question of each type may carry.
VALUE_KEYS: Mapping[str, tuple[str, ...]] = {
    "boolean": ("valueBoolean",),
    "decimal": ("valueDecimal", "valueInteger"),
    "integer": ("valueInteger",),
    "date": ("valueDate",),
    "dateTime": ("valueDateTime", "valueDate"),
    "time": ("valueTime",),
    "string": ("valueString",),
    "text": ("valueString",),
    "url": ("valueUri",),
    "choice": _CHOSEN,
    "open-choice": _CHOSEN,
    "attachment": ("valueAttachment",),
    "reference": ("valueReference",),
    "quantity": ("valueQuantity",),
}
ALL_KEYS = frozenset(key for keys in VALUE_KEYS.values() for key in keys)
TYPES = frozenset(VALUE_KEYS) | {"group", "display"}
# Options that share one code or one word with an answer; a list with more is no list.
MAX_ALIKE = 50
CHOICES = frozenset({"choice", "open-choice"})


class Finding(NamedTuple):
    """Something that is wrong: where, what, and whether it is an error or a warning."""

    link_id: str
    sentence: Sentence
    severity: str = "error"

    @property
    def is_error(self) -> bool:
        """Whether the answers cannot be handed in with it."""
        return self.severity == "error"


@dataclass(frozen=True)
class Expression:
    """A rule written in FHIRPath, or a query whose result the caller brings."""

    text: str
    language: str
    name: str = ""
    tree: Any = field(default=None, repr=False, compare=False)

    @property
    def is_fhirpath(self) -> bool:
        """Whether it can be worked out here."""
        return self.tree is not None


@dataclass(frozen=True)
class Condition:
    """One enableWhen: a question, an operator, and the answer to compare with."""

    question: str
    operator: str
    answer: Json


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen, and its weight in a score."""

    value: Json
    weight: Decimal | None = None
    selected: bool = False
    prefix: str = ""
    exclusive: bool = False
    source: Json = field(default_factory=dict, repr=False, compare=False)


class Options(tuple[Option, ...]):  # noqa: SLOT001  # the index is kept beside the items
    """The answers to choose from, found quickly in long lists."""

    def like(self, value: Any) -> Iterator[Option]:
        """Options that share a code or a word with a value; only they can be equal to it."""
        seen: set[int] = set()
        for word in _words(value):
            for option in self._by_word.get(word, ())[:MAX_ALIKE]:
                if id(option) not in seen:
                    seen.add(id(option))
                    yield option

    def called(self, text: str) -> Option | None:
        """The first option whose code or words are this text, in small letters or large."""
        return self._by_name.get(text.casefold())

    @cached_property
    def _by_name(self) -> Mapping[str, Option]:
        found: dict[str, Option] = {}
        for option in self:
            listed = said(option.value)
            if isinstance(listed, Mapping):
                for part in ("code", "display"):
                    found.setdefault(str(listed.get(part, "")).casefold(), option)
        return found

    @cached_property
    def _by_word(self) -> Mapping[str, list[Option]]:
        found: dict[str, list[Option]] = {}
        for option in self:
            for word in _words(said(option.value)):
                found.setdefault(word, []).append(option)
        return found


def _words(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        # The code of the same system first, so that it is found among many of one name.
        exact = [f"{value.get('system')}\n{value['code']}"] if "code" in value else []
        parts = ("code", "display", "reference")
        return exact + [str(value[part]) for part in parts if part in value]
    return [str(value)]


@dataclass(frozen=True)
class Constraint:
    """A targetConstraint: an expression that must be true, and what to say when it is not."""

    key: str
    expression: Expression
    human: str
    severity: str
    location: str = ""


@dataclass(frozen=True, eq=False)
class Item:
    """One question, group or note of a form."""

    link_id: str
    type: str
    text: str
    source: Json = field(repr=False)
    path: tuple[str, ...] = ()
    prefix: str = ""
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    help: str = ""
    unit: Json | None = None
    units: tuple[Json, ...] = ()
    unit_open: bool = False
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    enable_when: Expression | None = None
    calculated: Expression | None = None
    initial_expression: Expression | None = None
    population: Expression | None = None
    variables: tuple[Expression, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    # Answers that may be chosen only while a rule is true.
    toggles: tuple[tuple[tuple[Any, ...], Expression], ...] = ()
    # Limits that are worked out, by name.
    limit_rules: tuple[tuple[str, Expression], ...] = ()
    # A rule that gives the answers to choose from.
    offered: Expression | None = None
    initial: tuple[Json, ...] = ()
    options: Options = field(default_factory=Options)
    # None: anything may be answered, because the list of answers is not known.
    closed: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[Item, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether it can be answered."""
        return self.type in VALUE_KEYS

    @property
    def is_choice(self) -> bool:
        """Whether the answer is chosen from a list."""
        return self.type in CHOICES

    @property
    def lists_its_codes(self) -> bool:
        """Whether other answers than those listed may be given, but no other codes."""
        dynamic = ("answerExpression", "candidateExpression")
        brought = any(True for name in dynamic for _ in extensions.every(self.source, name))
        return self.source.get("type") == "open-choice" and not brought

    @cached_property
    def rules(self) -> int:
        """How many expressions of its own are worked out for each answer to it."""
        single = (self.calculated, self.enable_when, self.initial_expression, self.offered)
        own = sum(1 for each in single if each is not None)
        return own + len(self.constraints) + len(self.toggles) + len(self.limit_rules)

    def walk(self) -> Iterator[Item]:
        """The item and all below it, in order."""
        yield self
        for item in self.items:
            yield from item.walk()


def said(answer: Mapping[str, Any]) -> Any:
    """The value[x] of an answer; None where it has none."""
    return next((value for key, value in answer.items() if key.startswith("value")), None)


def answer_value(source: Mapping[str, Any]) -> Json | None:
    """The one value[x] of an answer, an option or an initial value, as a mapping."""
    found = {key: value for key, value in source.items() if key.startswith("value")}
    return found if len(found) == 1 and None not in found.values() else None
