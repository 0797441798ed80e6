"""One look at one response: what is enabled, what the rules work out, what they could not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.clinical.sdc import comparing, sayings
from app.clinical.sdc.bringing import surroundings
from app.clinical.sdc.changing import Changes
from app.clinical.sdc.definition import Definition
from app.clinical.sdc.evaluation import (
    MAX_NESTED_VARIABLES,
    Budget,
    EvaluationFailed,
    Names,
    OutOfBudget,
    evaluate,
    node,
)
from app.clinical.sdc.item import Expression, Finding, Item, Json, said
from app.clinical.sdc.tree import Answer, Node, Planter
from app.clinical.sdc.writing import written

ITEM = "QuestionnaireResponse.item"
REASONS = {"budget": sayings.RULE_TOO_LONG, "now": sayings.RULE_NEEDS_TIME}
CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}


class Session:
    """A response being worked with. Nothing outlives the call that made it."""

    def __init__(
        self, definition: Definition, response: Json, context: Mapping[str, Any] | None
    ) -> None:
        self.definition = definition
        self.context = surroundings(context)
        self.findings: list[Finding] = []
        self.failed: dict[Node, str] = {}
        # Whether these are asked could not be decided; nothing in them may be required.
        self.undecided: set[Node] = set()
        self.budget = Budget()
        # Values of variables, and when each was worked out.
        self._known: dict[tuple[int, str], tuple[int, Any]] = {}
        self.changes = Changes(definition.reaches)
        # All items below a mapping, for rules that look through the whole response.
        self.items_known: dict[int, tuple[Any, list[Any]]] = {}
        self._asked: set[tuple[int, str]] = set()
        # By identity; each mapping is kept beside its weight, so that no other takes its place.
        self._weights: dict[int, tuple[Json, Decimal]] = {}
        self._scores: dict[int, tuple[Json | None, Decimal | None]] = {}
        self._root = Item("", "group", "", definition.source, items=definition.items)
        self.top = Planter(self.findings).plant(self._root, response)
        self.budget.share(sum(place.item.rules for place in self.nodes()))

    # What the rules ask of the surroundings.

    def now(self) -> datetime:
        """The moment the caller named."""
        moment = self.context.get("now")
        if not isinstance(moment, datetime):
            raise EvaluationFailed("now")
        return moment

    def weight_of(self, data: Any) -> Decimal | None:
        """The score of an answer or a code."""
        if isinstance(data, Mapping):
            if id(data) in self._weights:
                return self._weights[id(data)][1]
            if "code" in data:
                key = (str(data.get("system", "")), str(data["code"]))
                return self.definition.weights.get(key)
        return None

    # Names.

    def names(self, place: Node) -> Names:
        """What `%name` means at a node."""
        return Names(lambda name: self._name(place, name))

    def _name(self, place: Node, name: str) -> Any:
        given = {
            "resource": self.top.doc,
            "rootResource": self.top.doc,
            "context": self._focus(place),
            "questionnaire": self.definition.source,
            "qitem": node(place.item.source, "Questionnaire.item"),
        }
        return given[name] if name in given else self._defined(place, name)

    def _defined(self, place: Node, name: str) -> Any:
        here: Node | None = place
        while here is not None:
            if name in here.bound:
                return here.bound[name]
            for variable in self._variables(here):
                if variable.name == name:
                    return self._value(here, variable)
            here = parent(here)
        return self.context.get(name, CONSTANTS.get(name, []))

    def _variables(self, place: Node) -> tuple[Expression, ...]:
        return self.definition.variables if place is self.top else place.item.variables

    def _value(self, place: Node, variable: Expression) -> Any:
        key = (id(place), variable.name)
        if key in self._known and not self.changes.since(self._known[key][0], variable):
            return self._known[key][1]
        if not variable.is_fhirpath:
            return self.context.get(variable.name, [])
        if key in self._asked:
            raise EvaluationFailed("loop")
        if len(self._asked) > MAX_NESTED_VARIABLES:
            raise OutOfBudget
        self._asked.add(key)
        try:
            self._known[key] = self.changes.count, self.work_out(variable, place)
        finally:
            self._asked.discard(key)
        return self._known[key][1]

    def _focus(self, place: Node) -> Any:
        if place is self.top:
            return node(place.doc, "QuestionnaireResponse")
        return node(place.doc, ITEM)

    def begin(self, expression: Expression, place: Node) -> None:
        """An expression starts. One that finds its answers by name has its own share of work."""
        reach = self.definition.reaches.of(expression)
        self.budget.begin(None if reach is None else (place, expression.text))

    def work_out(self, expression: Expression, place: Node) -> list[Any]:
        """What an expression gives at a node; `EvaluationFailed` where it gives nothing."""
        return evaluate(expression, self._focus(place), self.names(place), self.budget, self)

    def result(self, expression: Expression, place: Node) -> list[Any] | None:
        """What an expression gives at a node; None, and remembered, where it gives nothing."""
        try:
            self.begin(expression, place)
            found = self.work_out(expression, place)
        except EvaluationFailed as failure:
            self.failed[place] = REASONS.get(failure.reason, sayings.RULE_FAILED)
            return None
        self.failed.pop(place, None)
        return found

    def is_decided(self, place: Node) -> bool:
        """Whether it is known that a node is asked, with all it stands in."""
        here: Node | None = place if self.undecided else None
        while here is not None:
            if here in self.undecided:
                return False
            here = parent(here)
        return True

    # What is written.

    def write(self) -> Json:
        """The response as it now stands."""
        self.forget()
        doc = written(self.top)
        self._weights.clear()
        self.weigh(self.nodes())
        return doc

    def forget(self) -> None:
        """What was worked out holds until something is written anew."""
        self._known.clear()
        self.items_known.clear()

    def change(self, place: Node) -> None:
        """A node says something else now, or is asked or not: what looked at it may not hold."""
        self.changes.note(place.item)
        self.items_known.clear()

    def asked(self, links: tuple[str, ...]) -> list[Item]:
        """The items of some names, in the order of the form."""
        known = self.definition.by_link
        found = [known[link] for link in dict.fromkeys(links) if link in known]
        return sorted(found, key=lambda item: self.definition.places[item.link_id])

    def nodes(self) -> list[Node]:
        """All nodes below the top, in order."""
        walked = list(self.top.walk())
        return walked[1:]

    def weigh(self, places: list[Node]) -> None:
        """Learn the scores of the answers in some places."""
        for place in places if self.definition.weights else ():
            for answer in place.answers:
                score = self._score(place.item, answer.value)
                if score is not None:
                    for doc in (answer.doc, answer.doc.get("valueCoding", answer.doc)):
                        self._weights[id(doc)] = doc, score

    def _score(self, item: Item, value: Json | None) -> Decimal | None:
        """Looked up once for each answer, which is kept beside its score."""
        if id(value) not in self._scores:
            self._scores[id(value)] = value, weight(item, value)
        return self._scores[id(value)][1]


def parent(place: Node) -> Node | None:
    """The question or group a node stands in."""
    inside = place.inside
    return inside.node if isinstance(inside, Answer) else inside


def weight(item: Item, value: Json | None) -> Decimal | None:
    """The score of one answer, from the form's own lists."""
    if not value:
        return None
    for matches in (comparing.equal, _called):
        for option in item.options.like(said(value)):
            if matches(said(value), said(option.value)):
                return option.weight
    return None


def _called(answered: Any, listed: Any) -> bool:
    """The same words under another code."""
    if not isinstance(answered, Mapping) or not isinstance(listed, Mapping):
        return False
    return "display" in answered and answered["display"] == listed.get("display")
