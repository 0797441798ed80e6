"""What the caller brings to the rules of a form: records, results of queries, the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.clinical.errors import ClinicalInputError, FormError
from app.clinical.sdc import sayings
from app.clinical.sdc.exact import exact
from app.clinical.sdc.item import Json
from app.clinical.sentences import Sentence


def surroundings(context: Any) -> Json:
    """What is brought, by name, as an exact copy."""
    if context is None:
        return {}
    if not isinstance(context, Mapping):
        raise ClinicalInputError("context", Sentence(sayings.NOT_A_CONTEXT))
    return {str(name): _brought(str(name), value) for name, value in context.items()}


def _brought(name: str, value: Any) -> Any:
    if name == "now":
        return _moment(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    try:
        return exact(value)
    except FormError as error:
        saying = Sentence(sayings.BROUGHT_UNUSABLE, {"name": name[:60]})
        raise ClinicalInputError("context", saying) from error


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ClinicalInputError("context", Sentence(sayings.NOT_A_MOMENT)) from error
