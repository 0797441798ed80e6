"""Numbers and units as devices write them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from app.clinical.devices.reading import RowRefused
from app.clinical.sentences import N_, Sentence

NOT_A_NUMBER = N_("“%(text)s” is not a number, so this row was left out.")
NO_NUMBER = N_("There is no number in this row, so it was left out.")
TWO_MEANINGS = N_("“%(text)s” can be read as two different numbers, so this row was left out.")

# More digits than any device shows; Apple Health writes out whole binary fractions.
MAX_CHARACTERS = 40
SHOWN_CHARACTERS = 30
# A number outside these powers of ten is damage, not a measurement.
SMALLEST_POWER, LARGEST_POWER = -12, 9

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_BOUND = re.compile(r"([<>])\s*\d+(?:[.,]\d+)?", re.ASCII)
_COMMA = re.compile(r"-?\d+,\d+", re.ASCII)
# 1,234 may be a thousand or one and a bit.
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2},\d{3}", re.ASCII)
_UNIT = re.compile(r"\b(mg/dl|mmol/l)\b", re.ASCII)

# The words sensors and meters print when the value lies outside what they can measure, in
# the languages whose exports are public.
LOW = {
    "low", "lo", "niedrig", "tief", "bajo", "baja", "bas", "basse", "faible", "basso", "bassa",
    "laag", "baixo", "baixa", "låg", "lågt", "lav",
}  # fmt: skip
HIGH = {
    "high", "hi", "hoch", "alto", "alta", "élevé", "élevée", "haut", "haute", "hoog",
    "elevado", "elevada", "hög", "högt", "høj", "høy",
}  # fmt: skip


def number(text: str, *, decimal_comma: bool = False) -> Decimal:
    """The number in a cell; a decimal comma is read as a point where that is certain.

    `decimal_comma` says that the file writes one, so that 82,350 is not in doubt.
    """
    spelt = text.strip()
    if not spelt:
        raise RowRefused(Sentence(NO_NUMBER))
    if len(spelt) <= MAX_CHARACTERS:
        if _PLAIN.fullmatch(spelt):
            return plausible(Decimal(spelt), spelt)
        if _COMMA.fullmatch(spelt):
            if _THOUSANDS.fullmatch(spelt) and not decimal_comma:
                raise RowRefused(Sentence(TWO_MEANINGS, {"text": spelt}))
            return plausible(Decimal(spelt.replace(",", ".")), spelt)
    raise not_a_number(spelt)


def number_between(text: str, low: Decimal, high: Decimal) -> Decimal:
    """The number in a cell; of two meanings that one which lies between these."""
    spelt = text.strip()
    if not _THOUSANDS.fullmatch(spelt) or not (low.is_finite() and high.is_finite()):
        return number(text)
    meanings = Decimal(spelt.replace(",", "")), Decimal(spelt.replace(",", "."))
    possible = [value for value in meanings if low <= value <= high]
    return possible[0] if len(possible) == 1 else number(text)


def scientific(text: str) -> Decimal:
    """A number that a program wrote: plain, or with an exponent."""
    if len(text) > MAX_CHARACTERS or "_" in text or not text.isascii():
        raise not_a_number(text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise not_a_number(text) from None
    if not value.is_finite():
        raise not_a_number(text)
    return plausible(value, text)


def plausible(value: Decimal, text: str) -> Decimal:
    """The value, unless it is of a size nothing measures."""
    if value and not SMALLEST_POWER <= value.adjusted() <= LARGEST_POWER:
        raise not_a_number(text)
    return value


def not_a_number(text: str) -> RowRefused:
    """The refusal of a cell, which quotes no more of it than fits a line."""
    shown = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
    return RowRefused(Sentence(NOT_A_NUMBER, {"text": shown}))


def censored(text: str) -> str | None:
    """Which end, low or high, when a device wrote so in place of a number: Low, HI, <2, >600."""
    spelt = text.strip()
    if len(spelt) <= MAX_CHARACTERS and (bound := _BOUND.fullmatch(spelt)):
        return "low" if bound[1] == "<" else "high"
    word = spelt.strip("<>").casefold()
    if word in LOW:
        return "low"
    return "high" if word in HIGH else None


def glucose_unit(header: str) -> str | None:
    """The UCUM unit a glucose column names in its heading, in any language."""
    found = _UNIT.search(header.casefold())
    if found is None:
        return None
    return "mg/dL" if found[1] == "mg/dl" else "mmol/L"
