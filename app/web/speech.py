"""Saying what the clinical island wrote: its English in the reader's language and numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal

from app.clinical import Sentence
from app.web import i18n, times

# Enough for any unit of ours; the digits a person typed are never rounded away.
PATTERN = "0.####"


def say(sentence: Sentence) -> str:
    """The sentence as this reader should read it."""
    return sentence.say(i18n.translated, show)


def show(value: object) -> str:
    """A number or a day, written the way the reader writes it."""
    if isinstance(value, date):
        return times.day(value)
    if isinstance(value, Decimal):
        return _written(value, i18n.locale_name())
    return str(value)


@lru_cache(maxsize=4096)
def _written(value: Decimal, locale: str) -> str:
    # People measure the same few hundred numbers over and over; a page shows dozens of them.
    return str(format_decimal(value, PATTERN, locale=locale))
