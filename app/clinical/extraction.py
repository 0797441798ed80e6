"""Finds the sentences inside questionnaire files, for the translation catalogue.

Babel calls `questionnaire` as an extraction method; pyproject.toml says for which files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

# What a person reads; everything else in the file is for programs.
SPOKEN = frozenset({"title", "description", "text", "display", "valueString"})
# Texts of codes belong to LOINC and are never shown.
UNSPOKEN = frozenset({"code", "subjectType"})

Message = tuple[int, str, str, list[str]]


def questionnaire(
    file: IO[bytes],
    _keywords: object,
    _tags: object,
    options: Mapping[str, str],  # noqa: ARG001  # Babel passes it by this name
) -> Iterator[Message]:
    """Yield (line, function, message, comments) for every sentence in the file."""
    text = file.read().decode("utf-8")
    lines = text.splitlines()
    for sentence in dict.fromkeys(_sentences(json.loads(text))):
        quoted = json.dumps(sentence, ensure_ascii=False)
        line = next((at for at, each in enumerate(lines, 1) if quoted in each), 1)
        yield line, "", sentence, []


def _sentences(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _sentences(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in SPOKEN and isinstance(value, str):
                yield value
            elif key not in UNSPOKEN:
                yield from _sentences(value)
