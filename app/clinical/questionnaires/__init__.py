"""The portal's own questionnaires, as FHIR R4 files, and the form read from them.

    form = lifestyle()                       the lifestyle questionnaire
    lifestyle_file()                         the same, as its FHIR R4 resource
    form = load(questionnaire: dict)         any FHIR R4 Questionnaire, or FormError
    form.parts                               top-level groups, one page each
    form.read({"height": "170", ...})        posted text -> Read(answers, problems)
    form.enabled(answers) -> set[str]        linkIds a person should see now
    form.problems(answers, part=None) -> dict[str, Sentence]
    form.score(answers) -> dict[str, int | None]
    form.facts(answers, authored, source_id) -> tuple[Fact, ...]
    form.observations(answers, authored) -> list[dict]
    form.to_response(answers, authored) -> dict   (and from_response back)

Answers are FHIR-shaped: {"smoking-status": {"valueCoding": {"code": "LA18978-9", ...}}}.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from app.clinical.errors import FormError
from app.clinical.questionnaires.form import Form, Read, load
from app.clinical.questionnaires.item import Answer, Answers, Item, Option

__all__ = [
    "Answer",
    "Answers",
    "Form",
    "FormError",
    "Item",
    "Option",
    "Read",
    "lifestyle",
    "lifestyle_file",
    "load",
]


@cache
def lifestyle() -> Form:
    """The lifestyle questionnaire, read once."""
    return load(lifestyle_file())


def lifestyle_file() -> dict[str, Any]:
    """The same as the FHIR R4 Questionnaire that it is read from."""
    text = resources.files(__name__).joinpath("lifestyle.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
