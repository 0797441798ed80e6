"""Lists of answers: contained in the form, or fetched by whoever loads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.clinical.sdc import extensions
from app.clinical.sdc.exact import exact
from app.clinical.sdc.item import Json, Option, Options

# From the address of a value set to the ValueSet resource, or None.
Resolver = Callable[[str], Mapping[str, Any] | None]

MAX_OPTIONS = 5_000
# Value sets of value sets of value sets: one more is no list for a form.
MAX_INCLUDED = 3
MAX_INCLUDED_SETS = 100
WEIGHTS = ("ordinalValue", "itemWeight", "iso21090-CO-value")
CODING = ("system", "version", "code", "display", "extension")


def weight(*places: Mapping[str, Any]) -> Decimal | None:
    """The score of an answer, from the first place that states one."""
    for place in places:
        for name in WEIGHTS:
            found = extensions.value(place, name)
            if isinstance(found, int | Decimal) and not isinstance(found, bool):
                return Decimal(found)
    return None


class ValueSets:
    """The value sets one form can use."""

    def __init__(self, questionnaire: Json, resolver: Resolver | None) -> None:
        self._contained = extensions.parts(questionnaire, "contained")
        self._resolver = resolver
        self._known: dict[str, Options | None] = {}
        self._included_sets = 0

    def options(self, address: str) -> Options | None:
        """The answers of a value set; None where it cannot be found or is not listed in full."""
        if address not in self._known:
            found = self._find(address)
            listed = None if found is None else self._listed(found)
            # A list this long cannot be shown to choose from.
            too_long = listed is not None and len(listed) > MAX_OPTIONS
            self._known[address] = None if too_long else listed
        return self._known[address]

    def _find(self, address: str) -> Json | None:
        name = address.removeprefix("#").partition("|")[0]
        for part in self._contained:
            if part.get("resourceType") != "ValueSet":
                continue
            if part.get("id") == name or part.get("url") == name:
                return part
        if address.startswith("#") or self._resolver is None:
            return None
        fetched = self._resolver(address)
        if fetched is None:
            return None
        found: Json = exact(fetched)
        return found

    def _listed(self, value_set: Json, depth: int = 0) -> Options | None:
        expansion = value_set.get("expansion")
        if isinstance(expansion, dict) and isinstance(expansion.get("contains"), list):
            return Options(self._expanded(expansion["contains"], value_set))
        compose = value_set.get("compose")
        includes = compose.get("include") if isinstance(compose, dict) else None
        if not isinstance(includes, list):
            return None
        found: list[Option] = []
        for include in includes:
            concepts = self._included(include, depth) if isinstance(include, dict) else None
            if concepts is None:
                return None
            found += concepts
            if len(found) > MAX_OPTIONS:
                return None
        listed = extensions.parts(compose, "exclude") if isinstance(compose, dict) else []
        out = {_name(option) for each in listed for option in self._concepts(each) or ()}
        return Options(option for option in found if _name(option) not in out)

    def _included(self, include: Json, depth: int) -> list[Option] | None:
        """The concepts of a system, or those of other value sets."""
        others = include.get("valueSet")
        if include.get("system") or not isinstance(others, list) or depth >= MAX_INCLUDED:
            return self._concepts(include)
        found: list[Option] = []
        self._included_sets += len(others)
        if self._included_sets > MAX_INCLUDED_SETS:
            return None
        for address in others:
            value_set = self._find(address) if isinstance(address, str) else None
            listed = None if value_set is None else self._listed(value_set, depth + 1)
            if listed is None:
                return None
            found += listed
        return found

    def _expanded(self, parts: list[Any], value_set: Json) -> Iterator[Option]:
        for part in parts:
            if not isinstance(part, dict):
                continue
            if not part.get("abstract") and isinstance(part.get("code"), str):
                yield self._option(part, part.get("system"))
            yield from self._expanded(extensions.parts(part, "contains"), value_set)

    def _concepts(self, include: Json) -> list[Option] | None:
        system = include.get("system")
        concepts = include.get("concept")
        if not isinstance(concepts, list) and not include.get("filter"):
            concepts = self._system(system).get("concept")
            if isinstance(concepts, list):
                concepts = list(_flat(concepts))
        if not isinstance(concepts, list):
            return None
        known = [each for each in concepts if isinstance(each, dict) and "code" in each]
        return [self._option(concept, system) for concept in known]

    def _system(self, url: object) -> Json:
        for part in self._contained:
            if part.get("resourceType") == "CodeSystem" and part.get("url") == url:
                return part
        return {}

    def _option(self, concept: Json, system: object) -> Option:
        coding: Json = {"system": system} if system else {}
        coding |= {key: concept[key] for key in ("code", "display") if key in concept}
        score = weight(concept) or self._stated(coding)
        return Option({"valueCoding": coding}, weight(concept) if score is None else score)

    def _stated(self, coding: Json) -> Decimal | None:
        """The weight a contained code system gives the code."""
        for concept in _flat(extensions.parts(self._system(coding.get("system")), "concept")):
            if concept.get("code") == coding.get("code"):
                return weight(concept) if weight(concept) is not None else _property(concept)
        return None


def _name(option: Option) -> tuple[str, str]:
    coding = option.value["valueCoding"]
    return str(coding.get("system")), str(coding.get("code"))


def _flat(concepts: list[Any]) -> Iterator[Json]:
    for concept in concepts:
        if isinstance(concept, dict):
            yield concept
            yield from _flat(extensions.parts(concept, "concept"))


def _property(concept: Json) -> Decimal | None:
    for each in extensions.parts(concept, "property"):
        found = extensions.value_of(each)
        if each.get("code") in WEIGHTS and isinstance(found, int | Decimal):
            return Decimal(found)
    return None
