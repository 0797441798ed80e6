"""The published JSON Schema of FHIR R4, as far as it says anything: a few words of the language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}
SPOKEN = {
    *("$ref", "additionalProperties", "const", "description", "enum", "items", "oneOf"),
    *("pattern", "properties", "required", "type"),
}


class Shapes:
    """Checks resources against the definitions of the file."""

    def __init__(self, schema: Schema) -> None:
        self.definitions: dict[str, Schema] = schema["definitions"]

    def problems(self, resource: dict[str, Any]) -> list[str]:
        """What the schema would not let pass."""
        kind = resource["resourceType"]
        return list(self._check(resource, self.definitions[kind], kind))

    def _check(self, part: Any, rule: Schema, path: str) -> Iterator[str]:
        assert rule.keys() <= SPOKEN, f"{path}: a word that is not understood"
        if "$ref" in rule:
            name = rule["$ref"].rpartition("/")[2]
            if name == "ResourceList":
                name = part["resourceType"]
            yield from self._check(part, self.definitions[name], path)
            return
        yield from _plain(part, rule, path)
        if isinstance(part, dict):
            yield from self._object(part, rule, path)
        if isinstance(part, list):
            for one in part:
                yield from self._check(one, rule.get("items", {}), path)

    def _object(self, part: dict[str, Any], rule: Schema, path: str) -> Iterator[str]:
        known = rule.get("properties", {})
        yield from (f"{path} needs {name}" for name in rule.get("required", []) if name not in part)
        for name, one in part.items():
            if name in known:
                yield from self._check(one, known[name], f"{path}.{name}")
            elif rule.get("additionalProperties") is False:
                yield f"{path} knows no {name}"


def _plain(part: Any, rule: Schema, path: str) -> Iterator[str]:
    wanted = TYPES.get(rule.get("type", ""))
    if wanted and (not isinstance(part, wanted) or (wanted is not bool and part is True)):
        yield f"{path}: {part!r} is no {rule['type']}"
    elif "pattern" in rule and not re.search(rule["pattern"], _written(part)):
        yield f"{path}: {part!r} is written otherwise"
    if part not in rule.get("enum", [part]) or part != rule.get("const", part):
        yield f"{path}: {part!r} is not on offer"


def _written(part: Any) -> str:
    """As it stands in the file."""
    return part if isinstance(part, str) else json.dumps(part)
