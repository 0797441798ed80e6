"""Regular expressions from strangers, bounded in length and in time."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from app.clinical.sdc.evaluation import Budget, EvaluationFailed, OutOfBudget

MAX_PATTERN = 600
MAX_SUBJECT = 20_000
# Single signs once all repeats are written out; the longest published pattern has 700.
MAX_WRITTEN_OUT = 3_000
# One search, in processor time; the `regex` library stops by itself.
SECONDS = 0.005
# What a search costs of a call's budget, and what one costs that had to be stopped.
STEPS = 250
STOPPED = 5_000
_GROUP = re.compile(r"\$(\d+)")
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d*)(?:,(\d*))?\}|.", re.DOTALL)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """The pattern; `EvaluationFailed` where it is broken, too long or too bulky."""
    if len(pattern) > MAX_PATTERN or _written_out(pattern) > MAX_WRITTEN_OUT:
        raise OutOfBudget
    regex = import_module("regex")
    try:
        return regex.compile(pattern, regex.DOTALL)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        raise EvaluationFailed("pattern") from error


def _written_out(pattern: str) -> int:
    """How many signs the pattern has once repeats of repeats are written out."""
    sizes, last = [0], 0
    for part in _PART.finditer(pattern):
        sign = part.group()
        if sign == "(":
            sizes.append(0)
            last = 0
        elif sign == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif part.group(1) is not None:
            counts = [int(count[:6]) for count in part.groups() if count]
            repeated = last * max([1, *counts])
            sizes[-1] += repeated - last
            last = repeated
        else:
            last = 1
            sizes[-1] += 1
    return sum(sizes)


def _searched(budget: Budget, search: Any, *given: Any) -> Any:
    budget.spend(STEPS)
    if any(isinstance(text, str) and len(text) > MAX_SUBJECT for text in given):
        raise OutOfBudget
    try:
        return search(*given, timeout=SECONDS)
    except TimeoutError as error:
        budget.spend(STOPPED)
        raise OutOfBudget from error
    except Exception as error:  # a replacement that names a group that is not there, and the like
        raise EvaluationFailed("pattern") from error


def found_in(budget: Budget, pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text."""
    return _searched(budget, compiled(pattern).search, text) is not None


def fits(budget: Budget, pattern: str, text: str) -> bool:
    """Whether the whole text is of this pattern."""
    return _searched(budget, compiled(pattern).fullmatch, text) is not None


def replaced(budget: Budget, pattern: str, put: str, text: str) -> str:
    """The text with each occurrence replaced; $1 in `put` is the first group."""
    find = compiled(pattern)
    spelt = _GROUP.sub(r"\\\1", put.replace("\\", "\\\\"))
    made: str = _searched(budget, find.sub, spelt, text)
    return made
