"""What the rules rest on for one person, and whether that still is what a plan was made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from app.clinical import Sentence
from app.plans.rules.lines import WORDS, Suggestion

# Facts that come again and again, each a little different.
MEASURED = frozenset({"observation", "computed"})
# By how much a measured figure must move before a plan that names the old one wants a look:
# 2 or 3 kg of weight, 4 or 5 mmHg of a week's mean. Less is how people and devices vary.
MOVES = Decimal("0.03")

Figures = dict[str, tuple[Decimal, ...]]


def basis(suggestions: Iterable[Suggestion]) -> str:
    """What must be the same for a plan to say the same: rules, their words, what was told.

    A further reading in the same range changes nothing here, and neither do the same answers
    sent again; a changed answer does, and so does a further dangerous reading.
    """
    return "|".join(sorted(_ground(one) for one in suggestions))


def _ground(one: Suggestion) -> str:
    words = tuple(text for name in WORDS for text in _texts(getattr(one.wording, name)))
    told = sorted({(fact.key, fact.value) for fact in one.evidence if fact.source not in MEASURED})
    marks = one.marks if one.kind == "safety" else ()
    return f"{one.rule_id}@{one.rule_version}{words}{told}{marks}"


def _texts(sentence: Sentence) -> Iterator[str]:
    """The sentence in English without its days and numbers, and those inside it."""
    yield sentence.text
    for _name, value in sorted(sentence.values.items(), key=lambda pair: pair[0]):
        if isinstance(value, Sentence):
            yield from _texts(value)


def moved(before: Iterable[Suggestion], now: Iterable[Suggestion]) -> bool:
    """Whether a measured figure of the same rule is another one by now."""
    old = {one.rule_id: _figures(one) for one in before}
    return any(_differ(old[one.rule_id], _figures(one)) for one in now if one.rule_id in old)


def _figures(one: Suggestion) -> Figures:
    """The mean of each kind of reading, number by number."""
    found: dict[str, list[tuple[Decimal, ...]]] = defaultdict(list)
    for fact in one.evidence:
        if fact.source in MEASURED:
            found[fact.key].append(_numbers(fact.value))
    return {
        key: tuple(sum(column) / len(rows) for column in zip(*rows, strict=False))
        for key, rows in found.items()
    }


def _numbers(value: str) -> tuple[Decimal, ...]:
    """88 is one number, 146/92 are two."""
    try:
        return tuple(Decimal(part) for part in value.split("/"))
    except InvalidOperation:
        return ()


def _differ(old: Figures, new: Figures) -> bool:
    if old.keys() != new.keys():
        return True
    pairs = (pair for key in old for pair in zip(old[key], new[key], strict=False))
    return any(abs(after - before) > MOVES * abs(before) for before, after in pairs)
