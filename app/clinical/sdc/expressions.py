"""Reads the expressions of a form and its items, and what they mention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.clinical.sdc import extensions, parser, sayings, shortcuts
from app.clinical.sdc.item import Constraint, Expression, Json

FHIRPATH = frozenset({"text/fhirpath", "text/fhir-path", "fhirpath"})
# All expressions of a form together; the longest published form has 60,000 characters.
MAX_TOTAL = 250_000
# Limits an expression may give, and the limit each is; where a value says it is worked out.
LIMITS = {
    "minValue": "minValue",
    "minQuantity": "minValue",
    "maxValue": "maxValue",
    "maxQuantity": "maxValue",
}
WORKED_OUT = ("cqf-expression", "cqf-calculatedValue")
# Extensions whose expression may carry a name, and is then a variable as well.
NAMED = ("calculatedExpression", "initialExpression", "enableWhenExpression")


class Expressions:
    """Reads expressions, each once, and counts their length."""

    def __init__(self, note: Callable[..., None]) -> None:
        self._note = note
        self._length = 0

    def weigh(self, source: Json) -> bool:
        """Whether all expressions of a form can be read; told if they are too long in all."""
        length = 0
        waiting: list[Any] = [source]
        while waiting:
            each = waiting.pop()
            if isinstance(each, dict):
                text = each.get("expression")
                length += len(text) if isinstance(text, str) else 0
                waiting.extend(part for part in each.values() if isinstance(part, dict | list))
            else:
                waiting.extend(part for part in each if isinstance(part, dict | list))
        if length > MAX_TOTAL:
            self._note("", sayings.EXPRESSIONS_TOO_LONG)
        return length <= MAX_TOTAL

    def of_item(self, source: Json, link: str) -> Json:
        """The arguments of `Item` that hold expressions."""
        initial = self.first(source, "initialExpression", link)
        population = self.first(source, "itemPopulationContext", link)
        if population is None and initial is not None and source.get("type") == "group":
            # Before there was a population context, a group's named expression was one.
            population = initial if initial.name else None
        return {
            "enable_when": self.first(source, "enableWhenExpression", link),
            "calculated": self.first(source, "calculatedExpression", link),
            "initial_expression": initial,
            "population": population,
            "variables": self.variables(source, link),
            "constraints": self.constraints(source, link),
            "toggles": self.toggles(source, link),
            "limit_rules": self.limits(source, link),
            "offered": self.first(source, "answerExpression", link),
        }

    def first(self, source: Json, name: str, link: str) -> Expression | None:
        """The expression in the first extension of this name that has one."""
        for value in extensions.values(source, name):
            return self.read(value, name, link)
        return None

    def variables(self, source: Json, link: str) -> tuple[Expression, ...]:
        """Variables, and other expressions that carry a name."""
        found: dict[str, Expression] = {}
        for name in ("variable", *NAMED):
            for value in extensions.values(source, name):
                if not isinstance(value, dict) or (name != "variable" and "name" not in value):
                    continue
                expression = self.read(value, name, link)
                if expression is None:
                    continue
                if not expression.name:
                    self._note(link, sayings.NAME_MISSING, "warning")
                elif expression.name in found and name == "variable":
                    self._note(link, sayings.NAME_TWICE, name=expression.name)
                else:
                    found.setdefault(expression.name, expression)
        return tuple(found.values())

    def constraints(self, source: Json, link: str) -> tuple[Constraint, ...]:
        """What must be true of the answers."""
        made = (
            self._constraint(each, link)
            for name in ("targetConstraint", "constraint")
            for each in extensions.every(source, name)
        )
        return tuple(constraint for constraint in made if constraint is not None)

    def limits(self, source: Json, link: str) -> tuple[tuple[str, Expression], ...]:
        """The limits that are worked out, by name: in their place, or beside a fixed value."""
        found = []
        for word, name in LIMITS.items():
            for each in extensions.every(source, word):
                value = extensions.value_of(each)
                beside = [each[key] for key in each if key.startswith("_value")]
                stated = [value] if isinstance(value, dict) and "expression" in value else []
                stated += [
                    extensions.value(part, said)
                    for part in beside
                    if isinstance(part, dict)
                    for said in WORKED_OUT
                    if extensions.value(part, said) is not None
                ]
                rules = (self.read(one, word, link) for one in stated)
                found += [(name, rule) for rule in rules if rule is not None and rule.is_fhirpath]
        return tuple(found)

    def toggles(self, source: Json, link: str) -> tuple[tuple[tuple[Any, ...], Expression], ...]:
        """Answers, and the rule that must be true for them to be chosen."""
        found = []
        for each in extensions.every(source, "answerOptionsToggleExpression"):
            value = extensions.value(each, "expression")
            rule = self.read(value, "answerOptionsToggleExpression", link)
            if rule is not None and rule.is_fhirpath:
                found.append((tuple(extensions.values(each, "option")), rule))
        return tuple(found)

    def _constraint(self, source: Any, link: str) -> Constraint | None:
        value = extensions.value(source, "expression")
        if isinstance(value, str):
            value = {"expression": value, "language": "text/fhirpath"}
        expression = self.read(value, "targetConstraint", link)
        if expression is None:
            return None
        return Constraint(
            str(extensions.value(source, "key") or ""),
            expression,
            str(extensions.value(source, "human") or ""),
            "warning" if extensions.value(source, "severity") == "warning" else "error",
            str(extensions.value(source, "location") or ""),
        )

    def read(self, value: Any, kind: str, link: str) -> Expression | None:
        """One expression; a warning and None where it has no text."""
        if isinstance(value, str):  # early drafts wrote the expression alone
            value = {"expression": value, "language": "text/fhirpath"}
        text = value.get("expression") if isinstance(value, dict) else None
        if not isinstance(text, str) or not text.strip():
            self._note(link, sayings.EXPRESSION_EMPTY, "warning", kind=kind)
            return None
        language = str(value.get("language") or "text/fhirpath")
        name = str(value.get("name") or "")
        if language.lower() not in FHIRPATH:
            saying = sayings.EXPRESSION_LANGUAGE
            self._note(link, saying, "warning", kind=kind, language=language[:60])
            return Expression(text, language, name)
        return Expression(text, language, name, self._parsed(text, kind, link))

    def _parsed(self, text: str, kind: str, link: str) -> Any:
        self._length += len(text)
        if self._length > MAX_TOTAL:
            if self._length - len(text) <= MAX_TOTAL:
                self._note("", sayings.EXPRESSIONS_TOO_LONG)
            return None
        try:
            return shortcuts.parse(text)
        except parser.Unreadable as error:
            saying = sayings.EXPRESSION_UNREAD
            self._note(link, saying, "warning", kind=kind, reason=str(error))
            return None


def units(tree: Any) -> Iterator[str]:
    """The units of the quantities written in an expression."""
    waiting = [tree] if tree else []
    while waiting:
        node = waiting.pop()
        if node.get("type") == "Unit":
            yield from node.get("terminalNodeText", ())
        waiting.extend(node.get("children", ()))


def mentioned(tree: Any) -> Iterator[tuple[str, str]]:
    """("name", n) for each `%n`, ("text", t) for each 't', ("call", f) for each function f."""
    waiting = list((tree or {}).get("children", ()))
    while waiting:
        node = waiting.pop()
        if node["type"] == "ExternalConstant":
            yield "name", node["children"][0]["text"].strip("`")
        elif node["type"] == "StringLiteral":
            yield "text", node["text"][1:-1]
        elif node["type"] == "Functn":
            yield "call", node["children"][0]["text"]
        waiting.extend(node.get("children", ()))
