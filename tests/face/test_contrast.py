"""Every pair of colours the stylesheets put together can be told apart, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
THEMES = ("light", "dark")
WORDS = 4.5  # WCAG 2.2, 1.4.3: text
SHAPES = 3.0  # WCAG 2.2, 1.4.11: edges, icons, focus rings

GROUNDS = ("paper", "surface", "sunken")
WASHES = ("teal-wash", "apricot-wash", "good-wash", "alarm-wash")
PAIRS = [
    *[(voice, ground, WORDS) for voice in ("ink", "ink-soft") for ground in GROUNDS + WASHES],
    *[(voice, ground, WORDS) for voice in ("teal", "teal-deep", "alarm") for ground in GROUNDS],
    *[(voice, ground, WORDS) for voice in ("apricot", "good") for ground in GROUNDS],
    *[(wash.removesuffix("-wash"), wash, WORDS) for wash in WASHES],
    ("teal", "good-wash", WORDS),
    ("teal", "apricot-wash", WORDS),
    ("teal", "alarm-wash", WORDS),
    ("teal-deep", "teal-wash", WORDS),
    ("teal-ink", "teal", WORDS),
    ("teal-ink", "teal-deep", WORDS),
    ("alarm-ink", "alarm", WORDS),
    ("alarm-ink", "alarm-deep", WORDS),
    ("surface", "ink", WORDS),
    *[(edge, ground, SHAPES) for edge in ("edge", "thread", "focus") for ground in GROUNDS],
    *[("focus", wash, SHAPES) for wash in WASHES],
    *[("thread", wash, SHAPES) for wash in ("teal-wash", "good-wash")],
    ("thread-ink", "thread", SHAPES),
]


def tokens() -> dict[str, dict[str, str]]:
    """Return each colour token's value in each theme."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
    return {name: dict(zip(THEMES, values, strict=True)) for name, *values in found}


def luminance(colour: str) -> float:
    """Return the relative luminance WCAG 2.2 defines for an sRGB colour."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "needed"), PAIRS)
def test_what_is_drawn_can_be_seen(front: str, back: str, needed: float, theme: str) -> None:
    palette = tokens()
    ratio = contrast(palette[front][theme], palette[back][theme])
    assert ratio >= needed, f"{front} on {back} in {theme}: {ratio:.2f}"


def test_every_colour_token_is_in_some_pair() -> None:
    quiet = {"line"}  # A hairline between cards: it carries no meaning.
    assert set(tokens()) - quiet == {name for front, back, _ in PAIRS for name in (front, back)}
