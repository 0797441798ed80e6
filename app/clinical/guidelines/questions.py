"""What the rules could not tell, each cause once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.clinical.guidelines.rule import Gap, Recommendation, Rule
from app.clinical.sentences import Sentence


@dataclass(frozen=True)
class Question:
    """Several rules that wait for the same thing, said once."""

    missing: Sentence
    supply: Sentence
    needs: tuple[str, ...]
    rules: tuple[Rule, ...]


def gathered(said: Iterable[Recommendation]) -> tuple[Question, ...]:
    """“What we cannot tell you”, each cause once with the rules that wait for it."""
    causes: dict[tuple[Sentence, Sentence], list[tuple[Rule, Gap]]] = {}
    for one in said:
        if one.gap is not None:
            waiting = causes.setdefault((one.gap.missing, one.gap.supply), [])
            waiting.append((one.rule, one.gap))
    return tuple(
        Question(
            missing,
            supply,
            tuple(sorted({need for _rule, gap in waiting for need in gap.needs})),
            tuple(rule for rule, _gap in waiting),
        )
        for (missing, supply), waiting in causes.items()
    )
