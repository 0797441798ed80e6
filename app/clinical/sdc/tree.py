"""Answers laid out along the form: a node for each question, asked or answered or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.clinical.errors import ClinicalInputError, FormError
from app.clinical.sdc import quantities, sayings
from app.clinical.sdc.exact import UnusableNumber, exact
from app.clinical.sdc.item import Finding, Item, Json
from app.clinical.sentences import Sentence

MAX_NODES = 12_000
# What a response item says beside its answers, kept as it came.
OWN = frozenset({"linkId", "answer", "item"})


class Written(Json):
    """What was written of a node or an answer; it knows which, so that a rule finds its way."""

    def __init__(self, holder: Node | Answer, values: Json) -> None:
        super().__init__(values)
        self.holder = holder


class Answer:
    """One answer to a question, with the items below it. Without a value: not answered yet."""

    def __init__(self, node: Node, value: Json | None) -> None:
        self.node = node
        self.value = value
        self.children: dict[str, list[Node]] = {}
        self.doc: Json = {}


class Node:
    """One question, group or note, at one place of the answers."""

    def __init__(self, item: Item, inside: Node | Answer | None, source: Json | None) -> None:
        self.item = item
        self.inside = inside
        # None: the answers do not mention this item at all.
        self.source = source
        self.answers: list[Answer] = []
        self.children: dict[str, list[Node]] = {}
        self.own_enabled = True
        self.enabled = True
        self.doc: Json = {}
        # The same, if it is part of what is handed in.
        self.entry: Json | None = None
        self.given: list[Json] = []
        # Names bound here alone: the record a repeated group was filled from.
        self.bound: Json = {}

    @property
    def holders(self) -> list[Node | Answer]:
        """What holds the items below: the group itself, or each answer."""
        return list(self.answers) if self.item.is_question else [self]

    @property
    def values(self) -> list[Json]:
        """The answers that say something."""
        return [answer.value for answer in self.answers if answer.value is not None]

    def above(self) -> Iterator[Node | Answer]:
        """The holders this node stands in, the nearest first, the whole form last."""
        holder = self.inside
        while holder is not None:
            yield holder
            holder = holder.node.inside if isinstance(holder, Answer) else holder.inside

    def put(self, values: list[Json]) -> None:
        """Replace the answers, keeping what stands below each."""
        old = self.answers
        self.answers = [Answer(self, value) for value in values] or [Answer(self, None)]
        for index, answer in enumerate(self.answers):
            if index < len(old):
                answer.children = old[index].children
                for child in (each for found in answer.children.values() for each in found):
                    child.inside = answer
            elif self.item.items:
                Planter([]).below(answer, self.item.items, [])

    def walk(self) -> Iterator[Node]:
        """The node and all below it, in the order of the form."""
        yield self
        for holder in self.holders:
            for found in holder.children.values():
                for child in found:
                    yield from child.walk()


class Planter:
    """Lays answers out along a form; keeps what is wrong with how they stand."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self._count = 0
        self._strays: dict[str, list[Json]] = {}

    def plant(self, root: Item, response: Json) -> Node:
        """The tree of a response."""
        top = Node(root, None, response)
        self._stray(response.get("item"), root.items, {each.link_id for each in root.walk()})
        self.below(top, root.items, _entries(response.get("item")))
        return top

    def note(self, link: str, text: str, severity: str = "error") -> None:
        """Keep a finding."""
        self.findings.append(Finding(link, Sentence(text), severity))

    def _stray(self, found: Any, items: tuple[Item, ...], known: set[str]) -> None:
        """Set aside what stands where the form does not ask it."""
        here = {item.link_id: item for item in items}
        for entry in _entries(found):
            self._counted()
            link = str(entry.get("linkId", ""))
            if link not in known:
                self.note(link, sayings.UNKNOWN_LINK)
            elif link not in here:
                self.note(link, sayings.MISPLACED, "warning")
                self._strays.setdefault(link, []).append(entry)
            else:
                below = here[link].items
                for each in (entry, *_entries(entry.get("answer"))):
                    self._stray(each.get("item"), below, known)

    def below(self, holder: Node | Answer, items: tuple[Item, ...], entries: list[Json]) -> None:
        """Lay out the items inside a holder."""
        by_link: dict[str, list[Json]] = {}
        for entry in entries:
            by_link.setdefault(str(entry.get("linkId", "")), []).append(entry)
        for item in items:
            own = by_link.get(item.link_id, []) or self._strays.pop(item.link_id, [])
            holder.children[item.link_id] = self._nodes(item, holder, own)

    def _nodes(self, item: Item, holder: Node | Answer, own: list[Json]) -> list[Node]:
        if item.type == "group":
            return [self._group(item, holder, entry) for entry in own or (None,)]
        return [self._question(item, holder, own)]

    def _counted(self) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise ClinicalInputError("response", Sentence(sayings.TOO_MANY_ANSWERS))

    def _group(self, item: Item, holder: Node | Answer, entry: Json | None) -> Node:
        self._counted()
        node = Node(item, holder, entry)
        if entry is not None and entry.get("answer"):
            self.note(item.link_id, sayings.NOT_ANSWERABLE)
        self.below(node, item.items, _entries((entry or {}).get("item")))
        return node

    def _question(self, item: Item, holder: Node | Answer, own: list[Json]) -> Node:
        self._counted()
        node = Node(item, holder, own[0] if own else None)
        if not item.is_question:
            if any(entry.get("answer") for entry in own):
                self.note(item.link_id, sayings.NOT_ANSWERABLE)
            return node
        # Some write one response item for each answer to a repeated question.
        for source in (each for entry in own for each in _entries(entry.get("answer"))):
            self._counted()
            value = {key: value for key, value in source.items() if key != "item"}
            value = _recognised(item, value)
            answer = Answer(node, value if any(key[:5] == "value" for key in value) else None)
            node.answers.append(answer)
            self.below(answer, item.items, _entries(source.get("item")))
        if not node.answers:
            node.answers.append(Answer(node, None))
            loose = [each for entry in own for each in _entries(entry.get("item"))]
            self.below(node.answers[0], item.items, loose)
        node.given = node.values
        return node


