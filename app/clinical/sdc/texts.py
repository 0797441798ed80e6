"""The words of a form in the reader's language, where the form has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.clinical.sdc import extensions
from app.clinical.sdc.item import Json

TRANSLATION = "translation"


def translated(source: Json, name: str, language: str) -> str:
    """The text under `name`, in the language if there is one; `de` serves `de-CH`."""
    plain = source.get(name)
    beside = source.get(f"_{name}")
    if language and isinstance(beside, Mapping):
        known = dict(_translations(beside))
        for wanted in (language.lower(), language.lower().partition("-")[0]):
            if wanted in known:
                return known[wanted]
        for spoken, text in known.items():
            if spoken.partition("-")[0] == language.lower().partition("-")[0]:
                return text
    return plain if isinstance(plain, str) else ""


def _translations(element: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for each in extensions.every(element, TRANSLATION):
        language = extensions.value(each, "lang")
        text = extensions.value(each, "content")
        if isinstance(language, str) and isinstance(text, str):
            found.append((language.lower(), text))
    return found
