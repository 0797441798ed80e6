"""Extensions, found by the last word of their address.

One extension is published under several addresses: `sdc-questionnaire-`, plain
`questionnaire-` and older prefixes, `hl7.org/fhir` and `hl7.org/fhir/uv/sdc`. The last word is the
same in all of them, so that is what we look for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

PREFIXES = ("sdc-questionnaire-", "questionnaire-", "valueset-", "codesystem-")


def word(url: object) -> str:
    """The last word of an extension's address: `hidden`, `calculatedExpression`."""
    if not isinstance(url, str):
        return ""
    tail = url.rpartition("/")[2]
    for prefix in PREFIXES:
        tail = tail.removeprefix(prefix)
    return tail


def parts(element: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The mappings in the list under a name, or the one mapping; anything else is passed over."""
    found = element.get(name)
    if isinstance(found, dict):
        return [found]
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def every(element: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Each extension of this name."""
    for extension in parts(element, "extension"):
        if word(extension.get("url")) == name:
            yield extension


def value_of(extension: Mapping[str, Any]) -> Any:
    """The value[x] of an extension, whichever type it has; None where it has none."""
    for key, value in extension.items():
        if key.startswith("value"):
            return value
    return None


def flag(element: Mapping[str, Any], name: str) -> bool | None:
    """The yes or no of an extension, written as text too; None where it says neither."""
    found = value(element, name)
    if isinstance(found, str):
        return {"true": True, "false": False}.get(found.lower())
    return found if isinstance(found, bool) else None


def values(element: Mapping[str, Any], name: str) -> list[Any]:
    """The values of each extension of this name."""
    found = (value_of(extension) for extension in every(element, name))
    return [value for value in found if value is not None]


def value(element: Mapping[str, Any], name: str) -> Any:
    """The value of the first extension of this name, or None."""
    return next(iter(values(element, name)), None)
