"""No text, however it is made up, keeps one of the portal's patterns busy."""

from __future__ import annotations

import ast
import importlib
import re
import time
from functools import cache

import pytest

from tests.asvs import source
from tests.structure.tree import ROOT, python

INLINE = re.compile(r"re\.(?:fullmatch|match|search|sub|split|findall|finditer|compile)")
# Signs that patterns tell apart; each is repeated, alone and beside a second one.
SIGNS = "aA0 -_.,:/@+\t\n\"'<({[\\\u00e9"
PAIRS = ("a0", "a ", "a.", "a-", "0.", "0:", ". ", "\\a", "[a", "(a", "a@", ", ")
# An exponential pattern shows itself on few signs, a quadratic one on many.
FEW, MANY = 20, 1_500
# Of the processor's own time; an honest pattern takes a thousandth of either.
FEW_SECONDS, MANY_SECONDS = 0.05, 0.5


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of the portal: those that modules hold, and those written in place."""
    found: dict[str, re.Pattern[str]] = {}
    for path in python("app"):
        if path.name == "__main__.py":
            continue
        name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        module = importlib.import_module(name.removesuffix(".__init__"))
        for held in vars(module).values():
            if isinstance(held, re.Pattern) and isinstance(held.pattern, str):
                found[held.pattern] = held
    for name, _path, call in source.calls("app"):
        first = call.args[0] if call.args else None
        if (
            INLINE.fullmatch(name)
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
        ):
            found.setdefault(first.value, re.compile(first.value))
    return found


def is_kept_busy(pattern: re.Pattern[str], size: int, most: float) -> bool:
    """Whether some hostile text of about this size takes longer than that."""
    for part in (*SIGNS, *PAIRS):
        text = part * (size // len(part))
        for hostile in (text + "\0", "\0" + text + "!"):
            began = time.process_time()
            pattern.fullmatch(hostile)
            pattern.search(hostile)
            if time.process_time() - began > most:
                return True
    return False


def test_no_pattern_is_kept_busy_by_hostile_text() -> None:
    assert len(patterns()) > 40
    for size, most in ((FEW, FEW_SECONDS), (MANY, MANY_SECONDS)):
        slow = [text for text, one in patterns().items() if is_kept_busy(one, size, most)]
        assert slow == []


@pytest.mark.parametrize("text", [r"(a+)+$", r"(a|a)*b", r"(?:[a0]+)*\."])
def test_a_pattern_that_can_be_kept_busy_is_seen(text: str) -> None:
    assert is_kept_busy(re.compile(text), FEW, FEW_SECONDS)
