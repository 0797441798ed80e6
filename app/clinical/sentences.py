"""Sentences that travel: English text plus the values it speaks of.

This island knows no language but English and no web page. A room that shows a
sentence translates `text` first and fills the values in afterwards, so that the
catalogue holds one entry however many people read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Union

Value = Union[str, int, Decimal, date, datetime, "Sentence"]


def N_(text: str) -> str:
    """Mark a sentence for the translators and hand it back unchanged."""
    return text


@dataclass(frozen=True)
class Sentence:
    """A sentence to be translated, with the values for its `%(name)s` places."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def say(
        self, translate: Callable[[str], str] = str, show: Callable[[Any], str] | None = None
    ) -> str:
        """Speak the sentence.

        `translate` turns English into the reader's language, `show` writes a number or a
        day the way the reader writes it.
        """
        text = translate(self.text)
        if not self.values:
            return text
        write = show or plain
        return text % {
            name: value.say(translate, show) if isinstance(value, Sentence) else write(value)
            for name, value in self.values.items()
        }

    def __str__(self) -> str:
        return self.say()

    def __hash__(self) -> int:
        return hash((self.text, frozenset(self.values.items())))

    def to_json(self) -> dict[str, Any]:
        """The sentence as plain JSON, so that a stored draft can still be translated."""
        return {
            "text": self.text,
            "values": {name: _to_json(value) for name, value in self.values.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Sentence:
        """Read back what `to_json` wrote."""
        values = {name: _from_json(value) for name, value in stored.get("values", {}).items()}
        return cls(stored["text"], values)


def plain(value: object) -> str:
    """English writing of one value: 22 November 2026, 5.6, 12."""
    if isinstance(value, date):  # a datetime is a date too
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    return str(value)


def _to_json(value: Value) -> Any:
    match value:
        case Sentence():
            return {"sentence": value.to_json()}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case _:
            return value


def _from_json(stored: Any) -> Value:
    match stored:
        case {"sentence": inner}:
            return Sentence.from_json(inner)
        case {"datetime": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"decimal": text}:
            return Decimal(text)
        case str() | int():
            return stored
        case _:
            raise ValueError("not a stored sentence value")
