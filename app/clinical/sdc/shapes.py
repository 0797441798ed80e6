"""Elements that are not written as FHIR writes them: a text for a list, a list for a text.

What is of another shape is passed over where it is read; here it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.clinical.sdc import sayings
from app.clinical.sdc.item import Json

Note = Callable[..., None]

ITEM: Mapping[str, type] = {
    "text": str,
    "prefix": str,
    "definition": str,
    "enableBehavior": str,
    "answerOption": list,
    "option": list,
    "initial": list,
    "extension": list,
    "modifierExtension": list,
    "code": list,
    "enableWhen": list,
    "_text": dict,
}
FORM: Mapping[str, type] = {
    "title": str,
    "url": str,
    "version": str,
    "status": str,
    "extension": list,
    "modifierExtension": list,
    "contained": list,
    "code": list,
}


def item(source: Json, link: str, note: Note) -> None:
    """Tell what of an item is of another shape."""
    _each(source, ITEM, link, note)


def form(source: Json, note: Note) -> None:
    """Tell what of a form is of another shape."""
    _each(source, FORM, "", note)


def _each(source: Json, shapes: Mapping[str, type], link: str, note: Note) -> None:
    for name, shape in shapes.items():
        if source.get(name) is not None and not isinstance(source[name], shape):
            note(link, sayings.SHAPE, "warning", name=name)
    extensions = source.get("extension")
    for each in extensions if isinstance(extensions, list) else ():
        if not isinstance(each, dict) or not isinstance(each.get("url"), str):
            note(link, sayings.EXTENSION_SHAPE, "warning")
