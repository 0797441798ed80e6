"""FHIR Observations out of answers: SDC observation-based extraction.

Source: https://build.fhir.org/ig/HL7/sdc/extraction.html#observation-based-extraction. An
item marked `observationExtract` gives an Observation for each answer; the mark holds for
the items below until one says no; on a code it picks that code; a relationship in its place
(component, member, derived) joins the answer to the nearest Observation above.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.clinical.sdc import extensions
from app.clinical.sdc.coercing import unit_json
from app.clinical.sdc.exact import plain
from app.clinical.sdc.item import Item, Json
from app.clinical.sdc.session import Session
from app.clinical.sdc.tree import Answer, Node

MARK = "observationExtract"
CATEGORY = "observation-extract-category"
RELATIONS = {"component": "component", "member": "hasMember", "derived-from": "derivedFrom"}
# A response entered in error is to be ignored, and a stopped one was never finished.
# A tuple: a hostile response may hold a status of any shape, which a set could not be asked about.
VOID = ("entered-in-error", "stopped")
SAME_VALUE = frozenset(
    {"valueBoolean", "valueInteger", "valueString", "valueDateTime", "valueTime", "valueQuantity"}
)


class Extraction:
    """The Observations of one response."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.found: list[Json] = []
        # Whom the answers are about, where a question says so (isSubject), the nearest last.
        self._subjects: list[Json] = []

    def run(self) -> list[Json]:
        """All Observations, the one above before those joined to it; none of a void response."""
        if self._session.top.doc.get("status") in VOID:
            return []
        source = self._session.definition.source
        self._below(self._session.top, extensions.flag(source, MARK) is True, None, {})
        kept = [each for each in self.found if _says_something(each)]
        made: list[Json] = plain(kept)
        return made

    def _below(
        self, holder: Node | Answer, marked: bool, above: Json | None, category: Json
    ) -> None:
        subject = _subject(holder)
        self._subjects += subject
        for nodes in holder.children.values():
            for place in nodes:
                if place.enabled:
                    self._node(place, marked, above, category)
        if subject:
            self._subjects.pop()

    def _node(self, place: Node, marked: bool, above: Json | None, category: Json) -> None:
        item = place.item
        mark, stated = extensions.flag(item.source, MARK), extensions.value(item.source, MARK)
        marked_here = marked if mark is None else mark
        relation = stated if isinstance(stated, str) and mark is None else ""
        codes = _codes(item, marked_here or bool(relation))
        category = _category(item.source) or category
        for answer in place.holders:
            made = None
            value = _value(item, answer.value) if isinstance(answer, Answer) else {}
            # A question without a code is told by its words; a group without one is none.
            worded = marked_here and item.is_question and not item.source.get("code")
            if (codes or (worded and item.text)) and value is not None:
                made = self._observation(item, codes, value, category)
                self._keep(made, relation, above)
            self._below(answer, marked_here, made or above, category)

    def _observation(self, item: Item, codes: list[Json], value: Json, category: Json) -> Json:
        response = self._session.top.doc
        made: Json = {"resourceType": "Observation", "status": self._status}
        made |= category
        made["code"] = {"coding": codes} if codes else {}
        made["code"] |= {"text": item.text} if item.text else {}
        made |= {name: response[name] for name in ("subject", "encounter") if name in response}
        if self._subjects:
            made["subject"] = self._subjects[-1]
        if "authored" in response:
            made |= {"effectiveDateTime": response["authored"], "issued": response["authored"]}
        if "author" in response:
            made["performer"] = [response["author"]]
        if "id" in response:
            reference = f"QuestionnaireResponse/{response['id']}"
            made["derivedFrom"] = [{"reference": reference}]
        return made | value

    @property
    def _status(self) -> str:
        """An answer that was changed later is an amended Observation."""
        return "amended" if self._session.top.doc.get("status") == "amended" else "final"

    def _keep(self, made: Json, relation: str, above: Json | None) -> None:
        if not relation:
            made["id"] = f"observation-{len(self.found) + 1}"
            self.found.append(made)
        elif above is None:
            return  # Joined to nothing, it says nothing.
        elif relation == "component":
            part = {key: made[key] for key in made if key == "code" or key.startswith("value")}
            above.setdefault("component", []).append(part)
        else:
            made["id"] = f"observation-{len(self.found) + 1}"
            self.found.append(made)
            joined = above.setdefault(RELATIONS.get(relation, "hasMember"), [])
            joined.append({"reference": f"Observation/{made['id']}"})


def _subject(holder: Node | Answer) -> list[Json]:
    """The answer to the question in a group that says whom the group is about."""
    for place in (node for nodes in holder.children.values() for node in nodes):
        if place.enabled and extensions.value(place.item.source, "isSubject") is True:
            found = [value.get("valueReference") for value in place.values]
            return [value for value in found if isinstance(value, dict)][:1]
    return []


def _says_something(observation: Json) -> bool:
    parts = ("component", "hasMember")
    return any(key.startswith("value") or key in parts for key in observation)


def _codes(item: Item, marked: bool) -> list[Json]:
    codes = extensions.parts(item.source, "code")
    marks = [extensions.flag(code, MARK) for code in codes]
    if marked:
        kept = [code for code, mark in zip(codes, marks, strict=True) if mark is not False]
    else:
        kept = [code for code, mark in zip(codes, marks, strict=True) if mark is True]
    return [{key: code[key] for key in code if key != "extension"} for code in kept]


def _category(source: Json) -> Json:
    found = [value for value in extensions.values(source, CATEGORY) if isinstance(value, dict)]
    return {"category": found} if found else {}


def _value(item: Item, answer: Json | None) -> Json | None:
    """The value of an Observation, or None where there is no answer."""
    for key, value in (answer or {}).items():
        if not key.startswith("value"):
            continue
        if key in {"valueDecimal", "valueInteger"} and (item.unit or key == "valueDecimal"):
            return {"valueQuantity": {"value": value} | unit_json(item)}
        if key == "valueCoding" and isinstance(value, dict):
            return {"valueCodeableConcept": _concept(value)}
        if key in SAME_VALUE:
            return {key: value}
        if key == "valueDate":
            return {"valueDateTime": value}
        if key == "valueUri":
            return {"valueString": value}
    return None


def _concept(coding: Any) -> Json:
    shown = {key: coding[key] for key in coding if key != "extension"}
    return {"coding": [shown]} | ({"text": coding["display"]} if "display" in coding else {})


def scored(session: Session) -> Iterator[Any]:
    """The weight of each answer that was asked and has one."""
    for place in session.nodes():
        if place.enabled:
            for answer in place.answers:
                yield session.weight_of(answer.doc)
