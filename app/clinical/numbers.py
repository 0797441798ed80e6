"""Numbers as people type them: "5,6", "5.6", " 128 ". Nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from app.clinical.errors import UnreadableNumber
from app.clinical.sentences import N_, Sentence

# Longer than any reading on any home device; a bound, so that nobody can send a megabyte.
MAX_CHARACTERS = 20

EMPTY = N_("Please enter a number.")
NOT_A_NUMBER = N_("“%(entered)s” is not a number we can read. Please write only the number.")
OTHER_DIGITS = N_("Please use the digits 0 to 9.")
EXPONENT = N_("Please write the number out in full, without the letter E.")
TWO_MARKS = N_("Please use only one point or comma in the number.")
WHOLE_ONLY = N_("Please enter a whole number, without a point or comma.")
TOO_PRECISE = N_("Please use no more than %(decimals)s digits after the point.")
ONE_DIGIT = N_("Please use no more than one digit after the point.")
TOO_LONG = N_("That number is too long. Please check it.")

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_SIGNS = re.compile("[0-9.,+\N{MINUS SIGN}-]+")
_EXPONENT = re.compile(r"[+-]?[\d.]*\d[eE][+-]?\d+", re.ASCII)


@dataclass(frozen=True)
class Number:
    """A number as the person wrote it, and its value."""

    entered: str
    value: Decimal


def read(text: str, *, decimals: int = 2, field: str = "value") -> Number:
    """Read one number with at most `decimals` digits after the point or comma.

    Raises `UnreadableNumber` whose `.sentence` tells the person what to change.
    """
    entered = text.strip()
    problem = _problem(entered)
    if problem is not None:
        raise UnreadableNumber(field, problem)
    spelt = entered.replace(",", ".").replace("\N{MINUS SIGN}", "-")
    after_point = len(spelt.partition(".")[2])
    if after_point > decimals:
        raise UnreadableNumber(field, _too_precise(decimals))
    return Number(entered, Decimal(spelt))


def _too_precise(decimals: int) -> Sentence:
    if decimals > 1:
        return Sentence(TOO_PRECISE, {"decimals": decimals})
    return Sentence(ONE_DIGIT if decimals else WHOLE_ONLY)


def _problem(entered: str) -> Sentence | None:
    if not entered:
        return Sentence(EMPTY)
    if len(entered) > MAX_CHARACTERS:
        if _SIGNS.fullmatch(entered):
            return Sentence(TOO_LONG)
        return Sentence(NOT_A_NUMBER, {"entered": entered[:MAX_CHARACTERS] + "…"})
    return _unreadable(entered)


def _unreadable(entered: str) -> Sentence | None:
    # str.isdigit is true of Arabic, full-width and superscript digits, which Decimal half
    # understands: refusing them all keeps one spelling for one value.
    if any(sign.isdigit() and not sign.isascii() for sign in entered):
        return Sentence(OTHER_DIGITS)
    spelt = entered.replace(",", ".").replace("\N{MINUS SIGN}", "-")
    if _EXPONENT.fullmatch(spelt):
        return Sentence(EXPONENT)
    if spelt.count(".") > 1 and not spelt.strip("0123456789.+-"):
        return Sentence(TWO_MARKS)
    if not _PLAIN.fullmatch(spelt):
        return Sentence(NOT_A_NUMBER, {"entered": entered})
    return None
