"""One score of the registry: what it is, what it needs, what it gives and where it is from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.clinical.errors import ClinicalInputError
from app.clinical.scores.inputs import Input
from app.clinical.sentences import N_, Sentence

UNKNOWN_INPUT = N_("This result does not use “%(field)s”.")
GIVEN_TWICE = N_("“%(field)s” and “%(other)s” are the same thing. Give one of them.")
UNKNOWN_PART = N_("There is no part called “%(part)s”. There are these: %(parts)s.")

Result = dict[str, Any]


@dataclass(frozen=True)
class Score:
    """A row of the registry; calling `work_out` checks every input first."""

    name: str
    title: str
    formula: str
    inputs: tuple[Input, ...]
    outputs: Mapping[str, str]
    source: str
    licence: str
    function: Callable[..., Result]
    note: str = ""
    # Parts that can be asked for alone, by `component=`.
    parts: Mapping[str, Score] = field(default_factory=dict)

    def work_out(self, given: Mapping[str, object]) -> Result:
        """The result for what is given; `ClinicalInputError` for what cannot be used."""
        if self.parts and "component" in given:
            rest = {key: value for key, value in given.items() if key != "component"}
            return self._part(given["component"]).work_out(rest)
        return self.function(**self.read(given))

    def read(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Every input, checked. What was given wrong is named before what is missing."""
        self._only_known(given)
        found = [(each, self._given(each, given)) for each in self.inputs]
        read = {
            each.key: each.default if value is None else each.read(value) for each, value in found
        }
        for each, value in found:
            if value is None and each.required:
                each.missing()
        return read

    def input(self, key: str) -> Input:
        """The input of this name."""
        return next(each for each in self.inputs if key in each.names)

    def _only_known(self, given: Mapping[str, object]) -> None:
        known = {name for each in self.inputs for name in each.names}
        for name in given:
            if name not in known:
                raise ClinicalInputError(
                    name, Sentence(UNKNOWN_INPUT, {"field": name}), self.source
                )

    def _given(self, each: Input, given: Mapping[str, object]) -> object:
        values = [given[name] for name in each.names if given.get(name) is not None]
        if len(values) > 1:
            names = {"field": each.key, "other": each.also}
            raise ClinicalInputError(each.key, Sentence(GIVEN_TWICE, names), self.source)
        return values[0] if values else None

    def _part(self, part: object) -> Score:
        if not isinstance(part, str) or part not in self.parts:
            values = {"part": str(part)[:40], "parts": ", ".join(self.parts)}
            raise ClinicalInputError("component", Sentence(UNKNOWN_PART, values), self.source)
        return self.parts[part]