def _recognised(item: Item, value: Json) -> Json:
    """An answer of which only the words were kept is the one option that has these words."""
    coding = value.get("valueCoding")
    if not item.is_choice or not isinstance(coding, Mapping) or "code" in coding:
        return value
    alike = [each.value.get("valueCoding") or {} for each in item.options.like(coding)]
    named = [each for each in alike if each.get("display") == coding.get("display")]
    if len(named) != 1 or "code" not in named[0]:
        return value
    kept = {
        key: named[0][key] for key in ("system", "version", "code", "display") if key in named[0]
    }
    return value | {"valueCoding": kept}


def _entries(found: Any) -> list[Json]:
    """A list of mappings; one alone is understood too."""
    if isinstance(found, Mapping):
        return [dict(found)]
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def intake(response: Any, links: Mapping[str, Item]) -> Json:
    """A response as an exact copy. A mapping of linkId to answers is understood too."""
    if not isinstance(response, Mapping):
        raise ClinicalInputError("response", Sentence(sayings.NOT_A_RESPONSE))
    try:
        found: Json = exact(response)
    except UnusableNumber as error:
        raise ClinicalInputError("response", Sentence(sayings.NOT_A_NUMBER)) from error
    except FormError as error:
        raise ClinicalInputError("response", Sentence(sayings.TOO_MANY_ANSWERS)) from error
    if found.get("resourceType", "QuestionnaireResponse") != "QuestionnaireResponse":
        raise ClinicalInputError("response", Sentence(sayings.NOT_A_RESPONSE))
    if len(set(quantities.units_in(found))) > quantities.MAX_UNITS:
        saying = Sentence(sayings.TOO_MANY_ANSWERED_UNITS, {"most": quantities.MAX_UNITS})
        raise ClinicalInputError("response", saying)
    if "resourceType" not in found and "item" not in found and set(found) <= set(links):
        found = {"item": [{"linkId": link, "answer": value} for link, value in found.items()]}
    return {"resourceType": "QuestionnaireResponse", "status": "in-progress"} | found


def nearest(place: Node, asked: Item) -> list[Node]:
    """The nodes of a question in the smallest part of the answers that holds it and the place."""
    for holder in place.above():
        item = holder.node.item if isinstance(holder, Answer) else holder.item
        if asked.path[: len(item.path)] == item.path and len(asked.path) > len(item.path):
            return _down(holder, asked.path[len(item.path) :])
    return []


def _down(holder: Node | Answer, path: tuple[str, ...]) -> list[Node]:
    found = holder.children.get(path[0], [])
    if len(path) == 1:
        return found
    return [deeper for each in found for inner in each.holders for deeper in _down(inner, path[1:])]
